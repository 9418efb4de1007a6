"""Functions on channels by nodes of other hands: QONNX's own execution says what is right."""

import numpy as np
import pytest

from flows.errors import FlowError
from tests.flows.foreign_model import by_integers, compare, node, proto_of

SHAPE = (1, 2, 6, 3)  # W = channels of the convolution: a vector along W could be taken for C
RNG = np.random.default_rng(3)
WEIGHTS = RNG.integers(-2, 3, (3, 2, 3, 3)).astype(np.float32)
FRONT = [
    node("Quant", "x one zero b8", "xq", "qin", signed=0),
    node("Conv", "xq w", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
]
VALUES = {"w": WEIGHTS, "s": 700.0}
COLUMN = np.array([-60.0, 35.0, 410.0]).reshape(1, 3, 1, 1)
FACTOR = np.array([0.5, -1.25, 2.0]).reshape(3, 1, 1)


def behind(*nodes, opset=18, bits="b4", signed=1, **values):
    """Convolution, these nodes (the last of which makes d), a quantizer."""
    quant = node("Quant", f"d s zero {bits}", "y", "qact", signed=signed)
    return proto_of([*FRONT, *nodes, quant], SHAPE, opset, **{**VALUES, **values})


RIGHT = {
    "add a column": behind(node("Add", "c k", "d", "n"), k=COLUMN.astype(np.float32)),
    "constant on the left": behind(node("Add", "k c", "d", "n"), k=FACTOR * 100),
    "subtract": behind(node("Sub", "c k", "d", "n"), k=COLUMN),
    "subtract from": behind(node("Sub", "k c", "d", "n"), k=COLUMN),
    "multiply": behind(node("Mul", "c k", "d", "n"), k=FACTOR),
    "divide": behind(node("Div", "c k", "d", "n"), k=FACTOR),
    "scalar of rank 1": behind(node("Mul", "c k", "d", "n"), k=np.full(1, 0.5)),
    "equal along W": behind(node("Mul", "c k", "d", "n"), k=np.full(3, -0.5)),
    "equal everywhere": behind(node("Add", "c k", "d", "n"), k=np.full((1, 1, 6, 3), 300.0)),
    "channels over H, W": behind(
        node("Add", "c k", "d", "n"), k=np.tile(COLUMN, (1, 1, 6, 3)).astype(np.float32)
    ),
    "scale a channel": behind(node("Relu", "c", "d", "n"), s=np.abs(FACTOR) * 700),
    "clip": behind(node("Clip", "c lo hi", "d", "n"), lo=-900.0, hi=1500.0),
    "clip, no minimum": behind(node("Clip", "c - hi", "d", "n"), hi=500.0),
    "clip, no maximum": behind(node("Clip", "c lo", "d", "n"), lo=-500.0),
    "clip by attributes": behind(node("Clip", "c", "d", "n", min=-900.0, max=800.0), opset=9),
    "clip by one attribute": behind(node("Clip", "c", "d", "n", max=800.0), opset=7),
    "clip, infinite": behind(node("Clip", "c lo hi", "d", "n"), lo=-np.inf, hi=700.0),
    "leaky": behind(node("LeakyRelu", "c", "d", "n", alpha=0.25)),
    "leaky behind a negative factor": behind(
        node("Mul", "c k", "e", "m"), node("LeakyRelu", "e", "d", "n", alpha=0.25), k=-1.0
    ),
    "falls and rises": behind(node("LeakyRelu", "c", "d", "n", alpha=-0.5)),
    "falls and rises in one channel": behind(node("PRelu", "c k", "d", "n"), k=FACTOR),
    "falls and rises behind a negative factor": behind(
        node("Mul", "c k", "e", "m"), node("LeakyRelu", "e", "d", "n", alpha=-1.0), k=-1.0
    ),
    "falls below zero, but is above": behind(
        node("Relu", "c", "e", "relu"), node("LeakyRelu", "e", "d", "n", alpha=-0.5)
    ),
    "falls below zero, and is below": behind(
        node("Clip", "c - zero", "e", "clip"), node("LeakyRelu", "e", "d", "n", alpha=-0.5)
    ),
    "prelu": behind(node("PRelu", "c k", "d", "n"), k=np.abs(FACTOR)),
    "prelu that falls, of numbers above zero": behind(
        node("Relu", "c", "e", "relu"), node("PRelu", "e k", "d", "n"), k=FACTOR
    ),
    "normalization": behind(
        node("BatchNormalization", "c g b m v", "d", "n"),
        g=np.array([1.5, -0.7, 0.0], np.float32) * 500, b=np.array([100, -40, 900], np.float32),
        m=np.array([30, 200, -10], np.float32), v=np.array([0.5, 1.5, 1.0], np.float32),
    ),
    "a vector along W": behind(node("Mul", "c k", "d", "n"), k=np.array([1.0, 2.0, 3.0])),
    "a vector along W, left": behind(node("Sub", "k c", "d", "n"), k=np.array([1.0, 2.0, 3.0])),
    "a column along H": behind(
        node("Div", "c k", "d", "n"), k=np.arange(1.0, 7.0).reshape(6, 1)
    ),
    "a picture": behind(node("Add", "c k", "d", "n"), k=np.arange(18.0).reshape(1, 1, 6, 3)),
    "one bit, signed": behind(node("Add", "c k", "d", "n"), bits="b1", k=COLUMN),
    "one bit, unsigned": behind(node("Add", "c k", "d", "n"), bits="b1", signed=0, k=COLUMN),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right(name, tmp_path):
    compare(RIGHT[name], tmp_path)


def test_levels_of_one_signed_bit(tmp_path):
    """-1 and +1, the sign of x / scale + zero point: as computed by hand."""
    middle = [FRONT[0], node("Sub", "xq half", "d", "shift")]
    for zero in (0.0, 1.0, -2.0):
        quant = node("Quant", "d k c b1", "y", "q", signed=1)
        values = {"k": 16.0, "c": zero, "half": 100.5, "one": 1.0}

        def expected(image, zero=zero):
            return 16.0 * (np.where((image - 100.5) / 16 + zero >= 0, 1, -1) - zero)

        compare(proto_of([*middle, quant], SHAPE, **values), tmp_path, expected)


REFUSED = {
    "more axes": (
        behind(node("Add", "c k", "d", "n"), k=np.ones((1, 1, 1, 1, 1))),
        r"node n \(Add\): constant of shape \(1, 1, 1, 1, 1\) cannot be broadcast",
    ),
    "scale along W": (
        behind(node("Relu", "c", "d", "n"), s=np.array([1.0, 2.0, 3.0])),
        r"node qact \(Quant\): constant of shape \(3,\) differs along W",
    ),
    "bipolar scale along W": (
        proto_of([*FRONT, node("BipolarQuant", "c k", "y", "q")], SHAPE, **VALUES,
                 k=np.array([1.0, 2.0, 3.0])),
        r"node q \(BipolarQuant\): constant of shape \(3,\) differs along W",
    ),
    "bipolar scale below zero": (
        proto_of([*FRONT, node("BipolarQuant", "c k", "y", "q")], SHAPE, **VALUES, k=-1.0),
        r"node q \(BipolarQuant\): expected a positive scale",
    ),
    "slopes along W": (
        behind(node("PRelu", "c k", "d", "n"), k=np.array([0.1, 0.2, 0.3])),
        r"node n \(PRelu\): constant of shape \(3,\) differs along W",
    ),
    "divides by zero in one place": (
        behind(node("Div", "c k", "d", "n"), k=np.arange(18.0).reshape(1, 1, 6, 3)),
        r"node n \(Div\): divides by zero",
    ),
    "divides by zero": (
        behind(node("Div", "c k", "d", "n"), k=np.array([1.0, 0.0, 2.0]).reshape(3, 1, 1)),
        r"node n \(Div\): divides by zero",
    ),
    "clip by several numbers": (
        behind(node("Clip", "c k", "d", "n"), k=np.array([1.0, 2.0, 3.0])),
        r"node n \(Clip\): input 1 has to be one constant number",
    ),
    "clip by no number": (
        behind(node("Clip", "c k", "d", "n"), k=np.nan),
        r"node n \(Clip\): min = nan is not finite",
    ),
    "narrow, one bit": (
        proto_of([*FRONT, node("Quant", "c s zero b1", "y", "q", narrow=1)], SHAPE, **VALUES),
        r"node q \(Quant\): a narrow quantizer of 1 bit has only one level",
    ),
    "narrow, one unsigned bit": (
        proto_of([*FRONT, node("Quant", "c s zero b1", "y", "q", narrow=1, signed=0)], SHAPE,
                 **VALUES),
        r"node q \(Quant\): a narrow quantizer of 1 bit has only one level",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    proto, message = REFUSED[name]
    with pytest.raises(FlowError, match=message):
        by_integers(proto, tmp_path, np.zeros((6, 3, 2), np.uint8))
