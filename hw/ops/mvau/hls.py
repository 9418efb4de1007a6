"""A matrix-vector unit in HLS C++: hw/hls/mvau.hpp."""

from math import prod

from qonnx.core.modelwrapper import ModelWrapper

from hw.ops.hls_base import RAM_STYLES, HlsOp, HlsTable
from hw.ops.mvau.operator import MultiLevelMVAU
from hw.ops.mvau.parameters import mvau_parameters


class MultiLevelMVAU_hls(MultiLevelMVAU, HlsOp):
    """MultiLevelMVAU in HLS C++: hw/hls/mvau.hpp."""

    def hls_function(self) -> str:
        return "mvau"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        unit, params = self.unit, mvau_parameters(self.loaded(model))
        self.require_lane_bits("the sum of one beat", params.term_bits(unit))
        return {
            "MW": unit.mw,
            "MH": unit.mh,
            "SIMD": unit.simd,
            "PE": unit.pe,
            "ABits": unit.act_bits,
            "ASigned": bool(unit.input_type.signed()),
            "WBits": params.coding.bits,
            "WStep": params.coding.step,
            "WMin": params.coding.minimum,
            "AccBits": params.acc_bits,
            "NumThresholds": params.num_thresholds,
            "ThresholdBits": params.threshold_bits,
            "OutBits": int(unit.output_type.bitwidth()),
            "OutSigned": bool(unit.output_type.signed()),
            "OutBias": params.out_bias,
            "RamStyle": RAM_STYLES[unit.ram_style],
            "Vectors": prod(self.input_shape()[1:-1]),
        }

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        name, params = self.name, mvau_parameters(self.loaded(model))
        tables = [HlsTable(f"{name}_weights", params.rows, params.coding.bits, False, "weights")]
        if params.thresholds is not None:
            thresholds, bits = params.thresholds, params.threshold_bits
            tables.append(HlsTable(f"{name}_thresholds", thresholds, bits, True, "thresholds"))
        return tables

    def hls_trips(self) -> int:
        return self.get_exp_cycles() // self.input_shape()[0]
