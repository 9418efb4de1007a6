"""Scales that are integer multiples of one number, so that integers of either can be added."""

from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from flows.graph.channel_map import FloatArray, IntArray

#: The greatest multiple: beyond it a sum of the integers would be wider than what it is worth.
MAX_MULTIPLE = 1024
#: Relative error up to which two float64 scales are multiples of each other: that of products of
#: float32 scales.
EXACT = 2.0**-50


def ratio(first: float, second: float) -> Fraction | None:
    """first / second as a fraction of integers of at most MAX_MULTIPLE; None where it is none."""
    found = Fraction(first / second).limit_denominator(MAX_MULTIPLE)
    good = abs(float(found) * second - first) <= EXACT * abs(first)
    return found if good and abs(found.numerator) <= MAX_MULTIPLE else None


def multiples(scales: Any) -> tuple[float, IntArray] | None:
    """(unit, integers) with scales = unit * integers, unit > 0 and as great as can be.

    scales: (n,), none of them infinite. None where there are no such integers of at most
    MAX_MULTIPLE, or where all scales are 0.
    """
    scales = np.asarray(scales, dtype=np.float64)
    base = next((abs(float(scale)) for scale in scales if scale), 0.0)
    if not base:
        return None
    known: dict[float, Fraction] = {}
    for scale in np.unique(scales).tolist():
        found = ratio(scale, base)
        if found is None:
            return None
        known[scale] = found
    bottom = lcm(*(each.denominator for each in known.values()))
    whole = {scale: int(each * bottom) for scale, each in known.items()}
    common = gcd(*whole.values())
    integers = np.array([whole[scale] // common for scale in scales.tolist()], dtype=np.int64)
    if np.abs(integers).max() > MAX_MULTIPLE:
        return None
    return base * common / bottom, integers


def pairs(first: FloatArray, second: FloatArray) -> tuple[FloatArray, IntArray, IntArray] | None:
    """(units, p, q), each (C,), with first = units * p and second = units * q, channel by channel.

    p and q are the same in all channels where the ratio of the scales is; p > 0. None where a ratio
    is none of small integers, or a scale is 0.
    """
    if np.any(first == 0) or np.any(second == 0):
        return None
    found = [ratio(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    above = np.array([abs(each.numerator) for each in known], dtype=np.int64)
    below = np.array([each.denominator for each in known], dtype=np.int64)
    sign = np.array([1 if each > 0 else -1 for each in known], dtype=np.int64)
    # where one of the two is 1 the unit is that scale itself, to the last bit
    units = np.where(below == 1, second * sign, first / above)
    return units, above, below * sign
