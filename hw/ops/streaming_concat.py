"""StreamingConcat: tensors side by side along channels. FINN's operator of this name.

Attributes (FINN's): ``ChannelsPerStream``, ``inputDataTypes``, ``numInputVectors`` (N, H, W),
``SIMD``: lanes of the output. Where it divides the channels of every stream, each has as many
lanes, and of each pixel the beats of one stream come behind those of the one before. Where it is
all channels, a beat is a whole pixel of every stream, and the output takes them side by side (FINN
has the first alone). The output's data type holds the values of all inputs.
"""

from collections.abc import Iterator, Mapping
from math import gcd, prod
from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import PAIR, Parts, Segment, block, machine, through
from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.folding import Folding, divisors
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import Verbatim, instance_text, stream_names
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Drawn, Sampling, one


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    lanes, count = one(rng, (1, 2, 4, 8, 16)), one(rng, (2, 2, 3, 4))
    channels = [lanes * one(rng, (1, 2, 3, 8)) for _ in range(count)]
    attrs = {
        "SIMD": sum(channels) if index % 3 == 2 else lanes, "ChannelsPerStream": channels,
        "inputDataTypes": [f"UINT{one(rng, (1, 2, 4, 8))}" for _ in range(count)],
        "numInputVectors": [1, 16, 16],
    }  # fmt: skip
    return Drawn("StreamingConcat", (1, 16, 16, channels[0]), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("SIMD", "ChannelsPerStream", "inputDataTypes", "numInputVectors"), ((18, _draw),)
)


