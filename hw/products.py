"""Products of integers of which only the highest bits are wanted, where int64 does not hold all."""

from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]

#: Lowest bits of a value that are multiplied by themselves.
SPLIT = 16


def dropped_product(factors: IntArray, x: IntArray, drop: int) -> IntArray:
    """factors * x >> drop, for drops of SPLIT bits and more without all bits of the product."""
    if drop < SPLIT:
        small: IntArray = (factors * x) >> drop
        return small
    low = (factors * (x & ((1 << SPLIT) - 1))) >> SPLIT
    product: IntArray = (factors * (x >> SPLIT) + low) >> (drop - SPLIT)
    return product
