"""Constants that differ along rows and columns: position embeddings, masks, maps of coordinates."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def ended(f: File, tensor: str, channels: int = 4) -> ModelProto:
    return f.finish(f.conv(tensor, channels, 3, (1, 1)))


def levels(f: File, scale: object = 0.5, signed: int = 0) -> str:
    """A quantized tensor of 4 channels, 6 x 5 pixels."""
    return f.quant(f.conv(f.image(), 2, 4), scale, 4, signed)


def file() -> File:
    return File((1, 2, 8, 7))


def normal(f: File, *shape: int, scale: float = 1.0) -> object:
    return f.rng.normal(0, scale, shape)


def quantized(f: File, shape: tuple[int, ...], scale: float, bits: int = 4, signed: int = 1) -> str:
    """A constant and its quantizer."""
    return f.quant(f.const(normal(f, *shape, scale=4 * scale)), scale, bits, signed)


@feature
def position_embedding() -> ModelProto:
    """Both quantized with one scale, and no quantizer behind them."""
    f = file()
    t = f.op("Add", levels(f, 0.25), quantized(f, (1, 4, 6, 5), 0.25))
    return ended(f, t)


@feature
def position_embedding_of_another_scale() -> ModelProto:
    f = file()
    t = f.op("Add", levels(f, 0.3), quantized(f, (1, 4, 6, 5), 0.1))
    return ended(f, f.quant(t, 0.37, 4, 1))


@feature
def reals_in_front_of_a_quantizer() -> ModelProto:
    f = file()
    t = f.op("Add", f.const(normal(f, 4, 6, 5)), levels(f, 0.3, 1))
    return ended(f, f.quant(t, 0.37, 4, 1))


@feature
def reals_on_sums() -> ModelProto:
    """No quantizer in front: a bias of each pixel, a normalization with falling channels behind."""
    f = file()
    t = f.op("Sub", f.conv(f.image(), 2, 4), f.const(normal(f, 4, 6, 5)))
    t = f.op("Relu", f.norm(f.op("Mul", t, f.const(normal(f, 1, 4, 1, 1))), 4))
    return ended(f, f.quant(t, 0.2, 4))


@feature
def coordinates() -> ModelProto:
    """Of rows alone, of columns alone, laid over all channels; one less the tensor."""
    f = file()
    rows = f.const(np.linspace(-1, 1, 6).reshape(1, 1, 6, 1))
    columns = f.const(np.linspace(-1, 1, 5))
    t = f.quant(f.op("Add", levels(f), rows), 0.3, 5, 1)
    return ended(f, f.quant(f.op("Sub", columns, t), 0.3, 4, 1))


@feature
def mask() -> ModelProto:
    """Zeros and ones, one channel wholly masked; and no quantizer behind it."""
    f = file()
    given = (f.rng.random((1, 4, 6, 5)) < 0.6).astype(np.float32)
    given[:, 2] = 0
    return ended(f, f.op("Mul", levels(f, 0.3, 1), f.const(given)))


@feature
def gains_of_reals() -> ModelProto:
    """Some below zero, some zero; a sum behind them."""
    f = file()
    gains = normal(f, 4, 6, 5)
    gains[0, :2] = 0
    t = f.op("Add", f.op("Mul", levels(f), f.const(gains)), f.const(normal(f, 6, 5)))
    return ended(f, f.quant(t, 0.5, 3, 1))


@feature
def quantized_gains() -> ModelProto:
    f = file()
    t = f.op("Div", levels(f), f.const(2.0 ** (np.arange(30).reshape(6, 5) % 5 - 4)))
    u = f.op("Mul", levels(f, 0.3), quantized(f, (6, 5), 0.1, 3))
    return ended(f, f.op("Concat", f.quant(t, 8, 4), f.quant(u, 0.25, 4, 1), axis=1), 8)


@feature
def mean_image() -> ModelProto:
    """Taken from the input, which says no quantizer of its own then."""
    f = file()
    t = f.op("Sub", f.image(), f.const(f.rng.random((2, 8, 7))))
    t = f.quant(f.op("Div", t, f.const(np.array([0.3, 0.2]).reshape(2, 1, 1))), 2.0**-5, 8, 1)
    return f.finish(f.conv(t, 2, 3))


@feature
def two_levels_and_a_pool() -> ModelProto:
    """A bipolar quantizer behind it; and a maximum, in front of which the sum has to be exact."""
    f = file()
    sums = f.op("Add", levels(f, 0.5), f.const(np.round(normal(f, 4, 6, 5)) / 2))
    scale = f.const(1.0)
    two = f.op("BipolarQuant", f.op("Add", levels(f), f.const(normal(f, 4, 6, 5))), scale,
               domain=f.domain)  # fmt: skip
    t = f.op("Concat", f.quant(sums, 0.5, 4, 1), two, axis=1)
    t = f.op("Add", t, f.const(np.round(4 * normal(f, 8, 6, 5)) / 2))
    return ended(f, f.op("MaxPool", t, kernel_shape=[2, 2], strides=[2, 2]), 8)


@feature
def over_time() -> ModelProto:
    """A network of one dimension."""
    f = File((1, 2, 9))
    t = f.quant(f.conv(f.image(), 2, 4, (3,)), 0.5, 4)
    t = f.quant(f.op("Add", t, f.const(normal(f, 1, 4, 7))), 0.3, 4, 1)
    return f.finish(f.conv(t, 4, 3, (2,)))


@feature
def tokens() -> ModelProto:
    """As of a transformer's front: patches as tokens, (1, tokens, features)."""
    f = File((1, 2, 8, 8))
    t = f.quant(f.conv(f.image(), 2, 4, (2, 2), strides=[2, 2]), 0.5, 4, 1)
    t = f.op("Reshape", t, f.const([1, 4, 16], np.int64))
    t = f.op("Transpose", t, perm=[0, 2, 1])
    t = f.quant(f.op("Add", t, quantized(f, (1, 16, 4), 0.05, 6)), 0.43, 4, 1)
    t = f.op("MatMul", t, f.weights(4, 3))
    return f.finish(t)


