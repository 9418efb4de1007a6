"""StreamPool: maximum or sum over windows of any size, stride and dilation.

FINN's counterpart: ConvolutionInputGenerator with Pool behind it. Attributes: ``KernelSize``,
``Stride``, ``Dilation`` (h, w), ``Function`` ("MaxPool", or "AccPool", the sum: FINN's names),
``PE`` (lanes of both streams), ``ram_style`` of the lines. Rows and columns that no window reaches
are dropped; there is no padding. ``dynamic_mode``: hw.ops.sizes.

A maximum of maxima is the maximum, and so with sums: first the pixels of each row of a window are
joined, then its rows. That is two sliding windows, of one row and of one column, each with what
joins the taps behind it, and takes KernelW + KernelH taps, not their product. One input beat a
clock.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any, Self

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency, last_of_window
from hw.dataflow.machines import PAIR, Parts, through
from hw.datatypes import integer_datatype
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register
from hw.ops.sizes import DYNAMIC, Limit, SizedOp, SizedRtl, word_of
from hw.ops.sliding_window.cost import parallel_features
from hw.ops.sliding_window.shape import WindowShape
from hw.ops.sliding_window.sizes import parallel_limits, refusal
from hw.ops.sliding_window.timing import parallel_machines
from hw.synth.cost.features import Contents, Features, Numbers
from hw.synth.cost.sampling import STYLES, Drawn, Sampling, divisor, image, one
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts

#: Functions.
MAXIMUM, SUM = "MaxPool", "AccPool"


def joined_datatype(datatype: BaseDataType, function: str, pixels: int) -> BaseDataType:
    """Smallest type that holds the maximum, or the sum, of so many values of an integer type."""
    if function == MAXIMUM:
        return datatype
    return integer_datatype(int(datatype.min()) * pixels, int(datatype.max()) * pixels)


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    shape, function = image(rng), (MAXIMUM, SUM)[index % 2]
    kernel = one(rng, (2, 3, 3, 5, 7))
    given = DataType[f"UINT{one(rng, (2, 2, 3, 5, 8))}"]
    attrs = {
        "KernelSize": [kernel, kernel], "Stride": [1 + index // 2 % 2] * 2, "Function": function,
        "PE": divisor(rng, shape[3], 16), "ram_style": one(rng, STYLES),
        "inputDataType": given.name,
        "outputDataType": joined_datatype(given, function, kernel * kernel).name,
        **({"Dilation": [2, 2]} if index % 6 == 5 else {}),
    }  # fmt: skip
    return Drawn("StreamPool", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(
    (
        "KernelSize",
        "Stride",
        "Function",
        "PE",
        "ram_style",
        "inputDataType",
        "outputDataType",
    ),
    ((12, _draw),),
    optional=("Dilation",),
)


@dataclass(frozen=True)
class Pass:
    """One of the two passes: windows of one row or of one column of pixels, joined.

    given, made: data types of what comes in and of what leaves.
    """

    shape: WindowShape
    given: BaseDataType
    made: BaseDataType


class StreamPool(SizedOp):
    """(N, H, W, C) -> (N, OH, OW, C), OH = (H - (KH - 1) * DH - 1) // SH + 1, OW likewise."""

    lane_attributes = ("PE",)
    folding_attributes = ("PE", "ram_style", DYNAMIC)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the window
                "KernelSize": ("ints", True, []),
                # rows and columns from a window to the next
                "Stride": ("ints", False, [1, 1]),
                # rows and columns from a pixel of a window to the next
                "Dilation": ("ints", False, [1, 1]),
                # what is made of a window's pixels: their maximum, or their sum
                "Function": ("s", True, "", {MAXIMUM, SUM}),
                # channels in one beat
                "PE": ("i", False, 1),
                # what the lines are kept in
                "ram_style": ("s", False, "auto", set(STYLES)),
            }
        )
        return attrs

    # --- shapes and integers --------------------------------------------------------------------

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def function(self) -> str:
        """MAXIMUM or SUM."""
        return str(self.get_nodeattr("Function"))

    def shape(self) -> WindowShape:
        """Sizes of its windows."""
        _, height, width, channels = self.input_shape()
        return WindowShape(
            height,
            width,
            channels // self.lanes_in(),
            self.pair_attr("KernelSize"),
            self.pair_attr("Stride"),
            self.pair_attr("Dilation"),
        )

    def output_shape(self) -> tuple[int, ...]:
        batch, _, _, channels = self.input_shape()
        return (batch, *self.shape().out, channels)

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        shape = self.shape()
        (kernel_h, kernel_w), (stride_h, stride_w) = shape.kernel, shape.stride
        (out_h, out_w), (gap_h, gap_w) = shape.out, shape.dilation
        taps = [
            x[:, top : top + (out_h - 1) * stride_h + 1 : stride_h][
                :, :, left : left + (out_w - 1) * stride_w + 1 : stride_w
            ]
            for top in range(0, kernel_h * gap_h, gap_h)
            for left in range(0, kernel_w * gap_w, gap_w)
        ]
        result: IntArray = (np.maximum if self.function() == MAXIMUM else np.add).reduce(taps)
        return result

    def minimal_output_datatype(self) -> BaseDataType:
        """Smallest type that holds every result."""
        pixels = prod(self.pair_attr("KernelSize"))
        return joined_datatype(self.get_input_datatype(), self.function(), pixels)

    def reach(self) -> tuple[int, int]:
        return self.shape().reach

    def limits(self, greatest: Self) -> list[Limit]:
        return [limit for one in self.pass_limits(greatest) for limit in one]

    def pass_limits(self, greatest: Self) -> list[list[Limit]]:
        """Of each of the two passes; of one that is left out a single bit."""
        found: list[list[Limit]] = [[Limit(0, 1)], [Limit(0, 1)]]
        passes = self.passes()
        for mine, most in zip(passes, greatest.passes(), strict=True):
            is_down = mine is passes[-1] and (mine.shape.kernel[0], mine.shape.stride[0]) != (1, 1)
            found[int(is_down)] = parallel_limits(mine.shape, most.shape)
        return found

    def check_size(self, greatest: Self) -> None:
        for mine, most in zip(self.passes(), greatest.passes(), strict=True):
            if why := refusal(mine.shape, most.shape):
                raise self.refuse_size(*why)

    def check(self) -> None:
        for what in ("KernelSize", "Stride", "Dilation"):
            sizes = self.ints_attr(what)
            if len(sizes) != 2 or min(sizes) < 1:
                raise HardwareError(
                    f"node {self.name}: {what} = {list(sizes)} is not two sizes (h, w)"
                )
        _, height, width, _ = self.input_shape()
        rows, columns = self.shape().reach
        if rows > height or columns > width:
            raise HardwareError(
                f"node {self.name}: a window of {rows} x {columns} is larger than the input "
                f"{height} x {width}"
            )
        datatype, made = self.get_input_datatype(), self.get_output_datatype()
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(
                f"node {self.name}: {datatype.name} is neither an unsigned nor a two's complement "
                "type"
            )
        if made != self.minimal_output_datatype():
            raise HardwareError(
                f"node {self.name}: outputDataType = {made.name}; the {self.function()} of "
                f"{datatype.name} is {self.minimal_output_datatype().name}"
            )
        super().check()

    # --- time -----------------------------------------------------------------------------------

    def passes(self) -> list[Pass]:
        """Along rows, then along columns; without one that leaves everything as it is."""
        whole, given = self.shape(), self.get_input_datatype()
        (rows, columns), (down, across) = whole.kernel, whole.stride
        gap_h, gap_w = whole.dilation
        middle = joined_datatype(given, self.function(), columns)
        along = replace(whole, kernel=(1, columns), stride=(1, across), dilation=(1, gap_w))
        below = replace(
            whole, width=along.out[1], kernel=(rows, 1), stride=(down, 1), dilation=(gap_h, 1)
        )
        both = [Pass(along, given, middle), Pass(below, middle, self.get_output_datatype())]
        kept = [p for p in both if (*p.shape.kernel, *p.shape.stride) != (1, 1, 1, 1)]
        return kept or both[:1]

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        return self.frame_beats()

    def machines(self) -> Parts:
        parts: Parts = []
        for each in self.passes():
            parts += parallel_machines(each.shape)
            if each.shape.taps > 1:
                parts.append((through(prod(each.shape.out) * each.shape.folding), PAIR))
        return parts

    def dependency(self) -> Dependency:
        width, stride = self.input_shape()[2], self.pair_attr("Stride")
        return last_of_window(self.output_shape(), width, self.shape().reach, stride)

    def sizes(self) -> dict[str, int]:
        """Parameters of its module and of its template."""
        shape, datatype = self.shape(), self.get_input_datatype()
        middle = joined_datatype(datatype, self.function(), shape.kernel[1])
        return {
            "Lanes": self.lanes_in(),
            "Bits": int(datatype.bitwidth()),
            "MidBits": int(middle.bitwidth()),
            "OutBits": int(self.get_output_datatype().bitwidth()),
            "IsSigned": int(datatype.signed()),
            "IsSum": int(self.function() == SUM),
            "Folds": shape.folding,
            "Height": shape.height,
            "Cols": shape.width,
            "KernelH": shape.kernel[0],
            "KernelW": shape.kernel[1],
            "StrideH": shape.stride[0],
            "StrideW": shape.stride[1],
            "DilationH": shape.dilation[0],
            "DilationW": shape.dilation[1],
        }

    # --- cost -----------------------------------------------------------------------------------

    def _memory(self) -> tuple[int, int]:
        """Rows and bits of a row of the lines (0 rows: none)."""
        down = self.passes()[-1]
        shape, lines = down.shape, down.shape.kernel[0] - 1
        beat = self.lanes_in() * int(down.given.bitwidth())
        rows = shape.dilation[0] * shape.width * shape.folding
        return (rows if lines else 0), lines * beat

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the lines."""
        rows, width = self._memory()
        return memory_bram18(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, shift registers between taps, what joins them, counters."""
        rows, width = self._memory()
        luts = memory_luts(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0
        for each in self.passes():
            shape, beat = each.shape, self.lanes_in() * int(each.given.bitwidth())
            apart = shape.dilation[1] * shape.folding
            shift = (shape.kernel[1] - 1) * beat * -(-(apart - 1) // 32)
            joins = (3 * (shape.taps - 1) * self.lanes_in() * int(each.made.bitwidth())) // 2
            luts += shift + joins + 2 * counter_bits(shape.height, shape.width, shape.folding) + 20
        return luts

    def features(self, contents: Contents | None) -> Features:
        style, memories = str(self.get_nodeattr("ram_style")), []
        lut: Numbers = {}
        ff: Numbers = {}
        for each in self.passes():
            window = parallel_features(each.shape, self.lanes_in() * each.given.bitwidth(), style)
            memories += window.memories
            made = float(self.lanes_out() * each.made.bitwidth())
            _add(lut, {**window.lut, "joins": (each.shape.taps - 1) * made})
            _add(ff, {**window.ff, "beat": 2 * made if each.shape.taps > 1 else 0.0})
        for numbers in (lut, ff):
            del numbers["one"]
        return self.with_sizes(Features(lut, ff, memories))


def _add(numbers: Numbers, more: Numbers) -> None:
    for name, value in more.items():
        numbers[name] = numbers.get(name, 0.0) + value


class StreamPool_rtl(StreamPool, SizedRtl):
    """StreamPool in SystemVerilog: ``stream_pool``."""

    variants = (
        Variant("stream_pool"),
        Variant("stream_pool", {"IsSum": 1, "MidBits": 6, "OutBits": 8, "KernelW": 1}),
        Variant("stream_pool", {"KernelH": 1, "Folds": 2, "IsSigned": 1}),
        Variant("stream_pool", {"Dynamic": 1, "AcrossBits": 9, "DownBits": 9}),
        Variant("pool_pass"),
        Variant("pool_pass", {"IsSum": 1, "OutBits": 8, "IsSigned": 1}),
        Variant("pixel_sum"),
    )
    #: Of the module that adds or compares the taps, and of another size.
    rtl_only = ("Channels", "InBits", "Side", "Dynamic", "SizeBits", "AcrossBits", "DownBits")

    def rtl_modules(self) -> tuple[str, ...]:
        return self.sized_modules("stream_pool")

    def rtl_body(self, model: ModelWrapper) -> str:
        style = str(self.get_nodeattr("ram_style"))
        across, down = (word_of(one)[1] for one in self.pass_limits(self.greatest()))
        params: dict[str, int | str] = {**self.greatest().sizes(), "RamStyle": style}
        bits = {"AcrossBits": across, "DownBits": down}
        return self.sized_instance("stream_pool", params, bits=bits)


class StreamPool_hls(StreamPool, HlsOp):
    """StreamPool in HLS C++: hw/hls/stream_pool.hpp."""

    def hls_function(self) -> str:
        return "stream_pool"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {**self.sizes(), "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))]}

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamPool, StreamPool_rtl, StreamPool_hls)
