"""StreamShuffle: the numbers of a frame in another order (FINN: Shuffle).

A reshape, a transposition and a reshape. Attributes: ``transpose_in_shape`` (the axes of which the
transposition is, of a frame as it streams: rows, columns, channels, each whole or in parts),
``perm`` (which of them each axis behind it is), ``out_shape`` (N, H, W, C), ``SIMD`` (lanes of both
streams: they have to stay side by side), ``ram_style`` of the memory.

Axes in front that stay where they are are of blocks: the memory holds two blocks, of which one is
written while the other is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import Link, Parts, Segment, block, machine, through
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.folding import STYLES as FREE_STYLES
from hw.ops.folding import Folding, divisors
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.wrapper import Verbatim
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import STYLES, Drawn, Sampling, divisor, one, some_channels, types
from hw.synth.estimates import counter_bits, memory_bram18

#: Beats of an axis of the output, and how far they lie apart in the input.
Axis = tuple[int, int]


@dataclass(frozen=True)
class Order:
    """The order of numbers (or of beats) in the output.

    axes: those that move, the outermost first. blocks: what they are of, one behind the other.
    """

    axes: tuple[Axis, ...]
    blocks: int

    @classmethod
    def of(cls, shape: tuple[int, ...], perm: tuple[int, ...]) -> "Order":
        """Of a transposition; axes that stay side by side are one."""
        strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        axes: list[Axis] = []
        for axis in perm:
            count, stride = shape[axis], strides[axis]
            if count > 1 and axes and axes[-1][1] == count * stride:
                axes[-1] = (axes[-1][0] * count, stride)
            elif count > 1:
                axes.append((count, stride))
        blocks = 1
        if axes and axes[0][1] * axes[0][0] == prod(shape):
            blocks, _ = axes.pop(0)
        return cls(tuple(axes), blocks)

    @property
    def run(self) -> int:
        """Numbers that stay side by side; 0: all of them."""
        if not self.axes:
            return 0
        count, stride = self.axes[-1]
        return count if stride == 1 else 1

    @property
    def size(self) -> int:
        """Numbers, or beats, of a block."""
        return prod(count for count, _ in self.axes)

    def in_beats(self, lanes: int) -> "Order":
        """The order of beats of so many lanes, a divisor of ``run``."""
        *outer, (count, stride) = self.axes
        axes = [(each, apart // lanes) for each, apart in outer]
        if lanes > 1:
            count //= lanes
        if count > 1:
            axes.append((count, stride))
        return Order(tuple(axes), self.blocks)

    def places(self) -> IntArray:
        """For each number of a block of the output its place in the input's block."""
        places: IntArray = np.zeros(1, np.int64)
        for count, stride in self.axes:
            places = (places[:, None] + np.arange(count, dtype=np.int64) * stride).reshape(-1)
        return places


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    rows, columns, channels = one(rng, (1, 4, 8)), one(rng, (4, 7, 16, 49)), some_channels(rng)
    perm = one(rng, ([2, 0, 1], [1, 0, 2], [0, 2, 1]))
    shape = [rows, columns, channels]
    if perm == [1, 0, 2] and rows == 1:
        perm = [0, 2, 1]
    made = [1, *(shape[axis] for axis in perm)]
    simd = divisor(rng, channels, 16) if perm[-1] == 2 else 1
    attrs = {
        "transpose_in_shape": shape, "perm": perm, "out_shape": made, "SIMD": simd,
        "ram_style": one(rng, STYLES), **types(rng),
    }  # fmt: skip
    return Drawn("StreamShuffle", (1, rows, columns, channels), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    (
        *("transpose_in_shape", "perm", "out_shape", "SIMD", "ram_style"),
        *("inputDataType", "outputDataType"),
    ),
    ((9, _draw),),
)