@feature
def added_once_more() -> ModelProto:
    """Read by a quantizer and as it is, and a sum of two such tensors."""
    f = file()
    t = f.op("Add", levels(f, 0.5), f.const(np.round(normal(f, 4, 6, 5)) / 4))
    return ended(f, f.op("Add", t, f.quant(t, 0.75, 3, 1)))


@feature
def wide() -> ModelProto:
    """A quantizer of 10 bits behind it."""
    f = file()
    t = f.op("Add", f.quant(f.conv(f.image(), 2, 4), 0.01, 8, 1), quantized(f, (4, 6, 5), 0.005, 6))
    return ended(f, f.quant(t, 0.0125, 10, 1))


@feature
def packed() -> ModelProto:
    """Of a width that several pixels a clock divide."""
    f = File((1, 2, 6, 8))
    t = f.quant(f.conv(f.image(), 2, 2, (3, 3), pads=[1] * 4), 0.5, 4, 1)
    t = f.quant(f.op("Add", t, f.const(normal(f, 2, 6, 8))), 0.3, 4, 1)
    return f.finish(f.conv(t, 2, 3, (3, 3), pads=[1] * 4))


@feature
def mean_of_a_row() -> ModelProto:
    """All rows alike: the memory holds one; the first operator of the network."""
    f = File((1, 2, 6, 8))
    t = f.quant(f.op("Sub", f.image(), f.const(f.rng.random((1, 2, 1, 8)))), 2.0**-5, 6, 1)
    return f.finish(f.conv(t, 2, 3, (3, 3), pads=[1] * 4))


@feature
def maps_of_coordinates_beside_channels() -> ModelProto:
    """CoordConv: rows and columns as two channels more, in front of a layer."""
    f = file()
    maps = np.stack(np.meshgrid(np.linspace(-1, 1, 6), np.linspace(-1, 1, 5), indexing="ij"))
    t = f.op("Concat", levels(f, 0.5), f.const(maps[None]), axis=1)
    t = f.quant(f.conv(t, 6, 4, pads=[1] * 4), 0.93, 4)
    u = f.op("Concat", quantized(f, (1, 3, 6, 5), 0.3), t, axis=1)
    return ended(f, f.quant(u, 0.5, 4, 1), 7)
