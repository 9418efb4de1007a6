"""Quantizers of all kinds and domains, ONNX's own among them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.flows.importing.features.files import QONNX, File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def in_domain(domain: str, kind: str = "Quant") -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 5), domain=domain)
        model = f.finish(f.quant(f.conv(f.image(), 2, 3), 0.5, 3))
        for node in model.graph.node:
            node.op_type = kind if node.op_type == "Quant" else node.op_type
        return model

    return make


FEATURES["domain_brevitas"] = in_domain("onnx.brevitas")
FEATURES["domain_finn"] = in_domain("finn.custom_op.general")
FEATURES["domain_empty"] = in_domain("")
FEATURES["intquant"] = in_domain(QONNX, "IntQuant")
FEATURES["intquant_brevitas"] = in_domain("onnx.brevitas", "IntQuant")


def shifted(f: File, shape: tuple[int, ...], zeros: Any, bits: int, **attrs: int) -> str:
    """Weights of levels with zero points, as Brevitas' ShiftedUint8Weight quantizers have them."""
    given = {"signed": 0, "narrow": 0, **attrs}
    values = f.const(f.rng.uniform(-2, 2, shape))
    parameters = (f.const(0.25), f.const(zeros), f.const(bits))
    return f.op("Quant", values, *parameters, domain=QONNX, rounding_mode="ROUND", **given)


@feature
def zero_point_of_weights() -> ModelProto:
    f = File((1, 2, 6, 5))
    t = f.op("Conv", f.image(), shifted(f, (3, 2, 3, 3), 7.0, 4), kernel_shape=[3, 3])
    return f.finish(f.quant(t, 0.5, 3))


@feature
def zero_points_of_each_channel_of_weights() -> ModelProto:
    """Of a convolution, and of a fully connected layer of signed levels."""
    f = File((1, 2, 6, 5))
    zeros = f.rng.integers(0, 16, (3, 1, 1, 1))
    t = f.quant(f.op("Conv", f.image(), shifted(f, (3, 2, 3, 3), zeros, 4), kernel_shape=[3, 3]))
    t = f.op("Flatten", t)
    zeros = f.rng.integers(-8, 8, (4, 1))
    weights = shifted(f, (4, 36), zeros, 4, signed=1, narrow=1)
    return f.finish(f.quant(f.op("Gemm", t, weights, transB=1), 2.0, 4, 1))


def bipolar(domain: str) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 5), domain=domain)
        t = f.op("BipolarQuant", f.norm(f.conv(f.image(), 2, 3), 3), f.const(0.5), domain=domain)
        return f.finish(f.conv(t, 3, 2))

    return make


FEATURES["bipolar_finn"] = bipolar("finn.custom_op.general")
FEATURES["bipolar_empty"] = bipolar("")


def thresholds(
    domain: str = QONNX, one_row: bool = False, last: bool = False, **attrs: Any
) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 5))
        t = f.conv(f.image(), 2, 3)
        rows = np.sort(f.rng.normal(size=(1 if one_row else 3, 7)), axis=1)
        t = f.op("Transpose", t, perm=[0, 2, 3, 1]) if last else t
        layout = "NHWC" if last else "NCHW"
        t = f.op("MultiThreshold", t, f.const(rows), domain=domain, out_dtype="UINT4",
                 data_layout=layout, **attrs)  # fmt: skip
        t = f.op("Transpose", t, perm=[0, 3, 1, 2]) if last else t
        return f.finish(f.conv(t, 3, 2))

    return make


FEATURES["multithreshold"] = thresholds()
FEATURES["multithreshold_finn"] = thresholds("finn.custom_op.general")
FEATURES["multithreshold_one_row"] = thresholds(one_row=True)
FEATURES["multithreshold_last"] = thresholds(last=True)
FEATURES["multithreshold_scaled"] = thresholds(out_scale=0.5, out_bias=-2.0)


@feature
def multithreshold_offset() -> ModelProto:
    """A value that is no multiple of its scale."""
    f = File((1, 2, 6, 5))
    rows = np.sort(f.rng.normal(size=(3, 3)), axis=1)
    return f.finish(
        f.op("MultiThreshold", f.conv(f.image(), 2, 3), f.const(rows), domain=QONNX,
             out_dtype="FLOAT32", out_scale=0.5, out_bias=0.3, data_layout="NCHW")
    )  # fmt: skip


