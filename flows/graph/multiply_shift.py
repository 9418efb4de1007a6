"""Many thresholds as one multiplication: levels of a sum by a factor, an offset and a shift.

A quantizer of 16 bits behind a function that is a straight line where no limit cuts it has 65,535
thresholds a channel, which lie as far apart as the line says. Then

    level(x) = clip(((factor * x >> drop) + offset) >> shift, low, high)

has the same steps, if its integers are found. They are looked for here, and nothing is taken for
granted: each step of the form is held against the function itself, on both of its sides.

A quantizer that rounds halves to even has, where halves occur, steps of two kinds: those up to even
levels and those up to odd ones lie apart evenly, both together do not. With two offsets

    level(x) = clip(((p + offsets[0]) >> shift) + ((p + offsets[1]) >> shift), low, high)

of the same p = factor * x >> drop, the first part counts the even levels, the second the odd ones.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.graph.channel_map import ChannelMap, IntArray, Levels
from flows.graph.integer_graph import REQUANT, IntNode
from hw.products import SPLIT, dropped_product

#: Steps of a channel that are looked at first; levels that are held against the function at once.
SAMPLED, CHUNK = 192, 1 << 20
#: Bits of a product that int64 holds, with the offset. Products of more bits are computed of an
#: integer's lowest bits, as many as SPLIT, and the others, one after the other.
MOST_BITS = 61
#: Times that steps are added to the sample.
ROUNDS = 40


@dataclass(frozen=True)
class MultiplyShift:
    """factors: (C,), not negative; offsets: (C, 1) or (C, 2). All channels share the rest."""

    factors: IntArray
    offsets: IntArray
    drop: int
    shift: int
    low: int
    high: int

    def __call__(self, x: IntArray) -> IntArray:
        """Levels of integers of shape (C, n)."""
        product = dropped_product(self.factors[:, None], x, self.drop)
        total = (product + self.offsets[:, :1]) >> self.shift
        if self.offsets.shape[1] > 1:
            total = total + ((product + self.offsets[:, 1:]) >> self.shift)
        result: IntArray = np.clip(total, self.low, self.high)
        return result

    def steps(self, levels: IntArray) -> IntArray:
        """The least integer of each channel at which each of levels (n,) is reached, (C, n).

        It means nothing where the factor is 0 or a limit cuts the level off.
        """
        parts = self.offsets.shape[1]
        part = levels % parts  # of two: even levels are counted by the first
        count = (levels + part) // parts
        wanted = (count[None] << self.shift) - self.offsets[:, part]
        factors = np.maximum(self.factors, 1)[:, None]
        split = min(self.drop, SPLIT)
        whole, rest = np.divmod(wanted << (self.drop - split), factors)
        result: IntArray = (whole << split) - (-(rest << split) // factors)
        return result

    def node(self, source: str, shape: tuple[int, int, int], origin: str) -> IntNode:
        """It as a node of the integer graph, on tensor source of shape (C, H, W)."""
        factors, offsets = self.factors, self.offsets
        if np.all(factors == factors[0]) and np.all(offsets == offsets[0]):
            factors, offsets = factors[:1], offsets[:1]
        attrs = {"drop": self.drop, "shift": self.shift, "low": self.low, "high": self.high}
        params = {"multipliers": factors, "offsets": offsets}
        return IntNode(REQUANT, "", [source], shape, self.low, self.high, origin, attrs, params)

    @classmethod
    def of_node(cls, node: IntNode) -> "MultiplyShift":
        """The inverse of ``node``, with a row for each channel."""
        channels = node.shape[0]
        factors = np.broadcast_to(node.params["multipliers"], (channels,))
        offsets = node.params["offsets"]
        offsets = np.broadcast_to(offsets, (channels, offsets.shape[1]))
        settings = (int(node.attrs[name]) for name in ("drop", "shift", "low", "high"))
        return cls(factors, offsets, *settings)


def multiply_shift(
    function: ChannelMap, quantizer: Levels, lo: int, hi: int, channels: int
) -> MultiplyShift | None:
    """The form whose levels are quantizer(function(x)) for every integer x in lo..hi.

    function: non-decreasing. None where there is no such form.
    """
    search = _Search(function, quantizer, lo, hi, channels)
    return search.found(1) or search.found(2)


class _Search:
    """Looks for a form with one offset, or with two."""

    def __init__(
        self, function: ChannelMap, quantizer: Levels, lo: int, hi: int, channels: int
    ) -> None:
        self.function, self.quantizer, self.lo, self.hi = function, quantizer, lo, hi
        ends = self._levels(np.tile(np.array([[lo, hi]], np.int64), (channels, 1)))
        #: Levels of each channel at lo and at hi, (C, 1) each.
        self.first, self.last = ends[:, :1], ends[:, 1:]
        self.low, self.high = int(self.first.min()), int(self.last.max())
        #: The first and the last step of each channel, (C, 1) each.
        self.begin, self.end = (self._true_steps(k) for k in (self.first + 1, self.last))

    def _levels(self, x: IntArray) -> IntArray:
        levels: IntArray = self.quantizer(self.function(x.astype(np.float64))).astype(np.int64)
        return levels

    def found(self, parts: int) -> MultiplyShift | None:
        """The form with so many offsets."""
        spread = np.linspace(0, 1, SAMPLED // 2)
        sampled = np.floor(self.first + 1 + (self.last - self.first - 1) * spread).astype(np.int64)
        sampled = np.concatenate([sampled, sampled + 1], axis=1)  # even and odd ones
        shift = 0
        levels, places = sampled, self._true_steps(sampled)
        for _ in range(ROUNDS):
            made = self._fitted(levels, places, parts, shift)
            if made is None:
                return None
            shift = made.shift
            wrong = self._wrong(made)
            if wrong is None:
                return made
            levels = np.concatenate([levels, wrong], axis=1)
            places = np.concatenate([places, self._true_steps(wrong)], axis=1)
        return None

    def _true_steps(self, levels: IntArray) -> IntArray:
        """The least integer in lo..hi + 1 at which the function reaches each level, (C, n)."""
        low = np.full(levels.shape, self.lo, np.int64)
        high = np.full(levels.shape, self.hi + 1, np.int64)
        while np.any(low < high):
            middle = (low + high) >> 1
            reached, active = self._levels(middle) >= levels, low < high
            high = np.where(active & reached, middle, high)
            low = np.where(active & ~reached, middle + 1, low)
        return low

    def _bounds(self, levels: IntArray, places: IntArray) -> tuple["_Rows", "_Rows"]:
        """Of each channel: the levels to be reached, then those not to be."""
        inside = (levels > self.first) & (levels <= self.last)
        start, end = np.full_like(self.first, self.lo), np.full_like(self.last, self.hi)
        # what no limit cuts off: two levels each, one of them even
        above, below = self.first > self.low, self.last < self.high
        steps = self.first < self.last
        reached = [
            (levels, places, inside),
            (self.first, start, above),
            (self.first - 1, start, above),
            (self.first, self.begin, steps),
        ]
        missed = [
            (levels, places - 1, inside),
            (self.last + 1, end, below),
            (self.last + 2, end, below),
            (self.last + 1, self.end - 1, steps),
        ]
        return _joined(reached), _joined(missed)

    def _fitted(
        self, levels: IntArray, places: IntArray, parts: int, shift: int
    ) -> MultiplyShift | None:
        """A form that has the steps of the sample, of the least shift from the given one on."""
        reached, missed = self._bounds(levels, places)
        slopes = _slopes(reached, missed, parts, self.high - self.low + 2)
        widest = max(abs(self.lo), abs(self.hi) + 1).bit_length()
        while True:
            scaled = np.ldexp(slopes, shift)
            bits = float(np.log2(max(1.0, scaled.max())))
            counted = (max(abs(self.low), abs(self.high)) + 2).bit_length() + shift
            split = SPLIT if max(bits + widest, counted) > MOST_BITS - 1 else 0
            # products with an integer's highest bits and with its lowest ones, and counts
            most = max(bits + max(widest - split, split), counted - split)
            if most > MOST_BITS or shift < split:
                return None
            found = _choice(scaled, reached, missed, parts, shift, split)
            if found is not None:
                factors, least, greatest = found
                drop = _drop(least, greatest, shift - split)
                offsets = -(-least >> drop)  # the least multiple
                return MultiplyShift(
                    factors, offsets, drop + split, shift - drop - split, self.low, self.high
                )
            shift += 1

    def _wrong(self, made: MultiplyShift) -> IntArray | None:
        """Levels (C, n) of which the form has a step at another place; None: it has them all.

        Of each channel those in a piece of its levels that come first and last, and one between.
        """
        ends = np.array([[self.lo, self.hi]], np.int64)
        assert np.array_equal(made(ends), np.concatenate([self.first, self.last], axis=1))
        found = np.zeros((len(self.first), 0), np.int64)
        piece = max(1, CHUNK // len(self.first))
        for start in range(self.low + 1, self.high + 1, piece):
            levels = np.arange(start, min(start + piece, self.high + 1))
            inside = (levels > self.first) & (levels <= self.last)
            steps = made.steps(levels)
            out = (steps <= self.lo) | (steps > self.hi)
            steps = np.clip(steps, self.lo + 1, self.hi)
            right = (self._levels(steps) >= levels) & (self._levels(steps - 1) < levels) & ~out
            wrong = inside & ~right
            if wrong.any():  # where a channel has none: whatever it is, it is right
                count = wrong.shape[1]
                first, last = wrong.argmax(axis=1), count - 1 - wrong[:, ::-1].argmax(axis=1)
                middle = (first + last) // 2
                between = middle + np.array(
                    [row[at:].argmax() for row, at in zip(wrong, middle, strict=True)]
                )
                columns = np.stack([first, between, last], axis=1)
                found = np.concatenate([found, levels[columns]], axis=1)
        return found if found.size else None


#: Levels, integers, and whether the row holds for the channel; (C, n) each.
_Rows = tuple[Any, Any, Any]


def _joined(rows: list[_Rows]) -> _Rows:
    levels, places, holds = (np.concatenate(part, axis=1) for part in zip(*rows, strict=True))
    return levels, places, holds


def _units(levels: IntArray, parts: int) -> tuple[Any, Any]:
    """Which offset counts each level, and how many it has counted then."""
    part = levels % parts
    return part, (levels + part) // parts


def _slopes(reached: _Rows, missed: _Rows, parts: int, most: int) -> Any:
    """Slope of each channel with the most room for its offsets, (C,), float64.

    The room is a concave function of the slope; halving finds where it begins to fall.
    """
    channels = len(reached[0])
    low, high = np.zeros(channels), np.full(channels, float(most))
    rows = np.arange(channels)
    for _ in range(100):
        slope = (low + high) / 2
        room, rises = np.full(channels, np.inf), np.zeros(channels, bool)
        for each in range(parts):
            ends, at = [], []
            for (levels, places, holds), sign in ((reached, 1), (missed, -1)):
                part, count = _units(levels, parts)
                needed = sign * (count - slope[:, None] * places)
                needed = np.where(holds & (part == each), needed, -np.inf)
                column = needed.argmax(axis=1)
                ends.append(needed[rows, column])
                at.append(places[rows, column])
            gap = -ends[1] - ends[0]
            rises = np.where(gap < room, at[0] > at[1], rises)
            room = np.minimum(gap, room)
        low, high = np.where(rises, slope, low), np.where(rises, high, slope)
    return high


def _choice(
    scaled: Any, reached: _Rows, missed: _Rows, parts: int, shift: int, split: int
) -> tuple[IntArray, IntArray, IntArray] | None:
    """Factors next to the scaled slopes, and limits of their offsets; None where none of them do.

    Offsets are in units of 2**split.
    """
    settled = np.zeros(len(scaled), bool)
    factors = np.zeros(len(scaled), np.int64)
    limits = np.zeros((2, len(scaled), parts), np.int64)
    for rounded in (np.rint(scaled), np.floor(scaled), np.ceil(scaled)):
        tried = rounded.astype(np.int64)
        found = _limits(reached, missed, parts, shift, split, tried)
        fits = (found[0] <= found[1]).all(axis=1) & ~settled
        factors = np.where(fits, tried, factors)
        limits = np.where(fits[None, :, None], found, limits)
        settled |= fits
        if settled.all():
            return factors, limits[0], limits[1]
    return None


def _drop(least: IntArray, greatest: IntArray, most: int) -> int:
    """Lowest bits that all offsets may have as zeros."""
    drop = 0
    while drop < most and np.all((-(-least >> (drop + 1))) << (drop + 1) <= greatest):
        drop += 1
    return drop


def _limits(
    reached: _Rows, missed: _Rows, parts: int, shift: int, split: int, factors: IntArray
) -> IntArray:
    """Least and greatest offsets, (2, C, parts), in units of 2**split; 0 where any would do."""
    none = 1 << 62
    found = np.empty((2, len(factors), parts), np.int64)
    for each in range(parts):
        ends = []
        for (levels, places, holds), less in ((reached, 0), (missed, 1)):
            part, count = _units(levels, parts)
            whole = (count << (shift - split)) - factors[:, None] * (places >> split)
            rest = factors[:, None] * (places & ((1 << split) - 1))
            value = whole + ((-rest - 1) >> split) if less else whole - (rest >> split)
            ends.append((value, holds & (part == each)))
        above = np.where(ends[0][1], ends[0][0], -none).max(axis=1)
        below = np.where(ends[1][1], ends[1][0], none).min(axis=1)
        found[0, :, each] = np.where(above == -none, np.minimum(below, 0), above)
        found[1, :, each] = np.where(below == none, np.maximum(above, 0), below)
    return found
