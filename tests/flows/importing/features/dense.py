"""Fully connected layers, alone and behind convolutions."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def behind_convolution(views: Callable[[File, str], str], last: int = 3 * 4 * 4) -> Make:
    """Convolution, quantizer, views, a dense layer."""

    def make() -> ModelProto:
        f = File((1, 2, 6, 6))
        t = f.quant(f.conv(f.image(), 2, 3), 0.5, 3)
        return f.finish(f.dense(views(f, t), last, 5))

    return make


def shape(f: File, *sizes: int) -> str:
    return f.const(sizes, np.int64)


VIEWS: dict[str, Any] = {
    "flatten": lambda f, t: f.op("Flatten", t),
    "flatten_axis": lambda f, t: f.op("Flatten", t, axis=-3),
    "reshape": lambda f, t: f.op("Reshape", t, shape(f, 1, 48)),
    "reshape_rest": lambda f, t: f.op("Reshape", t, shape(f, 1, -1)),
    "reshape_kept": lambda f, t: f.op("Reshape", t, shape(f, 0, -1)),
    "transpose_flatten": lambda f, t: f.op("Flatten", f.op("Transpose", t, perm=[0, 2, 3, 1])),
    "two_reshapes": lambda f, t: f.op("Reshape", f.op("Reshape", t, shape(f, 1, 3, 16)),
                                      shape(f, 1, 48)),
    "pool_squeeze": lambda f, t: f.op("Squeeze", f.op("MaxPool", t, kernel_shape=[4, 4],
                                                      strides=[4, 4]), shape(f, 2, 3)),
    "unsqueeze": lambda f, t: f.op("Flatten", f.op("Unsqueeze", t, shape(f, 2))),
}  # fmt: skip
for name, views in VIEWS.items():
    FEATURES[f"behind_{name}"] = behind_convolution(views, 3 if name == "pool_squeeze" else 48)


def two_layers(layer: Callable[[File, str, int, int], str]) -> Make:
    def make() -> ModelProto:
        f = File((1, 12))
        t = f.quant(layer(f, f.image(), 12, 7), 0.5, 3)
        return f.finish(layer(f, t, 7, 4))

    return make


def _gemm(f: File, t: str, inputs: int, outputs: int, **attrs: Any) -> str:
    return f.op("Gemm", t, f.weights(inputs, outputs), **attrs)


def _with(bias: Callable[[int], Any], **attrs: Any) -> Any:
    def layer(f: File, t: str, inputs: int, outputs: int) -> str:
        return f.op("Gemm", t, f.weights(inputs, outputs), f.const(bias(outputs)), **attrs)

    return layer


def _quantized_bias(f: File, t: str, inputs: int, outputs: int) -> str:
    bias = f.quant(f.const(f.rng.normal(size=outputs)), 0.125, 6, 1)
    return f.op("Gemm", t, f.weights(inputs, outputs), bias)


def _transposed_node(f: File, t: str, inputs: int, outputs: int) -> str:
    return f.op("MatMul", t, f.op("Transpose", f.weights(outputs, inputs), perm=[1, 0]))


def _scales(f: File, t: str, inputs: int, outputs: int) -> str:
    scales = f.rng.choice([0.25, 0.5, 0.125], (1, outputs))
    return f.op("MatMul", t, f.weights(inputs, outputs, scale=scales))


def _scales_transposed(f: File, t: str, inputs: int, outputs: int) -> str:
    scales = f.rng.choice([0.25, 0.5, 0.125], (outputs, 1))
    return f.op("Gemm", t, f.weights(outputs, inputs, scale=scales), transB=1)


def _bipolar(f: File, t: str, inputs: int, outputs: int) -> str:
    values = f.const(f.rng.normal(size=(outputs, inputs)))
    weights = f.op("BipolarQuant", values, f.const(0.5), domain=f.domain)
    return f.op("Gemm", t, weights, transB=1)


def _integers(f: File, t: str, inputs: int, outputs: int) -> str:
    return f.op("MatMul", t, f.const(f.rng.integers(-2, 3, (inputs, outputs))))


LAYERS: dict[str, Any] = {
    "gemm": _gemm,
    "gemm_transposed": lambda f, t, i, o: f.dense(t, i, o),
    "gemm_factors": _with(lambda o: np.arange(o) * 0.3, alpha=0.5, beta=2.0),
    "gemm_row": _with(lambda o: np.arange(o).reshape(1, o) * 0.3),
    "gemm_one_bias": _with(lambda o: 0.7),
    "gemm_no_bias": _with(lambda o: np.arange(o) * 0.3, beta=0.0),
    "gemm_quantized_bias": _quantized_bias,
    "matmul": lambda f, t, i, o: f.op("MatMul", t, f.weights(i, o)),
    "matmul_bias": lambda f, t, i, o: f.op("Add", f.op("MatMul", t, f.weights(i, o)),
                                           f.const(np.arange(o) * 0.3)),
    "matmul_bias_first": lambda f, t, i, o: f.op("Add", f.const(np.arange(o) * 0.3),
                                                 f.op("MatMul", t, f.weights(i, o))),
    "matmul_transposed": _transposed_node,
    "scale_for_each_output": _scales,
    "scale_for_each_output_transposed": _scales_transposed,
    "bipolar_weights": _bipolar,
    "integer_weights": _integers,
}  # fmt: skip
for name, layer in LAYERS.items():
    FEATURES[name] = two_layers(layer)


@feature
def dense_normalized() -> ModelProto:
    f = File((1, 12))
    t = f.norm(f.dense(f.image(), 12, 8), 8)
    t = f.quant(f.op("Relu", t), 0.5, 3)
    return f.finish(f.dense(t, 8, 4))


@feature
def dense_of_image() -> ModelProto:
    """As LeNet-300 and TFC: the image is flattened at once."""
    f = File((1, 2, 4, 3))
    t = f.dense(f.op("Flatten", f.image()), 24, 6)
    return f.finish(f.dense(f.quant(t, 0.5, 2), 6, 3))


@feature
def dense_of_each_feature() -> ModelProto:
    """A normalization of each pixel of its own, as of a flat vector."""
    f = File((1, 1, 4, 3))
    t = f.norm(f.op("Flatten", "x"), 12)
    return f.finish(f.dense(f.quant(t, 0.5, 3), 12, 3))


@feature
def dense_of_rows() -> ModelProto:
    """(1, L, C): the same weights for each of the L rows."""
    f = File((1, 5, 4))
    t = f.op("MatMul", f.image(), f.weights(4, 6))
    t = f.quant(f.op("Add", t, f.const(np.arange(6) * 0.3)), 0.5, 3)
    return f.finish(f.op("MatMul", t, f.weights(6, 3)))


@feature
def dense_of_rows_flattened() -> ModelProto:
    f = File((1, 5, 4))
    t = f.quant(f.op("MatMul", f.image(), f.weights(4, 6)), 0.5, 3)
    return f.finish(f.dense(f.op("Flatten", t), 30, 3))


@feature
def vector_of_weights() -> ModelProto:
    f = File((1, 12))
    return f.finish(f.op("MatMul", f.image(), f.weights(12)))


@feature
def reshaped_input() -> ModelProto:
    """A flat input that is an image."""
    f = File((1, 48))
    t = f.op("Reshape", f.image(), f.const([1, 3, 4, 4], np.int64))
    t = f.quant(f.conv(t, 3, 4), 0.5, 3)
    return f.finish(f.dense(f.op("Flatten", t), 16, 3))