@feature
def multithreshold_dense() -> ModelProto:
    """As FINN writes a dense network: integer weights, scales behind them."""
    f = File((1, 8))
    rows = np.sort(f.rng.integers(-200, 200, (6, 3)), axis=1)
    t = f.op("MatMul", "x", f.const(f.rng.integers(-2, 3, (8, 6))))
    t = f.op("MultiThreshold", t, f.const(rows), domain=QONNX, out_dtype="UINT2")
    t = f.op("Mul", f.op("MatMul", t, f.const(f.rng.integers(-2, 3, (6, 3)))), f.const(0.125))
    return f.finish(t)


# --- ONNX's own -----------------------------------------------------------------------------------


def linear(
    f: File,
    source: str,
    scale: Any,
    zero: Any = 0,
    kind: Any = np.uint8,
    clip: tuple[int, int] | None = None,
    **attrs: Any,
) -> str:
    """QuantizeLinear, Clip where it is asked for, DequantizeLinear."""
    s, z = f.const(scale), f.const(zero, kind)
    t = f.op("QuantizeLinear", source, s, z, **attrs)
    if clip is not None:
        t = f.op("Clip", t, f.const(clip[0], kind), f.const(clip[1], kind))
    return f.op("DequantizeLinear", t, s, z, **attrs)


def dequantized(f: File, shape: tuple[int, ...], scale: Any, zero: Any = 0, **attrs: Any) -> str:
    """Weights that are stored as integers of 8 bits."""
    values = f.rng.integers(-7, 8, shape)
    return f.op("DequantizeLinear", f.const(values, np.int8), f.const(scale),
                f.const(zero, np.int8), **attrs)  # fmt: skip


def activation(scale: Any, zero: Any = 0, kind: Any = np.uint8, clip: Any = None) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 5))
        t = linear(f, "x", 2.0**-8)
        t = f.op("Conv", t, dequantized(f, (3, 2, 3, 3), 0.25))
        t = linear(f, t, scale, zero, kind, clip)
        return f.finish(f.op("Conv", t, dequantized(f, (2, 3, 1, 1), 0.5)))

    return make


FEATURES["qcdq_unsigned"] = activation(0.015625)
FEATURES["qcdq_signed"] = activation(0.03125, 0, np.int8)
FEATURES["qcdq_clipped"] = activation(0.25, 0, np.int8, (-8, 7))
FEATURES["qcdq_narrow"] = activation(0.25, 0, np.int8, (-7, 7))
FEATURES["qcdq_two_bits"] = activation(0.5, 0, np.uint8, (0, 3))
FEATURES["qcdq_middle_zero"] = activation(0.03125, 128)
FEATURES["qcdq_low_zero"] = activation(0.015625, -128, np.int8)
FEATURES["qcdq_odd_zero"] = activation(0.25, 3, np.uint8, (0, 12))
FEATURES["qcdq_odd_range"] = activation(0.25, 0, np.uint8, (0, 9))


@feature
def qcdq_input_of_an_odd_zero() -> ModelProto:
    """As onnxruntime's quantize_static writes it: the input's zero point is in no middle."""
    f = File((1, 2, 6, 5))
    z = f.const(117, np.uint8)
    t = f.op("QuantizeLinear", "x", f.const(0.0241), z)
    t = f.op("DequantizeLinear", t, f.nodes[-1].input[1], z)
    t = f.conv(t, 2, 3, pads=[1, 1, 1, 1])
    return f.finish(f.conv(f.quant(t, 0.0731, 4), 3, 2, (1, 1)))


@feature
def qcdq_weights() -> ModelProto:
    """Weights of float32 with a scale for each output channel; a bias of 32 bits."""
    f = File((1, 2, 6, 5))
    values = f.const(f.rng.normal(size=(4, 2, 3, 3)))
    weights = linear(f, values, [0.25, 0.125, 0.5, 0.25], [0] * 4, np.int8, (-7, 7), axis=0)
    bias = f.op("DequantizeLinear", f.const([5, -9, 100, 0], np.int32), f.const(0.01))
    t = f.op("Conv", linear(f, "x", 2.0**-8), weights, bias)
    return f.finish(linear(f, t, 0.03125))


