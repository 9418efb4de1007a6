"""StreamWidthConverter: joins or splits beats. FINN's counterpart: StreamingDataWidthConverter.

FINN's InsertDWC creates StreamingDataWidthConverter nodes; renamed to StreamWidthConverter they
become StreamWidthConverter_rtl in FINN's SpecializeLayers. Attributes are FINN's (``inShape``,
``outShape``, ``inWidth``, ``outWidth`` in bits, ``dataType``). Widths whose ratio is no integer
go through their least common multiple, in two modules.
"""

from itertools import pairwise
from math import lcm

import numpy as np
from finn.custom_op.fpgadataflow.streamingdatawidthconverter import StreamingDataWidthConverter
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.machines import Parts, converter
from hw.modules import Variant
from hw.ops.base import Role
from hw.ops.hls_base import HlsOp
from hw.ops.passthrough import Passthrough
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp


def _module_luts(in_width: int, out_width: int) -> int:
    """Estimate: LUTs of one stream_width_converter."""
    if in_width == out_width:
        return 0
    if in_width < out_width:  # shift register and output register need none
        return 4 + (out_width // in_width).bit_length()
    return (in_width - out_width) + out_width + 6 + (in_width // out_width).bit_length()


class StreamWidthConverter(Passthrough, StreamingDataWidthConverter):
    """Beats of ``inWidth`` bits to beats of ``outWidth`` bits; tensor in = tensor out."""

    role = Role.CONVERTER

    def widths(self) -> tuple[int, ...]:
        """Widths that the stream takes on its way: in, [least common multiple,] out."""
        first, last = self.int_attr("inWidth"), self.int_attr("outWidth")
        middle = lcm(first, last)
        return (first, last) if middle in (first, last) else (first, middle, last)

    def machines(self) -> Parts:
        return converter(self.frame_beats(), self.widths())

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: the splitting shift register's multiplexers, and control."""
        widths = self.widths()
        pairs = pairwise(widths)
        return sum(_module_luts(first, last) for first, last in pairs)


class StreamWidthConverter_rtl(StreamWidthConverter, RtlOp):
    """StreamWidthConverter in SystemVerilog: one or two ``stream_width_converter``."""

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
    """StreamWidthConverter in HLS C++: hw/hls/width_converter.hpp, of any ratio."""

    def hls_function(self) -> str:
        return "width_converter"

    def hls_arguments(self, model: ModelWrapper) -> list[int | bool]:
        lanes, *lane_type = self.lane_arguments()
        return [lanes, self.lanes_out(), *lane_type, int(np.prod(self.input_shape()))]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamWidthConverter, StreamWidthConverter_rtl, StreamWidthConverter_hls)
