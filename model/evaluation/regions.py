"""Regions of pixels as FDDB's evaluation draws them, and their overlap.

The official program (evaluate.cpp, EllipseR.cpp, RectangleR.cpp, Region.cpp) draws each region
filled into a mask of the picture's size with OpenCV's cvEllipse and cvRectangle and counts pixels.
What follows from that, and is done here:

- a rectangle holds both of its corners, rounded: (w + 1) x (h + 1) pixels of whole w and h;
- an ellipse has its centre rounded, its radii cut to integers, its angle rounded to degrees, and is
  drawn by OpenCV: its pixels, and those where a picture cuts it off, are as that library has them;
- what lies outside the picture does not count; of a picture whose size is not known, that is what
  lies above or left of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.data.fddb import Regions

Size = tuple[int, int]
"""Width and height of a picture."""


@dataclass(frozen=True, eq=False)
class Region:
    """Pixels of a picture: a mask and where in the picture its first pixel lies."""

    left: int
    top: int
    mask: NDArray[np.bool_]  # (height, width)

    @property
    def area(self) -> int:
        """Pixels in the region."""
        return int(np.count_nonzero(self.mask))

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the mask; the last two are exclusive."""
        height, width = self.mask.shape
        return self.left, self.top, self.left + width, self.top + height

    def within(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.bool_]:
        """The part of the mask in a window that reaches nowhere beyond it."""
        rows = slice(top - self.top, bottom - self.top)
        return self.mask[rows, left - self.left : right - self.left]


def rectangle(
    left: float, top: float, width: float, height: float, *, size: Size | None = None
) -> Region:
    """As cvRectangle fills it in a picture of that size: from corner to corner, both included."""
    corners = np.rint([[left, top], [left + width, top + height]]).astype(np.int64)
    low = np.maximum(corners[0], 0)
    high = np.minimum(corners[1] + 1, size or corners[1] + 1)
    across, down = np.maximum(high - low, 0).tolist()
    return Region(int(low[0]), int(low[1]), np.broadcast_to(np.True_, (down, across)))


def ellipse(
    major: float, minor: float, angle: float, x: float, y: float, *, size: Size | None = None
) -> Region:
    """As cvEllipse fills it in a picture of that size, with the angle in radians."""
    axes, degrees = (int(major), int(minor)), int(np.rint(np.degrees(angle)))
    centre, reach = np.rint([x, y]).astype(np.int64), max(axes) + 2
    low, high = centre - reach, centre + reach + 1
    if (high <= 0).any() or (size and (low >= size).any()):
        return Region(0, 0, np.zeros((0, 0), np.bool_))
    if size and ((low < 0).any() or (high > size).any()):
        low, high = np.zeros(2, np.int64), np.array(size)  # OpenCV cuts at these edges, not later
    low = np.maximum(low, 0)
    mask = np.zeros((high - low)[::-1], np.uint8)
    cv2.ellipse(mask, (centre - low).tolist(), axes, degrees, 0, 360, 1, cv2.FILLED)
    return Region(int(low[0]), int(low[1]), mask.astype(np.bool_))


def draw(regions: Regions, size: Size | None) -> list[Region]:
    """The detections of a picture as pixels."""
    make = rectangle if regions.kind == "rectangle" else ellipse
    return [make(*shape, size=size) for shape in regions.shapes.tolist()]


def overlaps(faces: list[Region], found: list[Region]) -> NDArray[np.float64]:
    """Intersection over union of each face with each detection, (M, N)."""
    ratio = np.zeros((len(faces), len(found)))
    if not ratio.size:
        return ratio
    a = np.array([one.bounds for one in faces])[:, np.newaxis]
    b = np.array([one.bounds for one in found])[np.newaxis]
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    of_face, of_found = [one.area for one in faces], [one.area for one in found]
    for i, j in np.argwhere((low < high).all(axis=2)).tolist():
        window = (*low[i, j].tolist(), *high[i, j].tolist())
        common = np.count_nonzero(faces[i].within(*window) & found[j].within(*window))
        if common:
            ratio[i, j] = common / (of_face[i] + of_found[j] - common)
    return ratio
