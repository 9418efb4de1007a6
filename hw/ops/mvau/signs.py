"""Weights -1 and 1 as hw/rtl/mvau.sv takes them: as signs, a lane inverted where its weight is -1.

An inversion is a negation but for a constant (hw/rtl/signed_tree.sv), so what the accumulator of a
row is above the true one follows from the row's weights, and is added to the row's thresholds.
"""

from dataclasses import replace

import numpy as np
from qonnx.core.datatype import BaseDataType

from hw.datatypes import signed_bits
from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.mvau.loaded import Loaded
from hw.ops.mvau.parameters import MvauParameters, mvau_parameters

#: Most bits of an accumulator in hw/rtl/mvau.sv.
MAX_RTL_ACC_BITS = 64


def is_signs(params: MvauParameters) -> bool:
    """Whether weights are signs in RTL: -1 and 1, with thresholds to take the constants."""
    coding = params.coding
    return (coding.bits, coding.step, coding.minimum) == (1, 2, -1) and bool(params.num_thresholds)


def is_doubles(params: MvauParameters) -> bool:
    """Whether codes are 0, 1 and 2, for which one adder tree does; of constants two are no more."""
    coding = params.coding
    is_written = params.limits is not None
    return coding.bits == 2 and coding.top == 2 and (len(params.rows) > 1 or is_written)


def lane_constants(lanes: int, datatype: BaseDataType) -> IntArray:
    """(lanes,) what the inversion of each lane gives above its negation (signed_tree.sv)."""
    index = np.arange(lanes)
    is_odd, is_alone = index % 2 == 1, (index == lanes - 1) & (index % 2 == 0)
    if datatype.signed():
        constants: IntArray = np.where(is_odd | is_alone, -1, 0)
    else:
        reach = 2 ** int(datatype.bitwidth())
        constants = np.where(is_alone, 2 * reach - 1, np.where(is_odd, reach - 1, reach))
    return constants


def row_offsets(rows: IntArray, sf: int, datatype: BaseDataType) -> IntArray:
    """(NF, PE) what the RTL's accumulators are above the true ones.

    rows: (NF*SF, PE, SIMD) codes, 0 for weight -1. sf: input beats of a vector.
    """
    _, pe, simd = rows.shape
    beats = (rows == 0).astype(np.int64) @ lane_constants(simd, datatype)
    offsets: IntArray = beats.reshape(-1, sf, pe).sum(axis=1)
    return offsets


def any_offsets(sf: int, simd: int, datatype: BaseDataType) -> tuple[int, int]:
    """Least and greatest offset of a row, whatever its weights are."""
    constants = lane_constants(simd, datatype)
    return sf * int(constants.clip(max=0).sum()), sf * int(constants.clip(min=0).sum())


def rtl_parameters(loaded: Loaded, is_graph: bool) -> MvauParameters:
    """Parameters of a unit as the RTL has them: thresholds and accumulators with the constants.

    is_graph: it is built as a graph of adders, which has no constants. Raises HardwareError, naming
    the node, for accumulators of more bits than the RTL has.
    """
    params = mvau_parameters(loaded)
    if params.thresholds is not None and is_signs(params) and not is_graph:
        unit, (low, high) = loaded.unit, loaded.acc_range
        offsets = row_offsets(params.rows, unit.sf, unit.input_type)
        least, most = int(offsets.min()), int(offsets.max())
        if unit.is_writable:
            least, most = any_offsets(unit.sf, unit.simd, unit.input_type)
        params = replace(
            params,
            acc_bits=signed_bits(low + least, high + most),
            thresholds=params.thresholds + offsets[:, :, None],
            limits=(low + least, high + 1 + most) if unit.is_writable else None,
        )
    if params.acc_bits > MAX_RTL_ACC_BITS:
        raise HardwareError(
            f"node {loaded.unit.name}: accumulators of {params.acc_bits} bits; at most "
            f"{MAX_RTL_ACC_BITS} are possible in RTL: fewer bits of weights or of its input are"
        )
    return params
