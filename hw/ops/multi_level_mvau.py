"""MultiLevelMVAU: matrix-vector product of integers with few-level weights, then thresholds.

Stands where FINN has MVAU (MatrixVectorActivation), which has no RTL for weights under two bits
and needs DSP slices. Weights are coded in the masked form (docs/network.md, "Both in one form"), so
that binary weights cost one bit and F-fold duplicated inputs ceil(log2(F+1)).
"""

from dataclasses import replace
from math import ceil, prod
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import Link, Parts, Segment, block, machine, take
from hw.datatypes import integer_datatype, signed_bits
from hw.errors import HardwareError
from hw.matrix.stages import Pipeline
from hw.modules import Variant
from hw.ops.base import IntArray, Role
from hw.ops.constant_weights import matrix_graph, matrix_latency, matrix_parameters
from hw.ops.hls_base import RAM_STYLES, HlsOp, HlsTable
from hw.ops.memory_layout import (
    channel_thresholds,
    check_input_datatype,
    clamp_thresholds,
    count_latency,
    count_thresholds,
    integer_values,
    pack_rows,
    threshold_memory,
)
from hw.ops.mvau_copies import copies_body, copies_of, one_copy, small_weights
from hw.ops.mvau_estimates import MvauSizes
from hw.ops.mvau_parameters import mvau_parameters
from hw.ops.passthrough import window_to_stream
from hw.ops.registry import register
from hw.ops.rtl_base import Memory, RtlOp
from hw.ops.sign_weights import is_doubles, is_signs, rtl_parameters
from hw.ops.weight_coding import code_weights

#: Most bits of an accumulator; the RTL takes fewer.
MAX_ACC_BITS = 64


def _tree_latency(lanes: int) -> int:
    """Clocks of adder_tree.sv: a level joins four lanes. A signed_tree's are the same."""
    return ((lanes - 1).bit_length() + 1) // 2