class StreamShuffle(StreamOp):
    """(N, H, W, C) -> out_shape; reshape(transpose_in_shape), transpose(perm), reshape."""

    of_one_size = "it moves pixels within rows and columns of one size"
    finn_names = ("Shuffle",)
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD", "ram_style")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # axes of a frame (without that of frames) in front of the transposition
                "transpose_in_shape": ("ints", True, []),
                # of each axis behind it, which one in front it is
                "perm": ("ints", True, []),
                # (N, H, W, C) of the output
                "out_shape": ("ints", True, []),
                # numbers in one beat
                "SIMD": ("i", False, 1),
                # what two blocks are kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return self.int_attr("SIMD")

    def output_shape(self) -> tuple[int, ...]:
        return self.ints_attr("out_shape")

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        parts, perm = self.ints_attr("transpose_in_shape"), self.ints_attr("perm")
        moved = x.reshape(-1, *parts).transpose(0, *(axis + 1 for axis in perm))
        return moved.reshape(-1, *self.output_shape()[1:])

    def order(self) -> Order:
        """Of the numbers."""
        return Order.of(self.ints_attr("transpose_in_shape"), self.ints_attr("perm"))

    @property
    def _beats(self) -> Order:
        """The order of beats as they leave."""
        return self.order().in_beats(self.lanes_in())

    def check(self) -> None:
        parts, perm = self.ints_attr("transpose_in_shape"), self.ints_attr("perm")
        shape, made = self.input_shape(), self.output_shape()
        if min((*parts, *made), default=0) < 1 or not (
            len(made) == len(shape) and prod(parts) == prod(shape[1:]) == prod(made[1:])
        ):
            raise HardwareError(
                f"node {self.name}: transpose_in_shape = {list(parts)} and out_shape = "
                f"{list(made)} do not hold the numbers of {list(shape)}"
            )
        if made[0] != shape[0]:
            raise HardwareError(
                f"node {self.name}: out_shape = {list(made)} has not the input's {shape[0]} frames"
            )
        if sorted(perm) != list(range(len(parts))):
            raise HardwareError(
                f"node {self.name}: perm = {list(perm)} does not name each of {len(parts)} axes "
                "once"
            )
        order = self.order()
        if not order.axes:
            raise HardwareError(f"node {self.name}: perm = {list(perm)} moves nothing")
        if self.lanes_in() < 1 or order.run % self.lanes_in():
            raise HardwareError(
                f"node {self.name}: SIMD = {self.lanes_in()} does not divide the {order.run} "
                "numbers that stay side by side"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {self.name}: input and output data types differ")
        super().check()

    # --- time -----------------------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its beats."""
        return self.frame_beats()

    def machines(self) -> Parts:
        beats = self._beats.size
        # the first beat waits for a whole block, the last one gives it up
        reads = block(
            self._beats.blocks,
            Segment(1, need=beats, frees=0),
            Segment(beats - 2, need=0, frees=0),
            Segment(1, need=0, frees=beats),
        )
        return [(through(self.frame_beats()), Link(2 * beats)), (machine(reads), Link(3, forth=2))]

    def dependency(self) -> Dependency:
        """The last pixel of the block in front of the transposition."""
        _, height, width, channels = self.output_shape()
        block_size = self._beats.size * self.lanes_in()
        ends = (np.arange(height * width) * channels // block_size + 1) * block_size
        is_whole = block_size % channels == 0
        return Dependency(ends // self.input_shape()[-1] - 1, is_whole=is_whole)

    # --- folding and cost -----------------------------------------------------------------------

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every SIMD that leaves numbers side by side, and every style."""
        for simd in divisors(self.order().run):
            if self.input_shape()[-1] % simd == 0 and self.output_shape()[-1] % simd == 0:
                yield Folding({"SIMD": simd}, FREE_STYLES)

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of two blocks."""
        style = str(self.get_nodeattr("ram_style"))
        return memory_bram18(2 * self._beats.size, int(self.get_instream_width()), style)

    def features(self, contents: Contents | None) -> Features:
        beats, width = self._beats.size, int(self.get_instream_width())
        memory = map_ram(2 * beats, width, str(self.get_nodeattr("ram_style")))
        counters = counter_bits(*(count for count, _ in self._beats.axes))
        pointers = 2 * counter_bits(2 * beats)
        return Features(
            {"beat": width, "counters": counters, "pointers": pointers},
            {
                "beat": 2 * width + (width if memory.lutram else 0),
                "counters": counters,
                "pointers": pointers,
            },
            [memory],
        )


class StreamShuffle_rtl(StreamShuffle, RtlOp):
    """StreamShuffle in SystemVerilog: ``shuffle``."""

    rtl_only = ("Width", "Axes", "Counts", "Strides")
    variants = (
        Variant("shuffle"),
        Variant(
            "shuffle",
            {
                "Beats": 12,
                "Axes": 3,
                "Counts": "{32'd2, 32'd3, 32'd2}",
                "Strides": "{32'd2, 32'd4, 32'd1}",
                "RamStyle": '"block"',
            },
        ),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("shuffle",)

    def rtl_body(self, model: ModelWrapper) -> str:
        counts, strides = zip(*self._beats.axes, strict=True)
        return self.instance(
            "shuffle",
            {
                "Width": int(self.get_instream_width()),
                "Beats": self._beats.size,
                "Axes": len(counts),
                "Counts": _packed(counts),
                "Strides": _packed(strides),
                "RamStyle": str(self.get_nodeattr("ram_style")),
            },
        )


def _packed(numbers: tuple[int, ...]) -> Verbatim:
    """Numbers of 32 bits each, the last in the lowest."""
    return Verbatim("{" + ", ".join(f"32'd{number}" for number in numbers) + "}")


class StreamShuffle_hls(StreamShuffle, HlsOp):
    """StreamShuffle in HLS C++: hw/hls/shuffle.hpp."""

    hls_only = ("Lanes", "Bits", "IsSigned", "Blocks", "Distance")

    def hls_function(self) -> str:
        return "shuffle"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        beats, places = self._beats.size, self._beats.places()
        return {
            **self.lane_parameters(),
            "Beats": beats,
            "Blocks": self._beats.blocks,
            "Distance": int((beats + np.arange(beats) - places).min()),
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
        }

    def hls_call(self, model: ModelWrapper, *streams: str) -> str:
        """The axes come first: they are of any number."""
        numbers = ", ".join(f"{count}, {apart}" for count, apart in self._beats.axes[::-1])
        return super().hls_call(model, f"df::axes_t<{numbers}>()", *streams)

    def hls_trips(self) -> int:
        """A frame's last block is read while none is written."""
        return self.frame_beats() + self._beats.size


register(StreamShuffle, StreamShuffle_rtl, StreamShuffle_hls)
