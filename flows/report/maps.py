"""Feature maps as small grey pictures, inlined as PNG."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from flows.report.signs import TIMES

#: Height and width of a channel's map, and of one that stands alone.
TILE, ALONE = 64, 256
#: Channels in a row, and rows of them.
COLUMNS, ROWS = 8, 2
GAP = 2
#: Of a tensor of one pixel or one line: the most that is shown, and pixels of a value.
MOST_LINES, MOST_POSITIONS, CELL = 64, 256, 8

Tensor = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Sheet:
    """A picture of a tensor. uri: of the PNG; caption: what is seen of how much, and its range."""

    uri: str
    width: int
    height: int
    caption: str


def sheet(tensor: Tensor) -> Sheet:
    """Of a tensor (H, W, C): channels side by side; of one line or pixel, a map of its values.

    The least value of the tensor is black, the greatest white.
    """
    height, width, channels = tensor.shape
    low, high = float(tensor.min()), float(tensor.max())
    if height > 1 and width > 1:
        image, said = _tiles(_grey(tensor[:, :, : COLUMNS * ROWS], low, high), channels)
    elif height * width > 1:
        image, said = _lines(_grey(tensor, low, high).reshape(-1, channels))
    else:
        image, said = _cells(_grey(tensor, low, high).reshape(-1))
    content = io.BytesIO()
    image.save(content, format="PNG", optimize=True)
    of = f"black is {low:g}, white {high:g}" if high > low else f"every value is {low:g}"
    caption = f"{said}; {of}"
    return Sheet(_uri(content, "png"), image.width, image.height, caption)


def _grey(part: Tensor, low: float, high: float) -> Tensor:
    """0 of the value low to 255 of the value high."""
    if not high > low:
        return np.zeros(part.shape, np.uint8)
    scaled: Tensor = (part - np.float32(low)) * np.float32(255 / (high - low))
    return np.rint(scaled).astype(np.uint8)


def photograph(frame: Tensor) -> Sheet:
    """A frame (H, W, 3) of pixels, as JPEG."""
    image = Image.fromarray(frame.astype(np.uint8))
    content = io.BytesIO()
    image.save(content, format="JPEG", quality=88)
    height, width, _ = frame.shape
    return Sheet(_uri(content, "jpeg"), width, height, f"{width} {TIMES} {height} pixels")


def _uri(content: io.BytesIO, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}"


def _tiles(grey: Tensor, channels: int) -> tuple[Image.Image, str]:
    """Of (H, W, as many of the channels as are shown)."""
    height, width, shown = grey.shape
    columns, rows = min(shown, COLUMNS), -(-shown // COLUMNS)
    longest, most = max(height, width), ALONE if channels == 1 else TILE
    if longest > most:
        size = (max(1, round(width * most / longest)), max(1, round(height * most / longest)))
        method = Image.Resampling.BOX
    else:
        times = max(1, most // longest)
        size, method = (width * times, height * times), Image.Resampling.NEAREST
    whole = (columns * (size[0] + GAP) - GAP, rows * (size[1] + GAP) - GAP)
    canvas = Image.new("LA", whole, (0, 0))
    for channel in range(shown):
        tile = Image.fromarray(np.ascontiguousarray(grey[:, :, channel])).resize(size, method)
        row, column = divmod(channel, COLUMNS)
        canvas.paste(tile.convert("LA"), (column * (size[0] + GAP), row * (size[1] + GAP)))
    return canvas, f"{_of(shown, channels, 'channel')}, {height} {TIMES} {width} each"


def _lines(grey: Tensor) -> tuple[Image.Image, str]:
    """Of (positions, channels): a row of the picture a channel."""
    positions, channels = grey.shape
    part = grey[:MOST_POSITIONS, :MOST_LINES].T
    said = f"{_of(part.shape[0], channels, 'channel')} from top to bottom, "
    said += f"{_of(part.shape[1], positions, 'position')} from left to right"
    return _enlarged(part), said


def _cells(grey: Tensor) -> tuple[Image.Image, str]:
    """Of (channels,): a square a channel, row by row."""
    shown = grey[: MOST_LINES * MOST_LINES // 4]
    columns = min(len(shown), MOST_LINES)
    rows = -(-len(shown) // columns)
    part = np.zeros(rows * columns, np.uint8)
    part[: len(shown)] = shown
    said = f"{_of(len(shown), len(grey), 'channel')}, a square each, row by row"
    return _enlarged(part.reshape(rows, columns)), said


def _enlarged(part: Tensor) -> Image.Image:
    rows, columns = part.shape
    times = max(1, min(CELL, 512 // columns))
    image = Image.fromarray(np.ascontiguousarray(part))
    return image.resize((columns * times, rows * times), Image.Resampling.NEAREST)


def _of(shown: int, count: int, name: str) -> str:
    if shown == count:
        return f"{count:,} {name}{'' if count == 1 else 's'}"
    return f"{shown:,} of {count:,} {name}s"