class MultiLevelMVAU(MvauSizes):
    """y = thresholds(x @ weights) on the channels of an NHWC tensor.

    Inputs: x (N, H, W, MW); weights (MW, MH), integers; thresholds (MH or 1, n), integers,
    ascending, unless noActivation. Output: (N, H, W, MH).
    """

    role = Role.UNIT

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the weight matrix: elements of an input vector, outputs
                "MW": ("i", True, 0),
                "MH": ("i", True, 0),
                # activations a clock (divides MW), outputs at once (divides MH)
                "SIMD": ("i", True, 1),
                "PE": ("i", True, 1),
                # data type of the weights' values, e.g. BIPOLAR or INT3; what is stored follows
                # from the values (hw.ops.weight_coding)
                "weightDataType": ("s", True, ""),
                # data type of the accumulators; set by infer_node_datatype from the weights
                "accDataType": ("s", False, "INT32"),
                # bits stored for a weight; set by infer_node_datatype, 0 = not yet known
                "weightCodeBits": ("i", False, 0),
                # 1: no thresholds, the accumulators are the output
                "noActivation": ("i", False, 0, {0, 1}),
                # output where no threshold is reached
                "ActVal": ("i", False, 0),
                # memory of the weights: "block" = BRAM, "distributed" = LUTs
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
                # the input comes from a parallel sliding window of window_taps taps, window_simd
                # channels at a time; 0 = natural order (kernel tap, channel)
                "window_taps": ("i", False, 0),
                "window_simd": ("i", False, 0),
                # the matrix is copies of a small one: number, rows, first, step, run; see
                # hw/ops/mvau_copies.py. Empty: none
                "copies": ("ints", False, []),
                # bits stored for a weight of one copy, as weightCodeBits
                "copyCodeBits": ("i", False, 0),
            }
        )
        return attrs

    # --- shapes, order, time --------------------------------------------------------------------

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def output_shape(self) -> tuple[int, ...]:
        return (*self.input_shape()[:-1], self.int_attr("MH"))

    def folds(self) -> tuple[int, int]:
        """(SF, NF): input beats of a vector, output beats of a vector."""
        return (
            self.int_attr("MW") // self.int_attr("SIMD"),
            self.int_attr("MH") // self.int_attr("PE"),
        )

    def get_exp_cycles(self) -> int:
        sf, nf = self.folds()
        return prod(self.input_shape()[:-1]) * sf * nf

    def steps(self) -> int:
        """Thresholds a row, as far as the output's data type tells."""
        if self.int_attr("noActivation"):
            return 0
        return int(2 ** self.get_output_datatype().bitwidth() - 1)

    def machines(self) -> Parts:
        sf, nf = self.folds()
        vectors = prod(self.input_shape()[1:-1])
        folds = Segment(nf - 1, need=0, frees=0, gap=sf)
        trees = 2 + max(1, _tree_latency(self.tree_lanes())) + _tree_latency(self.weight_bits())
        push = (self.matrix_latency() or trees) + 1 + count_latency(self.steps())
        depth = ceil((push + 2) / sf) + 1
        program = block(vectors, take(sf - 1), Segment(1), folds)
        return [(machine(program), Link(depth, forth=push + 1))]

    def dependency(self) -> Dependency:
        return replace(super().dependency(), beat_clocks=self.folds()[0], is_whole=True)

    def matrix_latency(self) -> int:
        """Clocks of the graph of adders that RTL with constant weights is; 0 where it is none."""
        return matrix_latency(self)

    def stream_order(self) -> IntArray:
        """(MW,): natural (kernel tap, channel) index of each element in stream order.

        Stream order of a parallel window is (C/S, kernel tap, S), see docs/design/rtl.md.
        """
        natural = np.arange(self.int_attr("MW"))
        taps, group = self.int_attr("window_taps"), self.int_attr("window_simd")
        return window_to_stream(natural, taps, group) if taps * group else natural

    def input_beats(self, x: IntArray) -> IntArray:
        vectors = x.reshape(-1, self.int_attr("MW"))  # of whatever shape the same stream is
        return vectors[:, self.stream_order()].reshape(-1, self.lanes_in())

    def check(self) -> None:
        name = self.onnx_node.name
        for lanes, size in (("SIMD", "MW"), ("PE", "MH")):
            folded, whole = self.int_attr(lanes), self.int_attr(size)
            if folded < 1 or whole < 1 or whole % folded:
                raise HardwareError(
                    f"node {name}: {lanes} = {folded} does not divide {size} = {whole}"
                )
        shape = self.input_shape()
        if len(shape) != 4 or shape[-1] != self.int_attr("MW"):
            raise HardwareError(
                f"node {name}: inputShape {list(shape)} is not (N, H, W, MW = "
                f"{self.int_attr('MW')})"
            )
        check_input_datatype(name, self.get_input_datatype())
        taps, group = self.int_attr("window_taps"), self.int_attr("window_simd")
        if (taps == 0) != (group == 0):
            raise HardwareError(
                f"node {name}: window_taps = {taps} and window_simd = {group}; both or neither"
            )
        if taps and self.int_attr("MW") % (taps * group):
            raise HardwareError(
                f"node {name}: window_taps x window_simd = {taps} x {group} does not divide "
                f"MW = {self.int_attr('MW')}"
            )
        copies_of(self)

    # --- integers -------------------------------------------------------------------------------

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        acc = x @ params[0]
        if self.int_attr("noActivation"):
            return acc
        thresholds = channel_thresholds(self.onnx_node.name, params[1], self.int_attr("MH"))
        return count_thresholds(acc, thresholds) + self.int_attr("ActVal")

    def weights(self, model: ModelWrapper) -> IntArray:
        """(MW, MH) weights in natural order."""
        name, shape = self.onnx_node.name, (self.int_attr("MW"), self.int_attr("MH"))
        values = integer_values(name, "weights", model.get_initializer(self.onnx_node.input[1]))
        if values.shape != shape:
            raise HardwareError(f"node {name}: weights of shape {values.shape}, not {shape}")
        return values

    def acc_range(self, model: ModelWrapper) -> tuple[int, int]:
        """Least and greatest accumulator that these weights and this input data type can give."""
        weights, idt = self.weights(model), self.get_input_datatype()
        above, below = np.maximum(weights, 0).sum(axis=0), np.minimum(weights, 0).sum(axis=0)
        low, high = int(idt.min()), int(idt.max())
        above, below = above.astype(object), below.astype(object)  # no overflow
        reach = (above * low + below * high).min(), (above * high + below * low).max()
        if (bits := signed_bits(*reach)) > MAX_ACC_BITS:
            raise HardwareError(
                f"node {self.onnx_node.name}: accumulators of {bits} bits; at most {MAX_ACC_BITS} "
                "are supported"
            )
        return reach

    def thresholds(self, model: ModelWrapper) -> IntArray | None:
        """(MH, n) thresholds, clamped to the accumulators' range; None without activation."""
        name = self.onnx_node.name
        if self.int_attr("noActivation"):
            return None
        if len(self.onnx_node.input) < 3:
            raise HardwareError(f"node {name}: no thresholds, and noActivation = 0")
        values = integer_values(name, "thresholds", model.get_initializer(self.onnx_node.input[2]))
        checked = channel_thresholds(name, values, self.int_attr("MH"))
        return clamp_thresholds(checked, *self.acc_range(model))

    def infer_node_datatype(self, model: ModelWrapper) -> None:
        """Set accDataType and weightCodeBits from the weights; the output's type if it is the acc.

        With noActivation, an outputDataType that is given stays, for it may be wider on purpose.
        """
        self.minimize_accumulator_width(model)
        weights = self.weights(model)
        self.set_nodeattr("weightCodeBits", code_weights(weights).bits)
        if (copies := copies_of(self)) is not None:
            small = small_weights(self.onnx_node.name, copies, weights)
            self.set_nodeattr("copyCodeBits", code_weights(small).bits)
        if self.int_attr("noActivation") and not self.get_nodeattr("outputDataType"):
            self.set_nodeattr("outputDataType", self.get_nodeattr("accDataType"))
        super().infer_node_datatype(model)

    def minimize_accumulator_width(self, model: ModelWrapper) -> BaseDataType:
        """FINN's hook: tightest accDataType for these weights."""
        acc = integer_datatype(*self.acc_range(model))
        self.set_nodeattr("accDataType", acc.name)
        return acc

    # --- FINN's interface -----------------------------------------------------------------------

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        names = ("inputDataType", "weightDataType", "accDataType")
        return DataType[self.get_nodeattr(names[ind])]

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        if ind == 1:
            return [self.int_attr("MW"), self.int_attr("MH")]
        return list(self.input_shape())

    def get_folded_input_shape(self, ind: int = 0) -> list[int]:
        """Of the stream; of the weights (ind 1) as FINN's MVAU: (1, rows, codes a row)."""
        if ind == 1:
            sf, nf = self.folds()
            return [1, sf * nf, self.lanes_in() * self.lanes_out()]
        return super().get_folded_input_shape(ind)


