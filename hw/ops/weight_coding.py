"""Codes of integer weights, for the masked form of a dot product.

docs/network.md: sum(w*a) = step * sum(k*a) + minimum * sum(a), with unsigned codes k and sum(a)
shared by all rows. Plain binary weights {-1, 1} are step 2, minimum -1 and one bit; F duplicated
inputs (weights -F, -F+2, ..., F) are step 2, minimum -F and ceil(log2(F+1)) bits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class WeightCoding:
    """weight = step * code + minimum.

    step: >= 1. minimum: smallest weight. bits: of an unsigned code, >= 1.
    codes: shaped as the weights.
    """

    step: int
    minimum: int
    bits: int
    codes: IntArray


def code_weights(weights: IntArray) -> WeightCoding:
    """Code integer weights by their minimum and the greatest step that reaches all of them.

    A constant matrix has step 1 and one bit (all codes 0). Raises ValueError where there are no
    weights.
    """
    if weights.size == 0:
        raise ValueError("there are no weights to code")
    minimum = int(weights.min())
    above = weights.astype(np.int64) - minimum
    step = int(np.gcd.reduce(above, axis=None)) or 1
    codes = above // step
    return WeightCoding(step, minimum, max(1, int(codes.max()).bit_length()), codes)
