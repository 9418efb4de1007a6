"""Parameters of a matrix-vector unit, RTL and HLS C++, that follow from its numbers."""

from dataclasses import dataclass

import numpy as np

from hw.datatypes import signed_bits
from hw.ops.base import IntArray
from hw.ops.memory_layout import check_output_datatype
from hw.ops.mvau.loaded import Loaded
from hw.ops.mvau.unit import MatrixUnit
from hw.ops.thresholds import threshold_bits
from hw.ops.weight_coding import WeightCoding


@dataclass(frozen=True)
class MvauParameters:
    """Values of one node.

    rows: (NF*SF, PE, SIMD) codes, row nf*SF + sf those of that clock; of groups that come in turns
    those of one turn behind those of another, and so with the thresholds. acc_bits: of an
    accumulator, two's complement. thresholds: (NF, PE, n), or None where the accumulators are the
    output. out_bias: output where no threshold is reached. limits: least and greatest threshold
    that may be written, of a writable unit.
    """

    coding: WeightCoding
    rows: IntArray
    acc_bits: int
    thresholds: IntArray | None
    out_bias: int
    limits: tuple[int, int] | None = None

    @property
    def num_thresholds(self) -> int:
        """Thresholds a row of the matrix."""
        return 0 if self.thresholds is None else int(self.thresholds.shape[-1])

    @property
    def threshold_bits(self) -> int:
        """Bits of a threshold, two's complement; 1 where there are none."""
        if self.limits is not None and self.thresholds is not None:
            return signed_bits(*self.limits)
        return 1 if self.thresholds is None else threshold_bits(self.thresholds)

    def term_bits(self, unit: MatrixUnit) -> int:
        """Bits of WStep * sum(k*a) + WMin * sum(a) over one beat: mvau_term_bits of mvau.hpp."""
        datatype = unit.input_type
        magnitude = max(int(datatype.max()), -int(datatype.min())) * unit.simd
        largest = self.coding.step * ((1 << self.coding.bits) - 1) + abs(self.coding.minimum)
        return 1 + int(magnitude * largest).bit_length()


def _rows(unit: MatrixUnit, codes: IntArray) -> IntArray:
    """(turns * NF * SF, PE, SIMD) of codes (MW / groups, MH)."""
    sf, nf, simd, pe = unit.sf, unit.nf, unit.simd, unit.pe
    turns, sets = unit.turns, unit.groups.sets
    by_row = codes.T.reshape(turns, nf, sets, pe // sets, -1)
    places = unit.groups.places(unit.name).swapaxes(1, 2).reshape(turns, 1, sets, 1, -1)
    stream = np.take_along_axis(by_row, places, axis=-1).reshape(turns, nf, pe, sf, simd)
    return stream.swapaxes(2, 3).reshape(-1, pe, simd)


def mvau_parameters(loaded: Loaded) -> MvauParameters:
    """Parameters of a unit, from its weights and thresholds.

    Raises HardwareError, naming the node, where the output data type does not hold the results.
    """
    unit, thresholds = loaded.unit, loaded.thresholds
    coding = loaded.coding
    low, high = loaded.acc_range
    out_bias, out_high = low, high
    if thresholds is not None:
        out_bias = unit.act_val
        out_high = out_bias + thresholds.shape[1]
        thresholds = thresholds.reshape(-1, unit.pe, thresholds.shape[1])
    check_output_datatype(unit.name, unit.output_type, out_bias, out_high)
    return MvauParameters(
        coding=coding,
        rows=_rows(unit, coding.codes),
        acc_bits=signed_bits(low, high),
        thresholds=thresholds,
        out_bias=0 if thresholds is None else out_bias,
        limits=(low, high + 1) if unit.is_writable else None,
    )