class MultiLevelMVAU_rtl(MultiLevelMVAU, RtlOp):
    """MultiLevelMVAU as hw/rtl/mvau.sv."""

    variants = (
        Variant("mvau"),
        Variant("mvau", {"SIMD": 8, "PE": 4}),
    )

    def matrix_graph(self, model: ModelWrapper) -> Pipeline:
        """The graph of adders, if matrix_latency() is not 0."""
        return matrix_graph(self, model)

    def rtl_modules(self) -> tuple[str, ...]:
        return ("mvau", *(["lane_runs"] if self.in_copies() else []))

    def memories(self, model: ModelWrapper) -> list[Memory]:
        if self.in_copies():
            small, alone = one_copy(self, model)
            memories: list[Memory] = small.memories(alone)
            return memories
        name, params = self.onnx_node.name, rtl_parameters(self, model)
        rows = params.rows.reshape(len(params.rows), -1)
        width = rows.shape[1] * params.coding.bits
        memories = [
            Memory(
                f"{name}_weights",
                pack_rows(rows, params.coding.bits),
                width,
                "weights",
                len(rows) * width,
                style=self.get_nodeattr("ram_style"),
            )
        ]
        if params.thresholds is not None:
            thresholds = params.thresholds.reshape(-1, params.num_thresholds)
            memories.append(threshold_memory(name, thresholds, self.lanes_out()))
        return memories

    def rtl_body(self, model: ModelWrapper) -> str:
        if self.in_copies():
            small, alone = one_copy(self, model)
            return copies_body(self, small.rtl_body(alone))
        name, params = self.onnx_node.name, rtl_parameters(self, model)
        matrix = matrix_parameters(self, model, params.acc_bits)
        return self.instance(
            "mvau",
            {
                "MW": self.int_attr("MW"),
                "MH": self.int_attr("MH"),
                "SIMD": self.lanes_in(),
                "PE": self.lanes_out(),
                "ABits": self.get_input_datatype().bitwidth(),
                "ASigned": int(self.get_input_datatype().signed()),
                "WBits": params.coding.bits,
                "WStep": params.coding.step,
                "WMin": params.coding.minimum,
                "Signs": int(is_signs(params) and not matrix),
                "Doubles": int(is_doubles(params)),
                "AccBits": params.acc_bits,
                "NumThresholds": params.num_thresholds,
                "ThresholdBits": params.threshold_bits,
                "OutBits": self.get_output_datatype().bitwidth(),
                "OutBias": params.out_bias,
                "WeightFile": "" if matrix else f"{name}_weights.mem",
                "ThresholdFile": "" if params.thresholds is None else f"{name}_thresholds.mem",
                "WeightStyle": self.get_nodeattr("ram_style"),
                **matrix,
            },
        )


