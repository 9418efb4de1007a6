"""Pools, averages, truncation and repeated pixels of a file, against QONNX and onnxruntime."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import FlowError
from flows.graph.integer_graph import IntNode
from tests.flows.foreign_model import by_integers, by_qonnx, compare, node, proto_of
from tests.flows.pooled import REPEAT, constants, front, quant

SHAPE = [1, 2, 7, 8]


def model(*nodes, shape=SHAPE, **values):
    return proto_of([*front(), *nodes], list(shape), **{**constants(), **values})


CASES = {
    "overlapping": [node("MaxPool", "a", "y", kernel_shape=[3, 3], strides=[2, 2])],
    "border of signed numbers": [
        node("MaxPool", "a", "y", kernel_shape=[5, 5], pads=[2, 2, 2, 2])
    ],
    "rounded up": [
        node("MaxPool", "a", "y", kernel_shape=[3, 2], strides=[2, 3], pads=[1, 0, 0, 1],
             ceil_mode=1)
    ],
    "none begins in the far border": [
        node("MaxPool", "a", "y", kernel_shape=[3, 1], strides=[4, 4], pads=[0, 0, 2, 0],
             ceil_mode=1)
    ],
    "same padding": [
        node("MaxPool", "a", "y", kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    ],
    "dilated": [
        node("MaxPool", "a", "y", kernel_shape=[2, 3], dilations=[2, 2], pads=[1, 1, 0, 2])
    ],
    "global maximum": [node("GlobalMaxPool", "x8", "y")],
    "behind a convolution": [
        node("MaxPool", "c0", "m", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Relu", "m", "r"),
        quant("r", "y", "s64", "b4"),
    ],
    "mean": [node("AveragePool", "a", "y", kernel_shape=[2, 3], strides=[2, 3])],
    "mean with a border": [
        node("AveragePool", "a", "v", kernel_shape=[3, 3], pads=[1, 1, 1, 1],
             count_include_pad=1),
        quant("v", "y", "s32", "b4", 1),
    ],
    "rounded up to the same windows": [
        node("AveragePool", "a", "y", kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1)
    ],
    "mean without its border": [
        node("AveragePool", "a", "v", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        quant("v", "y", "s32", "b4", 1),
    ],
    "mean of an offset without its border": [
        node("Add", "c0 s16", "p"),
        node("AveragePool", "p", "y", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 1, 0]),
    ],
    "mean rounded up": [
        node("AveragePool", "a", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    ],
    "mean without its border, truncated": [
        node("AveragePool", "a", "v", kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Mul", "v four", "t"),
        node("Trunc", "t s64 zero b5 b3", "y", rounding_mode="FLOOR"),
    ],
    "global mean": [node("GlobalAveragePool", "a", "y")],
    "global mean and a layer": [
        node("GlobalAveragePool", "a", "g"), node("Conv", "g w1", "y"),
    ],
    "mean of sums with a bias": [
        node("Add", "c0 s16", "p"),
        node("AveragePool", "p", "y", kernel_shape=[2, 2], strides=[2, 2]),
    ],
    "mean truncated": [
        node("AveragePool", "a", "v", kernel_shape=[2, 2], strides=[2, 2]),
        node("Mul", "v four", "t"),
        node("Trunc", "t s64 zero b5 b3", "y", rounding_mode="FLOOR"),
    ],
    "truncated to the nearest": [
        node("AveragePool", "a", "v", kernel_shape=[2, 2], strides=[2, 2]),
        node("Mul", "v four", "t"),
        node("Trunc", "t s64 zero b5 b3", "y", rounding_mode="ROUND"),
    ],
    "rows repeated": [node("Resize", "a - twice", "y", **REPEAT)],
    "to a size, half a pixel aside": [node("Resize", "a - - size", "y", mode="nearest")],
    "repeated before the quantizer": [
        node("Resize", "c0 - twice", "u", **REPEAT),
        node("Relu", "u", "r"),
        node("MaxPool", "r", "m", kernel_shape=[3, 3]),
        quant("m", "y", "s64", "b4"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_equals_the_file(tmp_path, case):
    compare(model(*CASES[case], size=np.array([1, 3, 14, 24])), tmp_path)


def test_second_version_of_trunc(tmp_path):
    """It has a scale of its own for the levels, and a type that holds them."""
    nodes = [
        *front(),
        node("AveragePool", "a", "v", kernel_shape=[2, 2], strides=[2, 2]),
        node("Mul", "v four", "t"),
        node("Trunc", "t s64 zero b5 s256 b2", "y", signed=1, narrow=1, rounding_mode="CEIL"),
    ]
    compare(proto_of(nodes, SHAPE, custom=2, **constants(), s256=256.0), tmp_path)


def test_shifted_mean(tmp_path):
    """QONNX's QuantAvgPool2d of integers."""
    nodes = [
        quant("x", "x8", "one", "b8"),
        node("QuantAvgPool2d", "x8", "y", kernel=3, stride=2, ibits=8, obits=7, signed=0,
             data_layout="NCHW"),
    ]  # fmt: skip
    compare(proto_of(nodes, SHAPE, **constants()), tmp_path)


