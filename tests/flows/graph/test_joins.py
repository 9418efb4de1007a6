"""Sums, differences and concatenations of activations: what qonnx gives for the file, or refused.

The image has two channels, a and b are quantized convolutions of it, of scales sa and sb.
"""

import json

import numpy as np
import pytest

from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.integer_graph import from_onnx
from tests.flows.foreign_model import compare, node, proto_of

RNG = np.random.default_rng(3)
SHAPE = (1, 2, 5, 6)
VALUES = {
    "wa": RNG.integers(-3, 4, (4, 2, 3, 3)) * 2.0**-6,
    "wb": RNG.integers(-3, 4, (4, 2, 1, 1)) * 2.0**-6,
    "wc": RNG.integers(-1, 2, (3, 8, 3, 3)) * 1.0,
    "wd": RNG.integers(-1, 2, (3, 4, 1, 1)) * 1.0,
    "ws": 2.0**-6, "sa": 0.5, "sb": 0.5, "so": 1.0, "sn": RNG.choice([-1.0, 1.0], (4, 1, 1)),
    "shift": RNG.integers(-9, 9, (4, 1, 1)) * 0.25, "half": -0.5,
}  # fmt: skip
PADS = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
FRONT = [
    node("Quant", "x one zero b8", "xq", "qin", signed=0),
    node("Quant", "wa ws zero b4", "waq", "qwa"),
    node("Quant", "wb ws zero b4", "wbq", "qwb"),
    node("Conv", "xq waq", "ac", "conva", **PADS),
    node("Conv", "xq wbq", "bc", "convb"),
]
QUANTS = [node("Quant", "ac sa zero b4", "a", "qa"), node("Quant", "bc sb zero b2", "b", "qb")]
OUT = node("Quant", "t so zero b4", "y", "qo")
SUM = node("Add", "a b", "t", "sum")
CONCAT = node("Concat", "a b", "t", "cat", axis=1)
CONVC = [
    node("Quant", "wc one zero b2", "wcq", "qwc"),
    node("Conv", "t wcq", "y", "convc", **PADS),
]
CONVD = [node("Quant", "wd one zero b2", "wdq", "qwd"), node("Conv", "t wdq", "y", "convd")]


def network(*nodes, **values):
    return proto_of([*FRONT, *nodes], SHAPE, **{**VALUES, **values})


