"""Resize and letterbox in integers: the exact mean under the triangle filter, rounded once.

Along an axis of ``old`` pixels that becomes ``new`` ones, in units of half a pixel of a grid that
both share, the centre of old pixel i lies at (2i + 1) * new and that of new pixel o at
(2o + 1) * old. With D = 2 * max(old, new) the weight of i in o is the integer

    max(0, D - |(2i + 1) * new - (2o + 1) * old|)

The triangle is as wide as the coarser grid: going down every old pixel counts in at most two new
ones, going up every new pixel is made of at most two old ones, at equal sizes of one. A new pixel
is the sum over both axes of weight * weight * pixel, divided by the sum of the weights, to the
nearest integer, halves up. Nothing is rounded before that, so that the order of the axes does not
count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .errors import CameraPathError

#: Grey level around the picture.
PADDING = 128


@dataclass(frozen=True)
class Placement:
    """Where a picture of width x height pixels lies in a square frame of ``size`` pixels.

    left, top: its first pixel in the frame; columns, rows: its pixels there.
    """

    size: int
    width: int
    height: int
    left: int
    top: int
    columns: int
    rows: int

    def to_picture(self, boxes: Any) -> Any:
        """Boxes (M, 4) in pixels of the frame -> of the picture, clipped to it; floats."""
        offset, scale, limit = _arrays(self)
        return np.clip((np.asarray(boxes, float) - offset) / scale, 0.0, limit)


@lru_cache(maxsize=16)
def _arrays(where: Placement) -> tuple[Any, Any, Any]:
    """Offset, scale and limit of a box's four sides; the same for all frames of a camera."""
    return (
        np.array([where.left, where.top] * 2, float),
        np.array([where.columns / where.width, where.rows / where.height] * 2),
        np.array([where.width, where.height] * 2, float),
    )


def place(width: int, height: int, size: int) -> Placement:
    """The letterbox of a picture: the longer side fills the frame, the rest lies in the middle."""
    if min(width, height, size) < 1:
        raise CameraPathError(
            f"a picture of {width} x {height} in a frame of {size}; expected 1 or more each"
        )
    longest = max(width, height)
    columns = max(1, (width * size + longest // 2) // longest)
    rows = max(1, (height * size + longest // 2) // longest)
    left, top = (size - columns) // 2, (size - rows) // 2
    return Placement(size, width, height, left, top, columns, rows)


def weights(old: int, new: int) -> tuple[Any, Any]:
    """Of each new pixel the first old pixel that counts, and the weights from there on.

    first: (new,). weight: (new, taps), integers; taps beyond the picture weigh 0.
    """
    reach = 2 * max(old, new)
    centre = (2 * np.arange(new, dtype=np.int64) + 1) * old
    # the least i with (2i + 1) * new > centre - reach
    first = np.maximum((centre - reach + new) // (2 * new), 0)
    # old pixels lie 2 * new apart, and 2 * reach long is the triangle, its ends left out
    taps = -(-reach // new)
    index = first[:, np.newaxis] + np.arange(taps)
    distance = np.abs((2 * index + 1) * new - centre[:, np.newaxis])
    weight = np.maximum(reach - distance, 0)
    weight[index >= old] = 0
    return first, weight


def resize(picture: Any, rows: int, columns: int) -> Any:
    """(H, W, C) uint8 -> (rows, columns, C) uint8."""
    if picture.shape[:2] == (rows, columns):
        return picture.copy()
    sums, total = weighted(picture, rows, columns)
    return ((2 * sums + total) // (2 * total)).astype(np.uint8)


def weighted(picture: Any, rows: int, columns: int) -> tuple[Any, Any]:
    """(H, W, C) uint8 -> sums of weight * weight * pixel (rows, columns, C), and of the weights.

    Their quotient is the exact mean. The second is (rows, columns, 1).
    """
    height, width = picture.shape[:2]
    down, down_total = _along(picture, height, rows)
    across, across_total = _along(down.swapaxes(0, 1), width, columns)
    total = down_total[:, np.newaxis, np.newaxis] * across_total[np.newaxis, :, np.newaxis]
    return across.swapaxes(0, 1).astype(np.int64), total


def _along(lines: Any, old: int, new: int) -> tuple[Any, Any]:
    """(old, ...) -> weighted sums (new, ...) along the first axis, and the sums of the weights."""
    first, weight = weights(old, new)
    largest = int(lines.max(initial=0)) * int(weight.sum(axis=1).max())
    kind = np.int32 if largest < 2**31 else np.int64
    sums = np.zeros((new, *lines.shape[1:]), kind)
    source = lines.astype(kind)
    for tap in range(weight.shape[1]):
        used = np.flatnonzero(weight[:, tap])
        column = weight[used, tap].astype(kind).reshape(-1, *[1] * (lines.ndim - 1))
        sums[used] += source[first[used] + tap] * column
    return sums, weight.sum(axis=1)


def letterbox(picture: Any, size: int) -> tuple[Any, Placement]:
    """(H, W, 3) uint8 -> the picture in the middle of a grey square, and where it lies in it."""
    if picture.ndim != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
        raise CameraPathError(
            f"a picture of shape {picture.shape}, {picture.dtype}; expected (H, W, 3), uint8"
        )
    where = place(picture.shape[1], picture.shape[0], size)
    frame = np.full((size, size, picture.shape[2]), PADDING, np.uint8)
    inside = frame[where.top : where.top + where.rows, where.left : where.left + where.columns]
    inside[...] = resize(picture, where.rows, where.columns)
    return frame, where
