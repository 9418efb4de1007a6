"""The dataflow graph as it is drawn: operators, what stands in their streams, and the streams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.report.facts import Facts
from flows.report.layout import Point, Size, lay_out
from flows.report.operators import NodeFacts
from flows.report.savings import Saving
from hw.ops.base import Role

#: Sizes of an operator, of what only hands a stream on, and of the graph's ends.
OPERATOR, INSERTED, END = Size(216, 42), Size(130, 24), Size(216, 26)
#: Room around the drawing, for lines and the rings of what has the focus.
MARGIN = 6.0
#: Characters of a name that fit.
LONGEST = 26


@dataclass(frozen=True)
class BoxView:
    """A box. link: identifier of its facts, "" for the ends; title, below: its two lines.

    badge: such as "D = 8"; load: its clocks as a share of the slowest's; spoken: for who does not
    see it.
    """

    x: float
    y: float
    width: float
    height: float
    style: str
    link: str
    title: str
    below: str
    badge: str
    load: float
    spoken: str


@dataclass(frozen=True)
class StreamView:
    """A stream's line and its arrowhead, as paths of SVG."""

    line: str
    head: str


@dataclass(frozen=True)
class Drawing:
    """The view of the drawing."""

    width: float
    height: float
    boxes: Sequence[BoxView]
    streams: Sequence[StreamView]


def draw(facts: Facts, acts: Mapping[str, Sequence[Saving]]) -> Drawing:
    """The graph. acts: what duplicates each node takes out."""
    ends = {
        **{f"(in {number})": f"in: {said}" for number, said in enumerate(facts.comes)},
        **{f"(out {number})": f"out: {said}" for number, said in enumerate(facts.goes)},
    }
    edges = [
        (edge.source or f"(in {edge.number})", edge.target or f"(out {edge.number})")
        for edge in facts.edges
    ]
    order = {node.name: node for node in facts.nodes}
    sizes = {name: INSERTED if node.inserted else OPERATOR for name, node in order.items()}
    sizes |= dict.fromkeys([name for name in ends if any(name in edge for edge in edges)], END)
    laid = lay_out(sizes, edges)
    slowest = facts.slowest.clocks
    boxes = []
    for name, size in sizes.items():
        centre = laid.centres[name]
        place = (centre.x - size.width / 2 + MARGIN, centre.y - size.height / 2 + MARGIN)
        if name in order:
            boxes.append(_box(order[name], place, size, slowest, acts.get(name, ())))
        else:
            said = ends[name]
            boxes.append(BoxView(*place, size.width, size.height, "end", "", said, "", "", 0, said))
    streams = [_path(points) for points in laid.paths]
    return Drawing(laid.width + 2 * MARGIN, laid.height + 2 * MARGIN, boxes, streams)


def _box(
    node: NodeFacts, place: tuple[float, float], size: Size, slowest: int, acts: Sequence[Saving]
) -> BoxView:
    badge = ", ".join(f"{saving.letter} = {saving.factor}" for saving in acts)
    if node.inserted:
        title = _handed_on(node)
        spoken, below, load = f"{node.name}: {title}", "", 0.0
    else:
        title, load = _short(node.name), node.clocks / slowest if slowest else 0.0
        lanes = [f"{key} {value}" for key, value in (("PE", node.pe), ("SIMD", node.simd)) if value]
        below = " · ".join([node.kind, *lanes])
        spoken = f"{node.name}, {below}, {node.clocks:,} clocks a frame"
        spoken += f", takes duplicates out: {badge}" if badge else ""
    style = "inserted" if node.inserted else node.role.value
    return BoxView(
        *place, size.width, size.height, style, f"op-{node.name}", title, below, badge, load, spoken
    )


def _handed_on(node: NodeFacts) -> str:
    if node.role is Role.FIFO:
        return f"FIFO of {node.depth:,}"
    return f"{node.comes.bits:,} to {node.goes.bits:,} bits"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _path(points: Sequence[Point]) -> StreamView:
    """Through points from top to bottom, upright at each."""
    moved = [(point.x + MARGIN, point.y + MARGIN) for point in points]
    text = f"M{moved[0][0]:.1f} {moved[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(moved):
        middle = (y0 + y1) / 2
        text += f"C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
    x, y = moved[-1]
    return StreamView(text, f"M{x - 4:.1f} {y - 7:.1f}L{x + 4:.1f} {y - 7:.1f}L{x:.1f} {y:.1f}z")
