"""A small SVG writer: boxes, arrows and texts on a white ground."""

from dataclasses import dataclass, field
from html import escape

FONT = "font-family='DejaVu Sans, Helvetica, Arial, sans-serif'"


@dataclass
class Drawing:
    """A picture of width x height units; parts are added in the order in which they are drawn."""

    width: int
    height: int
    title: str
    parts: list[str] = field(default_factory=list)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "#44546a"
    ) -> None:
        """A rectangle with round corners."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" '
            f'fill="{fill}" stroke="{edge}"/>'
        )

    def text(
        self, x: float, y: float, said: str, size: int = 12, bold: bool = False, left: bool = False
    ) -> None:
        """One line; x is its middle, or its left end."""
        weight = ' font-weight="bold"' if bold else ""
        anchor = "start" if left else "middle"
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"{weight} '
            f'fill="#1b2733">{escape(said)}</text>'
        )

    def arrow(self, *points: tuple[float, float], both: bool = False) -> None:
        """A line through points, with a head at its end; both: at its beginning too."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        start = ' marker-start="url(#head)"' if both else ""
        dash = ' stroke-dasharray="5 3"' if both else ""
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="#44546a" stroke-width="1.5"{dash} '
            f'marker-end="url(#head)"{start}/>'
        )

    def svg(self) -> str:
        """The file's text."""
        head = (
            '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            'markerHeight="7" orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z" '
            'fill="#44546a"/></marker>'
        )
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" {FONT}>',
            f"<title>{escape(self.title)}</title>",
            f"<defs>{head}</defs>",
            f'<rect width="{self.width}" height="{self.height}" fill="#ffffff"/>',
            *self.parts,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"
