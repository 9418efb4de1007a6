"""Quantized functions of which it is not known whether they rise: looked at on every integer.

The levels of all integers that a sum can be are computed, channel by channel. A channel that only
rises has thresholds as any other; one that only falls gets the other sign in its weights. One that
does both is the sum of two that rise: y(x) = a(x) + b(-x), where a counts the steps up that x has
reached and b the steps down that it has not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.graph.channel_map import ChannelMap, IntArray, Levels

#: Integers that are looked at in all, and at once.
MAX_INTEGERS, CHUNK = 1 << 28, 1 << 22


@dataclass(frozen=True)
class LevelTable:
    """The levels of each channel. start: that of the least integer, shape (C,).

    up, down: for each channel the integers at which the level is one more (less) than at the
    integer before, as often as it is; ascending.
    """

    start: IntArray
    up: list[IntArray]
    down: list[IntArray]

    @property
    def both(self) -> bool:
        """Whether a channel rises and falls."""
        return any(len(u) and len(d) for u, d in zip(self.up, self.down, strict=True))

    def falling(self) -> Any:
        """Channels that only fall, shape (C,)."""
        return np.array(
            [len(d) > 0 and not len(u) for u, d in zip(self.up, self.down, strict=True)]
        )


def look(
    function: ChannelMap, quantizer: Levels, lo: int, hi: int, channels: int
) -> LevelTable | None:
    """The levels of quantizer(function(x)) for x in lo..hi; None if these are too many integers."""
    count = hi - lo + 1
    if channels * count > MAX_INTEGERS:
        return None
    parts = max(1, CHUNK // channels)
    start = np.zeros(channels, np.int64)
    up: list[list[Any]] = [[] for _ in range(channels)]
    down: list[list[Any]] = [[] for _ in range(channels)]
    before: Any = None
    for first in range(lo, hi + 1, parts):
        x = np.arange(first, min(first + parts, hi + 1), dtype=np.float64)
        levels = quantizer(function(np.broadcast_to(x, (channels, len(x))))).astype(np.int64)
        if before is None:
            start, before = levels[:, 0].copy(), levels[:, :1]
        steps = np.diff(np.concatenate([before, levels], axis=1), axis=1)
        for channel, place in zip(*np.nonzero(steps), strict=True):
            step = int(steps[channel, place])
            target = up if step > 0 else down
            target[channel] += [first + int(place)] * abs(step)
        before = levels[:, -1:]
    return LevelTable(start, *([np.array(c, np.int64) for c in part] for part in (up, down)))


def rising_thresholds(table: LevelTable, quantizer: Levels, lo: int, hi: int) -> IntArray:
    """Thresholds (C, n) as ``channel_map.thresholds`` gives them, of channels that only rise."""
    count = quantizer.highest - quantizer.lowest
    result = np.full((len(table.up), count), hi + 1, np.int64)
    for channel, steps in enumerate(table.up):
        reached = int(table.start[channel]) - quantizer.lowest
        result[channel, :reached] = lo
        result[channel, reached : reached + len(steps)] = steps
    return result


def two_sided(table: LevelTable, lo: int, hi: int) -> tuple[IntArray, int]:
    """(thresholds (2C, n), bias): y(x) = 2 * bias + the thresholds that x and -x have reached.

    Row 2c is for x in channel c, row 2c + 1 for -x.
    """
    lowest = np.array([s - len(d) for s, d in zip(table.start, table.down, strict=True)])
    bias = int(lowest.min() // 2)
    always = lowest - 2 * bias
    count = max(
        *(int(a) + len(u) for a, u in zip(always, table.up, strict=True)),
        *(len(d) for d in table.down),
        1,
    )
    never = max(hi, -lo) + 1
    result = np.full((2 * len(table.up), count), never, np.int64)
    for channel, (up, down) in enumerate(zip(table.up, table.down, strict=True)):
        reached = int(always[channel])
        result[2 * channel, :reached] = min(lo, -hi)
        result[2 * channel, reached : reached + len(up)] = up
        # x < t is -x >= 1 - t
        result[2 * channel + 1, : len(down)] = np.sort(1 - down)
    return result, bias
