"""A camera's frames as they lie in memory: bytes, lines and stride of an array, no pixel moved."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .errors import AcceleratorError
from .integer_path import errors, frames

#: Names of the pixel formats, and what arrays of them look like.
PIXELS = tuple(each.name for each in frames.PixelFormat)
_SHAPES = {
    frames.PixelFormat.RGB: "(H, W, 3)",
    frames.PixelFormat.BGR: "(H, W, 3)",
    frames.PixelFormat.GREY: "(H, W)",
    frames.PixelFormat.YUYV: "(H, W, 2)",
}


class FrameLines(NamedTuple):
    """A frame in memory. lines: (H, bytes of a line) uint8, a view where the array lies so."""

    lines: Any
    layout: frames.FrameFormat

    @property
    def address(self) -> int:
        """The host's address of the first byte."""
        return int(self.lines.__array_interface__["data"][0])

    def rgb(self) -> Any:
        """The pixels, (H, W, 3) uint8 RGB."""
        data = np.ascontiguousarray(self.lines).reshape(-1)
        return frames.rgb_pixels(
            data, frames.FrameFormat(self.layout.width, self.layout.height, self.pixels)
        )

    @property
    def pixels(self) -> frames.PixelFormat:
        """How a pixel lies in memory."""
        return self.layout.pixels


def dense_format(width: int, height: int) -> frames.FrameFormat:
    """The layout of an RGB frame whose lines lie side by side."""
    return frames.FrameFormat(width, height)


def frame_lines(picture: Any, pixels: str = "RGB") -> FrameLines:
    """Of a picture's array its lines in memory.

    picture: uint8, (H, W, 3) of RGB and BGR, (H, W) or (H, W, 1) of GREY, (H, W, 2) of YUYV (two
    pixels in four bytes: Y0 U Y1 V). Any distance from line to line. An RGB view of BGR, that is
    ``frame[:, :, ::-1]``, is taken as the BGR that it lies as. Only an array whose pixels do not
    lie side by side is copied. Raises AcceleratorError for anything else.
    """
    if pixels not in PIXELS:
        raise AcceleratorError(f"pixels {pixels}: expected one of {', '.join(PIXELS)}")
    kind = frames.PixelFormat[pixels]
    array = picture if isinstance(picture, np.ndarray) else np.asarray(picture)
    if kind is frames.PixelFormat.GREY and array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    shape = array.shape
    deep = () if kind is frames.PixelFormat.GREY else (kind.pixel_bytes,)
    if array.dtype != np.uint8 or shape[2:] != deep or len(shape) != 2 + len(deep) or 0 in shape:
        raise AcceleratorError(
            f"a picture of shape {shape}, {array.dtype}; expected {_SHAPES[kind]}, uint8"
        )
    if deep == (3,) and array.strides[2] == -1:
        array = array[:, :, ::-1]
        kind = frames.PixelFormat.BGR if kind is frames.PixelFormat.RGB else frames.PixelFormat.RGB
    height, width = shape[:2]
    line = width * kind.pixel_bytes
    dense = (kind.pixel_bytes, 1) if deep else (1,)
    if array.strides[1:] != dense or (height > 1 and array.strides[0] < line):
        array = np.ascontiguousarray(array)
    stride = array.strides[0] if height > 1 else line
    if stride == line:
        lines = array.reshape(height, line)
    else:
        lines = np.lib.stride_tricks.as_strided(array, (height, line), (stride, 1), writeable=False)
    return FrameLines(lines, _layout(width, height, kind, stride))


@lru_cache(maxsize=16)
def _layout(width: int, height: int, kind: frames.PixelFormat, stride: int) -> frames.FrameFormat:
    """The layout, which is the same for all frames of a camera."""
    try:
        return frames.FrameFormat(width, height, kind, stride)
    except errors.CameraPathError as error:
        raise AcceleratorError(str(error)) from None
