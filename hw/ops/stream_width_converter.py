"""StreamWidthConverter: joins or splits beats. FINN's counterpart: StreamingDataWidthConverter.

FINN's InsertDWC creates StreamingDataWidthConverter nodes; renamed to StreamWidthConverter they
become StreamWidthConverter_rtl in FINN's SpecializeLayers. Attributes are FINN's (``inShape``,
``outShape``, ``inWidth``, ``outWidth`` in bits, ``dataType``). Widths whose ratio is no integer
go through their least common multiple, in two modules.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from finn.custom_op.fpgadataflow.streamingdatawidthconverter import StreamingDataWidthConverter
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Parts, converter, widths_between
from hw.modules import Variant
from hw.ops.base import Role
from hw.ops.hls_base import HlsOp
from hw.ops.passthrough import Passthrough
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.sampling import Drawn, Sampling, divisor, one
from hw.synth.estimates import counter_bits


def _module_luts(in_width: int, out_width: int) -> int:
    """Estimate: LUTs of one stream_width_converter."""
    if in_width == out_width:
        return 0
    if in_width < out_width:  # shift register and output register need none
        return 4 + (out_width // in_width).bit_length()
    return (in_width - out_width) + out_width + 6 + (in_width // out_width).bit_length()


def converter_features(widths: Sequence[int]) -> Features:
    """Of a StreamWidthConverter through these widths: in, [least common multiple,] out."""
    luts: Numbers = {"join": 0.0, "split": 0.0, "counters": 0.0}
    registers: Numbers = {"join": 0.0, "split": 0.0, "counters": 0.0}
    for first, last in pairwise(widths):
        kind = "join" if first < last else "split"
        small, large = sorted((first, last))
        beats = counter_bits(large // small)
        luts[kind] += 0 if kind == "join" else large
        registers[kind] += 2 * large if kind == "join" else large + 2 * small
        luts["counters"] += beats
        registers["counters"] += beats
    return Features(luts, registers)


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    channels, bits = one(rng, (16, 32, 64, 144)), one(rng, (2, 3, 5))
    first, last = divisor(rng, channels), divisor(rng, channels)
    if first == last:
        first, last = 1, channels
    shape = [1, 16, 16, channels]
    attrs = {
        "inShape": shape, "outShape": shape, "inWidth": first * bits, "outWidth": last * bits,
        "dataType": f"UINT{bits}",
    }  # fmt: skip
    return Drawn("StreamWidthConverter", tuple(shape), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("inShape", "outShape", "inWidth", "outWidth", "dataType"), ((8, _draw),))


class StreamWidthConverter(Passthrough, StreamingDataWidthConverter):
    """Beats of ``inWidth`` bits to beats of ``outWidth`` bits; tensor in = tensor out."""

    finn_names = (
        "StreamingDataWidthConverter",
        "StreamingDataWidthConverter_Batch",
    )

    role = Role.CONVERTER
    sampling = SAMPLING

    def widths(self) -> tuple[int, ...]:
        """Widths that the stream takes on its way: in, [least common multiple,] out."""
        return widths_between(self.int_attr("inWidth"), self.int_attr("outWidth"))

    def machines(self) -> Parts:
        return converter(self.frame_beats(), self.widths())

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: the splitting shift register's multiplexers, and control."""
        widths = self.widths()
        pairs = pairwise(widths)
        return sum(_module_luts(first, last) for first, last in pairs)

    def features(self, contents: Contents | None) -> Features:
        return converter_features(self.widths())

    @classmethod
    def inserted(cls, first: int, last: int, depth: int = 0) -> Features:
        return converter_features(widths_between(first, last))


class StreamWidthConverter_rtl(StreamWidthConverter, RtlOp):
    """StreamWidthConverter in SystemVerilog: one or two ``stream_width_converter``."""

    rtl_only = ("InWidth", "OutWidth")
    variants = (
        Variant("stream_width_converter", {"InWidth": 8, "OutWidth": 32}),
        Variant("stream_width_converter", {"InWidth": 32, "OutWidth": 8}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_width_converter",)

    def rtl_body(self, model: ModelWrapper) -> str:
        module, widths = "stream_width_converter", self.widths()
        if len(widths) == 2:
            return self.instance(module, {"InWidth": widths[0], "OutWidth": widths[1]})
        join = self.instance(module, {"InWidth": widths[0], "OutWidth": widths[1]}, "i_join")
        split = self.instance(module, {"InWidth": widths[1], "OutWidth": widths[2]}, "i_split")
        return (
            f"  logic mid_valid, mid_ready;\n  logic [{widths[1] - 1}:0] mid_data;\n"
            + join.replace("(out_", "(mid_")
            + split.replace("(in_", "(mid_")
        )


class StreamWidthConverter_hls(StreamWidthConverter, HlsOp):
    """StreamWidthConverter in HLS C++: hw/hls/stream_width_converter.hpp, of any ratio."""

    hls_only = ("InLanes", "OutLanes", "Bits", "IsSigned", "Elements")

    def hls_function(self) -> str:
        return "stream_width_converter"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        datatype = self.get_input_datatype()
        return {
            "InLanes": self.lanes_in(),
            "OutLanes": self.lanes_out(),
            "Bits": int(datatype.bitwidth()),
            "IsSigned": bool(datatype.signed()),
            "Elements": int(np.prod(self.input_shape())),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamWidthConverter, StreamWidthConverter_rtl, StreamWidthConverter_hls)
