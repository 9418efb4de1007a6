"""Frames as they lie in memory, and their pixels: RGB, BGR, grey and YUYV, lines with a stride.

YUYV is V4L2's (two pixels in four bytes: Y0 U Y1 V), converted by ITU-R BT.601 of limited range in
integers of 20 fractional bits, which are OpenCV's (``COLOR_YUV2RGB_YUYV``): a program that converts
its camera's frames by OpenCV sees the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from .errors import CameraPathError


class PixelFormat(IntEnum):
    """How a pixel lies in memory. The numbers are those of the register."""

    RGB = 0
    BGR = 1
    GREY = 2
    YUYV = 3

    @property
    def pixel_bytes(self) -> int:
        """Bytes of a pixel; of YUYV on average."""
        return {PixelFormat.GREY: 1, PixelFormat.YUYV: 2}.get(self, 3)


#: Fractional bits of the constants below.
YUV_BITS = 20
#: Weights of Y - 16, of V in red, of U and V in green, of U in blue (U and V less 128).
Y_GAIN, V_RED, U_GREEN, V_GREEN, U_BLUE = 1220542, 1673527, -409993, -852492, 2116026


@dataclass(frozen=True)
class FrameFormat:
    """Size and layout of a frame. width, height: pixels. stride: bytes from line to line.

    Raises CameraPathError where no frame can be so.
    """

    width: int
    height: int
    pixels: PixelFormat = PixelFormat.RGB
    stride: int = 0  # 0: lines without gaps

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise CameraPathError(
                f"a frame of {self.width} x {self.height}; expected 1 x 1 or more"
            )
        if self.pixels is PixelFormat.YUYV and self.width % 2:
            raise CameraPathError(
                f"a YUYV frame {self.width} pixels wide; expected an even width (two pixels share "
                "their colour)"
            )
        if self.stride and self.stride < self.line_bytes:
            raise CameraPathError(
                f"a stride of {self.stride} bytes; expected {self.line_bytes} or more, the bytes "
                f"of {self.width} pixels {self.pixels.name}"
            )

    @property
    def line_bytes(self) -> int:
        """Bytes of a line's pixels."""
        return self.width * self.pixels.pixel_bytes

    @property
    def line_stride(self) -> int:
        """Bytes from a line to the next."""
        return self.stride or self.line_bytes

    @property
    def frame_bytes(self) -> int:
        """Bytes from the first pixel to the last; behind the last line no stride is needed."""
        return (self.height - 1) * self.line_stride + self.line_bytes


def rgb_pixels(memory: Any, layout: FrameFormat) -> Any:
    """The frame's pixels, (H, W, 3) uint8 RGB.

    memory: uint8 (n,), the bytes from the first pixel on; n may be more than the frame's.
    """
    data = np.asarray(memory)
    if data.dtype != np.uint8 or data.ndim != 1 or len(data) < layout.frame_bytes:
        raise CameraPathError(
            f"a frame of shape {data.shape}, {data.dtype}; expected {layout.frame_bytes} bytes"
        )
    lines = np.lib.stride_tricks.as_strided(
        data,
        (layout.height, layout.line_bytes),
        (layout.line_stride * data.strides[0], data.strides[0]),
        writeable=False,
    )
    if layout.pixels is PixelFormat.GREY:
        return np.repeat(lines[..., np.newaxis], 3, axis=2)
    if layout.pixels is PixelFormat.YUYV:
        return _of_yuyv(lines.reshape(layout.height, layout.width // 2, 4))
    colours = lines.reshape(layout.height, layout.width, 3)
    return np.ascontiguousarray(colours[..., ::-1] if layout.pixels is PixelFormat.BGR else colours)


def _of_yuyv(pairs: Any) -> Any:
    """(H, W/2, 4) uint8 of Y0 U Y1 V -> (H, W, 3) uint8 RGB."""
    wide = pairs.astype(np.int32)
    luma = np.maximum(wide[..., 0::2] - 16, 0) * Y_GAIN  # (H, W/2, 2)
    u, v = wide[..., 1:2] - 128, wide[..., 3:4] - 128
    half = 1 << (YUV_BITS - 1)
    colours = [V_RED * v, U_GREEN * u + V_GREEN * v, U_BLUE * u]
    rgb = np.stack([(luma + colour + half) >> YUV_BITS for colour in colours], axis=-1)
    height, pairs_in_line = pairs.shape[:2]
    return np.clip(rgb, 0, 255).astype(np.uint8).reshape(height, 2 * pairs_in_line, 3)
