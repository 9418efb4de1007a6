"""Parameters as other exporters write them: right by QONNX's own execution, or refused by node."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from flows.errors import FlowError
from tests.flows.foreign_model import by_integers, by_qonnx, compare, node, proto_of

SHAPE = (1, 2, 6, 5)
RNG = np.random.default_rng(5)
WEIGHTS = RNG.normal(size=(3, 2, 3, 3)).astype(np.float32)
QIN = node("Quant", "x one zero b8", "xq", "qin", signed=0)
CONV = node("Conv", "xq wq", "c", "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
QACT = node("Quant", "c s zero b4", "y", "qact")
VALUES = {"w": WEIGHTS, "s": 90.0, "ws": 0.3}


def weights(op="Quant", inputs="w ws zero b4", **attrs):
    return node(op, inputs, "wq", "qw", **attrs)


def network(*nodes, **values):
    return proto_of([QIN, *nodes], SHAPE, **{**VALUES, **values})


def refused(proto, tmp_path, message):
    with pytest.raises(FlowError, match=message):
        by_integers(proto, tmp_path, np.zeros((6, 5, 2), np.uint8))


SCALARS = {
    "(1,)": np.full(1, 4, np.float32),
    "(1, 1, 1, 1)": np.full((1, 1, 1, 1), 4, np.float32),
    "double": np.array(4, "f8"),
} | {kind: np.array(4, kind) for kind in ("u1", "u2", "u4", "i1", "i4", "i8", "f2")}


@pytest.mark.parametrize("kind", SCALARS)
def test_bit_width_zero_point_and_scale_of_any_kind(kind, tmp_path):
    """They are what a float32 scalar of the same value is."""
    value = numpy_helper.from_array(SCALARS[kind])
    other = numpy_helper.from_array(np.zeros_like(SCALARS[kind]))
    step = numpy_helper.from_array(SCALARS[kind] * 22)
    plain = network(weights(), CONV, QACT, s=88.0)
    nodes = [weights(inputs="w ws z b"), CONV, node("Quant", "c s z b", "y", "qact")]
    proto = network(*nodes, b=value, z=other, s=step if kind not in ("i1",) else 88.0)
    frame = RNG.integers(0, 256, (6, 5, 2)).astype(np.uint8)
    right = by_qonnx(plain, frame.transpose(2, 0, 1)[None])
    np.testing.assert_allclose(by_integers(proto, tmp_path, frame), right[0], rtol=1e-6)


RIGHT = {
    "scale a channel": network(
        weights(), CONV, QACT, ws=np.array([0.2, 0.5, 0.3]).reshape(3, 1, 1, 1)
    ),
    "scale of rank 1": network(weights(), CONV, QACT, ws=np.full(1, 0.4)),
    "equal scales along the columns": network(weights(), CONV, QACT, ws=np.full(3, 0.4)),
    "negative scale": network(weights(), CONV, QACT, ws=-0.3),
    "one bit, signed": network(weights(inputs="w ws zero b1"), CONV, QACT),
    "bipolar": network(weights("BipolarQuant", "w ws"), CONV, QACT),
    "unsigned": network(weights(signed=0), CONV, QACT),
    "narrow": network(weights(inputs="w ws zero b2", narrow=1), CONV, QACT),
    "rounding in lower case": network(weights(rounding_mode="half_down"), CONV, QACT),
    "a channel of weights 0": network(
        weights(), CONV, QACT, w=WEIGHTS * np.array([1, 0, 1], np.float32).reshape(3, 1, 1, 1)
    ),
    "a channel of scale 0": network(
        weights(), CONV, QACT, ws=np.array([0.2, 0.0, 0.3]).reshape(3, 1, 1, 1)
    ),
    "one quantizer, two convolutions": network(
        weights(),
        CONV,
        node("Conv", "xq wq", "d", "conv2", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Add", "c d", "e", "sum"),
        node("Quant", "e s zero b4", "y", "qact"),
    ),
    "no bias": network(
        weights(), node("Conv", "xq wq -", "c", "conv", pads=[1, 1, 1, 1]), QACT
    ),
    "dropout": network(
        weights(), CONV, node("Dropout", "c - off", "d", "drop"),
        node("Quant", "d s zero b4", "y", "qact"), off=np.array(False),
    ),
    "attributes left out": network(
        weights(),
        helper.make_node("Conv", ["xq", "wq"], ["c"], "conv"),
        node("MaxPool", "c", "p", "pool", kernel_shape=[2, 1], strides=[2, 1]),
        node("Quant", "p s zero b4", "y", "qact"),
    ),
    "normalized before a signed quantizer": proto_of(
        [
            node("Mul", "x k", "m", "mul"), node("Add", "m low", "n", "add"),
            node("Quant", "n t zero b4", "xq", "qin"), weights(), CONV, QACT,
        ], SHAPE, **{**VALUES, "s": 0.9}, k=2 / 255, low=-1.0, t=0.125,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right(name, tmp_path):
    compare(RIGHT[name], tmp_path, scale=1.0)


def test_a_pruned_channel_whose_scale_is_its_greatest_weight(tmp_path):
    """QONNX divides 0 by 0 there: what is right is the network without that channel's weights."""
    keep = np.array([1, 0, 1], np.float32).reshape(3, 1, 1, 1)
    scale = np.array([0.2, 0.0, 0.3], np.float32).reshape(3, 1, 1, 1)
    pruned = network(weights(), CONV, QACT, w=WEIGHTS * keep, ws=scale)
    plain = network(weights(), CONV, QACT, w=WEIGHTS * keep, ws=scale + (1 - keep))
    frame = RNG.integers(0, 256, (6, 5, 2)).astype(np.uint8)
    right = by_qonnx(plain, frame.transpose(2, 0, 1)[None])
    np.testing.assert_allclose(by_integers(pruned, tmp_path, frame), right[0], rtol=1e-6)


