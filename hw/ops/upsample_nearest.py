"""UpsampleNearestNeighbour: every pixel repeated. FINN's operator of that name.

Attributes: ``HO``, ``WO`` (rows and columns of the output, multiples of the input's), ``SIMD``
(lanes of both streams), ``ram_style`` of the row that is repeated, ``dynamic_mode`` (hw.ops.sizes).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import PAIR, Parts, Segment, block, machine
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register
from hw.ops.sizes import DYNAMIC, Limit, SizedOp, SizedRtl, bits_of
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import STYLES, Drawn, Sampling, divisor, one, some_channels, types
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    size, scale, channels = one(rng, (4, 7, 13, 26, 52)), one(rng, (2, 2, 3, 4)), some_channels(rng)
    shape = (1, size, one(rng, (size, 2 * size)), channels)
    attrs = {
        "HO": scale * shape[1], "WO": scale * shape[2], "SIMD": divisor(rng, shape[3], 16),
        "ram_style": one(rng, STYLES), **types(rng),
    }  # fmt: skip
    return Drawn("UpsampleNearestNeighbour", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    ("HO", "WO", "SIMD", "ram_style", "inputDataType", "outputDataType"), ((7, _draw),)
)


class UpsampleNearestNeighbour(SizedOp):
    """(N, H, W, C) -> (N, HO, WO, C); out[y, x] = in[y * H // HO, x * W // WO]."""

    finn_names = (
        "UpsampleNearestNeighbour",
        "UpsampleNearestNeighbour_Batch",
    )
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD", "ram_style", DYNAMIC)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the output
                "HO": ("i", True, 0),
                "WO": ("i", True, 0),
                # channels in one beat
                "SIMD": ("i", False, 1),
                # what the row that is repeated is kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return self.int_attr("SIMD")

    def scale(self) -> tuple[int, int]:
        """Rows and columns that become of one."""
        _, height, width, _ = self.input_shape()
        return self.int_attr("HO") // height, self.int_attr("WO") // width

    def output_shape(self) -> tuple[int, ...]:
        batch, _, _, channels = self.input_shape()
        return batch, self.int_attr("HO"), self.int_attr("WO"), channels

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        rows, columns = self.scale()
        return x.repeat(rows, axis=1).repeat(columns, axis=2)

    def line(self) -> int:
        """Beats of a row that comes in."""
        return self.input_shape()[2] * self.pixel_beats_in()

    def limits(self, greatest: Self) -> list[Limit]:
        return [Limit(self.line() - 1, bits_of(greatest.line()))]

    def check_size(self, greatest: Self) -> None:
        if self.line() == 1 < greatest.line() and self.scale()[0] > 1:
            raise self.refuse_size(
                "a row is one beat, which would be read as it is written", "2 beats or more"
            )

    def at_shape(self, shape: Sequence[int]) -> dict[str, Any]:
        rows, columns = self.scale()
        return {**super().at_shape(shape), "HO": rows * shape[1], "WO": columns * shape[2]}

    def check(self) -> None:
        _, height, width, _ = self.input_shape()
        for what, made, given in (("HO", "rows", height), ("WO", "columns", width)):
            size = self.int_attr(what)
            if size < given or size % given:
                raise HardwareError(
                    f"node {self.name}: {what} = {size} is no multiple of the input's {given} "
                    f"{made}"
                )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {self.name}: input and output data types differ")
        super().check()

    # --- time -----------------------------------------------------------------------------------

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its output beats."""
        return self.int_attr("HO") * self.int_attr("WO") * self.pixel_beats_out()

    def machines(self) -> Parts:
        _, height, width, _ = self.input_shape()
        (rows, columns), beats = self.scale(), self.pixel_beats_in()

        def again(count: int) -> Segment:
            return Segment(count, need=0, frees=0)

        pixel = (Segment(beats), again((columns - 1) * beats))
        copies = block(1, again((rows - 1) * columns * width * beats))
        return [(machine(*(block(width, *pixel), copies) * height), PAIR)]

    def dependency(self) -> Dependency:
        (_, out_h, out_w, _), (_, _, width, _) = self.output_shape(), self.input_shape()
        scale_h, scale_w = self.scale()
        rows, columns = np.arange(out_h)[:, None], np.arange(out_w)[None, :]
        # a row's copies stand behind all of it
        column = np.where(rows % scale_h == 0, columns // scale_w, width - 1)
        return Dependency((rows // scale_h * width + column).reshape(-1))

    # --- cost -----------------------------------------------------------------------------------

    def _memory(self) -> tuple[int, int]:
        """Rows and bits of a row of the memory (0 rows: none)."""
        _, _, width, _ = self.input_shape()
        has_copies = self.scale()[0] > 1
        return (width * self.pixel_beats_in() if has_copies else 0), int(self.get_instream_width())

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the row."""
        rows, width = self._memory()
        return memory_bram18(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0

    def _shift(self) -> int:
        """LUTs of the shift register of a pixel."""
        beats = self.pixel_beats_in()
        held = self.scale()[1] > 1 and beats > 2
        return int(self.get_instream_width()) * -(-(beats - 1) // 32) if held else 0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, shift register, choice and output registers, counters."""
        rows, width = self._memory()
        luts = memory_luts(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0
        return luts + self._shift() + 2 * width + 2 * counter_bits(rows, *self.scale()) + 10

    def features(self, contents: Contents | None) -> Features:
        rows, width = self._memory()
        memory = map_ram(rows, width, str(self.get_nodeattr("ram_style")))
        line = self.input_shape()[2] * self.pixel_beats_in()
        counters = counter_bits(line, self.pixel_beats_in(), *self.scale())
        beats, shift = self.pixel_beats_in(), self._shift()
        held = width * (0 if shift else beats) if self.scale()[1] > 1 else 0
        read = width if memory.lutram else 0
        found = Features(
            {"beat": width, "shift": shift, "counters": counters},
            {"beat": 2 * width, "registers": held + read, "counters": counters},
            [memory],
        )
        return self.with_sizes(found)


class UpsampleNearestNeighbour_rtl(UpsampleNearestNeighbour, SizedRtl):
    """UpsampleNearestNeighbour in SystemVerilog: ``upsample_nearest``."""

    rtl_only = ("Width", "Dynamic", "SizeBits")
    variants = (
        Variant("upsample_nearest"),
        Variant("upsample_nearest", {"Folds": 2, "ScaleH": 1, "ScaleW": 3}),
        Variant("upsample_nearest", {"Cols": 1, "ScaleH": 2, "ScaleW": 1}),
        Variant("upsample_nearest", {"Dynamic": 1, "SizeBits": 2}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return self.sized_modules("upsample_nearest")

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.greatest().input_shape()
        scale_h, scale_w = self.scale()
        return self.sized_instance(
            "upsample_nearest",
            {
                "Width": int(self.get_instream_width()),
                "Folds": self.pixel_beats_in(),
                "Height": height,
                "Cols": width,
                "ScaleH": scale_h,
                "ScaleW": scale_w,
                "RamStyle": str(self.get_nodeattr("ram_style")),
            },
        )


class UpsampleNearestNeighbour_hls(UpsampleNearestNeighbour, HlsOp):
    """UpsampleNearestNeighbour in HLS C++: hw/hls/upsample_nearest.hpp."""

    hls_only = ("Lanes", "Bits", "IsSigned")

    def hls_function(self) -> str:
        return "upsample_nearest"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        _, height, width, _ = self.input_shape()
        scale_h, scale_w = self.scale()
        return {
            **self.lane_parameters(),
            "Folds": self.pixel_beats_in(),
            "Height": height,
            "Cols": width,
            "ScaleH": scale_h,
            "ScaleW": scale_w,
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(UpsampleNearestNeighbour, UpsampleNearestNeighbour_rtl, UpsampleNearestNeighbour_hls)
