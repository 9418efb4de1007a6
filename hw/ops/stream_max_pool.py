"""StreamMaxPool: maximum over windows, stride = kernel. FINN's counterpart: StreamingMaxPool.

FINN's has no RTL variant. Attributes: ``KernelSize`` (h, w), ``PE`` (input lanes). Windows that the
image does not fill are dropped (floor mode); there is no padding.

``Pixels`` p > 1: a pixel of the stream is p neighbouring pixels of the image, (H, W / p, p * C)
for (H, W, C). Then a window's columns lie partly or wholly in one pixel of the stream, and the
output is packed likewise as far as it can be. ``dynamic_mode``: hw.ops.sizes.
"""

from math import gcd
from typing import Any, Self

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency, last_of_window
from hw.dataflow.machines import PAIR, Parts, Segment, block, machine, take, through
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register
from hw.ops.sizes import DYNAMIC, Limit, SizedOp, SizedRtl, bits_of
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.memory import map_ram
from hw.synth.cost.sampling import Drawn, Sampling, divisor, image, types
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts


def _draw(rng: np.random.Generator, index: int) -> Drawn:
    shape = image(rng)
    attrs = {"KernelSize": [2, 2], "PE": divisor(rng, shape[3], 16), **types(rng)}
    return Drawn("StreamMaxPool", shape, attrs, seed=index)


#: Samples of which the cost model is made.
SAMPLING = Sampling(("KernelSize", "PE", "inputDataType", "outputDataType"), ((7, _draw),))


