"""GlobalAccPool: the sum of each channel over all pixels of an image. FINN's operator of that name.

Attributes: ``PE`` (lanes of both streams), ``ram_style`` of the sums. Its mean is a scale of the
sum, which thresholds behind it, or the decoding, hold.
"""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency
from hw.dataflow.machines import PAIR, Parts, Segment, block, machine, take
from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, StreamOp
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import STYLES, Drawn, Sampling, divisor, one, some_channels
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts


def total_datatype(datatype: BaseDataType, pixels: int) -> BaseDataType:
    """Smallest UINT or INT that holds the sum of so many values of an integer type."""
    return integer_datatype(int(datatype.min()) * pixels, int(datatype.max()) * pixels)


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    size, channels = one(rng, (4, 7, 8, 14, 28)), 4 * some_channels(rng)
    given = DataType[f"UINT{one(rng, (1, 2, 4, 8))}"]
    attrs = {
        "PE": divisor(rng, channels, 16), "ram_style": one(rng, STYLES),
        "inputDataType": given.name, "outputDataType": total_datatype(given, size * size).name,
    }  # fmt: skip
    return Drawn("GlobalAccPool", (1, size, size, channels), attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("PE", "ram_style", "inputDataType", "outputDataType"), ((7, _draw),))


class GlobalAccPool(StreamOp):
    """(N, H, W, C) -> (N, 1, 1, C)."""

    of_one_size = "it counts the pixels of the whole image"
    finn_names = ("GlobalAccPool", "GlobalAccPool_Batch")
    lane_attributes = ("PE",)
    folding_attributes = ("PE", "ram_style")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # channels in one beat
                "PE": ("i", False, 1),
                # what the sums are kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def pixels(self) -> int:
        """Of an image."""
        _, height, width, _ = self.input_shape()
        return height * width

    def output_shape(self) -> tuple[int, ...]:
        return self.input_shape()[0], 1, 1, self.input_shape()[3]

    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest UINT or INT that holds every sum."""
        return total_datatype(self.get_input_datatype(), self.pixels())

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        result: IntArray = x.reshape(self.input_shape()).sum(axis=(1, 2), keepdims=True)
        return result

    def check(self) -> None:
        datatype, given = self.get_input_datatype(), self.get_output_datatype()
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(
                f"node {self.name}: {datatype.name} is neither an unsigned nor a two's complement "
                "type"
            )
        minimal = self.minimal_output_datatype()
        if given.signed() != datatype.signed():
            raise HardwareError(
                f"node {self.name}: {datatype.name} and {given.name} differ in their sign"
            )
        if given.min() > minimal.min() or given.max() < minimal.max():
            raise HardwareError(
                f"node {self.name}: outputDataType = {given.name} cannot hold the sum of "
                f"{self.pixels()} {datatype.name} ({minimal.name} can)"
            )
        super().check()

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        return self.frame_beats()

    def machines(self) -> Parts:
        beats = self.pixel_beats_in()
        program = block(1, take((self.pixels() - 1) * beats), Segment(beats))
        return [(machine(program), PAIR)]

    def dependency(self) -> Dependency:
        return Dependency(np.array([self.pixels() - 1], np.int64))

    def sizes(self) -> dict[str, int]:
        """Parameters of its module and of its template."""
        datatype = self.get_input_datatype()
        return {
            "Lanes": self.lanes_in(),
            "InBits": int(datatype.bitwidth()),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "IsSigned": int(datatype.signed()),
            "Folds": self.pixel_beats_in(),
            "Pixels": self.pixels(),
        }

    # --- cost -----------------------------------------------------------------------------------

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the sums."""
        rows, width = self.pixel_beats_in(), int(self.get_outstream_width())
        return memory_bram18(rows, width, str(self.get_nodeattr("ram_style"))) if rows > 1 else 0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, adders, output registers, counters."""
        rows, width = self.pixel_beats_in(), int(self.get_outstream_width())
        luts = memory_luts(rows, width, str(self.get_nodeattr("ram_style"))) if rows > 1 else 0
        return luts + 2 * width + 2 * counter_bits(self.pixels(), rows) + 10

    def features(self, contents: Contents | None) -> Features:
        rows, width = self.pixel_beats_in(), int(self.get_outstream_width())
        memory = map_ram(rows, width, str(self.get_nodeattr("ram_style")))
        counters = counter_bits(self.pixels(), rows)
        read = width if rows == 1 or memory.lutram else 0
        return Features(
            {"beat": width, "counters": counters},
            {"beat": 2 * width, "read": read, "counters": counters},
            [memory],
        )


class GlobalAccPool_rtl(GlobalAccPool, RtlOp):
    """GlobalAccPool in SystemVerilog: ``global_acc_pool``."""

    variants = (
        Variant("global_acc_pool"),
        Variant("global_acc_pool", {"Folds": 1, "IsSigned": 1}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return ("global_acc_pool",)

    def rtl_body(self, model: ModelWrapper) -> str:
        style = str(self.get_nodeattr("ram_style"))
        return self.instance("global_acc_pool", {**self.sizes(), "RamStyle": style})


class GlobalAccPool_hls(GlobalAccPool, HlsOp):
    """GlobalAccPool in HLS C++: hw/hls/global_acc_pool.hpp."""

    def hls_function(self) -> str:
        return "global_acc_pool"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {**self.sizes(), "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))]}

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(GlobalAccPool, GlobalAccPool_rtl, GlobalAccPool_hls)
