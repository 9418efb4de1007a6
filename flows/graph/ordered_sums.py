"""Sums of two integers times scales of any ratio, counted by an integer of the same order.

A quantizer behind such a sum asks for its order alone: p * a + q * b, with p and q near the ratio
of the scales, is greater where the sum is. They are the simplest numbers between which and the
ratio no two sums of the given ranges change places, found in the tree of Stern and Brocot.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from flows.graph.channel_map import ChannelMap, FloatArray
from flows.graph.scales import MAX_MULTIPLE

#: Numbers of a table that are held at once.
_HELD = 1 << 22
Ends = tuple[int, int]


def in_order(first: float, second: float, a: Ends, b: Ends) -> tuple[int, int] | None:
    """(p, q), p > 0, with p * a + q * b in the order of first * a + second * b.

    a, b: least and greatest integer of each. Two pairs have one sum only where their reals are one.
    None where one of them would pass MAX_MULTIPLE, as happens where both have more integers than
    that, or where a scale is not above 0 (the second may be below).
    """
    spread_a, spread_b = a[1] - a[0], b[1] - b[0]
    if first <= 0 or not second:
        return None
    wanted = Fraction(first) / abs(Fraction(second))
    # two sums are equal where first / second = (difference of b) / (difference of a)
    below, above = (0, 1), (1, 0)
    while True:
        p, q = below[0] + above[0], below[1] + above[1]
        if max(p, q) > MAX_MULTIPLE:
            return None
        if p > spread_b or q > spread_a or Fraction(p, q) == wanted:
            return p, q if second > 0 else -q
        if Fraction(p, q) < wanted:
            below = p, q
        else:
            above = p, q


def reals_of(
    factors: tuple[int, int], scales: tuple[float, float], ends: Sequence[Ends], reason: str
) -> ChannelMap:
    """The reals that sums of ``in_order`` stand for; one that no pair has stands for the one below.

    ends: of both integers. reason: what to say where something asks for more than the order.
    """
    factor = tuple(map(float, factors))
    narrow = int(ends[1][1] - ends[1][0] < ends[0][1] - ends[0][0])
    few = np.arange(ends[narrow][0], ends[narrow][1] + 1, dtype=np.float64)
    least = sum(min(f * low, f * high) for f, (low, high) in zip(factor, ends, strict=True))

    def below(n: FloatArray) -> FloatArray:
        """Reals of the greatest sums that are at most n, (m,)."""
        low, high = ends[1 - narrow]
        f, g = factor[narrow], factor[1 - narrow]
        rest = (np.maximum(n, least)[:, None] - f * few) / g
        # the other integer that comes nearest from below, of those that there are
        other = np.minimum(np.floor(rest), high) if g > 0 else np.maximum(np.ceil(rest), low)
        there = (other >= low) & (other <= high)
        best = np.argmax(np.where(there, f * few + g * other, -np.inf), axis=1)
        nearest = np.take_along_axis(other, best[:, None], axis=1)[:, 0]
        found: FloatArray = scales[narrow] * few[best] + scales[1 - narrow] * nearest
        return found

    def real(n: FloatArray) -> FloatArray:
        sums, places = np.unique(n, return_inverse=True)
        parts = np.array_split(sums, -(-sums.size * few.size // _HELD))
        values = np.concatenate([below(part) for part in parts])
        # float64 may turn round what differs by its last bit
        found: FloatArray = np.maximum.accumulate(values)[places].reshape(n.shape)
        return found

    return ChannelMap().through(real, rising=True, reason=reason)