class StreamingConcat(StreamOp):
    """(N, H, W, C0), (N, H, W, C1), ... -> (N, H, W, C0 + C1 + ...)."""

    finn_names = ("StreamingConcat",)
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD",)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        for name in ("inputShape", "inputDataType", "outputDataType"):
            del attrs[name]  # they follow from the others
        attrs.update(
            {
                # lanes of the output
                "SIMD": ("i", False, 1),
                "ChannelsPerStream": ("ints", True, []),
                # FINN data types of the elements of each input
                "inputDataTypes": ("strings", True, [""]),
                # N, H, W
                "numInputVectors": ("ints", True, [1]),
                # one depth an input
                "inFIFODepths": ("ints", False, [2, 2]),
            }
        )
        return attrs

    # --- streams --------------------------------------------------------------------------------

    def channels(self) -> tuple[int, ...]:
        """Channels of each input."""
        return self.ints_attr("ChannelsPerStream")

    def is_whole(self) -> bool:
        """Whether a beat is a whole pixel of every stream."""
        return self.int_attr("SIMD") == sum(self.channels())

    def stream_inputs(self) -> int:
        return len(self.channels())

    def lanes_of(self, port: int) -> int:
        """Lanes of an input."""
        return self.channels()[port] if self.is_whole() else self.int_attr("SIMD")

    def lanes_in(self) -> int:
        return self.lanes_of(0)

    def lanes_out(self) -> int:
        return self.int_attr("SIMD")

    def input_shape(self) -> tuple[int, ...]:
        return (*self.ints_attr("numInputVectors"), self.channels()[0])

    def output_shape(self) -> tuple[int, ...]:
        return (*self.ints_attr("numInputVectors"), sum(self.channels()))

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        return [*self.ints_attr("numInputVectors"), self.channels()[ind]]

    def get_folded_input_shape(self, ind: int = 0) -> list[int]:
        return self._folded(tuple(self.get_normal_input_shape(ind)), self.lanes_of(ind))

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("inputDataTypes")[ind]]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        kinds = [self.get_input_datatype(port) for port in range(self.stream_inputs())]
        return integer_datatype(
            min(int(kind.min()) for kind in kinds), max(int(kind.max()) for kind in kinds)
        )

    def get_instream_width(self, ind: int = 0) -> int:
        if ind >= self.stream_inputs():
            return 0
        return int(self.lanes_of(ind) * self.get_input_datatype(ind).bitwidth())

    def frame_beats(self, port: int = 0) -> int:
        return prod(self.get_folded_input_shape(port)[1:-1])

    def input_beats(self, x: IntArray) -> IntArray:
        """Beats of any of the inputs: x has as many channels as that one."""
        lanes = int(x.shape[-1]) if self.is_whole() else self.int_attr("SIMD")
        return x.reshape(-1, lanes)

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        result: IntArray = np.concatenate((x, *params), axis=-1)
        return result

    def check(self) -> None:
        name, channels, simd = self.name, self.channels(), self.int_attr("SIMD")
        counts = {len(channels), len(self.get_nodeattr("inputDataTypes"))}
        if counts != {len(self.onnx_node.input)} or len(channels) < 2:
            raise HardwareError(
                f"node {name}: ChannelsPerStream = {list(channels)}, inputDataTypes = "
                f"{self.get_nodeattr('inputDataTypes')} and {len(self.onnx_node.input)} inputs; "
                "expected as many of each, 2 or more"
            )
        if simd < 1 or (not self.is_whole() and any(count % simd for count in channels)):
            raise HardwareError(
                f"node {name}: SIMD = {simd} neither divides the channels {list(channels)} of its "
                f"inputs nor is their sum {sum(channels)}"
            )
        for port in range(len(channels)):
            datatype = self.get_input_datatype(port)
            if not datatype.is_integer() or datatype.name == "BIPOLAR":
                raise HardwareError(
                    f"node {name}: {datatype.name} is neither an unsigned nor a two's complement "
                    "type"
                )
        super().check()

    # --- time, folding, cost --------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        """Clocks a frame: beats of its output."""
        return prod(self.output_shape()[1:]) // self.lanes_out()

    def machines(self) -> Parts:
        pixels = prod(self.output_shape()[1:3])
        if self.is_whole():
            return [(through(pixels), PAIR)]
        turns = [
            Segment(count // self.int_attr("SIMD"), port=port)
            for port, count in enumerate(self.channels())
        ]
        return [(machine(block(pixels, *turns)), PAIR)]

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        channels = self.channels()
        yield from (Folding({"SIMD": lanes}) for lanes in divisors(gcd(*channels)))
        yield Folding({"SIMD": sum(channels)})

    def features(self, contents: Contents | None) -> Features:
        bits, inputs = self.get_outstream_width(), self.stream_inputs()
        if self.is_whole():
            return Features({"beat": bits, "valid": inputs}, {"beat": 2 * bits})
        beats = [count // self.int_attr("SIMD") for count in self.channels()]
        state = (max(beats) - 1).bit_length() + (inputs - 1).bit_length()
        return Features(
            {"select": (inputs - 1) * bits, "beat": bits, "state": state * inputs},
            {"beat": 2 * bits, "state": state},
        )

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: multiplexers in front of the output's registers, and control."""
        return int(self.get_outstream_width()) * (1 if self.is_whole() else 2) + 10


class StreamingConcat_rtl(StreamingConcat, RtlOp):
    """StreamingConcat in SystemVerilog: ``streaming_concat``, of whole pixels ``stream_join``."""

    variants = (
        Variant("streaming_concat", inputs=2),
        Variant("streaming_concat", {"Inputs": 3}, inputs=3),
        Variant("stream_join", inputs=2),
        Variant("stream_join", {"Inputs": 3}, inputs=3),
    )
    rtl_only = ("Inputs", "Width", "InBeats", "MostBeats")

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_join",) if self.is_whole() else ("streaming_concat",)

    def rtl_body(self, model: ModelWrapper) -> str:
        names = stream_names("in", self.stream_inputs())
        text = "".join(self._widened(name, port) for port, name in enumerate(names))
        last_first = names[::-1]  # the last in the upper bits

        def joined(signal: str) -> str:
            return "{" + ", ".join(f"{name}_{signal}" for name in last_first) + "}"

        pins = [
            ("in_valid_i", joined("valid")),
            ("in_ready_o", joined("ready")),
            ("in_data_i", joined("wide")),
            ("out_valid_o", "out_valid"),
            ("out_ready_i", "out_ready"),
            ("out_data_o", "out_data"),
        ]
        params: dict[str, int | str] = {
            "Inputs": len(names),
            "Width": int(self.get_outstream_width()),
        }
        if self.is_whole():
            return text + instance_text("stream_join", params, pins)
        beats = [count // self.int_attr("SIMD") for count in self.channels()]
        params["InBeats"] = Verbatim("{" + ", ".join(f"32'd{count}" for count in beats[::-1]) + "}")
        params["MostBeats"] = max(beats)
        return text + instance_text("streaming_concat", params, pins)

    def _widened(self, name: str, port: int) -> str:
        """SystemVerilog that makes every lane of a beat as wide as the output's."""
        kind, lanes = self.get_input_datatype(port), self.lanes_of(port)
        bits, wide = int(kind.bitwidth()), int(self.get_output_datatype().bitwidth())
        lane = f"{name}_data[i*{bits} +: {bits}]"
        value = f"$signed({lane})" if kind.signed() else lane
        return (
            f"  logic [{lanes * wide - 1}:0] {name}_wide;\n"
            f"  for (genvar i = 0; i < {lanes}; i++) begin : gen_{name}\n"
            f"    assign {name}_wide[i*{wide} +: {wide}] = {wide}'({value});\n"
            "  end\n"
        )


class StreamingConcat_hls(StreamingConcat, HlsOp):
    """StreamingConcat in HLS C++: streaming_concat.hpp, of whole pixels stream_join.hpp."""

    hls_only = ("Lanes", "OutBits", "OutSigned", "Beats")

    def hls_function(self) -> str:
        return "stream_join" if self.is_whole() else "streaming_concat"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        output = self.get_output_datatype()
        return {
            "Lanes": self.lanes_out(),
            "OutBits": int(output.bitwidth()),
            "OutSigned": bool(output.signed()),
            "Beats": self.hls_trips(),
        }

    def hls_call(self, model: ModelWrapper, *streams: str) -> str:
        """The output comes first, for its readers are any number."""
        *sources, sink = streams
        passed = [sink, *sources]
        if not self.is_whole():
            beats = [count // self.int_attr("SIMD") for count in self.channels()]
            passed.insert(0, f"df::beats_t<{', '.join(map(str, beats))}>()")
        return super().hls_call(model, *passed)

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamingConcat, StreamingConcat_rtl, StreamingConcat_hls)
