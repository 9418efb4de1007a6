"""GroupSum: the sum of every Group neighbouring channels. FINN has no counterpart.

It is the addition in conv(X, W) = conv(X_1 + ... + X_D, W_b), where the D channels that are summed
were made neighbours. Attributes: ``Group`` (D), ``SIMD`` (input lanes): a multiple of Group, then
SIMD / Group sums leave in one beat; or a divisor of it, then one sum leaves after Group / SIMD
beats.
"""

from math import ceil
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import PAIR, Parts, Segment, block, machine, take
from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, one


def sum_datatype(datatype: BaseDataType, group: int) -> BaseDataType:
    """Smallest UINT or INT that holds every sum of group values of an integer data type."""
    return integer_datatype(int(datatype.min()) * group, int(datatype.max()) * group)


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    group, sums, bits = one(rng, (2, 4, 8)), one(rng, (8, 16, 32)), one(rng, (1, 2, 2, 4))
    channels = group * sums
    fits = [d for d in range(1, 33) if channels % d == 0 and (d % group == 0 or group % d == 0)]
    attrs = {
        "Group": group, "SIMD": one(rng, fits), "inputDataType": f"UINT{bits}",
        "outputDataType": integer_datatype(0, group * (2**bits - 1)).name,
    }  # fmt: skip
    return Drawn("GroupSum", (1, 16, 16, channels), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("Group", "SIMD", "inputDataType", "outputDataType"), ((7, _draw),))


class GroupSum(StreamOp):
    """(N, H, W, C) -> (N, H, W, C / Group); out[c] = sum over d < Group of in[c * Group + d]."""

    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD",)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # neighbouring channels that are summed
                "Group": ("i", True, 1),
                # channels in one input beat
                "SIMD": ("i", False, 1),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return max(1, self.lanes_in() // self.int_attr("Group"))

    def output_shape(self) -> tuple[int, ...]:
        *pixels, channels = self.input_shape()
        return *pixels, channels // self.int_attr("Group")

    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest UINT or INT that holds every sum."""
        return sum_datatype(self.get_input_datatype(), self.int_attr("Group"))

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        result: IntArray = x.reshape(*self.output_shape(), self.int_attr("Group")).sum(axis=-1)
        return result

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        _, height, width, channels = self.input_shape()
        return height * width * channels // self.lanes_in()

    def machines(self) -> Parts:
        beats = max(1, self.int_attr("Group") // self.lanes_in())
        return [(machine(block(self.frame_beats() // beats, take(beats - 1), Segment(1))), PAIR)]

    def check(self) -> None:
        name = self.onnx_node.name
        group, simd = self.int_attr("Group"), self.lanes_in()
        self.require_divides("Group", group, self.input_shape()[-1])
        self.require_divides("SIMD", simd, self.input_shape()[-1])
        if simd % group and group % simd:
            raise HardwareError(
                f"node {name}: SIMD = {simd} is neither a multiple nor a divisor of Group = {group}"
            )
        datatype = self.get_input_datatype()
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(
                f"node {name}: {datatype.name} is neither an unsigned nor a two's complement type"
            )
        minimal, given = self.minimal_output_datatype(), self.get_output_datatype()
        if given.min() > minimal.min() or given.max() < minimal.max():
            raise HardwareError(
                f"node {name}: outputDataType = {given.name} cannot hold the sum of {group} "
                f"{datatype.name} ({minimal.name} can)"
            )
        if given.signed() != datatype.signed():
            raise HardwareError(
                f"node {name}: {datatype.name} and {given.name} differ in their sign"
            )
        super().check()

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: an adder of output width a lane less one, accumulator, output registers."""
        bits = int(self.get_output_datatype().bitwidth())
        terms = min(self.lanes_in(), self.int_attr("Group"))
        adders = self.lanes_out() * (terms - 1) * bits
        accumulate = bits + 6 if terms < self.int_attr("Group") else 0
        return ceil(adders + accumulate + self.lanes_out() * bits + 6)

    def features(self, contents: Contents | None) -> Features:
        bits, group = int(self.get_output_datatype().bitwidth()), self.int_attr("Group")
        terms, lanes = min(self.lanes_in(), group), self.lanes_out()
        accumulate = lanes * bits if terms < group else 0
        return Features(
            {"adders": lanes * (terms - 1) * bits, "accumulate": accumulate, "beat": lanes * bits},
            {"accumulate": accumulate, "beat": 2 * lanes * bits},
        )


class GroupSum_rtl(GroupSum, RtlOp):
    """GroupSum in SystemVerilog: ``group_sum``."""

    variants = (
        Variant("group_sum"),
        Variant("group_sum", {"Lanes": 1}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("group_sum",)

    def rtl_body(self, model: ModelWrapper) -> str:
        return self.instance(
            "group_sum",
            {
                "Lanes": self.lanes_in(),
                "Group": self.int_attr("Group"),
                "InBits": self.get_input_datatype().bitwidth(),
                "OutBits": self.get_output_datatype().bitwidth(),
                "IsSigned": int(self.get_input_datatype().signed()),
            },
        )


class GroupSum_hls(GroupSum, HlsOp):
    """GroupSum in HLS C++: hw/hls/group_sum.hpp."""

    hls_only = ("Beats",)

    def hls_function(self) -> str:
        return "group_sum"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {
            "Lanes": self.lanes_in(),
            "Group": self.int_attr("Group"),
            "InBits": int(self.get_input_datatype().bitwidth()),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "IsSigned": bool(self.get_input_datatype().signed()),
            "Beats": self.hls_trips(),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(GroupSum, GroupSum_rtl, GroupSum_hls)
