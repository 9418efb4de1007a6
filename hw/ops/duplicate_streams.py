"""DuplicateStreams: a fork, every output the same tensor. FINN's operator of this name.

A stream has one consumer; a tensor with several gets this operator. Attributes: ``PE`` (lanes),
``NumOutputStreams`` (2 or more).
"""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, Role
from hw.ops.elementwise import ElementwiseOp
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import instance_text, stream_names
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one, types


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels = one(rng, (4, 8, 16, 32, 64))
    attrs = {
        "PE": divisor(rng, channels, 16), "NumOutputStreams": one(rng, (2, 2, 3, 4)), **types(rng),
    }  # fmt: skip
    return Drawn("DuplicateStreams", (1, 16, 16, channels), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("PE", "NumOutputStreams", "inputDataType", "outputDataType"), ((12, _draw),))


class DuplicateStreams(ElementwiseOp):
    """(N, H, W, C) -> NumOutputStreams times the same."""

    finn_names = ("DuplicateStreams", "DuplicateStreams_Batch")

    role = Role.FORK
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                "NumOutputStreams": ("i", True, 2),
                # one depth an output
                "outFIFODepths": ("ints", False, [2, 2]),
            }
        )
        return attrs

    def stream_outputs(self) -> int:
        return self.int_attr("NumOutputStreams")

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        return x

    def check(self) -> None:
        name, node = self.onnx_node.name, self.onnx_node
        if self.stream_outputs() < 2 or self.stream_outputs() != len(node.output):
            raise HardwareError(
                f"node {name}: NumOutputStreams = {self.stream_outputs()}, and {len(node.output)} "
                "outputs; expected as many, 2 or more"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(
                f"node {name}: {self.get_input_datatype().name} comes in and "
                f"{self.get_output_datatype().name} goes out; expected the same"
            )
        super().check()

    def features(self, contents: Contents | None) -> Features:
        bits, outputs = self.get_outstream_width(), self.stream_outputs()
        return Features(
            {"beat": outputs * bits, "control": 4 * outputs},
            {"beat": 2 * outputs * bits, "control": 3 * outputs},
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: a multiplexer a bit, counter and control of each output's two registers."""
        return self.stream_outputs() * (int(self.get_outstream_width()) + 5)


class DuplicateStreams_rtl(DuplicateStreams, RtlOp):
    """DuplicateStreams in SystemVerilog: ``duplicate_streams``."""

    rtl_only = ("Width", "Outputs")
    variants = (
        Variant("duplicate_streams", outputs=2),
        Variant("duplicate_streams", {"Outputs": 3}, outputs=3),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("duplicate_streams",)

    def rtl_body(self, model: ModelWrapper) -> str:
        outputs = stream_names("out", self.stream_outputs())[::-1]  # the last in the upper bits

        def joined(signal: str) -> str:
            return "{" + ", ".join(f"{name}_{signal}" for name in outputs) + "}"

        pins = [(f"in_{s}_{way}", f"in_{s}") for s, way in (("valid", "i"), ("ready", "o"))]
        pins.append(("in_data_i", "in_data"))
        pins += [
            ("out_valid_o", joined("valid")),
            ("out_ready_i", joined("ready")),
            ("out_data_o", joined("data")),
        ]
        params: dict[str, int | str] = {
            "Width": int(self.get_instream_width()),
            "Outputs": self.stream_outputs(),
        }
        return instance_text("duplicate_streams", params, pins)


class DuplicateStreams_hls(DuplicateStreams, HlsOp):
    """DuplicateStreams in HLS C++: hw/hls/duplicate_streams.hpp."""

    hls_only = ("Lanes", "Bits", "IsSigned", "Beats")

    def hls_function(self) -> str:
        return "duplicate_streams"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {**self.lane_parameters(), "Beats": self.hls_trips()}

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(DuplicateStreams, DuplicateStreams_rtl, DuplicateStreams_hls)
