"""Letterboxing: a picture of any size into a square, its proportions kept, and boxes back again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError

PADDING = 128
"""Grey level around the picture."""


@dataclass(frozen=True)
class Transform:
    """Position of a picture in its letterbox: x_box = x_picture * scale_x + left, likewise y."""

    width: int  # of the picture
    height: int
    scale_x: float
    scale_y: float
    left: int  # pixels of padding
    top: int

    def to_box(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (M, 4) of the picture in coordinates of the letterbox."""
        return boxes * self._scale() + self._offset()

    def to_picture(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (M, 4) of the letterbox in coordinates of the picture, clipped to it."""
        back = (boxes - self._offset()) / self._scale()
        limit = np.array([self.width, self.height, self.width, self.height], dtype=np.float64)
        return np.clip(back, 0.0, limit)

    def _scale(self) -> NDArray[np.float64]:
        return np.array([self.scale_x, self.scale_y, self.scale_x, self.scale_y])

    def _offset(self) -> NDArray[np.float64]:
        return np.array([self.left, self.top, self.left, self.top], dtype=np.float64)


def _taps(old: int, new: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Source pixels and weights, (new, K) each, of a triangle filter along one axis.

    The triangle is as wide as a source pixel when enlarging, as a target pixel when reducing, which
    averages instead of skipping.
    """
    ratio = old / new
    radius = max(ratio, 1.0)
    centre = (np.arange(new) + 0.5) * ratio
    first = np.floor(centre - radius).astype(np.int64)
    index = first[:, np.newaxis] + np.arange(int(np.ceil(2 * radius)) + 1)
    weight = np.maximum(0.0, 1.0 - np.abs(index + 0.5 - centre[:, np.newaxis]) / radius)
    weight[(index < 0) | (index >= old)] = 0.0
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, old - 1), weight.astype(np.float32)


def resize(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """(H, W, 3) to (height, width, 3), filtered; the same bytes on every machine."""
    if image.shape[:2] == (height, width):
        return image.copy()
    index, weight = _taps(image.shape[0], height)
    rows = np.zeros((height, *image.shape[1:]), dtype=np.float32)
    for tap in range(index.shape[1]):
        rows += image[index[:, tap]] * weight[:, tap, np.newaxis, np.newaxis]
    index, weight = _taps(image.shape[1], width)
    result = np.zeros((height, width, image.shape[2]), dtype=np.float32)
    for tap in range(index.shape[1]):
        result += rows[:, index[:, tap]] * weight[np.newaxis, :, tap, np.newaxis]
    pixels: NDArray[np.uint8] = np.clip(np.floor(result + 0.5), 0, 255).astype(np.uint8)
    return pixels


def placed(width: int, height: int, size: int) -> tuple[int, int, int, int]:
    """Left, top, width, height in pixels of a picture in its letterbox of size x size."""
    longest = max(width, height)
    new_width = max(1, (width * size + longest // 2) // longest)
    new_height = max(1, (height * size + longest // 2) // longest)
    return (size - new_width) // 2, (size - new_height) // 2, new_width, new_height


def letterbox(image: NDArray[np.uint8], size: int = 512) -> tuple[NDArray[np.uint8], Transform]:
    """The picture (H, W, 3) in the middle of size x size x 3, and where it lies in it.

    A picture of size x size comes back unchanged.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
        raise ModelError(
            f"picture of shape {image.shape}, {image.dtype}; expected (H, W, 3), uint8"
        )
    height, width = image.shape[:2]
    left, top, new_width, new_height = placed(width, height, size)
    canvas = np.full((size, size, 3), PADDING, dtype=np.uint8)
    canvas[top : top + new_height, left : left + new_width] = resize(image, new_height, new_width)
    scale_x, scale_y = new_width / width, new_height / height
    return canvas, Transform(width, height, scale_x, scale_y, left, top)
