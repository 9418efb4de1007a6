"""Parts of tensors: Slice, Split, Gather, crops, of channels, rows and columns."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def ints(f: File, *values: int) -> str:
    return f.const(list(values), np.int64)


def split(f: File, tensor: str, count: int, sizes: str = "", **attrs: object) -> list[str]:
    """The outputs of a Split."""
    first = f.op("Split", tensor, *([sizes] if sizes else []), **attrs)
    f.nodes[-1].output.extend(f"{first}_{index}" for index in range(1, count))
    return list(f.nodes[-1].output)


def begun(f: File, channels: int = 6) -> str:
    return f.quant(f.conv(f.image(), 2, channels), 0.25, 4, 1)


def ended(f: File, tensor: str, inputs: int) -> ModelProto:
    return f.finish(f.conv(f.quant(tensor, 0.5, 4, 1), inputs, 3, (1, 1)))


@feature
def slice_by_attributes() -> ModelProto:
    """Opset 9: a number from the end, and one far behind the end."""
    f = File((1, 2, 7, 6), opset=9)
    t = f.op("Slice", begun(f), axes=[1, 3], starts=[-4, 1], ends=[5, 1000])
    return ended(f, t, 3)


@feature
def slice_by_inputs() -> ModelProto:
    """Channels and rows by steps, columns up to the last but one."""
    f = File((1, 2, 8, 7))
    starts, ends, axes = ints(f, 1, 0, 0), ints(f, 6, 2**31 - 1, -1), ints(f, 1, 2, -1)
    return ended(f, f.op("Slice", begun(f), starts, ends, axes, ints(f, 2, 2, 1)), 3)


@feature
def slice_of_all_axes() -> ModelProto:
    """No axes said; of the batch all is taken. Channels backwards."""
    f = File((1, 2, 7, 6))
    t = f.op("Slice", begun(f), ints(f, 0, 1, 2), ints(f, 1, 5, 4))
    t = f.op("Slice", t, ints(f, -1), ints(f, -(2**31)), ints(f, 1), ints(f, -1))
    return ended(f, t, 4)


@feature
def focus() -> ModelProto:
    """Four pictures of every other row and column, side by side, as YOLO begins."""
    f = File((1, 2, 8, 8))
    image = f.image()
    big = ints(f, 2**31 - 1, 2**31 - 1)
    parts = [
        f.op("Slice", image, ints(f, row, column), big, ints(f, 2, 3), ints(f, 2, 2))
        for column in (0, 1)
        for row in (0, 1)
    ]
    return ended(f, f.conv(f.op("Concat", *parts, axis=1), 8, 4), 4)


@feature
def split_in_equal_parts() -> ModelProto:
    """A block that splits its channels, works on one half and joins them (CSP)."""
    f = File((1, 2, 7, 6), opset=18)
    a, b = split(f, begun(f), 2, axis=1, num_outputs=2)
    b = f.quant(f.op("Relu", f.conv(b, 3, 3, pads=[1, 1, 1, 1])), 0.25, 4)
    return ended(f, f.op("Concat", a, b, axis=1), 6)


@feature
def split_by_sizes() -> ModelProto:
    """Sizes as attributes, on the sums in front of their quantizers; one output unread."""
    f = File((1, 2, 7, 6), opset=11)
    t = f.norm(f.conv(f.image(), 2, 6), 6)
    a, b, _ = split(f, t, 3, axis=1, split=[1, 3, 2])
    gate = f.quant(f.op("Sigmoid", a), 1 / 15, 4)
    return ended(f, f.op("Mul", f.quant(f.op("Relu", b), 0.25, 3), gate), 3)


@feature
def split_by_an_input() -> ModelProto:
    f = File((1, 2, 7, 6))
    a, b = split(f, begun(f), 2, ints(f, 4, 2), axis=-3)
    return ended(f, f.op("Concat", b, a, axis=1), 6)


@feature
def split_of_rows() -> ModelProto:
    f = File((1, 2, 8, 6))
    a, b = split(f, begun(f), 2, axis=2)
    return ended(f, f.op("Max", a, b), 6)


@feature
def shuffle_net() -> ModelProto:
    """Half of the channels through a branch, both shuffled; the next block's half of these."""
    f = File((1, 2, 7, 6))
    t = begun(f, 8)
    for _ in range(2):
        a, b = split(f, t, 2, axis=1)
        b = f.quant(f.op("Relu", f.conv(b, 4, 4, pads=[1, 1, 1, 1])), 0.25, 4, 1)
        t = f.op("Reshape", f.op("Concat", a, b, axis=1), ints(f, 1, 2, 4, 5, 4))
        t = f.op("Reshape", f.op("Transpose", t, perm=[0, 2, 1, 3, 4]), ints(f, 1, 8, 5, 4))
    return f.finish(f.conv(t, 8, 3, (1, 1)))


@feature
def gather_of_channels() -> ModelProto:
    """Any order, one twice; then a single one, which is an axis less."""
    f = File((1, 2, 7, 6))
    t = f.op("Gather", begun(f), ints(f, 4, 0, -1, 4), axis=1)
    one = f.op("Gather", t, f.const(-2, np.int64), axis=1)
    return ended(f, f.op("Max", t, f.op("Unsqueeze", one, ints(f, 1))), 4)


@feature
def crop_by_pad() -> ModelProto:
    """A Pad of numbers below zero at two sides, of zeros at a third."""
    f = File((1, 2, 8, 7))
    t = f.op("Pad", begun(f), ints(f, 0, 0, -1, 1, 0, 0, -2, 0), mode="constant")
    return f.finish(f.conv(t, 6, 3))


@feature
def channels_last() -> ModelProto:
    f = File((1, 7, 6, 2))
    t = f.op("Transpose", f.image(), perm=[0, 3, 1, 2])
    t = f.op("Transpose", f.quant(f.conv(t, 2, 6), 0.25, 4, 1), perm=[0, 2, 3, 1])
    a, b = split(f, t, 2, axis=3)
    t = f.op("Slice", f.op("Add", a, b), ints(f, 1), ints(f, 4), ints(f, 1))
    return f.finish(f.op("MatMul", f.quant(t, 0.25, 4), f.weights(3, 2)))


@feature
def of_one_dimension() -> ModelProto:
    f = File((1, 3, 16))
    t = f.quant(f.conv(f.image(), 3, 4, (3,)), 0.25, 4)
    t = f.op("Slice", t, ints(f, 1, 3), ints(f, 4, -2), ints(f, 1, 2), ints(f, 1, 3))
    return f.finish(f.conv(t, 3, 3, (1,)))


@feature
def of_features() -> ModelProto:
    f = File((1, 12))
    t = f.quant(f.dense(f.image(), 12, 8), 0.5, 3)
    a, b = split(f, t, 2, ints(f, 5, 3), axis=1)
    return f.finish(f.dense(f.op("Concat", b, f.op("Slice", a, ints(f, 1), ints(f, 4), ints(f, -1)),
                                 axis=1), 6, 4))  # fmt: skip
