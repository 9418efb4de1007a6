"""SlidingWindow: the windows of an image (im2col). FINN's counterpart: ConvolutionInputGenerator.

Attributes: ``KernelSize``, ``Stride`` and ``Dilation`` (h, w), ``SIMD`` (channels in one input
beat), ``parallel_window`` (0: a window leaves beat by beat; 1: all its taps of SIMD channels in one
beat), ``depthwise`` (1: beat by beat, but all taps of SIMD channels before those of the next),
``ram_style``, ``dynamic_mode`` (hw.ops.sizes). The input is already padded. The output tensor holds
each window in the order (kernel row, kernel column, channel); the parallel and the depthwise stream
have the order (C / SIMD, kernel tap, SIMD), see docs/design/rtl.md.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, Self

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency, last_of_window
from hw.dataflow.machines import Parts
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, Role
from hw.ops.folding import STYLES, Folding, divisors
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.passthrough import window_to_stream
from hw.ops.registry import register
from hw.ops.sizes import DYNAMIC, Limit, SizedOp, SizedRtl
from hw.ops.sliding_window.cost import SAMPLING, parallel_features, serial_features
from hw.ops.sliding_window.shape import WindowShape
from hw.ops.sliding_window.sizes import parallel_limits, refusal, serial_limits
from hw.ops.sliding_window.timing import parallel_machines, serial_machines
from hw.synth.cost.features import Contents, Features
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts


class SlidingWindow(SizedOp):
    """(N, H, W, C) -> (N, OH, OW, KH * KW * C), OH = (H - KH) // SH + 1, OW likewise."""

    role = Role.WINDOW
    finn_names = (
        "ConvolutionInputGenerator",
        "ConvolutionInputGenerator1D",
    )
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD", "ram_style", "parallel_window", DYNAMIC)
    cost_kinds = ("ParallelWindow", "SerialWindow")
    sampling = SAMPLING

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the window
                "KernelSize": ("ints", True, []),
                # rows and columns from a window to the next
                "Stride": ("ints", False, [1, 1]),
                # rows and columns from a tap to the next
                "Dilation": ("ints", False, [1, 1]),
                # channels in one input beat
                "SIMD": ("i", False, 1),
                # 1: all taps of a window in one beat
                "parallel_window": ("i", False, 0, {0, 1}),
                # 1: fold by fold, all taps of SIMD channels before those of the next
                "depthwise": ("i", False, 0, {0, 1}),
                # what the line buffer is built of
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
            }
        )
        return attrs

    # --- shapes -------------------------------------------------------------------------------

    def is_parallel(self) -> bool:
        """Whether all taps of a window leave in one beat."""
        return self.int_attr("parallel_window") == 1

    def is_by_fold(self) -> bool:
        """Whether the stream has the order (C / SIMD, kernel tap, SIMD)."""
        return self.is_parallel() or self.int_attr("depthwise") == 1

    def taps(self) -> int:
        """Pixels of a window."""
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        return kernel_h * kernel_w

    def folding(self) -> int:
        """Input beats of a pixel."""
        return self.input_shape()[3] // self.lanes_in()

    def lanes_in(self) -> int:
        return self.int_attr("SIMD")

    def lanes_out(self) -> int:
        return self.lanes_in() * (self.taps() if self.is_parallel() else 1)

    def output_shape(self) -> tuple[int, ...]:
        batch, _, _, channels = self.input_shape()
        return (batch, *self.shape().out, self.taps() * channels)

    def output_beats(self, y: IntArray) -> IntArray:
        """(N, OH, OW, KH * KW * C) -> (beats, lanes) in the order of the output stream."""
        if self.is_by_fold():
            y = window_to_stream(y, self.taps(), self.lanes_in())
        return y.reshape(-1, self.lanes_out())

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        shape = self.shape()
        (kernel_h, kernel_w), (stride_h, stride_w) = shape.kernel, shape.stride
        (out_h, out_w), (gap_h, gap_w) = shape.out, shape.dilation
        rows = [slice(k * gap_h, k * gap_h + (out_h - 1) * stride_h + 1, stride_h)
                for k in range(kernel_h)]  # fmt: skip
        columns = [slice(k * gap_w, k * gap_w + (out_w - 1) * stride_w + 1, stride_w)
                   for k in range(kernel_w)]  # fmt: skip
        taps = [x[:, row][:, :, column] for row in rows for column in columns]
        return np.concatenate(taps, axis=-1)

    def check(self) -> None:
        name = self.onnx_node.name
        for what in ("KernelSize", "Stride", "Dilation"):
            sizes = self.ints_attr(what)
            if len(sizes) != 2 or min(sizes) < 1:
                raise HardwareError(f"node {name}: {what} = {list(sizes)} is not two sizes (h, w)")
        shape = self.shape()
        if shape.reach[0] > shape.height or shape.reach[1] > shape.width:
            (rows, columns), (gap_h, gap_w) = shape.kernel, shape.dilation
            dilated = f" dilated by {gap_h} x {gap_w}" if (gap_h, gap_w) != (1, 1) else ""
            raise HardwareError(
                f"node {name}: kernel {rows} x {columns}{dilated} is larger than the input "
                f"{shape.height} x {shape.width}"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {name}: input and output data types differ")
        super().check()

    def reach(self) -> tuple[int, int]:
        return self.shape().reach

    def limits(self, greatest: Self) -> list[Limit]:
        if self.is_parallel():
            return parallel_limits(self.shape(), greatest.shape())
        return serial_limits(self.shape(), greatest.shape())

    def check_size(self, greatest: Self) -> None:
        if self.is_parallel() and (why := refusal(self.shape(), greatest.shape())):
            raise self.refuse_size(*why)

    # --- line buffer and clocks ---------------------------------------------------------------

    def shape(self) -> WindowShape:
        """Its sizes."""
        _, height, width, _ = self.input_shape()
        return WindowShape(
            height,
            width,
            self.folding(),
            self.pair_attr("KernelSize"),
            self.pair_attr("Stride"),
            self.pair_attr("Dilation"),
            bool(self.int_attr("depthwise")),
        )

    def serial_depth(self) -> int:
        """Beats of the serial line buffer: the smallest depth and slack."""
        return self.shape().depth

    def line_buffer_bits(self) -> int:
        """Bits of storage: RAM of the serial window; lines and window registers of the parallel."""
        beat, shape = int(self.get_instream_width()), self.shape()
        if not self.is_parallel():
            return shape.depth * beat
        columns = (shape.reach[1] - 1) * shape.folding + 1
        return (shape.reach[0] - 1) * shape.width * shape.folding * beat + (
            columns * shape.kernel[0] * beat
        )

    def get_exp_cycles(self) -> int:
        """Clocks a frame in steady state. Parallel: its input beats. Serial: as the shape says."""
        shape = self.shape()
        if self.is_parallel():
            return shape.height * shape.width * shape.folding
        return shape.serial_clocks()

    def machines(self) -> Parts:
        return (
            parallel_machines(self.shape()) if self.is_parallel() else serial_machines(self.shape())
        )

    def dependency(self) -> Dependency:
        shape = self.shape()
        return last_of_window(self.output_shape(), shape.width, shape.reach, shape.stride)

    # --- folding and cost -----------------------------------------------------------------------

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every SIMD, kind and style."""
        for simd in divisors(self.input_shape()[3]):
            for kind in (0, 1) if self.taps() > 1 else (0,):
                yield Folding({"SIMD": simd, "parallel_window": kind}, STYLES)

    def stream_settings(self, settings: Mapping[str, Any]) -> dict[str, int]:
        by_fold = bool(settings["parallel_window"]) or self.int_attr("depthwise") == 1
        return {
            "window_taps": self.taps() if by_fold else 0,
            "window_simd": int(settings["SIMD"]) if by_fold else 0,
        }

    def cost_kind(self) -> str:
        return self.cost_kinds[0 if self.is_parallel() else 1]

    def features(self, contents: Contents | None) -> Features:
        beat, style = self.get_instream_width(), str(self.get_nodeattr("ram_style"))
        if self.is_parallel():
            return self.with_sizes(parallel_features(self.shape(), beat, style))
        return self.with_sizes(serial_features(self.shape(), beat, style))

    def size_parameters(self) -> dict[str, int]:
        """Parameters of the RTL module and of the HLS template, those of the line buffer aside."""
        shape = self.shape()
        params = {
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
        return params if self.is_parallel() else {**params, "Depthwise": int(shape.by_fold)}

    # --- resources ----------------------------------------------------------------------------

    def _memory(self) -> tuple[int, int]:
        """Rows and bits of a row of the RAM (0 rows: none)."""
        beat = int(self.get_instream_width())
        if not self.is_parallel():
            return self.serial_depth(), beat
        shape = self.shape()
        lines = shape.kernel[0] - 1
        line = shape.dilation[0] * shape.width * shape.folding
        return (line if lines else 0), lines * beat

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the line buffer."""
        rows, width = self._memory()
        return memory_bram18(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, shift registers (SRL32) between taps, counters and pointers."""
        rows, width = self._memory()
        beat, folding = int(self.get_instream_width()), self.folding()
        _, in_h, in_w, _ = self.input_shape()
        memory = memory_luts(rows, width, str(self.get_nodeattr("ram_style"))) if rows else 0
        if not self.is_parallel():
            depth_bits = counter_bits(self.serial_depth())
            # room and avail with their constants, three pointers with wrap-around
            return memory + 11 * depth_bits + counter_bits(in_h, in_w, folding) + beat + 10
        (kernel_h, kernel_w), gap = self.pair_attr("KernelSize"), self.pair_attr("Dilation")[1]
        shift = (kernel_w - 1) * kernel_h * beat * ceil((gap * folding - 1) / 32)
        return memory + shift + 2 * counter_bits(in_h, in_w, folding, rows) + beat + 10


class SlidingWindow_rtl(SlidingWindow, SizedRtl):
    """SlidingWindow in SystemVerilog: ``sliding_window_serial`` or ``sliding_window_parallel``."""

    rtl_only = ("Width", "Depth", "Dynamic", "SizeBits")
    variants = (
        Variant("sliding_window_parallel"),
        Variant("sliding_window_parallel", {"KernelH": 1, "Folds": 3}),
        Variant("sliding_window_serial"),
        Variant("sliding_window_serial", {"Folds": 2, "Depthwise": 1, "Depth": 44}),
        Variant("sliding_window_serial", {"DilationW": 2, "Depth": 24}),
        Variant("sliding_window_parallel", {"Dynamic": 1, "SizeBits": 9}),
        Variant("sliding_window_serial", {"Dynamic": 1, "SizeBits": 101}),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return self.sized_modules(self._module())

    def _module(self) -> str:
        return "sliding_window_parallel" if self.is_parallel() else "sliding_window_serial"

    def rtl_body(self, model: ModelWrapper) -> str:
        params: dict[str, int | str] = {"Width": self.get_instream_width()}
        params |= self.greatest().size_parameters()
        if not self.is_parallel():
            params["Depth"] = self.greatest().serial_depth()
        params["RamStyle"] = str(self.get_nodeattr("ram_style"))
        return self.sized_instance(self._module(), params)


class SlidingWindow_hls(SlidingWindow, HlsOp):
    """SlidingWindow in HLS C++: hw/hls/sliding_window_serial.hpp or _parallel.hpp."""

    hls_only = ("Lanes", "Bits", "IsSigned")

    def hls_function(self) -> str:
        return "sliding_window_parallel" if self.is_parallel() else "sliding_window_serial"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        return {
            **self.lane_parameters(),
            **self.size_parameters(),
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
        }

    def hls_trips(self) -> int:
        """Trips a frame. Parallel: its input beats. Serial: as sliding_window_serial.hpp says."""
        return self.get_exp_cycles() if self.is_parallel() else self.shape().serial_trips()


register(SlidingWindow, SlidingWindow_rtl, SlidingWindow_hls)
