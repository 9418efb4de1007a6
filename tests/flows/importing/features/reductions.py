"""Means, maxima and sums over some axes, and channels of zeros beside others."""

from collections.abc import Callable

import numpy as np
from onnx import ModelProto

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


def levels(opset: int = 13) -> tuple[File, str]:
    """(1, 3, 5, 4) of three bits."""
    f = File((1, 2, 7, 6), opset)
    return f, f.quant(f.op("Relu", f.conv(f.image(), 2, 3)), 0.5, 3)


def ended(f: File, t: str, step: float = 0.25) -> ModelProto:
    return f.finish(f.conv(f.quant(t, step, 4), 3, 2, (1, 1)))


@feature
def mean_of_rows() -> ModelProto:
    """Broadcast residuals (BC-ResNet) take the mean over frequencies alone."""
    f, t = levels()
    return ended(f, f.op("ReduceMean", t, axes=[2], keepdims=1))


@feature
def maximum_of_columns() -> ModelProto:
    f, t = levels(18)
    return ended(f, f.op("ReduceMax", t, f.const([-1], np.int64), keepdims=1))


@feature
def sum_of_columns() -> ModelProto:
    f, t = levels()
    return ended(f, f.op("ReduceSum", t, f.const([3], np.int64), keepdims=1), 1.0)


@feature
def sum_of_all() -> ModelProto:
    """Its axes are gone, in front of a fully connected layer."""
    f, t = levels(11)
    t = f.quant(f.op("ReduceSum", t, axes=[2, 3], keepdims=0), 4.0, 4)
    return f.finish(f.dense(t, 3, 4))


@feature
def mean_of_columns_last() -> ModelProto:
    """Of channels as the last axis; the axis of columns is gone."""
    f, t = levels()
    t = f.op("ReduceMean", f.op("Transpose", t, perm=[0, 2, 3, 1]), axes=[2], keepdims=0)
    t = f.op("Transpose", t, perm=[0, 2, 1])
    return f.finish(f.op("Conv", f.quant(t, 0.25, 4), f.weights(2, 3, 2), kernel_shape=[2]))


@feature
def channels_of_zeros() -> ModelProto:
    """A shortcut into more channels (ResNets of CIFAR, BlazeFace), rows padded beside."""
    f, t = levels()
    short = f.op("MaxPool", t, kernel_shape=[2, 2], strides=[2, 2])
    short = f.op("Pad", short, f.const([0, 1, 0, 0, 0, 2, 0, 0], np.int64))
    t = f.quant(f.conv(t, 3, 6, (2, 2), strides=[2, 2]), 0.5, 3)
    return f.finish(f.conv(f.quant(f.op("Add", t, short), 0.5, 3), 6, 2, (1, 1)))


@feature
def channels_and_rows_of_zeros() -> ModelProto:
    f, t = levels(9)
    t = f.op("Pad", t, pads=[0, 0, 1, 0, 0, 1, 0, 1], value=0.0)
    return f.finish(f.conv(t, 4, 2, (2, 2)))
