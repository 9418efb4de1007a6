"""SlidingWindow: the windows of an image (im2col). FINN's counterpart: ConvolutionInputGenerator.

Attributes: ``KernelSize`` and ``Stride`` (h, w), ``SIMD`` (channels in one input beat),
``parallel_window`` (0: a window leaves beat by beat; 1: all its taps of SIMD channels in one
beat), ``ram_style``. The input is already padded. The output tensor holds each window in the
order (kernel row, kernel column, channel); the parallel stream has the order (C / SIMD, kernel
tap, SIMD), see docs/design/rtl.md.
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency, last_of_window
from hw.dataflow.machines import Parts
from hw.errors import HardwareError
from hw.modules import Variant
from hw.ops.base import IntArray, Role, StreamOp
from hw.ops.folding import STYLES, Folding, divisors
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.passthrough import window_to_stream
from hw.ops.registry import register
from hw.ops.rtl_base import RtlOp
from hw.ops.sliding_window.cost import SAMPLING, parallel_features, serial_features
from hw.ops.sliding_window.timing import WindowShape, parallel_machines, serial_machines
from hw.synth.cost.features import Contents, Features
from hw.synth.estimates import counter_bits, memory_bram18, memory_luts


class SlidingWindow(StreamOp):
    """(N, H, W, C) -> (N, OH, OW, KH * KW * C), OH = (H - KH) // SH + 1, OW likewise."""

    role = Role.WINDOW
    lane_attributes = ("SIMD",)
    folding_attributes = ("SIMD", "ram_style", "parallel_window")
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
                # channels in one input beat
                "SIMD": ("i", False, 1),
                # 1: all taps of a window in one beat
                "parallel_window": ("i", False, 0, {0, 1}),
                # what the line buffer is built of
                "ram_style": ("s", False, "auto", {"auto", "block", "distributed"}),
            }
        )
        return attrs

    # --- shapes -------------------------------------------------------------------------------

    def is_parallel(self) -> bool:
        """Whether all taps of a window leave in one beat."""
        return self.int_attr("parallel_window") == 1

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
        batch, height, width, channels = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        return (
            batch,
            (height - kernel_h) // stride_h + 1,
            (width - kernel_w) // stride_w + 1,
            self.taps() * channels,
        )

    def output_beats(self, y: IntArray) -> IntArray:
        """(N, OH, OW, KH * KW * C) -> (beats, lanes) in the order of the output stream."""
        if self.is_parallel():
            y = window_to_stream(y, self.taps(), self.lanes_in())
        return y.reshape(-1, self.lanes_out())

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        _, out_h, out_w, _ = self.output_shape()
        taps = [
            x[:, ky : ky + (out_h - 1) * stride_h + 1 : stride_h][
                :, :, kx : kx + (out_w - 1) * stride_w + 1 : stride_w
            ]
            for ky in range(kernel_h)
            for kx in range(kernel_w)
        ]
        return np.concatenate(taps, axis=-1)

    def check(self) -> None:
        name = self.onnx_node.name
        kernel, stride = self.ints_attr("KernelSize"), self.ints_attr("Stride")
        for what, sizes in (("KernelSize", kernel), ("Stride", stride)):
            if len(sizes) != 2 or min(sizes) < 1:
                raise HardwareError(f"node {name}: {what} = {list(sizes)} is not two sizes (h, w)")
        _, height, width, _ = self.input_shape()
        if kernel[0] > height or kernel[1] > width:
            raise HardwareError(
                f"node {name}: kernel {kernel[0]} x {kernel[1]} is larger than the input "
                f"{height} x {width}"
            )
        if self.get_input_datatype() != self.get_output_datatype():
            raise HardwareError(f"node {name}: input and output data types differ")
        super().check()

    # --- line buffer and clocks ---------------------------------------------------------------

    def serial_depth(self) -> int:
        """Beats of the serial line buffer: the smallest depth and slack.

        The smallest depth spans a window: ((KH - 1) * W + KW) * folding. KW pixels of slack let the
        next windows of the row arrive while one is read; with a vertical stride another
        (SH - 1) lines let the lines that no window shares arrive while a row of windows is read.
        """
        _, _, width, _ = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, _ = self.ints_attr("Stride")
        smallest = (kernel_h - 1) * width + kernel_w
        slack = kernel_w + (stride_h - 1) * width
        return (smallest + slack) * self.folding()

    def line_buffer_bits(self) -> int:
        """Bits of storage: RAM of the serial window; lines and window registers of the parallel."""
        beat = int(self.get_instream_width())
        if not self.is_parallel():
            return self.serial_depth() * beat
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        line = self.input_shape()[2] * self.folding()
        columns = (kernel_w - 1) * self.folding() + 1
        return (kernel_h - 1) * line * beat + columns * kernel_h * beat

    def get_exp_cycles(self) -> int:
        """Clocks a frame in steady state.

        Parallel: its input beats. Serial: its input or output beats, whichever are more, the
        latter with the waits at the first window of a row and of a frame, whose last beats have
        yet to arrive: of the window's beats, those that were not in the full buffer before nor
        arrive while the window is read.
        """
        _, height, width, _ = self.input_shape()
        folding = self.folding()
        beats_in = height * width * folding
        if self.is_parallel():
            return beats_in
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        _, out_h, out_w, _ = self.output_shape()
        window = self.taps() * folding
        span = ((kernel_h - 1) * width + kernel_w) * folding
        row_start = (out_w - 1) * stride_w
        next_row = (stride_h * width - row_start) * folding
        next_frame = ((height - (out_h - 1) * stride_h) * width - row_start) * folding
        missing = span - self.serial_depth() - window
        waits = (out_h - 1) * max(0, missing + next_row) + max(0, missing + next_frame)
        return max(beats_in, out_h * out_w * window + waits)

    def shape(self) -> WindowShape:
        """Its sizes."""
        _, height, width, _ = self.input_shape()
        _, out_h, out_w, _ = self.output_shape()
        kernel, stride = self.pair_attr("KernelSize"), self.pair_attr("Stride")
        return WindowShape(height, width, self.folding(), (out_h, out_w), kernel, stride)

    def machines(self) -> Parts:
        if self.is_parallel():
            return parallel_machines(self.shape())
        return serial_machines(self.shape(), self.serial_depth())

    def dependency(self) -> Dependency:
        kernel, stride = self.pair_attr("KernelSize"), self.pair_attr("Stride")
        return last_of_window(self.output_shape(), self.input_shape()[2], kernel, stride)

    # --- folding and cost -----------------------------------------------------------------------

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Every SIMD, kind and style."""
        for simd in divisors(self.input_shape()[3]):
            for kind in (0, 1) if self.taps() > 1 else (0,):
                yield Folding({"SIMD": simd, "parallel_window": kind}, STYLES)

    def stream_settings(self, settings: Mapping[str, Any]) -> dict[str, int]:
        is_parallel = bool(settings["parallel_window"])
        return {
            "window_taps": self.taps() if is_parallel else 0,
            "window_simd": int(settings["SIMD"]) if is_parallel else 0,
        }

    def cost_kind(self) -> str:
        return self.cost_kinds[0 if self.is_parallel() else 1]

    def features(self, contents: Contents | None) -> Features:
        beat, style = self.get_instream_width(), str(self.get_nodeattr("ram_style"))
        if self.is_parallel():
            return parallel_features(self.shape(), beat, style)
        return serial_features(self.shape(), self.serial_depth(), beat, style)

    # --- resources ----------------------------------------------------------------------------

    def _memory(self) -> tuple[int, int]:
        """Rows and bits of a row of the RAM (0 rows: none)."""
        beat = int(self.get_instream_width())
        if not self.is_parallel():
            return self.serial_depth(), beat
        lines = self.ints_attr("KernelSize")[0] - 1
        return (self.input_shape()[2] * self.folding() if lines else 0), lines * beat

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
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        shift = (kernel_w - 1) * kernel_h * beat * ceil((folding - 1) / 32)
        return memory + shift + 2 * counter_bits(in_h, in_w, folding, rows) + beat + 10


class SlidingWindow_rtl(SlidingWindow, RtlOp):
    """SlidingWindow in SystemVerilog: ``sliding_window_serial`` or ``sliding_window_parallel``."""

    variants = (
        Variant("sliding_window_parallel"),
        Variant("sliding_window_parallel", {"KernelH": 1, "Folds": 3}),
        Variant("sliding_window_serial"),
    )

    def rtl_modules(self) -> tuple[str, ...]:
        return (self._module(),)

    def _module(self) -> str:
        return "sliding_window_parallel" if self.is_parallel() else "sliding_window_serial"

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        params: dict[str, int | str] = {
            "Width": self.get_instream_width(),
            "Folds": self.folding(),
            "Height": height,
            "Cols": width,
            "KernelH": kernel_h,
            "KernelW": kernel_w,
            "StrideH": stride_h,
            "StrideW": stride_w,
        }
        if not self.is_parallel():
            params["Depth"] = self.serial_depth()
        params["RamStyle"] = str(self.get_nodeattr("ram_style"))
        return self.instance(self._module(), params)


class SlidingWindow_hls(SlidingWindow, HlsOp):
    """SlidingWindow in HLS C++: hw/hls/sliding_window_serial.hpp or _parallel.hpp."""

    def hls_function(self) -> str:
        return "sliding_window_parallel" if self.is_parallel() else "sliding_window_serial"

    def hls_parameters(self, model: ModelWrapper) -> dict[str, int | bool]:
        _, height, width, _ = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        return {
            **self.lane_parameters(),
            "Folds": self.folding(),
            "Height": height,
            "Cols": width,
            "KernelH": kernel_h,
            "KernelW": kernel_w,
            "StrideH": stride_h,
            "StrideW": stride_w,
            "RamStyle": RAM_STYLES[str(self.get_nodeattr("ram_style"))],
        }

    def hls_trips(self) -> int:
        """Trips a frame. Parallel: its input beats. Serial: as sliding_window_serial.hpp says.

        A call handles one frame, so that, unlike in ``get_exp_cycles``, the first window of a
        frame never arrives while the last ones of the frame before leave.
        """
        _, height, width, _ = self.input_shape()
        folding = self.folding()
        beats = height * width * folding
        if self.is_parallel():
            return beats
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        stride_h, stride_w = self.ints_attr("Stride")
        _, out_h, out_w, _ = self.output_shape()
        span = ((kernel_h - 1) * width + kernel_w) * folding
        slack = self.serial_depth() - span
        window, next_col = self.taps() * folding, stride_w * folding
        row_in = stride_h * width * folding
        next_row = row_in - (out_w - 1) * next_col
        row_out = max(
            out_w * window,
            (out_w - 1) * window + next_row + 1 - slack,
            window + (out_w - 1) * next_col + 1 - slack if out_w > 1 else 0,
        )
        last = (out_h - 1) * row_in + (out_w - 1) * next_col
        rest = max(0, beats - last - self.serial_depth())
        trips = span + 1 + (out_h - 1) * max(row_in, row_out) + rest
        trips += (out_w - 1) * max(window, next_col)
        trips += slack if next_col > window and row_out > row_in else 0
        return max(beats, trips)


register(SlidingWindow, SlidingWindow_rtl, SlidingWindow_hls)
