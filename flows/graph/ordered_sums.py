"""Sums of two integers times scales of any ratio, counted by an integer of the same order.

A quantizer behind such a sum asks for its order alone: p * a + q * b, with p and q near the ratio
of the scales, is greater where the sum is. They are the simplest numbers between which and the
ratio no two sums of the given ranges change places, found in the tree of Stern and Brocot.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from flows.graph.channel_map import ChannelMap, FloatArray

#: Pairs of integers that are looked at.
MOST_PAIRS = 1 << 22
Ends = tuple[int, int]


def in_order(first: float, second: float, a: Ends, b: Ends) -> tuple[int, int] | None:
    """(p, q), p > 0, with p * a + q * b in the order of first * a + second * b.

    a, b: least and greatest integer of each. Two pairs have one sum only where their reals are one.
    None where the pairs are too many, or a scale is not above 0 (the second may be below).
    """
    spread_a, spread_b = a[1] - a[0], b[1] - b[0]
    if first <= 0 or not second or (spread_a + 1) * (spread_b + 1) > MOST_PAIRS:
        return None
    wanted = Fraction(first) / abs(Fraction(second))
    # two sums are equal where first / second = (difference of b) / (difference of a)
    below, above = (0, 1), (1, 0)
    while True:
        p, q = below[0] + above[0], below[1] + above[1]
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
    x, y = (np.arange(low, high + 1, dtype=np.float64) for low, high in ends)
    sums = np.add.outer(x * factors[0], y * factors[1]).reshape(-1)
    reals = np.add.outer(x * scales[0], y * scales[1]).reshape(-1)
    known, places = np.unique(sums, return_index=True)
    # float64 may turn round what differs by its last bit
    values = np.maximum.accumulate(reals[places])

    def real(n: FloatArray) -> FloatArray:
        found: FloatArray = values[
            np.clip(np.searchsorted(known, n, side="right") - 1, 0, len(known) - 1)
        ]
        return found

    return ChannelMap().through(real, rising=True, reason=reason)
