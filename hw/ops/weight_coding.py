"""Codes of integer weights, for the masked form of a dot product.

docs/network.md: sum(w*a) = step * sum(k*a) + minimum * sum(a), with unsigned codes k and sum(a)
shared by all rows. Plain binary weights {-1, 1} are step 2, minimum -1 and one bit; F duplicated
inputs (weights -F, -F+2, ..., F) are step 2, minimum -F and ceil(log2(F+1)) bits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hw.datatypes import integer_datatype
from hw.errors import HardwareError

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class WeightCoding:
    """weight = step * code + minimum.

    step: >= 1. minimum: smallest weight. bits: of an unsigned code, >= 1.
    codes: shaped as the weights. top: the greatest code.
    """

    step: int
    minimum: int
    bits: int
    codes: IntArray
    top: int


@dataclass(frozen=True)
class WeightGrid:
    """Weights that a memory takes which is written later: least, least + step, ..., greatest."""

    least: int
    step: int
    greatest: int

    @property
    def top(self) -> int:
        """The greatest code."""
        return (self.greatest - self.least) // self.step

    def codes(self, weights: IntArray) -> IntArray:
        """Codes of weights. HardwareError where one is none of the grid."""
        above = weights.astype(np.int64) - self.least
        bad = weights[(above % self.step != 0) | (above < 0) | (weights > self.greatest)]
        if bad.size:
            raise HardwareError(f"weight {bad.flat[0]} is none of {self}")
        codes: IntArray = above // self.step
        return codes

    def __str__(self) -> str:
        if self.top < 2:
            return " and ".join(str(value) for value in dict.fromkeys((self.least, self.greatest)))
        return f"{self.least}, {self.least + self.step}, ..., {self.greatest}"

    def has(self, weights: IntArray) -> bool:
        """Whether all weights are of it."""
        above = weights.astype(np.int64) - self.least
        inside = (above >= 0) & (weights <= self.greatest)
        return bool(np.all(inside & (above % self.step == 0)))


def weight_grid(weights: IntArray, declared: WeightGrid | None = None) -> WeightGrid:
    """Weights that may take the place of these: the declared ones, if all of these are such; else
    all from -F to F in steps of 2 or more, where these are such (sums of signs); else those of the
    smallest integer type.
    """
    if declared is not None and declared.has(weights):
        return declared
    low, high = int(weights.min()), int(weights.max())
    step = code_weights(weights).step
    if step > 1 and low == -high:
        return WeightGrid(low, step, high)
    kind = integer_datatype(low, high)
    return WeightGrid(int(kind.min()), 1, int(kind.max()))


def code_weights(weights: IntArray, grid: WeightGrid | None = None) -> WeightCoding:
    """Code integer weights by their minimum and the greatest step that reaches all of them, or as
    a grid does.

    A constant matrix has step 1 and one bit (all codes 0). Raises ValueError where there are no
    weights, HardwareError where one is none of the grid.
    """
    if weights.size == 0:
        raise ValueError("there are no weights to code")
    if grid is not None:
        top = grid.top
        return WeightCoding(
            grid.step, grid.least, max(1, top.bit_length()), grid.codes(weights), top
        )
    minimum = int(weights.min())
    above = weights.astype(np.int64) - minimum
    step = int(np.gcd.reduce(above, axis=None)) or 1
    codes = above // step
    top = int(codes.max())
    return WeightCoding(step, minimum, max(1, top.bit_length()), codes, top)
