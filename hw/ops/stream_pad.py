"""StreamPad: a border of zeros around the image. FINN's counterpart: FMPadding.

Attributes: ``Padding`` (top, left, bottom, right) in pixels, ``SIMD`` (lanes of both streams).
"""

from dataclasses import replace
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import PAIR, Parts, Segment, block, machine
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, Role, StreamOp
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.sampling import Drawn, Sampling, divisor, image, types
from hw.synth.estimates import counter_bits


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    shape = image(rng)
    attrs = {"Padding": [1, 1, 1, 1], "SIMD": divisor(rng, shape[3]), **types(rng)}
    return Drawn("StreamPad", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("Padding", "SIMD", "inputDataType", "outputDataType"), ((7, _draw),))


class StreamPad(StreamOp):
    """(N, H, W, C) -> (N, top + H + bottom, left + W + right, C)."""

    role = Role.PADDING
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD",)
    sampling = SAMPLING

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

    def folding(self) -> int:
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
        return height * width * self.folding()

    def machines(self) -> Parts:
        _, _, width, _ = self.input_shape()
        _, _, pad_width, _ = self.output_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        height, folding = self.input_shape()[1], self.folding()
        zeros = [Segment(pixels * folding, need=0, frees=0) for pixels in (left, right)]
        row = block(height, zeros[0], Segment(width * folding), zeros[1])
        above, below = (
            Segment(rows * pad_width * folding, need=0, frees=0) for rows in (top, bottom)
        )
        if not top * pad_width + left:
            return [(machine(row, block(1, below)), PAIR)]
        # the first beat waits for the image's without taking it
        first = Segment(1, need=1, frees=0)
        if top:
            rest = replace(above, count=above.count - 1)
            start = machine(block(1, first, rest))
            line = block(
                1, replace(zeros[0]), Segment(1, need=0), Segment(width * folding - 1), zeros[1]
            )
        else:
            rest = replace(zeros[0], count=zeros[0].count - 1)
            start = machine()
            line = block(1, first, rest, Segment(1, need=0), Segment(width * folding - 1), zeros[1])
        others = (height - 1, row[1])
        return [(machine(*start.program, line, others, block(1, below)), PAIR)]

    def dependency(self) -> Dependency:
        _, out_h, out_w, _ = self.output_shape()
        _, in_h, in_w, _ = self.input_shape()
        rows, columns = np.arange(out_h)[:, None], np.arange(out_w)[None, :]
        top, left, _, _ = self.ints_attr("Padding")
        index = (rows - top) * in_w + np.clip(columns - left, -1, in_w - 1)
        return Dependency(np.clip(index, -1, in_h * in_w - 1).reshape(-1))

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
        return 3 * counter_bits(self.folding(), height, width) + 2 * self.get_outstream_width() + 8

    def features(self, contents: Contents | None) -> Features:
        width, counters = (
            self.get_instream_width(),
            counter_bits(*self.output_shape()[1:3], self.folding()),
        )
        both: Numbers = {"beat": width, "counters": counters}
        return Features(both, both)


class StreamPad_rtl(StreamPad, RtlOp):
    """StreamPad in SystemVerilog: ``stream_pad``."""

    rtl_only = ("Width",)
    variants = (
        Variant("stream_pad"),
        Variant("stream_pad", {"Top": 0, "Left": 0}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_pad",)

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.input_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        return self.instance(
            "stream_pad",
            {
                "Width": self.get_instream_width(),
                "Folds": self.folding(),
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

    hls_only = ("Lanes", "Bits", "IsSigned")

    def hls_function(self) -> str:
        return "stream_pad"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        _, height, width, _ = self.input_shape()
        top, left, bottom, right = self.ints_attr("Padding")
        return {
            **self.lane_parameters(),
            "Folds": self.folding(),
            "Height": height,
            "Cols": width,
            "Top": top,
            "Bottom": bottom,
            "Left": left,
            "Right": right,
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamPad, StreamPad_rtl, StreamPad_hls)
