"""LabelSelect: the number of the greatest channel of each pixel. FINN's operator of this name.

Attributes are FINN's: ``Labels`` (channels), ``PE`` (input lanes), ``K`` (1: the greatest alone;
FINN also gives the K greatest). Of equal channels the first counts, as in ONNX's ArgMax and TopK.
"""

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


#: Samples of which the cost model is made.
SAMPLING = Sampling(("Labels", "PE", "inputDataType", "outputDataType"), ((8, _draw),))


class LabelSelect(StreamOp):
    """(N, H, W, Labels) -> (N, H, W, 1): number of the greatest channel, the first of equals."""

    finn_names = ("LabelSelect", "LabelSelect_Batch")
    lane_attributes = ("PE",)
    folding_attributes = ("PE",)
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
                "K": ("i", False, 1, {1}),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return 1

    def output_shape(self) -> tuple[int, ...]:
        return *self.input_shape()[:-1], 1

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        result: IntArray = x.argmax(axis=-1)[..., np.newaxis].astype(np.int64)
        return result

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
        number = int(self.get_output_datatype().bitwidth())
        return self.lanes_in() * ((3 * bits) // 2 + number) + 3 * number + 8

    def features(self, contents: Contents | None) -> Features:
        bits = int(self.get_input_datatype().bitwidth())
        number, lanes = int(self.get_output_datatype().bitwidth()), self.lanes_in()
        over_beats = int(lanes < self.int_attr("Labels"))
        compared = (lanes - 1 + over_beats) * bits
        return Features(
            {"compare": compared, "number": (lanes + 3 * over_beats) * number},
            {"kept": over_beats * (bits + 3 * number), "beat": 2 * number},
        )


class LabelSelect_rtl(LabelSelect, RtlOp):
    """LabelSelect in SystemVerilog: ``label_select``."""

    variants = (
        Variant("label_select"),
        Variant("label_select", {"Lanes": 4}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("label_select",)

    def rtl_body(self, model: ModelWrapper) -> str:
        return self.instance(
            "label_select",
            {
                "Lanes": self.lanes_in(),
                "Labels": self.int_attr("Labels"),
                "InBits": self.get_input_datatype().bitwidth(),
                "IsSigned": int(self.get_input_datatype().signed()),
                "OutBits": self.get_output_datatype().bitwidth(),
            },
        )


class LabelSelect_hls(LabelSelect, HlsOp):
    """LabelSelect in HLS C++: hw/hls/label_select.hpp."""

    hls_only = ("Beats",)

    def hls_function(self) -> str:
        return "label_select"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {
            "Lanes": self.lanes_in(),
            "Labels": self.int_attr("Labels"),
            "InBits": int(self.get_input_datatype().bitwidth()),
            "IsSigned": bool(self.get_input_datatype().signed()),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "Beats": self.hls_trips(),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(LabelSelect, LabelSelect_rtl, LabelSelect_hls)