pair = st.tuples(st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=12, deadline=None)
@given(pair, pair, pair, st.tuples(*[st.integers(0, 3)] * 4), st.booleans(), st.data())
def test_windows_lie_as_onnxruntime_has_them(
    tmp_path_factory, kernel, strides, dilations, pads, is_ceil, data
):
    pads = [min(pad, size - 1) for pad, size in zip(pads, kernel * 2, strict=True)]
    is_mean = data.draw(st.booleans())
    attrs = {"kernel_shape": kernel, "strides": strides, "pads": pads, "ceil_mode": int(is_ceil)}
    if is_mean:
        attrs["count_include_pad"] = data.draw(st.integers(0, 1))
        pooled = node("AveragePool", "a", "y", **attrs)
    else:
        pooled = node("MaxPool", "a", "y", dilations=dilations, **attrs)
    proto, folder = model(pooled), tmp_path_factory.mktemp("windows")
    frame = np.random.default_rng(0).integers(0, 256, (7, 8, 2)).astype(np.uint8)
    try:
        mine = by_integers(proto, folder, frame)
    except FlowError as error:
        reasons = (
            "larger than the input",
            "in the border alone",
            "ceil_mode = 1 with count_include_pad = 1",
            "has shape",
        )
        assert any(reason in str(error) for reason in reasons), error
        return
    right = by_qonnx(proto, frame.transpose(2, 0, 1)[None])
    np.testing.assert_allclose(mine, right[0], rtol=1e-5)


REFUSED = {
    "rounded up beyond a border that counts": (
        [
            node("AveragePool", "a", "y", "mean", kernel_shape=[2, 2], strides=[2, 2],
                 pads=[0, 1, 0, 0], ceil_mode=1, count_include_pad=1),
            node("MaxPool", "y", "z", kernel_shape=[1, 1]),
        ],
        r"node mean \(AveragePool\): ceil_mode = 1 with count_include_pad = 1: of windows that",
    ),
    "not quantized": (
        [node("Relu", "c0", "r"), node("GlobalAveragePool", "r", "y", "mean")],
        r"node mean \(GlobalAveragePool\): a function that is not affine stands between",
    ),
    "border of an offset": (
        [
            node("Add", "c0 s16", "p"),
            node("AveragePool", "p", "y", "mean", kernel_shape=[2, 2], pads=[1, 1, 0, 0],
                 count_include_pad=1),
        ],
        r"node mean \(AveragePool\): its border of zeros is no integer of its input",
    ),
    "places": (
        [node("MaxPool", "a", "y places", "pool", kernel_shape=[2, 2])],
        r"node pool \(MaxPool\): the places of its maxima are not supported",
    ),
    "linear": (
        [node("Resize", "a - twice", "y", "up", mode="linear")],
        r"node up \(Resize\): mode linear makes numbers between the pixels'; expected nearest",
    ),
    "corners": (
        [node("Resize", "a - twice", "y", "up", mode="nearest",
              coordinate_transformation_mode="align_corners", nearest_mode="floor")],
        r"node up \(Resize\): coordinate_transformation_mode align_corners with nearest_mode "
        "floor does not repeat each pixel 2 times",
    ),
    "part of a pixel": (
        [node("Resize", "a - half", "y", "up", **REPEAT)],
        r"node up \(Resize\): makes 10 x 12 pixels of 7 x 8; expected whole multiples",
    ),
    "many levels": (
        [node("Mul", "c0 wide", "t"), node("Trunc", "t one zero b8 b8", "y", "cut")],
        r"node cut \(Trunc\): leaves \d+ levels; expected at most 65536",
    ),
    "more bits": (
        [node("Trunc", "a s64 zero b4 b8", "y", "cut")],
        r"node cut \(Trunc\): leaves out -4 bits; expected 0 to 32",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path, case):
    nodes, text = REFUSED[case]
    proto = model(*nodes, half=np.array([1.0, 1, 1.5, 1.5]), wide=1000.0)
    with pytest.raises(FlowError, match=text):
        by_integers(proto, tmp_path, np.zeros((7, 8, 2), np.uint8))


def test_onnx_has_no_name_of_its_own_for_sums():
    made = IntNode("SumPool", "p", ["a"], (1, 1, 1), 0, 1, "")
    assert made.onnx_op == "Conv"
