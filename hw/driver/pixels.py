"""Pixels of a decoded picture: how many may be, turned upright, and over the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import AcceleratorError

#: Larger pictures are refused before they are decoded.
MAX_PIXELS = 100_000_000
#: Grey level that shows through transparent pixels.
BACKGROUND = 128
#: EXIF's tag.
ORIENTATION = 0x0112
#: What makes pixels (H, W, ...) of an orientation upright; of 1 and any other: nothing.
UPRIGHT: dict[int, Callable[[Any], Any]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}


def check_pixels(path: str, width: int, height: int) -> None:
    """AcceleratorError for a picture of too many pixels."""
    if width * height > MAX_PIXELS:
        raise AcceleratorError(
            f"{path}: {width} x {height} pixels; expected at most {MAX_PIXELS:,}"
        )


def damaged(path: str) -> AcceleratorError:
    """The error about a picture whose pixels cannot all be read."""
    return AcceleratorError(f"{path}: truncated or damaged image; expected a complete picture")


def flatten(colour: Any, alpha: Any) -> Any:
    """Colours (H, W, 3) of opacity (H, W), both uint8, over the background."""
    flat = np.empty_like(colour)
    for top in range(0, len(flat), 256):  # some rows at a time, for the board's memory
        rows = slice(top, top + 256)
        over = colour[rows].astype(np.uint16) * alpha[rows, :, None]
        under = BACKGROUND * (255 - alpha[rows].astype(np.uint16))
        flat[rows] = (over + under[..., None] + 127) // 255
    return flat


def upright(pixels: Any, orientation: int) -> Any:
    """Pixels as EXIF's orientation says that they are to be shown."""
    turn = UPRIGHT.get(orientation)
    return np.ascontiguousarray(turn(pixels) if turn else pixels)