class StreamMaxPool(SizedOp):
    """(N, H, W, C) -> (N, H // KH, W // KW, C), or both with ``Pixels`` pixels packed into one."""

    finn_names = ("StreamingMaxPool", "StreamingMaxPool_Batch")
    lane_attributes = ("PE",)
    folding_attributes = ("PE", DYNAMIC)
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the window, which are its strides as well
                "KernelSize": ("ints", True, []),
                # channels in one input beat
                "PE": ("i", False, 1),
                # neighbouring pixels of the image in a pixel of the stream
                "Pixels": ("i", False, 1),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("PE") // self.side()

    def side(self) -> int:
        """Columns of a window that lie in one pixel of the stream."""
        return gcd(self.int_attr("Pixels"), self.ints_attr("KernelSize")[1])

    def stream_kernel(self) -> tuple[int, int]:
        """Rows and columns of a window in pixels of the stream."""
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        return kernel_h, kernel_w // self.side()

    def channels(self) -> int:
        """Channels of a pixel of the image."""
        return self.input_shape()[3] // self.int_attr("Pixels")

    def folding(self) -> int:
        """Beats of a pixel."""
        return self.input_shape()[3] // self.lanes_in()

    def output_shape(self) -> tuple[int, ...]:
        batch, height, width, channels = self.input_shape()
        kernel_h, kernel_w = self.stream_kernel()
        return batch, height // kernel_h, width // kernel_w, channels // self.side()

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        batch, height, width, _ = self.input_shape()
        side = x.reshape(batch, height, width, -1, self.side(), self.channels()).max(axis=4)
        _, out_h, out_w, channels = self.output_shape()
        kernel_h, kernel_w = self.stream_kernel()
        whole = side.reshape(batch, height, width, channels)
        whole = whole[:, : out_h * kernel_h, : out_w * kernel_w]
        windows = whole.reshape(batch, out_h, kernel_h, out_w, kernel_w, channels)
        result: IntArray = windows.max(axis=(2, 4))
        return result

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        _, height, width, _ = self.input_shape()
        return height * width * self.folding()

    def machines(self) -> Parts:
        _, height, width, _ = self.input_shape()
        _, out_h, out_w, _ = self.output_shape()
        kernel_h, kernel_w = self.stream_kernel()
        folding = self.folding()
        waits = block(out_w, take((kernel_w - 1) * folding), Segment(folding))
        dropped = block(1, take((width - out_w * kernel_w) * folding))
        row = (block(1, take((kernel_h - 1) * width * folding)), waits, dropped)
        below = block(1, take((height - out_h * kernel_h) * width * folding))
        inside: Parts = [(through(self.frame_beats()), PAIR)] if self.side() > 1 else []
        if inside and (kernel_h, kernel_w) == (1, 1):
            return inside
        return [*inside, (machine(*row * out_h, below), PAIR)]

    def dependency(self) -> Dependency:
        kernel = self.stream_kernel()
        return last_of_window(self.output_shape(), self.input_shape()[2], kernel, kernel)

    def reach(self) -> tuple[int, int]:
        return self.stream_kernel()

    def limits(self, greatest: Self) -> list[Limit]:
        (_, most_h, most_w, _), (_, height, width, _) = greatest.input_shape(), self.input_shape()
        (rows, columns), (_, out_h, out_w, _) = self.stream_kernel(), self.output_shape()
        column, row = bits_of(most_w), bits_of(most_h)
        return [
            Limit(width - 1, column),
            Limit(out_w * columns - 1, column),
            Limit(height - 1, row),
            Limit(out_h * rows - 1, row),
            Limit(self.memory_rows() - 1, bits_of(greatest.memory_rows())),
        ]

    def check_size(self, greatest: Self) -> None:
        if self.memory_rows() < 2:
            raise self.refuse_size(
                "a row of windows is one beat, whose maximum would be read as it is written",
                "2 beats or more",
            )

    def check(self) -> None:
        name = self.onnx_node.name
        kernel = self.ints_attr("KernelSize")
        if len(kernel) != 2 or min(kernel) < 1:
            raise HardwareError(f"node {name}: KernelSize = {list(kernel)} is not two sizes (h, w)")
        self._check_pixels()
        if self.is_dynamic() and self.int_attr("Pixels") > 1:
            raise HardwareError(
                f"node {name}: {DYNAMIC} = 1, but a beat holds {self.int_attr('Pixels')} pixels, "
                "which another width may not fill; expected pixels_per_clock of 1 or less"
            )
        _, height, columns, _ = self.input_shape()
        width = columns * self.int_attr("Pixels")
        if kernel[0] > height or kernel[1] > width:
            raise HardwareError(
                f"node {name}: kernel {kernel[0]} x {kernel[1]} is larger than the input "
                f"{height} x {width}"
            )
        datatype = self.get_input_datatype()
        if datatype != self.get_output_datatype():
            raise HardwareError(f"node {name}: input and output data types differ")
        if not datatype.is_integer() or datatype.name == "BIPOLAR":
            raise HardwareError(
                f"node {name}: {datatype.name} is neither an unsigned nor a two's complement type"
            )
        super().check()

    def _check_pixels(self) -> None:
        name, pixels = self.onnx_node.name, self.int_attr("Pixels")
        self.require_divides("Pixels", pixels, self.input_shape()[3])
        columns = self.ints_attr("KernelSize")[1]
        if self.side() not in (pixels, columns):
            raise HardwareError(
                f"node {name}: windows of {columns} columns lie across pixels of the stream that "
                f"hold {pixels}; one has to divide the other"
            )
        window = self.side() * self.channels()
        if self.side() > 1 and self.lanes_in() % window:
            raise HardwareError(
                f"node {name}: PE = {self.lanes_in()} is no multiple of {window}, the "
                f"{self.side()} pixels of {self.channels()} channels that one window has in a beat"
            )

    def memory_rows(self) -> int:
        """Rows of the memory that holds the maxima of one row of windows."""
        return self.output_shape()[2] * self.folding()

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the row of maxima."""
        if self.stream_kernel() == (1, 1) and self.side() > 1:
            return 0
        return memory_bram18(self.memory_rows(), int(self.get_outstream_width()), "auto")

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, comparison and choice (1.5 a bit), output registers, counters."""
        width = int(self.get_outstream_width())
        inside = (3 * (self.side() - 1) * width) // 2 + width if self.side() > 1 else 0
        if self.stream_kernel() == (1, 1) and inside:
            return inside + 10
        _, height, columns, _ = self.input_shape()
        memory = memory_luts(self.memory_rows(), width, "auto")
        control = 2 * counter_bits(height, columns, self.folding(), self.memory_rows())
        return inside + memory + (5 * width) // 2 + control + 10

    def features(self, contents: Contents | None) -> Features:
        _, height, width, _ = self.input_shape()
        beat, rows = int(self.get_outstream_width()), self.memory_rows()
        inside = (self.get_instream_width() - beat) + 0.0  # windows that lie in one beat
        if self.side() > 1 and self.stream_kernel() == (1, 1):
            return Features({"inside": 1.5 * inside, "beat": beat}, {"beat": 2 * beat})
        memory = map_ram(rows, beat, "auto")
        counters = counter_bits(height, width, self.folding(), rows)
        small = beat * (self.folding() if self.folding() <= 2 else 2)
        found = Features(
            {"inside": 1.5 * inside, "beat": 2 * beat, "counters": counters},
            {"beat": 3 * beat, "folds": small, "counters": counters},
            [memory],
        )
        return self.with_sizes(found)