SCALES = {
    "columns": (0.1 * np.arange(1, 4), r"\(3,\) differs along columns"),
    "rows": (0.1 * np.arange(1, 4).reshape(3, 1), r"\(3, 1\) differs along rows"),
    "input channels": (np.array([0.1, 0.2]).reshape(2, 1, 1), "differs along input channels"),
    "input channels, rank 4": (
        np.array([0.1, 0.2]).reshape(1, 2, 1, 1), "differs along input channels"
    ),
    "zero": (0.0, "its scale is 0"),
    "not finite": (np.nan, "scale holds a value that is not finite"),
    "infinite": (np.inf, "scale holds a value that is not finite"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("op", ["Quant", "BipolarQuant"])
def test_refused_scale_of_weights(name, op, tmp_path):
    scale, message = SCALES[name]
    quantizer = weights() if op == "Quant" else weights(op, "w ws")
    refused(network(quantizer, CONV, QACT, ws=scale), tmp_path, rf"^node qw \({op}\): .*{message}")


def normalization(**attrs):
    return node("BatchNormalization", "c g g g v", "d", "bn", **attrs)


DROP = node("Dropout", "c - on", "d", "drop")
REFUSED = {
    "zero point of weights": (
        network(weights(inputs="w ws half b4"), CONV, QACT, half=0.5),
        r"node qw \(Quant\): weights with a zero point that is not whole",
    ),
    "wide weights": (
        network(weights(inputs="w ws zero b17"), CONV, QACT, b17=17.0),
        r"node qw \(Quant\): weights of 17 bits; expected 1 to 16",
    ),
    "narrow weights of one bit": (
        network(weights(inputs="w ws zero b1", narrow=1), CONV, QACT),
        r"node qw \(Quant\): a narrow quantizer of 1 bit has only one level",
    ),
    "half a bit": (
        network(weights(inputs="w ws zero b"), CONV, QACT, b=2.5),
        r"node qw \(Quant\): bit width 2.5",
    ),
    "bit widths that differ": (
        network(weights(inputs="w ws zero b"), CONV, QACT, b=np.arange(2.0, 5).reshape(3, 1, 1, 1)),
        r"node qw \(Quant\): bit width differs between numbers",
    ),
    "scale 0 of one bit": (
        network(weights("BipolarQuant", "w ws"), CONV, QACT,
                ws=np.array([1.0, 0.0, 1.0]).reshape(3, 1, 1, 1)),
        r"node qw \(BipolarQuant\): scale 0 of output channel 1: weights of one bit are never 0",
    ),
    "dropout in training": (
        network(weights(), CONV, DROP, node("Quant", "d s zero b4", "y", "q"), on=np.array(True)),
        r"node drop \(Dropout\): training_mode is true",
    ),
    "normalization in training": (
        network(weights(), CONV, normalization(training_mode=1), g=np.ones(3), v=np.ones(3)),
        r"node bn \(BatchNormalization\): training_mode = 1",
    ),
    "normalization of a wrong size": (
        network(weights(), CONV, normalization(), g=np.ones(1), v=np.ones(1)),
        r"node bn \(BatchNormalization\): .*Dimension mismatch in unification between 1 and 3",
    ),
    "kernel against its weights": (
        network(weights(), node("Conv", "xq wq", "c", "conv", kernel_shape=[2, 2]), QACT), "conv",
    ),
    "bias of a wrong size": (
        network(weights(), node("Conv", "xq wq k", "c", "conv"), QACT, k=np.ones(2)), "conv",
    ),
    "signed input, scaled first": (
        proto_of([node("Mul", "x k", "m", "mul"), node("Quant", "m one zero b8", "xq", "qin"),
                  weights(), CONV, QACT], SHAPE, **VALUES, k=0.5),
        "input x: what its integers stand for is not known",
    ),
    "input of 17 bits": (
        proto_of([node("Quant", "x one zero k", "xq", "qin"), weights(), CONV, QACT], SHAPE,
                 **VALUES, k=17.0),
        "quantizer qin at the input: 17 bits; expected 1 to 16",
    ),
    "input of 16 bits moved by its zero point": (
        proto_of([node("Quant", "x one k b", "xq", "qin"), weights(), CONV, QACT], SHAPE,
                 **VALUES, k=1.0, b=16.0),
        "quantizer qin at the input: its levels less its zero point are -32769 to 32766",
    ),
    "17 bits behind a layer": (
        network(weights(), CONV, node("Quant", "c s zero k", "y", "qact"), k=17.0),
        r"node qact \(Quant\): 17 bits; expected .* of 1 to 16 bits",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    proto, message = REFUSED[name]
    refused(proto, tmp_path, message)


@pytest.mark.parametrize("kind", ["INT17", "FIXED<8,4>", "SCALEDINT<8>", "nonsense"])
def test_annotated_input_of_no_integers(kind, tmp_path):
    proto = network(weights(), CONV, QACT)
    entry = proto.graph.quantization_annotation.add(tensor_name="x")
    entry.quant_parameter_tensor_names.add(key="finn_datatype", value=kind)
    refused(proto, tmp_path, f"input x is annotated as {kind}; expected INT or UINT of 1 to 16")


@pytest.mark.parametrize("kind", ["INT32", "UINT64", "DOUBLE", "FLOAT16", "STRING"])
def test_input_of_another_type(kind, tmp_path):
    proto = network(weights(), CONV, QACT)
    proto.graph.input[0].type.tensor_type.elem_type = getattr(TensorProto, kind)
    refused(proto, tmp_path, f"input x is of type {kind.lower()}; expected float32")


@pytest.mark.parametrize("kind", ["INT8", "UINT16"])
def test_input_of_integers_without_a_cast(kind, tmp_path):
    proto = network(weights(), CONV, QACT)
    proto.graph.input[0].type.tensor_type.elem_type = getattr(TensorProto, kind)
    refused(proto, tmp_path, r"node \w+ \(Quant\): reads integers of input x; expected a Cast")
