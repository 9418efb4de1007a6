"""Where the boxes of a directed graph without circles stand when it is drawn: grandalf lays it out.

Layer below layer (Sugiyama), with few crossings; what spans layers runs past the boxes between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

#: Space between neighbours in a layer, and between layers.
BESIDE, BELOW = 26.0, 18.0
#: Width that a stream takes which runs past boxes.
_PAST = 12.0
#: How often grandalf goes over the layers for fewer crossings.
_ROUNDS = 8


@dataclass(frozen=True)
class Size:
    """Of a box."""

    width: float
    height: float


@dataclass(frozen=True)
class Point:
    """From the left upper corner of the drawing."""

    x: float
    y: float


@dataclass(frozen=True)
class Laid:
    """A drawing. centres: of the boxes, by name; paths: of each edge, from box to box."""

    centres: dict[str, Point]
    paths: list[list[Point]]
    width: float
    height: float


class _View:
    """A vertex as grandalf asks for it: its size, and where it keeps its centre."""

    def __init__(self, size: Size) -> None:
        self.w, self.h = size.width, size.height
        self.xy = (0.0, 0.0)


class _Path:
    """An edge's points, which grandalf keeps here."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []

    def setpath(self, points: Sequence[tuple[float, float]]) -> None:
        """Keep them."""
        self.points = list(points)


def lay_out(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> Laid:
    """Positions of boxes (by name, in an order in which edges lead forward) and paths of edges."""
    vertices = {name: Vertex(name) for name in sizes}
    for name, vertex in vertices.items():
        vertex.view = _View(sizes[name])
    links = [Edge(vertices[source], vertices[target]) for source, target in edges]
    for link in links:
        link.view = _Path()
    left = 0.0
    centres: dict[str, Point] = {}
    shifts: dict[str, float] = {}
    for part in Graph(list(vertices.values()), links).C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace, layout.dw = BESIDE, BELOW, _PAST
        layout.init_all()
        layout.draw(_ROUNDS)
        names = [vertex.data for vertex in part.V()]
        bends = [point[0] for link in part.E() for point in link.view.points[1:-1]]
        begin = min([vertices[n].view.xy[0] - sizes[n].width / 2 for n in names] + bends)
        for name in names:
            x, y = vertices[name].view.xy
            shifts[name] = left - begin
            centres[name] = Point(x - begin + left, y)
        ends = [centres[n].x + sizes[n].width / 2 for n in names]
        left = max(ends + [x - begin + left for x in bends]) + BESIDE
    paths = []
    for link, (source, target) in zip(links, edges, strict=True):
        bends = [Point(x + shifts[source], y) for x, y in link.view.points[1:-1]]
        upper, lower = centres[source], centres[target]
        begin = Point(upper.x, upper.y + sizes[source].height / 2)
        end = Point(lower.x, lower.y - sizes[target].height / 2)
        paths.append([begin, *sorted(bends, key=lambda point: point.y), end])
    bottom = max((centres[n].y + sizes[n].height / 2 for n in sizes), default=0.0)
    return Laid(centres, paths, max(left - BESIDE, 0.0), bottom)