class StreamMaxPool_rtl(StreamMaxPool, SizedRtl):
    """StreamMaxPool in SystemVerilog: ``pixel_max`` for what is in one beat, ``max_pool``."""

    rtl_only = ("Windows", "Dynamic", "SizeBits")
    variants = (
        Variant("max_pool"),
        Variant("max_pool", {"Folds": 2}),
        Variant("max_pool", {"Dynamic": 1, "SizeBits": 14}),
        Variant("pixel_max"),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return self.sized_modules(*self._modules())

    def _modules(self) -> list[str]:
        inside = ["pixel_max"] if self.side() > 1 else []
        return inside if inside and self.stream_kernel() == (1, 1) else [*inside, "max_pool"]

    def rtl_body(self, model: ModelWrapper) -> str:
        modules = self._modules()
        if modules == ["max_pool"]:
            return self._max_pool()
        if modules == ["pixel_max"]:
            return self._pixel_max()
        width = self.get_outstream_width()
        return (
            f"  logic mid_valid, mid_ready;\n  logic [{width - 1}:0] mid_data;\n"
            + self._pixel_max("i_pixels").replace("(out_", "(mid_")
            + self._max_pool().replace("(in_", "(mid_")
        )

    def _lane_type(self) -> dict[str, int | str]:
        datatype = self.get_input_datatype()
        return {"Bits": int(datatype.bitwidth()), "IsSigned": int(datatype.signed())}

    def _pixel_max(self, name: str = "i_core") -> str:
        side, channels = self.side(), self.channels()
        sizes = {"Windows": self.lanes_in() // (side * channels), "Side": side}
        return self.instance(
            "pixel_max", {**sizes, "Channels": channels, **self._lane_type()}, name
        )

    def _max_pool(self) -> str:
        _, height, width, _ = self.greatest().input_shape()
        kernel_h, kernel_w = self.stream_kernel()
        return self.sized_instance(
            "max_pool",
            {
                "Lanes": self.lanes_out(),
                **self._lane_type(),
                "Folds": self.folding(),
                "Height": height,
                "Cols": width,
                "KernelH": kernel_h,
                "KernelW": kernel_w,
            },
        )


class StreamMaxPool_hls(StreamMaxPool, HlsOp):
    """StreamMaxPool in HLS C++: hw/hls/max_pool.hpp."""

    def hls_function(self) -> str:
        return "max_pool"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        _, height, width, _ = self.input_shape()
        kernel_h, kernel_w = self.stream_kernel()
        side = self.side()
        packed = {"Side": side, "Channels": self.channels()} if side > 1 else {}
        return {
            **self.lane_parameters(),
            "Lanes": self.lanes_out(),
            "Folds": self.folding(),
            "Height": height,
            "Cols": width,
            "KernelH": kernel_h,
            "KernelW": kernel_w,
            "RamStyle": RAM_STYLES["auto"],
            **packed,
        }

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamMaxPool, StreamMaxPool_rtl, StreamMaxPool_hls)
