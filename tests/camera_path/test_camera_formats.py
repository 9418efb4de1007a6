"""Pixels of frames in memory: against OpenCV, and strides by hand."""

import cv2
import numpy as np
import pytest

from camera_path.errors import CameraPathError
from camera_path.frames import FrameFormat, PixelFormat, rgb_pixels

OPENCV = {PixelFormat.BGR: cv2.COLOR_BGR2RGB, PixelFormat.GREY: cv2.COLOR_GRAY2RGB,
          PixelFormat.YUYV: cv2.COLOR_YUV2RGB_YUYV}  # fmt: skip


@pytest.mark.parametrize("pixels", list(PixelFormat))
@pytest.mark.parametrize("gap", [0, 1, 13])
def test_pixels_are_opencvs(pixels: PixelFormat, gap: int) -> None:
    rng = np.random.default_rng(gap)
    width, height = 22, 9
    line = width * pixels.pixel_bytes
    lines = rng.integers(0, 256, (height, line + gap), np.uint8)
    lines[0, :line] = np.resize([0, 255, 16, 235, 240], line)
    layout = FrameFormat(width, height, pixels, line + gap if gap else 0)
    picture = lines[:, :line].reshape(height, width, -1)
    wanted = cv2.cvtColor(picture, OPENCV[pixels]) if pixels in OPENCV else picture
    memory = lines.reshape(-1)
    np.testing.assert_array_equal(rgb_pixels(memory, layout), wanted)
    short = memory[: len(memory) - gap]  # no stride behind the last line
    np.testing.assert_array_equal(rgb_pixels(short, layout), wanted)
    with pytest.raises(CameraPathError, match=f"expected {len(short)} bytes"):
        rgb_pixels(short[:-1], layout)


def test_every_luma_and_chroma_is_opencvs() -> None:
    levels = np.arange(256, dtype=np.uint8)
    y, u, v = np.meshgrid(levels[::3], levels[::5], levels[::7], indexing="ij")
    pairs = np.stack([y, u, y[::-1], v], axis=-1).reshape(1, -1, 2)
    layout = FrameFormat(pairs.shape[1], 1, PixelFormat.YUYV)
    wanted = cv2.cvtColor(pairs, cv2.COLOR_YUV2RGB_YUYV)
    np.testing.assert_array_equal(rgb_pixels(pairs.reshape(-1), layout), wanted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 4), "expected 1 x 1 or more"),
        ((5, 4, PixelFormat.YUYV), "expected an even width"),
        ((5, 4, PixelFormat.RGB, 14), "a stride of 14 bytes; expected 15 or more"),
    ],
)
def test_what_is_no_frame(arguments: tuple[int, ...], message: str) -> None:
    with pytest.raises(CameraPathError, match=message):
        FrameFormat(*arguments)
