"""StreamMaxPool: maximum over windows, stride = kernel. FINN's counterpart: StreamingMaxPool.

FINN's has no RTL variant. Attributes: ``KernelSize`` (h, w), ``PE`` (lanes of both streams).
Windows that the image does not fill are dropped (floor mode); there is no padding.
"""

from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from hw.errors import HardwareError
from hw.ops.base import IntArray, RtlOp, StreamOp
from hw.ops.estimates import counter_bits, memory_bram18, memory_luts
from hw.ops.hls_base import RAM_STYLES, HlsOp
from hw.ops.registry import register


class StreamMaxPool(StreamOp):
    """(N, H, W, C) -> (N, H // KH, W // KW, C)."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs = super().get_nodeattr_types()
        attrs.update(
            {
                # rows and columns of the window, which are its strides as well
                "KernelSize": ("ints", True, []),
                # channels in one beat
                "PE": ("i", False, 1),
            }
        )
        return attrs

    def lanes_in(self) -> int:
        return self.int_attr("PE")

    def lanes_out(self) -> int:
        return self.int_attr("PE")

    def folds(self) -> int:
        """Beats of a pixel."""
        return self.input_shape()[3] // self.lanes_in()

    def output_shape(self) -> tuple[int, ...]:
        batch, height, width, channels = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        return batch, height // kernel_h, width // kernel_w, channels

    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        batch, out_h, out_w, channels = self.output_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        whole = x[:, : out_h * kernel_h, : out_w * kernel_w]
        windows = whole.reshape(batch, out_h, kernel_h, out_w, kernel_w, channels)
        result: IntArray = windows.max(axis=(2, 4))
        return result

    def get_exp_cycles(self) -> int:
        """Clocks a frame: its input beats."""
        _, height, width, _ = self.input_shape()
        return height * width * self.folds()

    def check(self) -> None:
        name = self.onnx_node.name
        kernel = self.ints_attr("KernelSize")
        if len(kernel) != 2 or min(kernel) < 1:
            raise HardwareError(f"node {name}: KernelSize = {list(kernel)} is not two sizes (h, w)")
        _, height, width, _ = self.input_shape()
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

    def memory_rows(self) -> int:
        """Rows of the memory that holds the maxima of one row of windows."""
        return self.output_shape()[2] * self.folds()

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Estimate: RAMB18 of the row of maxima."""
        return memory_bram18(self.memory_rows(), int(self.get_instream_width()), "auto")

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Estimate: LUT RAM, comparison and choice (1.5 a bit), output registers, counters."""
        width = int(self.get_instream_width())
        _, height, columns, _ = self.input_shape()
        memory = memory_luts(self.memory_rows(), width, "auto")
        control = 2 * counter_bits(height, columns, self.folds(), self.memory_rows())
        return memory + (5 * width) // 2 + control + 10


class StreamMaxPool_rtl(StreamMaxPool, RtlOp):
    """StreamMaxPool in SystemVerilog: ``max_pool``."""

    def rtl_modules(self) -> tuple[str, ...]:
        return ("stream_fifo", "max_pool")

    def rtl_body(self, model: ModelWrapper) -> str:
        _, height, width, _ = self.input_shape()
        kernel_h, kernel_w = self.ints_attr("KernelSize")
        return self.instance(
            "max_pool",
            {
                "Lanes": self.lanes_in(),
                "Bits": self.get_input_datatype().bitwidth(),
                "IsSigned": int(self.get_input_datatype().signed()),
                "Folds": self.folds(),
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

    def hls_arguments(self, model: ModelWrapper) -> list[int | bool]:
        _, height, width, _ = self.input_shape()
        sizes = [self.folds(), height, width, *self.ints_attr("KernelSize")]
        return [*self.lane_arguments(), *sizes, RAM_STYLES["auto"]]

    def hls_trips(self) -> int:
        return self.get_exp_cycles()


register(StreamMaxPool, StreamMaxPool_rtl, StreamMaxPool_hls)