class MultiLevelMVAU_hls(MultiLevelMVAU, HlsOp):
    """MultiLevelMVAU in HLS C++: hw/hls/mvau.hpp."""

    def hls_function(self) -> str:
        return "mvau"

    def hls_arguments(self, model: ModelWrapper) -> list[int | bool]:
        params = mvau_parameters(self, model)
        self.require_lane_bits("the sum of one beat", params.term_bits(self))
        output = self.get_output_datatype()
        return [
            self.int_attr("MW"),
            self.int_attr("MH"),
            self.int_attr("SIMD"),
            self.int_attr("PE"),
            *self.lane_arguments()[1:],
            params.coding.bits,
            params.coding.step,
            params.coding.minimum,
            params.acc_bits,
            params.num_thresholds,
            params.threshold_bits,
            int(output.bitwidth()),
            bool(output.signed()),
            params.out_bias,
            RAM_STYLES[self.get_nodeattr("ram_style")],
            prod(self.input_shape()[1:-1]),
        ]

    def hls_tables(self, model: ModelWrapper) -> list[HlsTable]:
        name, params = self.onnx_node.name, mvau_parameters(self, model)
        tables = [HlsTable(f"{name}_weights", params.rows, params.coding.bits, False, "weights")]
        if params.thresholds is not None:
            thresholds, bits = params.thresholds, params.threshold_bits
            tables.append(HlsTable(f"{name}_thresholds", thresholds, bits, True, "thresholds"))
        return tables

    def hls_trips(self) -> int:
        return self.get_exp_cycles() // self.input_shape()[0]


register(MultiLevelMVAU, MultiLevelMVAU_rtl, MultiLevelMVAU_hls)
