"""Models of one operator each for the tests of the HLS headers."""

from collections.abc import Sequence
from typing import Any

from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from tests.hw.bench import one_node_model


def stream_model(op_type: str, shape: Sequence[int], datatype: str, **attrs: Any) -> ModelWrapper:
    """Model of an operator whose output has its input's data type."""
    attrs = {"inputDataType": datatype, "outputDataType": datatype, **attrs}
    return one_node_model(op_type, shape, attrs)


def window_model(
    shape: Sequence[int],
    simd: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    datatype: str,
    parallel: bool,
    ram_style: str = "auto",
    dilation: tuple[int, int] = (1, 1),
    depthwise: int = 0,
) -> ModelWrapper:
    """Model of a sliding window."""
    return stream_model(
        "SlidingWindow",
        shape,
        datatype,
        SIMD=simd,
        KernelSize=list(kernel),
        Stride=list(stride),
        Dilation=list(dilation),
        depthwise=depthwise,
        parallel_window=int(parallel),
        ram_style=ram_style,
    )


def converter_model(
    shape: Sequence[int], lanes_in: int, lanes_out: int, datatype: str
) -> ModelWrapper:
    """Model of a width converter."""
    bits = DataType[datatype].bitwidth()
    attrs = {
        "inShape": list(shape),
        "outShape": list(shape),
        "inWidth": lanes_in * bits,
        "outWidth": lanes_out * bits,
        "dataType": datatype,
    }
    return one_node_model("StreamWidthConverter", shape, attrs)
