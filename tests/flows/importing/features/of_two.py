"""Products, maxima and minima of two tensors, and small tensors laid over large ones."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def ended(f: File, tensor: str, channels: int = 4, scale: float = 1.0) -> ModelProto:
    return f.finish(f.conv(f.quant(tensor, scale, 5, 1), channels, 3, (1, 1)))


def of_two(kind: str, signs: tuple[int, int], scales: tuple[object, object]) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 6))
        image = f.image()
        a, b = (
            f.quant(f.conv(image, 2, 4), scale, 3 + index, signs[index])
            for index, scale in enumerate(scales)
        )
        return ended(f, f.op(kind, a, b))

    return make


#: A scale for each channel.
CHANNELS = np.array([0.5, 0.25, 1.0, 0.3]).reshape(1, 4, 1, 1)
FEATURES["product"] = of_two("Mul", (0, 0), (0.5, 0.375))
FEATURES["product_of_signed"] = of_two("Mul", (1, 1), (0.5, 0.125))
FEATURES["product_of_scales_of_channels"] = of_two("Mul", (1, 0), (CHANNELS, 0.25))
FEATURES["maximum"] = of_two("Max", (1, 0), (0.5, 0.5))
FEATURES["maximum_of_scales"] = of_two("Max", (1, 1), (0.75, 0.5))
FEATURES["minimum"] = of_two("Min", (0, 1), (0.25, 0.5))
FEATURES["difference"] = of_two("Sub", (0, 1), (0.25, 0.5))


@feature
def product_of_sums() -> ModelProto:
    """No quantizer in front; and one tensor times a part of itself."""
    f = File((1, 2, 4, 4))
    image = f.image()
    t = f.op("Mul", f.conv(image, 2, 4, (1, 1)), f.quant(f.conv(image, 2, 4, (1, 1)), 0.5, 2))
    return ended(f, t, scale=8.0)


@feature
def maximum_of_four_and_a_constant() -> ModelProto:
    f = File((1, 2, 6, 6), opset=8)
    image = f.image()
    a, b, c, d = (f.quant(f.conv(image, 2, 4), 0.5, 3, 1) for _ in range(4))
    low = f.const(np.array([0.5, -1.0, 2.0, 0.0]).reshape(1, 4, 1, 1))
    return ended(f, f.op("Min", f.quant(f.op("Max", low, a, b, c), 0.5, 3, 1), d))


@feature
def falling_behind_each() -> ModelProto:
    """Below zero by a constant behind a product, a maximum and a minimum."""
    f = File((1, 2, 6, 6))
    image = f.image()
    a, b, c, d = (f.quant(f.conv(image, 2, 4), 0.5, 3, 1) for _ in range(4))
    minus, half = f.const(-0.5), f.const(np.array([0.5, -0.5, 1.0, -1.0]).reshape(1, 4, 1, 1))
    t = f.quant(f.op("Mul", f.op("Max", a, b), minus), 0.5, 3, 1)
    u = f.quant(f.op("Mul", f.op("Min", c, d), minus), 0.5, 3, 1)
    v = f.op("Mul", f.op("Mul", f.conv(image, 2, 4), a), half)
    parts = f.quant(f.op("Mul", t, u), 0.5, 4), f.quant(v, 2.0, 4, 1)
    return ended(f, f.op("Concat", *parts, axis=1), 8)


def excited(f: File, t: str, channels: int, mean: str) -> str:
    """Squeeze and excitation of t; mean: of its rows and columns, (1, C) or (1, C, 1, 1)."""
    gate = f.quant(f.op("Relu", f.conv(f.quant(mean, 0.05, 5), channels, 2, (1, 1))), 0.1, 4)
    gate = f.quant(f.op("Sigmoid", f.conv(gate, 2, channels, (1, 1))), 1 / 15, 4)
    return f.op("Mul", t, gate)


@feature
def squeeze_and_excitation() -> ModelProto:
    f = File((1, 2, 7, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.25, 4)
    return ended(f, excited(f, t, 4, f.op("GlobalAveragePool", t)), scale=0.25)


@feature
def squeeze_and_excitation_dense() -> ModelProto:
    """As PyTorch writes it: mean, fully connected layers, and a view to pixels."""
    f = File((1, 2, 7, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.25, 4)
    s = f.quant(f.op("ReduceMean", t, axes=[2, 3], keepdims=0), 0.05, 5)
    s = f.quant(f.op("Relu", f.dense(s, 4, 2)), 0.1, 4)
    s = f.quant(f.op("HardSigmoid", f.dense(s, 2, 4), alpha=0.21, beta=0.5), 0.07, 4)
    s = f.op("Unsqueeze", f.op("Unsqueeze", s, f.const([2], np.int64)), f.const([3], np.int64))
    return ended(f, f.op("Mul", s, t), scale=0.25)


@feature
def sum_over_pixels() -> ModelProto:
    """A tensor of one pixel added to all pixels; one of one row to all rows."""
    f = File((1, 2, 6, 5))
    t = f.quant(f.conv(f.image(), 2, 4), 0.25, 4)
    one = f.quant(f.conv(f.quant(f.op("GlobalAveragePool", t), 0.05, 4), 4, 4, (1, 1)), 0.25, 4, 1)
    row = f.quant(f.conv(t, 4, 4, (4, 1)), 0.5, 4, 1)
    return ended(f, f.op("Max", f.op("Sub", t, one), row), scale=0.25)


@feature
def spatial_attention() -> ModelProto:
    """A mask of one channel times all channels."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.25, 4)
    mask = f.quant(f.op("Sigmoid", f.conv(t, 4, 1, pads=[1, 1, 1, 1])), 1 / 15, 4)
    return ended(f, f.op("Mul", mask, t), scale=0.25)


