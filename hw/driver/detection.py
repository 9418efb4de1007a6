"""From a picture to a frame, and from the network's integers to boxes: numpy alone.

The meaning is that of YOLOv2 (Redmon and Farhadi, CVPR 2017), as the network was trained with it:
letterboxing with a triangle filter on grey, sigmoid offsets, scores that are objectness times face,
greedy suppression. The board runs an older Python and numpy, and this package stands alone, so it
does not share the code that trains; the project's tests hold the two together, box for box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .description import Description
from .errors import AcceleratorError

#: Channels of one anchor: t_x, t_y, t_w, t_h, t_o, t_f.
OUTPUTS = 6
#: t_w and t_h are limited to it.
MAX_EXPONENT = 8.0
#: Grey level around a picture.
PADDING = 128


@dataclass(frozen=True)
class Detections:
    """Boxes (M, 4) as left, top, right, bottom in pixels, and scores (M,), best first."""

    boxes: Any
    scores: Any

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True)
class Placement:
    """Where a picture (width, height) lies in its frame: frame = picture * scale + offset."""

    width: int
    height: int
    scale: tuple[float, float]
    offset: tuple[int, int]

    def to_picture(self, boxes: Any) -> Any:
        """Boxes (M, 4) of the frame in coordinates of the picture, clipped to it."""
        back = (boxes - np.array(self.offset * 2, float)) / np.array(self.scale * 2)
        return np.clip(back, 0.0, np.array((self.width, self.height) * 2, float))


def letterbox(picture: Any, size: int) -> tuple[Any, Placement]:
    """(H, W, 3) uint8 -> the picture in the middle of size x size x 3, and where it lies."""
    shape = getattr(picture, "shape", None)
    kind = getattr(picture, "dtype", None)
    if shape is None or len(shape) != 3 or shape[2] != 3 or kind != np.uint8 or 0 in shape:
        raise AcceleratorError(f"a picture of shape {shape}, {kind}; expected (H, W, 3), uint8")
    height, width = shape[:2]
    longest = max(height, width)
    rows = max(1, (height * size + longest // 2) // longest)
    columns = max(1, (width * size + longest // 2) // longest)
    top, left = (size - rows) // 2, (size - columns) // 2
    frame = np.full((size, size, 3), PADDING, np.uint8)
    frame[top : top + rows, left : left + columns] = _resize(picture, rows, columns)
    scale = (columns / width, rows / height)
    return frame, Placement(width, height, scale, (left, top))


def _resize(picture: Any, rows: int, columns: int) -> Any:
    if picture.shape[:2] == (rows, columns):
        return picture
    index, weight = _triangle(picture.shape[0], rows)
    tall = np.zeros((rows, *picture.shape[1:]), np.float32)
    for tap in range(index.shape[1]):
        tall += picture[index[:, tap]] * weight[:, tap, None, None]
    index, weight = _triangle(picture.shape[1], columns)
    wide = np.zeros((rows, columns, picture.shape[2]), np.float32)
    for tap in range(index.shape[1]):
        wide += tall[:, index[:, tap]] * weight[None, :, tap, None]
    return np.clip(np.floor(wide + 0.5), 0, 255).astype(np.uint8)


def _triangle(old: int, new: int) -> tuple[Any, Any]:
    """Source pixels and weights (new, taps) of a filter as wide as the coarser pixel."""
    ratio = old / new
    radius = max(ratio, 1.0)
    centre = (np.arange(new) + 0.5) * ratio
    first = np.floor(centre - radius).astype(np.int64)
    index = first[:, None] + np.arange(int(np.ceil(2 * radius)) + 1)
    weight = np.maximum(0.0, 1.0 - np.abs(index + 0.5 - centre[:, None]) / radius)
    weight[(index < 0) | (index >= old)] = 0.0
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, old - 1), weight.astype(np.float32)


def decode(integers: Any, description: Description) -> tuple[Any, Any]:
    """(H', W', 6 * anchors) of one frame -> all its boxes (M, 4) and scores (M,)."""
    if description.anchors is None:
        raise AcceleratorError(f"{description.name} is no detector: its description has no anchors")
    anchors = np.array(description.anchors)
    height, width, channels = integers.shape
    if channels != OUTPUTS * len(anchors):
        raise AcceleratorError(
            f"{channels} output channels; expected {OUTPUTS} for each of {len(anchors)} anchors"
        )
    output = description.output
    t = integers.astype(np.float64) * np.array(output.scale) + np.array(output.bias)
    t = t.reshape(height, width, len(anchors), OUTPUTS)
    stride = description.stride
    x = (np.arange(width)[None, :, None] + _sigmoid(t[..., 0])) * stride
    y = (np.arange(height)[:, None, None] + _sigmoid(t[..., 1])) * stride
    w = anchors[:, 0] * np.exp(np.minimum(t[..., 2], MAX_EXPONENT)) * stride
    h = anchors[:, 1] * np.exp(np.minimum(t[..., 3], MAX_EXPONENT)) * stride
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1)
    scores = _sigmoid(t[..., 4]) * _sigmoid(t[..., 5])
    return boxes.reshape(-1, 4), scores.reshape(-1)


def find(
    integers: Any, description: Description, threshold: float, overlap: float, limit: int
) -> Detections:
    """Boxes of one frame's integers with at least the threshold's score, overlaps suppressed."""
    boxes, scores = decode(integers, description)
    likely = np.flatnonzero(scores >= threshold)
    kept = likely[_suppress(boxes[likely], scores[likely], overlap)[:limit]]
    return Detections(boxes[kept], scores[kept])


def _sigmoid(t: Any) -> Any:
    small = np.exp(-np.abs(t))
    return np.where(t >= 0, 1.0, small) / (1.0 + small)


def _suppress(boxes: Any, scores: Any, overlap: float) -> Any:
    """Indices that stay, best first: the best box removes those that overlap it by more."""
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[_iou(boxes[best], boxes[order]) <= overlap]
    return np.array(kept, np.int64)


def _iou(box: Any, boxes: Any) -> Any:
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    common = np.prod(np.maximum(sides, 0.0), axis=1)
    area = float(np.prod(np.maximum(box[2:] - box[:2], 0.0)))
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0), axis=1)
    union = area + areas - common
    ratio = np.zeros(len(boxes))
    np.divide(common, union, out=ratio, where=union > 0)
    return ratio