RIGHT = {
    "sum of one scale": network(*QUANTS, SUM, OUT),
    "sum of scales 3 to 2": network(*QUANTS, SUM, OUT, sa=0.75),
    "sum of 1 to 8 at the end": network(*QUANTS, SUM, sb=4.0),
    "sum with a border behind it": network(*QUANTS, SUM, *CONVD, sa=0.25),
    "sum of convolutions": network(node("Add", "ac bc", "t", "sum"), OUT),
    "sum of a convolution and a quantized tensor of another scale": network(
        QUANTS[0], node("Mul", "bc odd", "b", "scaled"), SUM, OUT, odd=2.9752
    ),
    "difference": network(*QUANTS, node("Sub", "a b", "t", "sub"), OUT, sa=0.25),
    "tensor with itself": network(
        *QUANTS, node("Add", "a a", "c", "s"), node("Add", "c b", "t"), OUT
    ),
    "offsets": network(
        *QUANTS, node("Add", "a shift", "c", "s"), node("Add", "c b", "t", "sum"), OUT
    ),
    "pool in front": network(
        node("Quant", "ac sa zero b4", "aq", "qa"),
        node("MaxPool", "aq", "a", "mpa", kernel_shape=[2, 2], strides=[2, 2]),
        node("Quant", "bc sb zero b2", "bq", "qb"),
        node("MaxPool", "bq", "b", "mpb", kernel_shape=[2, 2], strides=[2, 2]),
        SUM, OUT,
    ),
    "pool behind": network(
        *QUANTS, SUM, node("MaxPool", "t", "p", "mp", kernel_shape=[2, 2], strides=[2, 2]),
        node("Quant", "p so zero b4", "y", "qo"),
    ),
    "falling, all channels": network(*QUANTS, node("Add", "a b", "c", "s"),
                                     node("Mul", "c half", "t", "neg"), OUT),
    "falling channels of convolutions": network(
        node("Add", "ac bc", "c", "sum"), node("Mul", "c sn", "t", "mul"), OUT
    ),
    "falling channels of quantized tensors": network(
        *QUANTS, node("Add", "a b", "c", "sum"), node("Mul", "c sn", "t", "mul"), OUT
    ),
    "a distance": network(
        *QUANTS, node("Sub", "a b", "c", "difference"), node("Abs", "c", "t", "abs"), OUT
    ),
    "a function of a quantized tensor": network(
        QUANTS[0], node("HardSigmoid", "a", "g", "gate"), node("Mul", "a g", "t", "mul"), OUT
    ),
    "the image added": network(
        node("Quant", "wb1 ws zero b4", "w1q", "qw1"), node("Conv", "xq w1q", "c1", "conv1"),
        node("Add", "c1 xq", "t", "sum"), OUT, wb1=VALUES["wb"][:2], so=32.0,
    ),
    "concat of one scale": network(*QUANTS, CONCAT, *CONVC),
    "concat of two scales": network(*QUANTS, CONCAT, *CONVC, sa=0.125, sb=1.5),
    "concat, scales of channels": network(
        *QUANTS, CONCAT, *CONVC, sa=np.array([1.0, 2.0, 0.5, 1.0]).reshape(4, 1, 1)
    ),
    "concat and a quantizer": network(*QUANTS, CONCAT, OUT, sa=0.3),
    "concat at the end": network(*QUANTS, CONCAT, sa=0.3),
    "concat of three": network(*QUANTS, node("Concat", "a xq b", "t", "cat", axis=-3), OUT),
    "concat of functions in front of one quantizer": network(
        node("Relu", "ac", "a", "ra"), node("Mul", "bc sn", "b0", "mul"), node("Relu", "b0", "b"),
        CONCAT, OUT, so=0.3,
    ),
    "concat of a function and of a quantized tensor": network(
        node("Sigmoid", "ac", "a", "sa"), QUANTS[1], CONCAT, OUT, so=0.125
    ),
    "concat of a tensor with a function of itself": network(
        node("Mul", "ac sn", "a0", "mul"), node("Relu", "a0", "b", "relu"),
        node("Concat", "ac b", "t", "cat", axis=1), OUT, so=0.5,
    ),
    "concat of a function that turns": network(
        node("Abs", "ac", "a", "abs"), QUANTS[1], CONCAT, OUT, so=0.5
    ),
    "concat of sums": network(
        node("Concat", "ac bc", "c", "cat", axis=1), node("Relu", "c", "t", "relu"), OUT
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_as_qonnx_executes_it(name, tmp_path):
    compare(RIGHT[name], tmp_path)


def integers(proto, folder):
    path = folder / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    return from_onnx(streamline(prepare(load_qonnx(path))))


def test_factors(tmp_path):
    """0.75 a + 0.5 b = 0.25 (3 a + 2 b)."""
    graph = integers(network(*QUANTS, SUM, sa=0.75), tmp_path)
    products = [n for n in graph.nodes if n.op == "Mul"]
    assert [n.params["factors"].tolist() for n in products] == [[3], [2]]
    assert [(n.lo, n.hi) for n in products] == [(-32, 31), (-4, 3)]
    assert json.loads(graph.metadata["output_scale"]) == [0.25] * 4


def test_range_of_a_sum(tmp_path):
    """0..15 and 0..3 make 0..18, for which five bits are needed."""
    parts = [
        node("Quant", "ac sa zero b4", "a", "qa", signed=0),
        node("Quant", "bc sb zero b2", "b", "qb", signed=0),
    ]
    graph = integers(network(*parts, SUM), tmp_path)
    assert (graph.node(graph.output).lo, graph.node(graph.output).hi) == (0, 31)


def test_scales_of_a_concat_go_into_the_weights(tmp_path):
    graph = integers(network(*QUANTS, CONCAT, *CONVC, sa=0.25, sb=0.75), tmp_path)
    weights = graph.node(graph.output).params["weights"]
    expected = VALUES["wc"] * np.repeat([1, 3], 4).reshape(8, 1, 1)
    assert np.array_equal(weights, expected)


WRONG = {
    "scales of no ratio": (
        network(*QUANTS, SUM, sa=0.3),
        r"node sum \(Add\): scales 0\.300000012 and 0\.5 of its inputs: one is not the other times "
        "a ratio of integers of at most 1024; quantize both with one scale",
    ),
    "two layers of no ratio": (
        network(node("Mul", "bc odd", "bs", "scaled"), node("Add", "ac bs", "t", "sum"), OUT,
                odd=2**0.5 / 3),
        "and no two such integers keep the order of the sums of -[0-9,]+ to [0-9,]+ and -.*; put a "
        "quantizer behind each of the tensors",
    ),
    "ratios by channel": (
        network(*QUANTS, SUM, sa=np.array([0.5, 0.25, 0.5, 1.0]).reshape(4, 1, 1)),
        r"node sum \(Add\): the ratio of its inputs' scales differs between channels",
    ),
    "not quantized": (
        network(node("Relu", "ac", "a", "relu"), QUANTS[1], SUM),
        r"node sum \(Add\): input 0 \(a\) is not quantized",
    ),
    "scales of a concat": (
        network(*QUANTS, CONCAT, *CONVC, sa=0.3),
        r"node convc \(Conv\): the scales of its input's channels are no multiples, of at most "
        "1024, of one number",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_refused(name, tmp_path):
    proto, message = WRONG[name]
    with pytest.raises(FlowError, match=message):
        integers(proto, tmp_path)
