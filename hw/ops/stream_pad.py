"""StreamPad: a border around the image, and the same between its pixels.

FINN's counterparts: FMPadding, FMPadding_Pixel. Attributes: ``Padding`` (top, left, bottom, right)
in pixels, ``Stride`` (h, w) from a pixel of the image to the next, ``SIMD`` (lanes of both
streams), ``Fill`` (every element that is not the image's: 0, or the least number of the type, in
front of a maximum), ``dynamic_mode`` (hw.ops.sizes).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import PAIR, Machine, Parts, Segment, block, machine
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, Role
from hw.ops.hls_base import HlsOp
from hw.ops.registry import register
from hw.ops.sizes import DYNAMIC, Limit, SizedOp, SizedRtl, bits_of
from hw.ops.wrapper import Verbatim
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.sampling import Drawn, Sampling, divisor, image, types
from hw.synth.estimates import counter_bits


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    shape = image(rng)
    attrs = {"Padding": [1, 1, 1, 1], "SIMD": divisor(rng, shape[3]), **types(rng)}
    return Drawn("StreamPad", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("Padding", "SIMD", "inputDataType", "outputDataType"), ((7, _draw),), optional=("Stride",)
)


class StreamPad(SizedOp):
    """(N, H, W, C) -> (N, top + H' + bottom, left + W' + right, C), H' = (H - 1) * stride + 1."""

    role = Role.PADDING
    finn_names = ("FMPadding", "FMPadding_Batch")
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD", DYNAMIC)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # pixels of border: top, left, bottom, right
                "Padding": ("ints", True, []),
                # rows and columns from a pixel to the next; zeros lie between
                "Stride": ("ints", False, [1, 1]),
                # channels in one beat
                "SIMD": ("i", False, 1),
                # value of the border
                "Fill": ("i", False, 0),
                # Padding of the greatest input; []: Padding
                "dynamicPadding": ("ints", False, []),
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
        (top, left, bottom, right), (down, across) = self.ints_attr("Padding"), self.stride()
        wide = (height - 1) * down + 1, (width - 1) * across + 1
        return batch, top + wide[0] + bottom, left + wide[1] + right, channels

    def stride(self) -> tuple[int, int]:
        """Rows and columns from a pixel to the next."""
        return self.pair_attr("Stride")

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        _, height, width, channels = self.output_shape()
        (top, left, bottom, right), (down, across) = self.ints_attr("Padding"), self.stride()
        found = np.full((len(x), height, width, channels), self.int_attr("Fill"), x.dtype)
        found[:, top : height - bottom : down, left : width - right : across] = x
        return found

    def get_exp_cycles(self) -> int:
        """Clocks a frame: beats of the padded image."""
        _, height, width, _ = self.output_shape()
        return height * width * self.folding()

    def machines(self) -> Parts:
        if self.stride() != (1, 1):
            return [(self._spread(), PAIR)]
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

    def _spread(self) -> Machine:
        """With zeros between pixels: row by row."""
        _, height, width, _ = self.input_shape()
        (top, left, bottom, right), (down, across) = self.ints_attr("Padding"), self.stride()
        row, folding = self.output_shape()[2], self.folding()

        def zeros(pixels: int, less: int = 0) -> Segment:
            return Segment(pixels * folding - less, need=0, frees=0)

        blocks = []
        for line in range(height):
            lead, pixel = zeros(left), [Segment(folding)]
            behind = zeros(right + (bottom * row if line == height - 1 else (down - 1) * row))
            begin = [lead]
            if line == 0 and top * row + left:  # waits for the image's first beat without taking it
                first = Segment(1, need=1, frees=0)
                begin = [first, zeros(top * row + left, 1)]
                pixel = [Segment(1, need=0), Segment(folding - 1)]
            gap = zeros(across - 1)
            if width == 1:
                blocks.append(block(1, *begin, *pixel, behind))
                continue
            blocks.append(block(1, *begin, *pixel, gap))
            blocks.append(block(width - 2, Segment(folding), gap))
            blocks.append(block(1, Segment(folding), behind))
        return machine(*blocks)

    def dependency(self) -> Dependency:
        _, out_h, out_w, _ = self.output_shape()
        _, in_h, in_w, _ = self.input_shape()
        rows, columns = np.arange(out_h)[:, None], np.arange(out_w)[None, :]
        top, left, _, _ = self.ints_attr("Padding")
        down, across = self.stride()
        index = (rows - top) // down * in_w + np.clip((columns - left) // across, -1, in_w - 1)
        return Dependency(np.clip(index, -1, in_h * in_w - 1).reshape(-1))

    def set_greatest(self, greatest: SizedOp) -> None:
        super().set_greatest(greatest)
        self.set_nodeattr("dynamicPadding", list(greatest.ints_attr("Padding")))

    def at_shape(self, shape: Sequence[int]) -> dict[str, Any]:
        padding = self.ints_attr("dynamicPadding") or self.ints_attr("Padding")
        return {**super().at_shape(shape), "Padding": list(padding)}

    def check_size(self, greatest: Self) -> None:
        mine, most = self.ints_attr("Padding"), greatest.ints_attr("Padding")
        if mine[:2] != most[:2] or any(
            a > b for a, b in zip(self.output_shape(), greatest.output_shape(), strict=True)
        ):
            raise self.refuse_size(
                f"its border is {list(mine)} (top, left, bottom, right), that of the hardware "
                f"{list(most)}",
                "the same on top and on the left, and no larger an image with it",
            )

    def limits(self, greatest: Self) -> list[Limit]:
        (top, left, _, _), (down, across) = self.ints_attr("Padding"), self.stride()
        found = []
        for axis, before, step in ((2, left, across), (1, top, down)):
            size, bits = self.output_shape()[axis], bits_of(greatest.output_shape()[axis])
            behind = (before + (self.input_shape()[axis] - 1) * step + 1) % size
            found += [Limit(size - 1, bits), Limit(behind, bits)]
        return found

    def check(self) -> None:
        name = self.onnx_node.name
        padding = self.ints_attr("Padding")
        if len(padding) != 4 or min(padding) < 0:
            raise HardwareError(
                f"node {name}: Padding = {list(padding)} is not four sizes (top, left, bottom, "
                "right)"
            )
        if len(self.ints_attr("Stride")) != 2 or min(self.ints_attr("Stride")) < 1:
            raise HardwareError(
                f"node {name}: Stride = {list(self.ints_attr('Stride'))} is not two sizes (h, w)"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {name}: input and output data types differ")
        fill = self.int_attr("Fill")
        if not self.get_input_datatype().allowed(fill):
            number = "zero" if fill == 0 else str(fill)
            raise HardwareError(f"node {name}: {self.get_input_datatype().name} has no {number}")
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
        if self.stride() != (1, 1):
            both["phases"] = counter_bits(*self.stride())
        return self.with_sizes(Features(both, both))


class StreamPad_rtl(StreamPad, SizedRtl):
    """StreamPad in SystemVerilog: ``stream_pad``."""

    rtl_only = ("Width", "Dynamic", "SizeBits")
    variants = (
        Variant("stream_pad"),
        Variant("stream_pad", {"Top": 0, "Left": 0}),
        Variant("stream_pad", {"StrideH": 2, "StrideW": 3}),
        Variant("stream_pad", {"Dynamic": 1, "SizeBits": 12}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return self.sized_modules("stream_pad")

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.greatest().input_shape()
        top, left, bottom, right = self.greatest().ints_attr("Padding")
        return self.sized_instance(
            "stream_pad",
            {
                "Width": self.get_instream_width(),
                "Folds": self.folding(),
                "Height": height,
                "Cols": width,
                "StrideH": self.stride()[0],
                "StrideW": self.stride()[1],
                "Top": top,
                "Bottom": bottom,
                "Left": left,
                "Right": right,
                **self._fill(),
            },
        )

    def _fill(self) -> dict[str, int | str]:
        """The border's beat, unless it is zero."""
        fill, bits = self.int_attr("Fill"), int(self.get_input_datatype().bitwidth())
        lane = f"{bits}'d{fill % (1 << bits)}"
        return {"Fill": Verbatim(f"{{{self.lanes_in()}{{{lane}}}}}")} if fill else {}


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
            "StrideH": self.stride()[0],
            "StrideW": self.stride()[1],
            "Top": top,
            "Bottom": bottom,
            "Left": left,
            "Right": right,
            **({"Fill": self.int_attr("Fill")} if self.int_attr("Fill") else {}),
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamPad, StreamPad_rtl, StreamPad_hls)
