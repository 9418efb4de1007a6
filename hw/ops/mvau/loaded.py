"""A matrix-vector unit with its weights and thresholds."""

from dataclasses import dataclass, replace

import numpy as np

from hw.datatypes import integer_type, signed_bits
from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.mvau.copies import small_weights
from hw.ops.mvau.unit import MatrixUnit
from hw.ops.thresholds import clamp_thresholds
from hw.ops.weight_coding import WeightCoding, WeightGrid, code_weights

#: Most bits of an accumulator; the RTL takes fewer.
MAX_ACC_BITS = 64


@dataclass(frozen=True)
class Loaded:
    """unit; weights: (MW / groups, MH) in natural order; thresholds: (MH, n), or None without."""

    unit: MatrixUnit
    weights: IntArray
    thresholds: IntArray | None = None

    @property
    def coding(self) -> WeightCoding:
        """Codes of the weights. HardwareError, naming the node, where one cannot be written."""
        return coded(self.unit.name, self.weights, self.unit.grid)

    @property
    def acc_range(self) -> tuple[int, int]:
        """Least and greatest accumulator, as ``acc_range``."""
        return acc_range(self.unit, self.weights)

    def one_copy(self) -> "Loaded":
        """The unit that one of its copies is.

        Raises HardwareError where the matrix or the thresholds are not copies.
        """
        unit, copies = self.unit, self.unit.copies
        if copies is None:
            raise HardwareError(f"node {unit.name}: has no copies")
        rows = unit.mh // copies.number
        small = small_weights(unit.name, copies, self.weights)
        alone = replace(
            unit,
            mw=copies.elements,
            simd=copies.elements,
            mh=rows,
            pe=rows,
            order=(0, 0),
            copy_sizes=(),
            code_bits=coded(unit.name, small, unit.copy_grid).bits,
            grid=unit.copy_grid,
            copy_grid=None,
        )
        low, high = acc_range(alone, small)
        acc = integer_type(low, high)
        alone = replace(alone, acc_name=acc, output_name=unit.output_name or acc)
        if self.thresholds is None:
            return Loaded(alone, small)
        parts = self.thresholds.reshape(copies.number, rows, -1)
        if np.any(parts != parts[0]):
            raise HardwareError(f"node {unit.name}: thresholds are not the same for all copies")
        return Loaded(alone, small, clamp_thresholds(parts[0], low, high))


def acc_range(unit: MatrixUnit, weights: IntArray) -> tuple[int, int]:
    """Least and greatest accumulator that these weights and the input's data type can give; of a
    writable unit, whatever weights are written.

    Raises HardwareError, naming the node, where one has more than MAX_ACC_BITS bits.
    """
    low, high = int(unit.input_type.min()), int(unit.input_type.max())
    if unit.grid is not None:
        reach = any_acc_range(unit.grid, len(weights), low, high)
    else:
        above = np.maximum(weights, 0).sum(axis=0).astype(object)  # no overflow
        below = np.minimum(weights, 0).sum(axis=0).astype(object)
        reach = (above * low + below * high).min(), (above * high + below * low).max()
    if (bits := signed_bits(*reach)) > MAX_ACC_BITS:
        raise HardwareError(
            f"node {unit.name}: accumulators of {bits} bits; at most {MAX_ACC_BITS} are supported"
        )
    return reach


def coded(node: str, weights: IntArray, grid: WeightGrid | None) -> WeightCoding:
    """``code_weights``; HardwareError, naming the node, where a weight cannot be written."""
    try:
        return code_weights(weights, grid)
    except HardwareError as error:
        raise HardwareError(f"node {node}: {error}") from error


def any_acc_range(grid: WeightGrid, count: int, low: int, high: int) -> tuple[int, int]:
    """Least and greatest sum of count products of weights of a grid and inputs low to high."""
    products = [weight * value for weight in (grid.least, grid.greatest) for value in (low, high)]
    return count * min(products), count * max(products)
