"""Frames of an AXI4-Stream Video source, right ones and others, and what has to become of them.

By docs/registers-camera.md and AMD's UG934 alone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Beat = tuple[bytes, bool, bool]
RGB, EXCHANGED, GREY, YUYV = 0, 1, 2, 3
GREY_LEVEL, JUNK = 128, 0xC3
#: Bits of FAULTS.
SHORT, LONG, LACK, MORE = 1, 2, 4, 8


def line_bytes(pixels: Any, kind: int) -> Any:
    """(W, C) red, green, blue; Y; or Y and U, V -> bytes of its pixels in tdata, (W, C)."""
    if kind == RGB:
        return pixels[:, [1, 2, 0]]
    if kind == EXCHANGED:
        return pixels[:, [1, 0, 2]]
    return pixels


def frame_beats(
    lines: Sequence[Any], lanes: int, kind: int = RGB, start: bool = True
) -> list[Beat]:
    """Beats of a frame: tdata, tuser, tlast. Bytes that do not count are junk."""
    beats = []
    for row, line in enumerate(lines):
        data = line_bytes(line, kind)
        for at in range(0, len(data), lanes):
            here = data[at : at + lanes].tobytes()
            whole = here + bytes([JUNK]) * (3 * lanes - len(here))
            beats.append((whole, start and row == at == 0, at + lanes >= len(data)))
    return beats


def taken(lines: Sequence[Any], size: tuple[int, int], lanes: int) -> tuple[Any, int]:
    """(H, W, C) of what is taken of a frame of such lines when size was asked for, and FAULTS.

    The junk beside a line's last pixel in its last beat counts where pixels are wanted there.
    """
    width, height = size
    wanted = -(-width // lanes) * lanes
    faults = 0
    made = np.full((height, wanted, *lines[0].shape[1:]), GREY_LEVEL, np.uint8)
    for row, line in enumerate(lines[:height]):
        have = -(-len(line) // lanes) * lanes
        faults |= SHORT * (have < wanted) | LONG * (have > wanted)
        made[row, : min(have, wanted)] = JUNK
        count = min(len(line), wanted)
        made[row, :count] = line[:count]
    faults |= LACK * (len(lines) < height)
    faults |= MORE * (len(lines) > height)
    return made[:, :width], faults