@feature
def qcdq_dense() -> ModelProto:
    """Scales along the second axis of a matrix that is not transposed."""
    f = File((1, 8))
    t = linear(f, "x", 2.0**-8)
    weights = dequantized(f, (8, 5), [0.25, 0.5, 0.125, 0.25, 1.0], [0] * 5, axis=1)
    t = linear(f, f.op("MatMul", t, weights), 0.125)
    return f.finish(f.op("Gemm", t, dequantized(f, (3, 5), 0.5), transB=1))


@feature
def qcdq_weight_zero_point() -> ModelProto:
    f = File((1, 2, 6, 5))
    values = f.const(f.rng.integers(125, 132, (3, 2, 3, 3)), np.uint8)
    weights = f.op("DequantizeLinear", values, f.const(0.25), f.const(128, np.uint8))
    return f.finish(linear(f, f.op("Conv", linear(f, "x", 2.0**-8), weights), 0.0625))


@feature
def qcdq_scale_for_each_channel() -> ModelProto:
    f = File((1, 2, 6, 5))
    t = f.op("Conv", linear(f, "x", 2.0**-8), dequantized(f, (3, 2, 3, 3), 0.25))
    return f.finish(linear(f, t, [0.25, 0.5, 0.125], [0, 0, 0], np.uint8, axis=1))


# --- what no output needs -------------------------------------------------------------------------


@feature
def unused_parts() -> ModelProto:
    """An input, a constant and a node that nothing reads."""
    f = File((1, 2, 6, 5))
    f.inputs.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, [3]))
    f.const(np.ones(5))
    t = f.quant(f.conv(f.image(), 2, 3), 0.5, 3)
    f.op("Softmax", t)
    return f.finish(t)


@feature
def constant_nodes() -> ModelProto:
    f = File((1, 2, 6, 5))
    model = f.finish(f.quant(f.conv(f.image(), 2, 3), 0.5, 3))
    nodes = [helper.make_node("Constant", [], [c.name], value=c) for c in f.constants]
    del model.graph.initializer[:]
    nodes += model.graph.node
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


@feature
def constants_as_inputs() -> ModelProto:
    f = File((1, 2, 6, 5))
    model = f.finish(f.quant(f.conv(f.image(), 2, 3), 0.5, 3))
    for c in f.constants:
        shape = numpy_helper.to_array(c).shape
        model.graph.input.append(helper.make_tensor_value_info(c.name, c.data_type, shape))
    return model


@feature
def no_operations() -> ModelProto:
    f = File((1, 2, 6, 5))
    t = f.op("Identity", f.op("Dropout", f.op("Cast", f.image(), to=TensorProto.FLOAT)))
    return f.finish(f.op("Identity", f.quant(f.op("Dropout", f.conv(t, 2, 3)), 0.5, 3)))


@feature
def normalized_weights() -> ModelProto:
    """Weights by direction and length, as torch.nn.utils.weight_norm is exported."""
    f = File((1, 2, 6, 5))
    direction = f.const(f.rng.normal(size=(3, 2, 3, 3)))
    length = f.const(f.rng.uniform(1, 3, (3, 1, 1, 1)))
    norm = f.op("ReduceL2", direction, axes=[1, 2, 3], keepdims=1)
    weights = f.op("Mul", f.op("Div", direction, norm), length)
    attrs = {"kernel_shape": [3, 3]}
    t = f.op("Conv", f.image(), f.quant(weights, 0.125, 4, 1), **attrs)
    return f.finish(f.quant(t, 0.5, 3))


@feature
def shape_by_arithmetic() -> ModelProto:
    """A Reshape to what Shape, Mod and Slice say, as torch.nn.Unflatten is exported."""
    f = File((1, 32))
    t = f.quant(f.dense(f.image(), 32, 24), 2.0, 4)
    end = f.op("Mod", f.const([1], np.int64), f.const([2], np.int64))
    start = f.op("Slice", f.op("Shape", t), f.const([0], np.int64), end)
    shape = f.op("Concat", start, f.const([6, 2, 2], np.int64), axis=0)
    return f.finish(f.quant(f.conv(f.op("Reshape", t, shape), 6, 3, (2, 2)), 2.0, 4))