@feature
def gate_of_one_dimension() -> ModelProto:
    f = File((1, 3, 16))
    t = f.quant(f.conv(f.image(), 3, 4, (3,)), 0.25, 4)
    s = f.quant(f.op("GlobalAveragePool", t), 0.05, 5)
    s = f.quant(f.op("Sigmoid", f.conv(s, 4, 4, (1,))), 1 / 15, 4)
    return f.finish(f.conv(f.quant(f.op("Mul", t, s), 0.25, 4), 4, 3, (1,)))


@feature
def gate_channels_last() -> ModelProto:
    """As TensorFlow's files have it: a mean with its axes kept, dense layers over channels."""
    f = File((1, 7, 6, 2))
    t = f.op("Transpose", f.image(), perm=[0, 3, 1, 2])
    t = f.op("Transpose", f.quant(f.conv(t, 2, 4), 0.25, 4), perm=[0, 2, 3, 1])
    s = f.quant(f.op("ReduceMean", t, axes=[1, 2], keepdims=1), 0.05, 5)
    s = f.quant(f.op("Sigmoid", f.op("MatMul", s, f.weights(4, 4))), 1 / 15, 4)
    return f.finish(f.op("MatMul", f.quant(f.op("Mul", t, s), 0.25, 4), f.weights(4, 3)))


@feature
def mask_over_what_is_moved() -> ModelProto:
    """A mask of one channel over a tensor whose rows and columns have changed places."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.25, 4)
    mask = f.quant(f.op("Sigmoid", f.conv(t, 4, 1, (1, 1))), 1 / 15, 4)
    return ended(f, f.op("Mul", mask, f.op("Transpose", t, perm=[0, 1, 3, 2])), scale=0.25)


def expanded(f: File, expand: Callable[[File, str, str], str]) -> ModelProto:
    """Squeeze and excitation, whose gates are repeated before they are multiplied."""
    image = f.image()
    t = f.quant(f.conv(image, 2, 4), 0.5, 4)
    gates = f.op("Sigmoid", f.conv(f.quant(f.op("GlobalAveragePool", t), 0.25, 4), 4, 4, (1, 1)))
    return ended(f, f.op("Mul", t, expand(f, f.quant(gates, 0.125, 3), t)))


@feature
def gates_expanded_as_the_tensor() -> ModelProto:
    """As PyTorch's expand_as is exported, its size computed of a shape."""
    return expanded(File((1, 2, 6, 6)), lambda f, gates, t: f.op("Expand", gates, f.op("Shape", t)))


@feature
def gates_expanded_twice() -> ModelProto:
    """First to a size, then to the same one."""

    def twice(f: File, gates: str, _: str) -> str:
        size = f.const([1, 4, 4, 4], np.int64)
        return f.op("Expand", f.op("Expand", gates, size), size)

    return expanded(File((1, 2, 6, 6)), twice)


@feature
def two_small_tensors_expanded() -> ModelProto:
    """Their product is as large as both were made: one of them has to be repeated."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.5, 4)
    mean = f.quant(f.op("GlobalAveragePool", t), 0.5, 4)
    most = f.quant(f.op("GlobalMaxPool", t), 0.5, 4)
    size = f.const([1, 4, 4, 4], np.int64)
    both = f.op("Mul", f.op("Expand", mean, size), f.op("Expand", most, size))
    return ended(f, f.op("Add", f.quant(both, 0.5, 5), t))


@feature
def pooled_pixel_expanded_and_joined() -> ModelProto:
    """As image pooling of a DeepLab joins the whole picture's mean."""
    f = File((1, 2, 6, 6))
    t = f.quant(f.conv(f.image(), 2, 4), 0.5, 4)
    mean = f.quant(f.op("GlobalAveragePool", t), 0.5, 4)
    both = f.op("Concat", t, f.op("Expand", mean, f.const([1, 4, 4, 4], np.int64)), axis=1)
    return ended(f, both, channels=8)
