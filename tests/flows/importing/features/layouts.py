"""Networks of one dimension, channels last, views between layers, padding."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.channels_last import ConvertToChannelsLastAndClean
from qonnx.transformation.infer_shapes import InferShapes

from tests.flows.importing.features.files import File

Make = Callable[[], ModelProto]
FEATURES: dict[str, Make] = {}
TO_LAST, TO_FIRST = [0, 2, 3, 1], [0, 3, 1, 2]
REPEATED = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}


def feature(make: Make) -> Make:
    FEATURES[make.__name__] = make
    return make


@feature
def one_dimension() -> ModelProto:
    f = File((1, 2, 12))
    t = f.norm(f.conv(f.image(), 2, 4, (3,), pads=[1, 1]), 4)
    t = f.quant(f.op("Relu", t), 0.5, 3)
    t = f.op("MaxPool", t, kernel_shape=[2], strides=[2])
    t = f.quant(f.conv(t, 4, 3, (3,), strides=[2]), 0.5, 3)
    return f.finish(f.dense(f.op("Flatten", t), 6, 3))


@feature
def one_dimension_constants() -> ModelProto:
    f = File((1, 2, 8))
    t = f.op("Mul", f.conv(f.image(), 2, 4, (3,)), f.const(f.rng.uniform(0.5, 1.5, (4, 1))))
    t = f.op("Add", t, f.const(f.rng.uniform(-1, 1, (1, 4, 1))))
    return f.finish(f.quant(t, f.rng.uniform(0.2, 0.8, (1, 4, 1)), 3))


@feature
def one_dimension_by_groups() -> ModelProto:
    """Depthwise, and dilated."""
    f = File((1, 4, 12))
    t = f.op("Conv", f.image(), f.weights(4, 1, 3), kernel_shape=[3], group=4, pads=[1, 1])
    t = f.quant(t, 0.25, 3)
    return f.finish(f.quant(f.conv(t, 4, 3, (3,), dilations=[2]), 0.5, 3))


@feature
def one_dimension_transposed() -> ModelProto:
    f = File((1, 2, 6))
    weights = f.weights(2, 3, 4)
    t = f.op("ConvTranspose", f.image(), weights, kernel_shape=[4], strides=[2], pads=[1, 1])
    return f.finish(f.quant(t, 0.5, 3))


@feature
def one_dimension_as_image() -> ModelProto:
    """(1, C, L) made (1, C, 1, L) for a convolution of two dimensions."""
    f = File((1, 2, 8))
    t = f.op("Unsqueeze", f.image(), f.const([2], np.int64))
    t = f.quant(f.conv(t, 2, 3, (1, 3)), 0.5, 3)
    t = f.op("Squeeze", t, f.const([2], np.int64))
    return f.finish(f.conv(t, 3, 2, (1,)))


@feature
def image_without_channels() -> ModelProto:
    """(1, H, W) made (1, 1, H, W)."""
    f = File((1, 6, 5))
    t = f.op("Unsqueeze", f.image(), f.const([1], np.int64))
    return f.finish(f.quant(f.conv(t, 1, 3), 0.5, 3))


@feature
def channels_last_in_front() -> ModelProto:
    f = File((1, 6, 5, 2))
    t = f.op("Transpose", f.image(), perm=TO_FIRST)
    return f.finish(f.quant(f.conv(t, 2, 3), 0.5, 3))


@feature
def channels_last_at_both_ends() -> ModelProto:
    f = File((1, 6, 5, 2))
    t = f.conv(f.op("Transpose", f.image(), perm=TO_FIRST), 2, 3)
    return f.finish(f.op("Transpose", f.quant(t, 0.5, 3), perm=TO_LAST))


@feature
def channels_last_between() -> ModelProto:
    """Constants of one number a channel lie along the last axis."""
    f = File((1, 2, 6, 5))
    t = f.op("Transpose", f.conv(f.image(), 2, 3), perm=TO_LAST)
    t = f.op("Add", f.op("Mul", t, f.const([0.5, 1.0, 2.0])), f.const([[[0.1, 0.2, -0.3]]]))
    t = f.quant(f.op("Relu", t), [0.25, 0.5, 0.75], 3)
    return f.finish(f.op("Transpose", t, perm=TO_FIRST))


def by_qonnx(input_last: bool) -> Make:
    """A network that QONNX itself brought to channels last."""

    def make() -> ModelProto:
        f = File((1, 2, 6, 8))
        fixed = {"pads": [1] * 4, "strides": [1, 1], "group": 1, "dilations": [1, 1]}
        t = f.norm(f.conv(f.image(), 2, 4, **fixed), 4)
        t = f.quant(f.op("Relu", t), 0.5, 3)
        t = f.op("MaxPool", t, kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
        t = f.quant(f.conv(t, 4, 3, **fixed), 0.5, 3)
        model = ModelWrapper(f.finish(t)).transform(InferShapes())
        made = model.transform(ConvertToChannelsLastAndClean(make_input_channels_last=input_last))
        return made.transform(InferShapes()).model

    return make


FEATURES["channels_last_operators"] = by_qonnx(False)
FEATURES["channels_last_input"] = by_qonnx(True)


def resized_last(kind: str) -> Make:
    """Pixels repeated in a tensor whose channels are last, joined with another, as a U-Net has."""

    def make() -> ModelProto:
        f = File((1, 4, 6, 2))
        t = f.op("Transpose", f.image(), perm=TO_FIRST)
        skip = f.op("Transpose", f.quant(f.conv(t, 2, 3, pads=[1] * 4), 0.5, 3), perm=TO_LAST)
        t = f.quant(f.conv(t, 2, 3, pads=[1] * 4, strides=[2, 2]), 0.5, 3)
        t = f.op("Transpose", t, perm=TO_LAST)
        if kind == "sizes":
            by = ["", "", f.const([1, 4, 6, 3], np.int64)]
        else:
            by = ["", f.const([1, 2, 2, 1])]
        t = f.op("Resize", t, *by, mode="nearest", **REPEATED)
        t = f.op("Transpose", f.op("Concat", skip, t, axis=3), perm=TO_FIRST)
        return f.finish(f.quant(f.conv(t, 6, 2), 0.5, 3))

    return make


FEATURES["channels_last_resized_by_scales"] = resized_last("scales")
FEATURES["channels_last_resized_to_sizes"] = resized_last("sizes")


def repeated_last(op: str, opset: int, *by: Any, **attrs: Any) -> Make:
    """Rows three times, columns twice, as operators of other versions say it."""

    def make() -> ModelProto:
        f = File((1, 2, 3, 4), opset)
        t = f.op("Transpose", f.quant(f.conv(f.image(), 2, 3), 0.5, 3), perm=TO_LAST)
        t = f.op(op, t, *(f.const(v) if isinstance(v, list) else v for v in by), **attrs)
        t = f.op("Transpose", t, perm=TO_FIRST)
        return f.finish(f.quant(f.conv(t, 3, 2), 0.5, 3))

    return make


FEATURES["channels_last_upsampled"] = repeated_last("Upsample", 9, [1, 3, 2, 1])
FEATURES["channels_last_upsampled_by_attribute"] = repeated_last(
    "Upsample", 8, scales=[1.0, 3.0, 2.0, 1.0]
)
FEATURES["channels_last_resized_of_some_axes"] = repeated_last(
    "Resize", 18, "", [2, 3], axes=[2, 1], mode="nearest", **REPEATED
)


@feature
def one_dimension_resized_last() -> ModelProto:
    f = File((1, 2, 8))
    t = f.op("Transpose", f.quant(f.conv(f.image(), 2, 3, (3,)), 0.5, 3), perm=[0, 2, 1])
    t = f.op("Resize", t, "", f.const([1, 2, 1]), mode="nearest", **REPEATED)
    t = f.op("Transpose", t, perm=[0, 2, 1])
    return f.finish(f.quant(f.conv(t, 3, 2, (3,)), 0.5, 3))


@feature
def channels_last_pixels() -> ModelProto:
    """A dense layer on the channels of each pixel."""
    f = File((1, 4, 3, 2))
    t = f.quant(f.op("MatMul", f.image(), f.weights(2, 5)), 0.5, 3)
    return f.finish(f.op("MatMul", t, f.weights(5, 3)))


@feature
def any_batch() -> ModelProto:
    f = File(("batch", 2, 6, 5))
    return f.finish(f.quant(f.conv(f.image(), 2, 3), 0.5, 3))


@feature
def squeezed_output() -> ModelProto:
    f = File((1, 12))
    return f.finish(f.op("Reshape", f.dense(f.image(), 12, 3), f.const([3], np.int64)))


def padded(pads: list[int], signed: int = 0, after: str = "Conv", **attrs: Any) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 6, 6))
        t = f.quant(f.conv(f.image(), 2, 3, (1, 1)), 0.5, 3, signed)
        t = f.op("Pad", t, f.const(pads, np.int64), **attrs)
        if after == "MaxPool":
            return f.finish(f.op("MaxPool", t, kernel_shape=[2, 2], strides=[2, 2]))
        return f.finish(f.conv(t, 3, 2, pads=[0, 0, 1, 0]))

    return make


FEATURES["pad"] = padded([0, 0, 1, 1, 0, 0, 1, 1], 1)
FEATURES["pad_one_side"] = padded([0, 0, 2, 0, 0, 0, 0, 1])
FEATURES["pad_nothing"] = padded([0] * 8, 1, "MaxPool")
FEATURES["pad_of_pool"] = padded([0, 0, 1, 1, 0, 0, 1, 1], 0, "MaxPool")


@feature
def pad_by_attributes() -> ModelProto:
    f = File((1, 2, 6, 6), opset=9)
    t = f.op("Pad", f.image(), pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="constant", value=0.0)
    return f.finish(f.quant(f.conv(t, 2, 3), 0.5, 3))


@feature
def pad_of_some_axes() -> ModelProto:
    f = File((1, 2, 6, 6), opset=18)
    pads, axes = f.const([1, 2, 0, 1], np.int64), f.const([2, -1], np.int64)
    t = f.op("Pad", f.image(), pads, f.const(0.0), axes)
    return f.finish(f.quant(f.conv(t, 2, 3), 0.5, 3))


@feature
def pad_channels_last() -> ModelProto:
    f = File((1, 6, 6, 2))
    t = f.op("Pad", f.image(), f.const([0, 1, 2, 0, 0, 1, 0, 0], np.int64))
    return f.finish(f.quant(f.conv(f.op("Transpose", t, perm=TO_FIRST), 2, 3), 0.5, 3))


@feature
def pad_one_dimension() -> ModelProto:
    f = File((1, 2, 8))
    t = f.op("Pad", f.image(), f.const([0, 0, 2, 0, 0, 1], np.int64))
    return f.finish(f.quant(f.conv(t, 2, 3, (3,)), 0.5, 3))


def by_itself(kind: str, **attrs: Any) -> Make:
    def make() -> ModelProto:
        f = File((1, 2, 7, 6))
        t = f.quant(f.conv(f.image(), 2, 3, auto_pad=kind, **attrs), 0.5, 3)
        return f.finish(t)

    return make


FEATURES["auto_pad_upper"] = by_itself("SAME_UPPER", strides=[2, 2])
FEATURES["auto_pad_lower"] = by_itself("SAME_LOWER", strides=[2, 1])
FEATURES["auto_pad_valid"] = by_itself("VALID")
