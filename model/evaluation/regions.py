"""Regions of pixels as FDDB's evaluation draws them, and their overlap.

The official program (evaluate.cpp, EllipseR.cpp, RectangleR.cpp, Region.cpp) draws each region
filled into a mask of the picture's size with OpenCV's cvEllipse and cvRectangle and counts pixels.
What follows from that, and is done here:

- a rectangle holds both of its corners, rounded: (w + 1) x (h + 1) pixels of whole w and h;
- an ellipse has its centre rounded, its radii cut to integers, its angle rounded to degrees, and is
  the polygon of OpenCV's ellipse2Poly (a vertex every 5 degrees, fewer for small ones) with the
  pixels on its outline;
- what lies outside the picture does not count; of a picture whose size is not known, that is what
  lies above or left of it.

All such regions are convex, so each is kept as one run of pixels per row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.data.fddb import Regions

UNKNOWN = 2**31
"""Width and height of a picture whose size is not known."""


@dataclass(frozen=True, eq=False)
class Runs:
    """A region as one run of pixels in each of its rows."""

    top: int  # first row
    start: NDArray[np.int64]  # of each row, its first pixel
    stop: NDArray[np.int64]  # and the one behind its last

    @property
    def area(self) -> int:
        """Pixels in the region."""
        return int(np.maximum(self.stop - self.start, 0).sum())

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; the last two are exclusive."""
        if not len(self.start):
            return 0, self.top, 0, self.top
        left, right = int(self.start.min()), int(self.stop.max())
        return left, self.top, right, self.top + len(self.start)

    def clipped(self, size: tuple[int, int] | None) -> "Runs":
        """The part within a picture of a width and height; above and left of 0 is none anyway."""
        width, height = size or (UNKNOWN, UNKNOWN)
        low = min(max(0, -self.top), len(self.start))
        high = max(low, min(len(self.start), height - self.top))
        start = np.clip(self.start[low:high], 0, width)
        return Runs(self.top + low, start, np.clip(self.stop[low:high], 0, width))


def rectangle(left: float, top: float, width: float, height: float) -> Runs:
    """As cvRectangle fills it: from corner to corner, both included."""
    x = np.rint(np.array([left, left + width])).astype(np.int64)
    y = np.rint(np.array([top, top + height])).astype(np.int64)
    rows = int(y[1] - y[0]) + 1
    return Runs(int(y[0]), np.full(rows, x[0]), np.full(rows, x[1] + 1))


def _vertices(major: int, minor: int, degrees: int) -> NDArray[np.float64]:
    """The polygon of ellipse2Poly around (0, 0), (K, 2)."""
    longest = max(major, minor)
    step = 90 if longest < 3 else 30 if longest < 10 else 18 if longest < 15 else 5
    around = np.radians(np.arange(0, 360, step))
    x, y = major * np.cos(around), minor * np.sin(around)
    turn = np.radians(degrees % 360)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.column_stack([x * cos - y * sin, x * sin + y * cos])


def ellipse(major: float, minor: float, angle: float, x: float, y: float) -> Runs:
    """As cvEllipse fills it, with the angle in radians."""
    polygon = _vertices(int(major), int(minor), int(np.rint(np.degrees(angle))))
    columns, rows = _outline(polygon)
    top, bottom = int(rows.min()), int(rows.max())
    start = np.full(bottom - top + 1, np.iinfo(np.int64).max)
    stop = np.full(bottom - top + 1, np.iinfo(np.int64).min)
    np.minimum.at(start, rows - top, columns)
    np.maximum.at(stop, rows - top, columns + 1)
    centre_x, centre_y = int(np.rint(x)), int(np.rint(y))
    return Runs(top + centre_y, start + centre_x, stop + centre_x)


def _outline(polygon: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of the pixels on a polygon's edges.

    An edge has one pixel in each row that it crosses and one in each column, and its ends.
    """
    ends = np.roll(polygon, -1, axis=0)
    found = [np.floor(polygon + 0.5)]
    for axis in (0, 1):
        low = np.minimum(polygon[:, axis], ends[:, axis])
        high = np.maximum(polygon[:, axis], ends[:, axis])
        lines = np.arange(np.ceil(low.min()), np.floor(high.max()) + 1)
        on = (lines >= low[:, np.newaxis]) & (lines <= high[:, np.newaxis])
        edge, line = np.nonzero(on & (high > low)[:, np.newaxis])
        a, b = polygon[edge], ends[edge]
        part = (lines[line] - a[:, axis]) / (b[:, axis] - a[:, axis])
        other = np.floor(a[:, 1 - axis] + part * (b[:, 1 - axis] - a[:, 1 - axis]) + 0.5)
        pair = (lines[line], other) if axis == 0 else (other, lines[line])
        found.append(np.column_stack(pair))
    pixels = np.concatenate(found).astype(np.int64)
    return pixels[:, 0], pixels[:, 1]


def draw(regions: Regions, size: tuple[int, int] | None) -> list[Runs]:
    """The detections of a picture as pixels."""
    make = rectangle if regions.kind == "rectangle" else ellipse
    return [make(*shape).clipped(size) for shape in regions.shapes.tolist()]


def _common(a: Runs, b: Runs) -> int:
    """Pixels in both."""
    top = max(a.top, b.top)
    bottom = min(a.top + len(a.start), b.top + len(b.start))
    if bottom <= top:
        return 0
    in_a, in_b = slice(top - a.top, bottom - a.top), slice(top - b.top, bottom - b.top)
    low = np.maximum(a.start[in_a], b.start[in_b])
    high = np.minimum(a.stop[in_a], b.stop[in_b])
    return int(np.maximum(high - low, 0).sum())


def overlaps(faces: list[Runs], found: list[Runs]) -> NDArray[np.float64]:
    """Intersection over union of each face with each detection, (M, N)."""
    ratio = np.zeros((len(faces), len(found)))
    if not ratio.size:
        return ratio
    a = np.array([one.bounds for one in faces])[:, np.newaxis]
    b = np.array([one.bounds for one in found])[np.newaxis]
    near = (np.maximum(a[..., :2], b[..., :2]) < np.minimum(a[..., 2:], b[..., 2:])).all(axis=2)
    of_face, of_found = [one.area for one in faces], [one.area for one in found]
    for i, j in np.argwhere(near).tolist():
        common = _common(faces[i], found[j])
        if common:
            ratio[i, j] = common / (of_face[i] + of_found[j] - common)
    return ratio
