"""StreamPad: a border of zeros around the image. FINN's counterpart: FMPadding.

Attributes: ``Padding`` (top, left, bottom, right) in pixels, ``SIMD`` (lanes of both streams).
"""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.base import IntArray, RtlOp, StreamOp
from hw.ops.estimates import counter_bits
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register


class StreamPad(StreamOp):
    """(N, H, W, C) -> (N, top + H + bottom, left + W + right, C)."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # pixels of border: top, left, bottom, right
                "Padding": ("ints", True, []),
                # channels in one beat
                "SIMD": ("i", False, 1),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return self.int_attr("SIMD")

    def folds(self) -> int:
        """Beats of a pixel."""
        return self.input_shape()[3] // self.lanes_in()

    def output_shape(self) -> tuple[int, ...]:
        batch, height, width, channels = self.input_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        return batch, top + height + bottom, left + width + right, channels

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        top, left, bottom, right = self.ints_attr("Padding")
        return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))

    def get_exp_cycles(self) -> int:
        """Clocks a frame: beats of the padded image."""
        _, height, width, _ = self.output_shape()
        return height * width * self.folds()

    def check(self) -> None:
        name = self.onnx_node.name
        padding = self.ints_attr("Padding")
        if len(padding) != 4 or min(padding) < 0:
            raise HardwareError(
                f"node {name}: Padding = {list(padding)} is not four sizes (top, left, bottom, "
                "right)"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {name}: input and output data types differ")
        if not self.get_input_datatype().allowed(0):
            raise HardwareError(f"node {name}: {self.get_input_datatype().name} has no zero")
        super().check()

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: three a bit of counters, two a bit of data (mask, output registers)."""
        _, height, width, _ = self.output_shape()
        return 3 * counter_bits(self.folds(), height, width) + 2 * self.get_outstream_width() + 8


class StreamPad_rtl(StreamPad, RtlOp):
    """StreamPad in SystemVerilog: ``stream_pad``."""

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_fifo", "stream_pad")

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.input_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        return self.instance(
            "stream_pad",
            {
                "Width": self.get_instream_width(),
                "Folds": self.folds(),
                "Height": height,
                "Cols": width,
                "Top": top,
                "Bottom": bottom,
                "Left": left,
                "Right": right,
            },
        )


class StreamPad_hls(StreamPad, HlsOp):
    """StreamPad in HLS C++: hw/hls/stream_pad.hpp."""

    def hls_function(self) -> str:
        return "stream_pad"

    def hls_arguments(self, model: ModelWrapper) -> list[int | bool]:
        _, height, width, _ = self.input_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        sizes = [self.folds(), height, width, top, bottom, left, right]
        return [*self.lane_arguments(), *sizes]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamPad, StreamPad_rtl, StreamPad_hls)
