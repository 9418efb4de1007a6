"""FINN's files of behind its streamlining: layers as Im2Col and a matrix, bits that are counted."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto, TensorProto, helper

from tests.flows.importing.features.files import QONNX, File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}
TO_FIRST, TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


class Lowered(File):
    """A file of integers (1, H, W, C); each tensor that windows are taken of has a type."""

    def windows(self, source: str, kernel: tuple[int, int], channels: int, **attrs: object) -> str:
        given = {"stride": [1, 1], "pad_amount": [0] * 4, "depthwise": 0, "pad_value": 0,
                 "dilations": [1, 1], **attrs}  # fmt: skip
        height, width = self.shape[1:3]
        return self.op(
            "Im2Col", source, kernel_size=list(kernel), domain=QONNX,
            input_shape=f"(1,{height},{width},{channels})", **given,
        )  # fmt: skip

    def matrix(self, source: str, matrix: object) -> str:
        return self.op("MatMul", source, self.const(matrix))

    def levels(self, source: str, thresholds: object, kind: str = "UINT2") -> str:
        rows = self.const(np.sort(np.asarray(thresholds, np.float32), axis=1))
        return self.op("MultiThreshold", source, rows, domain=QONNX, out_dtype=kind,
                       data_layout="NHWC", out_scale=1.0, out_bias=0.0)  # fmt: skip

    def done(self, output: str, shapes: dict[str, tuple[int, ...]] | None = None) -> ModelProto:
        """shapes: of tensors of which QONNX's inference asks for them."""
        model = self.finish(output)
        for name, shape in (shapes or {}).items():
            info = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            model.graph.value_info.append(info)
        for info in (name for node in model.graph.node for name in (node.input[0],)):
            annotation = model.graph.quantization_annotation.add(tensor_name=info)
            value = "UINT8" if info == "x" else "INT32"
            annotation.quant_parameter_tensor_names.add(key="finn_datatype", value=value)
        return model


@feature
def windows_and_matrix() -> ModelProto:
    """Kernels of 3 x 2, strides and pads that differ, dilation."""
    f = Lowered((1, 7, 6, 3))
    t = f.windows("x", (3, 2), 3, stride=[2, 1], pad_amount=[1, 0, 2, 1], dilations=[1, 2])
    t = f.matrix(t, f.rng.integers(-3, 4, (18, 7)))
    return f.done(f.levels(t, f.rng.integers(-1500, 1500, (7, 3))))


@feature
def depthwise_windows() -> ModelProto:
    """A matrix with a column of its own for each channel."""
    f = Lowered((1, 6, 5, 4))
    kernel = f.rng.integers(-2, 3, (9, 4))
    matrix = np.concatenate([np.diag(row) for row in kernel])
    t = f.matrix(f.windows("x", (3, 3), 4, depthwise=1, pad_amount=[1] * 4), matrix)
    return f.done(f.levels(t, f.rng.integers(-800, 800, (4, 3))))


@feature
def maximum_of_channels_last() -> ModelProto:
    f = Lowered((1, 7, 6, 3))
    t = f.levels(f.matrix("x", f.rng.integers(-3, 4, (3, 5))), f.rng.integers(-500, 500, (5, 3)))
    pooled = t
    attrs = {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 0], "ceil_mode": 1}
    t = f.op("MaxPoolNHWC", t, domain=QONNX, **attrs)
    return f.done(t, {pooled: (1, 7, 6, 5)})


@feature
def bits_that_are_alike() -> ModelProto:
    """Counted over windows, and over all that is left."""
    f = Lowered((1, 4, 5, 3))
    t = f.levels("x", f.rng.integers(90, 170, (3, 1)), "BINARY")
    t = f.windows(t, (2, 2), 3)
    t = f.op("XnorPopcountMatMul", t, f.const(f.rng.integers(0, 2, (12, 6))), domain=QONNX)
    t = f.levels(t, f.rng.integers(5, 8, (6, 1)), "BINARY")
    t = f.op("Reshape", t, f.const([1, 72], np.int64))
    bits = f.const(f.rng.integers(0, 2, (72, 5)))
    return f.done(f.op("XnorPopcountMatMul", t, bits, domain=QONNX))
