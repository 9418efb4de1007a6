"""Forks and joins: sums of several tensors, means, offsets, scales of channels, flat tensors."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}
REPEATED = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def branches(f: File, count: int, scale: object = 0.5) -> list[str]:
    """Quantized convolutions of one image."""
    image = f.image()
    return [f.quant(f.conv(image, 2, 4), scale, 4) for _ in range(count)]


def joined(kind: str, count: int) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 6))
        t = f.op(kind, *branches(f, count))
        return f.finish(f.conv(f.quant(t, 1.0, 4), 4, 3, (1, 1)))

    return make


FEATURES["sum_of_one"] = joined("Sum", 1)
FEATURES["sum_of_two"] = joined("Sum", 2)
FEATURES["sum_of_four"] = joined("Sum", 4)
FEATURES["mean_of_three"] = joined("Mean", 3)


@feature
def sum_with_constant() -> ModelProto:
    f = File((1, 2, 6, 6))
    bias = f.const(np.array([0.5, -1.0, 2.0, 0.0]).reshape(1, 4, 1, 1))
    a, b = branches(f, 2)
    return f.finish(f.conv(f.quant(f.op("Sum", a, bias, b), 1.0, 4), 4, 3, (1, 1)))


@feature
def sum_of_scales_of_channels() -> ModelProto:
    f = File((1, 2, 6, 6))
    a, b = branches(f, 2, np.array([0.5, 0.25, 1.0, 0.125]).reshape(1, 4, 1, 1))
    return f.finish(f.conv(f.quant(f.op("Add", a, b), 0.5, 4), 4, 3, (1, 1)))


def of_any_scales(kind: str, first: float, second: float) -> Make:
    """As tools that calibrate each tensor for itself write it; the sum is quantized."""

    def make() -> ModelProto:
        f = File((1, 2, 6, 6))
        image = f.image()
        a, b = (f.quant(f.conv(image, 2, 4), scale, 5, 1) for scale in (first, second))
        t = f.op("Relu", f.op(kind, a, b))
        return f.finish(f.conv(f.quant(t, 0.0731, 4), 4, 3, (1, 1)))

    return make


FEATURES["sum_of_any_scales"] = of_any_scales("Add", 0.0262172949, 0.0403720662)
FEATURES["difference_of_any_scales"] = of_any_scales("Sub", 0.0913, 0.0027)


@feature
def sum_of_offsets() -> ModelProto:
    """Quantizers with a zero point on both branches; a pool and a mean of them side by side."""
    f = File((1, 2, 6, 6))
    attrs = {"signed": 0, "narrow": 0, "rounding_mode": "ROUND", "domain": f.domain}
    a, b = (
        f.op("Quant", f.conv(f.image(), 2, 4), f.const(0.5), f.const(z), f.const(4), **attrs)
        for z in (3.0, 2.0)
    )
    side = {"kernel_shape": [2, 2], "strides": [2, 2]}
    t = f.op("MaxPool", f.op("Add", a, b), **side)
    t = f.op("Concat", t, f.op("AveragePool", b, **side), axis=1)
    return f.finish(f.conv(t, 8, 3, (1, 1)))


@feature
def fork_of_flat_tensors() -> ModelProto:
    f = File((1, 12))
    t = f.quant(f.dense(f.image(), 12, 8), 0.5, 3)
    a, b = (f.quant(f.dense(t, 8, 6), 0.5, 3) for _ in range(2))
    s = f.quant(f.op("Sum", a, b), 0.5, 4)
    return f.finish(f.dense(f.op("Concat", s, a, t, axis=-1), 20, 4))


@feature
def one_dimension() -> ModelProto:
    """Depthwise, a sum, pools, repeated columns, a transposed convolution, a global mean."""
    f = File((1, 3, 16))
    t = f.quant(f.conv(f.image(), 3, 6, (3,), pads=[1, 1]), 0.5, 3)
    a = f.quant(f.conv(t, 6, 6, (3,), pads=[1, 1]), 0.5, 3)
    d = f.op("Conv", t, f.weights(6, 1, 3), kernel_shape=[3], pads=[1, 1], group=6)
    s = f.quant(f.op("Add", a, f.quant(d, 0.5, 3)), 0.5, 3)
    p = f.op("MaxPool", s, kernel_shape=[3], strides=[2], pads=[1, 1])
    p = f.quant(f.op("AveragePool", p, kernel_shape=[2], strides=[2]), 0.25, 3)
    u = f.op("Resize", p, "", f.const([1, 1, 2]), mode="nearest", **REPEATED)
    u = f.op("Concat", u, f.op("MaxPool", t, kernel_shape=[2], strides=[2]), axis=1)
    u = f.op("ConvTranspose", u, f.weights(12, 4, 2), kernel_shape=[2], strides=[2])
    return f.finish(f.dense(f.op("Flatten", f.op("GlobalAveragePool", f.quant(u, 0.5, 4))), 4, 3))


@feature
def one_dimension_repeated_by_sizes() -> ModelProto:
    f = File((1, 2, 6))
    t = f.quant(f.conv(f.image(), 2, 3, (3,)), 0.5, 3)
    t = f.op("Resize", t, "", "", f.const([1, 3, 8], np.int64), mode="nearest", **REPEATED)
    return f.finish(f.conv(t, 3, 2, (1,)))
