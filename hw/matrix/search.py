"""The cheapest of several ways to share, for a matrix and a number of clocks."""

from functools import cache

import numpy as np

from hw.errors import HardwareError
from hw.matrix.adders import Adders, chain_luts, make_adders
from hw.matrix.stages import CHAINS, Pipeline, pipeline
from hw.matrix.sums import IntArray, Plan, share

#: Tried in this order; of equal ones the first wins.
PLANS = (
    Plan(),
    *(Plan(chains, levels) for chains in (0, 1, 2, 3) for levels in (2, 3, 4)),
)


def least_latency(elements: int, weight_bits: int) -> int:
    """Clocks in which the product with a matrix of this many elements a row is always done.

    One for every four-fold of the elements, and for that of a weight's bits, at least one; more
    where a row of nothing but negative digits (every other bit of a weight) has to be negated too.
    """
    negative = fours_of(elements * max(1, weight_bits // 2)) + 1
    return max(2, fours_of(elements) + max(1, fours_of(weight_bits)), negative)


def fours_of(values: int) -> int:
    """Least n with 4**n >= values: levels of adders of four."""
    return ((values - 1).bit_length() + 1) // 2


def find_pipeline(
    matrix: IntArray,
    low: int,
    high: int,
    latency: int,
    plans: tuple[Plan, ...] = PLANS,
    fours: bool = True,
) -> Pipeline:
    """Pipeline with the fewest LUTs, by their estimate, then registers.

    matrix: (MW, MH) integers; low, high: of an element of the vector; fours: as make_adders'.
    HardwareError where no graph is done within latency clocks.
    """
    data = matrix.astype(np.int64).tobytes()
    return _find(data, matrix.shape, low, high, latency, plans, fours)


@cache
def _find(
    data: bytes,
    shape: tuple[int, int],
    low: int,
    high: int,
    latency: int,
    plans: tuple[Plan, ...],
    fours: bool,
) -> Pipeline:
    matrix = np.frombuffer(data, np.int64).reshape(shape)
    made = [make_adders(share(matrix, plan), low, high, fours) for plan in plans]
    fitting = [adders for adders in made if depth(adders) <= CHAINS * latency]
    if not fitting:
        raise HardwareError(
            f"no adders for a matrix of {shape[0]} x {shape[1]} within {latency} clocks"
        )
    fewest = min(chain_luts(adders) for adders in fitting)
    best = [adders for adders in fitting if chain_luts(adders) == fewest]
    return min((pipeline(adders, latency) for adders in best), key=lambda p: p.registers)


def depth(adders: Adders) -> int:
    """Most carry chains one behind the other."""
    return max((cell.level for cell in adders.cells), default=0)
