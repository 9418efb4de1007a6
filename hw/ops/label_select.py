"""LabelSelect: the numbers of each pixel's K greatest channels. FINN's operator of this name.

Attributes are FINN's: ``Labels`` (channels), ``PE`` (input lanes), ``K`` (how many are chosen; FINN
gives them one after another, here they are one beat). ``Least`` is our own: the K least. Of equal
channels the first counts, as in ONNX's ArgMax, ArgMin and TopK.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
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
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one


def number_datatype(labels: int) -> BaseDataType:
    """Smallest UINT that holds the number of each of so many labels."""
    return integer_datatype(0, max(1, labels - 1))


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    labels, size = one(rng, (2, 10, 16, 30, 64, 100)), one(rng, (1, 1, 4))
    given = DataType[f"{one(rng, ('UINT', 'INT', 'INT'))}{one(rng, (4, 8, 12, 20))}"]
    attrs = {
        "Labels": labels, "PE": divisor(rng, labels, 32), "inputDataType": given.name,
        "outputDataType": number_datatype(labels).name,
    }  # fmt: skip
    return Drawn("LabelSelect", (1, size, size, labels), attrs, seed=index)


def _draw_several(rng: np.random.Generator, index: int) -> Drawn:
    drawn = _draw(rng, index)
    labels = drawn.attrs["Labels"]
    attrs = {
        **drawn.attrs, "PE": divisor(rng, labels, 4), "K": min(labels, one(rng, (2, 3, 5))),
    }  # fmt: skip
    if one(rng, (0, 0, 1)):
        attrs["Least"] = 1
    return replace(drawn, attrs=attrs)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("Labels", "PE", "inputDataType", "outputDataType"),
    ((8, _draw), (6, _draw_several)),
    optional=("K", "Least"),
)


class LabelSelect(StreamOp):
    """(N, H, W, Labels) -> (N, H, W, K): numbers of the greatest channels, the greatest first."""

    finn_names = ("LabelSelect", "LabelSelect_Batch")
    lane_attributes = ("PE",)
    folding_attributes = ("PE",)
    cost_kinds = ("LabelSelect", "TopLabels")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # channels of which one is chosen
                "Labels": ("i", True, 1),
                # channels in one input beat
                "PE": ("i", False, 1),
                # how many are chosen
                "K": ("i", False, 1),
                # 1: the least are chosen
                "Least": ("i", False, 0, {0, 1}),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("K")

    def output_shape(self) -> tuple[int, ...]:
        return *self.input_shape()[:-1], self.int_attr("K")

    def is_several(self) -> bool:
        """Whether more is asked for than the one greatest."""
        return self.int_attr("K") > 1 or bool(self.int_attr("Least"))

    def module(self) -> str:
        """Name of the module, and of the C++ template."""
        return "top_labels" if self.is_several() else "label_select"

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        keys = x if self.int_attr("Least") else -x
        order: IntArray = np.argsort(keys, axis=-1, kind="stable")  # of equals the first stays so
        return order[..., : self.int_attr("K")].astype(np.int64)

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        return self.frame_beats()

    def machines(self) -> Parts:
        beats = self.int_attr("Labels") // self.lanes_in()
        return [(machine(block(self.frame_beats() // beats, take(beats - 1), Segment(1))), PAIR)]

    def check(self) -> None:
        name, labels = self.name, self.int_attr("Labels")
        if labels != self.input_shape()[-1]:
            raise HardwareError(
                f"node {name}: Labels = {labels}, but its input has {self.input_shape()[-1]} "
                "channels"
            )
        self.require_divides("PE", self.lanes_in(), labels)
        if not 1 <= (count := self.int_attr("K")) <= labels:
            raise HardwareError(f"node {name}: K = {count}; expected 1 to Labels = {labels}")
        datatype = self.get_input_datatype()
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(
                f"node {name}: {datatype.name} is neither an unsigned nor a two's complement type"
            )
        minimal, given = number_datatype(labels), self.get_output_datatype()
        if given.signed() or given.max() < labels - 1:
            raise HardwareError(
                f"node {name}: outputDataType = {given.name} cannot hold the number of each of "
                f"{labels} labels ({minimal.name} can)"
            )
        super().check()

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: a comparison and a choice a lane, counters, output registers."""
        bits = int(self.get_input_datatype().bitwidth())
        number, count = int(self.get_output_datatype().bitwidth()), self.int_attr("K")
        return count * self.lanes_in() * ((3 * bits) // 2 + number) + (2 + count) * number + 8

    def cost_kind(self) -> str:
        return self.cost_kinds[int(self.is_several())]

    def features(self, contents: Contents | None) -> Features:
        bits = int(self.get_input_datatype().bitwidth())
        number, lanes = int(self.get_output_datatype().bitwidth()), self.lanes_in()
        over_beats = int(lanes < self.int_attr("Labels"))
        if self.is_several():
            count = self.int_attr("K")
            return Features(
                {"compare": count * lanes * bits, "move": count * lanes * (bits + number)},
                {"kept": over_beats * (count * (bits + number + 1) + number),
                 "beat": 2 * count * number},
            )  # fmt: skip
        compared = (lanes - 1 + over_beats) * bits
        return Features(
            {"compare": compared, "number": (lanes + 3 * over_beats) * number},
            {"kept": over_beats * (bits + 3 * number), "beat": 2 * number},
        )


class LabelSelect_rtl(LabelSelect, RtlOp):
    """LabelSelect in SystemVerilog: ``label_select``, of several ``top_labels``."""

    variants = (
        Variant("label_select"),
        Variant("label_select", {"Lanes": 4}),
        Variant("top_labels"),
        Variant("top_labels", {"Lanes": 1, "K": 3, "Least": 1}),
        Variant("top_labels", {"Lanes": 4, "IsSigned": 1}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return (self.module(),)

    def rtl_body(self, model: ModelWrapper) -> str:
        several = {"K": self.int_attr("K"), "Least": self.int_attr("Least")}
        return self.instance(
            self.module(),
            {
                "Lanes": self.lanes_in(),
                "Labels": self.int_attr("Labels"),
                **(several if self.is_several() else {}),
                "InBits": self.get_input_datatype().bitwidth(),
                "IsSigned": int(self.get_input_datatype().signed()),
                "OutBits": self.get_output_datatype().bitwidth(),
            },
        )


class LabelSelect_hls(LabelSelect, HlsOp):
    """LabelSelect in HLS C++: hw/hls/label_select.hpp, of several hw/hls/top_labels.hpp."""

    hls_only = ("Beats",)

    def hls_function(self) -> str:
        return self.module()

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        several = self.is_several()
        return {
            "Lanes": self.lanes_in(),
            "Labels": self.int_attr("Labels"),
            **({"K": self.int_attr("K")} if several else {}),
            "InBits": int(self.get_input_datatype().bitwidth()),
            "IsSigned": bool(self.get_input_datatype().signed()),
            **({"Least": bool(self.int_attr("Least"))} if several else {}),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "Beats": self.hls_trips(),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(LabelSelect, LabelSelect_rtl, LabelSelect_hls)
