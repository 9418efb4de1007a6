"""Streamlining: the integers are those of the QONNX network, to the last one."""

import json

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.steps.import_model import prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.graph.integer_graph import from_onnx
from flows.run.emulator import Emulator
from tests.flows.builder import Builder, Network
from tests.flows.flow import assert_equals_reference, streamlined
from tests.flows.networks import random_network

SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_network_equals_the_reference(seed):
    net = random_network(seed)
    model = streamlined(net)
    compared = assert_equals_reference(net, Emulator(model, 1), net.frames(3))
    assert {n.op_type for n in model.graph.node} <= {
        "Transpose", "Conv", "MultiThreshold", "MaxPool", "Concat", "Add",
    }  # fmt: skip
    quantizers = [n for n in net.proto.graph.node if n.op_type in ("Quant", "BipolarQuant")]
    assert compared <= len(quantizers)


def test_networks_are_as_varied_as_they_claim():
    nets = [random_network(seed) for seed in range(80)]
    facts = "\n".join(fact for net in nets for fact in net.facts)
    for word in (
        "binary", "ternary", "int4", "blocks", "interleaved", "permuted", "concat", "sum", "bn",
        "bipolar", "early", "relu", "real output", "normalized", "exact True", "exact False",
        "(1, 1)", "(3, 3)", "(2, 3)", "uint1", "uint4", " int2", "FLOOR", "given 0.0",
    ):  # fmt: skip
        assert word in facts, word
    assert {d for net in nets for d in net.d} >= {1, 2, 3, 4}
    assert {f for net in nets for f in net.f} == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 12_000, 100))
def test_more_random_networks(first):
    for seed in range(first, first + 100):
        net = random_network(seed)
        assert_equals_reference(net, Emulator(streamlined(net), 1), net.frames(2))


def _network(builder, output):
    proto = builder.finish(output)
    return Network(0, proto, builder.shape, builder.input_scale, None, (), (), ())


def _builder(seed=0, shape=(1, 6, 6), exact=False):
    b = Builder(np.random.default_rng(seed), shape, 2.0**-8, exact)
    return b, b.quant("x", 8, False, 2.0**-8)


def test_ties_round_to_even_as_the_quantizer_does():
    b, tensor = _builder(exact=True)
    tensor = b.conv(tensor, np.array([[[[1]]], [[[-1]]]]), "binary", (1, 1), [0] * 4)
    # the accumulator steps in 1/256 x scale of the weights: make every second one a tie
    tensor = b.quant(tensor, 4, True, np.float32(2.0**-7 * 0.25))
    net = _network(b, tensor)
    assert_equals_reference(net, Emulator(streamlined(net), 1), net.frames(4))


@pytest.mark.parametrize("count", [2, 3])
def test_sum_of_equal_convolutions_behind_a_negative_scale(count):
    """The copies may be one tensor; their sign must be changed once, not once for each use."""
    b, tensor = _builder()
    kernel = np.array([[[[1]]], [[[1]]]])
    state = b.rng.bit_generator.state
    total = ""
    for _ in range(count):
        b.rng.bit_generator.state = state
        part = b.conv(tensor, kernel, "binary", (1, 1), [0] * 4)
        total = b.add("Add", [total, part]) if total else part
    total = b.add("Mul", [total, b.constant(np.array([-1.5, 0.7]).reshape(1, 2, 1, 1))])
    net = _network(b, b.quant(b.add("Add", [total, b.constant(0.21)]), 3, True))
    assert_equals_reference(net, Emulator(streamlined(net), 1), net.frames(3))


def _right_or_refused(net):
    try:
        model = streamlined(net)
    except FlowError:
        return
    assert_equals_reference(net, Emulator(model, 1), net.frames(3))


def _branch(b, tensor, factor, delay=0):
    """A quantizer of factor * tensor, as many steps later as delay says."""
    tensor = b.add("Mul", [tensor, b.constant(factor)])
    for _ in range(delay + 1):
        tensor = b.add("Add", [tensor, b.constant(0.17)])
    return b.quant(tensor, 2, True, np.float32(0.4))


@pytest.mark.parametrize("delays", [(0, 0), (0, 4), (4, 0)])
def test_accumulator_read_by_two_branches_one_of_them_negative(delays):
    """Changing a kernel's sign for one reader must not change what the other reads."""
    b, tensor = _builder()
    acc = b.conv(tensor, np.array([[[[1]]], [[[-1]]]]), "binary", (1, 1), [0] * 4)
    branches = [_branch(b, acc, f, d) for f, d in zip((-1.3, 1.1), delays, strict=True)]
    _right_or_refused(_network(b, b.add("Concat", branches, axis=1)))


def test_part_of_a_negative_sum_that_is_read_elsewhere():
    b, tensor = _builder()
    state, parts = b.rng.bit_generator.state, []
    for second in (-1, 1):
        b.rng.bit_generator.state = state  # equal scales
        kernel = np.array([[[[1]]], [[[second]]]])
        parts.append(b.conv(tensor, kernel, "binary", (1, 1), [0] * 4))
    branches = [_branch(b, parts[0], 1.0), _branch(b, b.add("Add", parts), -1.3)]
    _right_or_refused(_network(b, b.add("Concat", branches, axis=1)))


def test_sum_of_three_convolutions_of_which_two_are_equal():
    """It can be fused all the same: nothing may be left of it but one convolution."""
    b, tensor = _builder()
    state, total = b.rng.bit_generator.state, ""
    for second in (1, -1, 1):
        b.rng.bit_generator.state = state
        kernel = np.array([[[[1]]], [[[second]]]])
        part = b.conv(tensor, kernel, "binary", (1, 1), [0] * 4)
        total = b.add("Add", [total, part]) if total else part
    net = _network(b, b.quant(total, 3, True))
    model = streamlined(net).transform(FuseDuplicatedInputs())
    assert_equals_reference(net, Emulator(model, 1), net.frames(3))
    assert [n.op_type for n in model.graph.node].count("Conv") == 1
    assert "Add" not in [n.op_type for n in model.graph.node]


def test_quantized_bias():
    for shape in ((), (1,)):
        b, tensor = _builder(exact=True)
        inputs = [b.constant(v) for v in ([1.0, -2.0, 0.6], np.full(shape, 0.5), 0.0, 6.0)]
        bias = b.add("Quant", inputs, signed=1, narrow=0, rounding_mode="ROUND")
        weights = b.weights(b.rng.choice([-1, 1], (3, 1, 3, 3)), "binary")
        tensor = b.add("Conv", [tensor, weights, bias], kernel_shape=[3, 3])
        net = _network(b, b.quant(tensor, 3, True))
        assert_equals_reference(net, Emulator(streamlined(net), 1), net.frames(2))


def test_leaky_relu_with_a_negative_scale_in_front():
    b, tensor = _builder(shape=(2, 5, 7))
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (4, 2, 3, 3)), "binary", (2, 1), [1, 0, 1, 2])
    tensor = b.batch_norm(tensor)
    tensor = b.add("LeakyRelu", [tensor], alpha=0.125)
    net = _network(b, b.quant(b.pool(tensor, (2, 2)), 4, True))
    assert_equals_reference(net, Emulator(streamlined(net), 1), net.frames(3))


def test_decoding_is_documented_in_the_metadata():
    b, tensor = _builder(shape=(2, 5, 5))
    net = _network(b, b.conv(tensor, b.rng.choice([-1, 1], (3, 2, 1, 1)), "binary", (1, 1), [0] * 4,
                             bias=True))  # fmt: skip
    metadata = from_onnx(streamlined(net)).metadata
    assert len(json.loads(metadata["output_scale"])) == 3
    assert len(json.loads(metadata["output_bias"])) == 3
    assert float(metadata["input_scale"]) == 2.0**-8


def test_input_scale_of_the_configuration_goes_before_the_models():
    b, tensor = _builder(shape=(1, 5, 5))
    tensor = b.conv(tensor, np.array([[[[3]]]]), "int4", (1, 1), [0] * 4)
    proto = b.finish(tensor)
    own = streamline(prepare(ModelWrapper(proto, make_deepcopy=True)))
    given = streamline(prepare(ModelWrapper(proto, make_deepcopy=True)), 2.0**-7)
    frame = np.arange(25, dtype=np.uint8).reshape(5, 5, 1) * 10
    for model, step in ((own, 2.0**-8), (given, 2.0**-7)):
        net = Network(0, proto, b.shape, step, None, (), (), ())
        assert_equals_reference(net, Emulator(model, 1), [frame])


def large_sums(shift):
    """520 channels of 255 at most times 127: up to 16,840,200. Level 1 from shift + 1 on."""
    b = Builder(np.random.default_rng(0), (520, 2, 2), 2.0**-8, exact=True)
    weights = b.quant(b.constant(np.full((1, 520, 1, 1), 127)), 8, True, 1.0)
    tensor = b.add("Conv", [b.quant("x", 8, False, 2.0**-8), weights], kernel_shape=[1, 1])
    tensor = b.add("Add", [tensor, b.constant(-shift * 2.0**-8)])
    return _network(b, b.quant(tensor, 1, False, 2.0**-8))


@pytest.mark.parametrize("sums", [2**24 - 1, 2**24])
def test_thresholds_beyond_float32_are_kept(sums):
    """2^24 is a float32 and 2^24 + 1 is none: it would be 2^24, a level too much at that sum."""
    act = from_onnx(streamlined(large_sums(sums))).node("act1")
    assert act.params["thresholds"].tolist() == [[sums + 1]]


def summed(scales, biases):
    """Two 1 x 1 convolutions of the image by 1 at these scales, with biases, added; a real sum."""
    b, tensor = _builder(exact=True)
    parts = []
    for scale, bias in zip(scales, biases, strict=True):
        one = b.quant(b.constant(np.full((1, 1, 1, 1), scale)), 2, True, scale)
        part = b.add("Conv", [tensor, one], kernel_shape=[1, 1])
        parts.append(b.add("Add", [part, b.constant(np.full((1, 1, 1, 1), bias))]))
    return _network(b, b.add("Add", parts))


def test_offsets_of_a_sum_add_up():
    graph = from_onnx(streamlined(summed((0.5, 0.5), (0.25, 1.0))))
    assert json.loads(graph.metadata["output_bias"]) == [1.25]
    assert json.loads(graph.metadata["output_scale"]) == [2.0**-9]


def test_a_sum_of_other_scales():
    """A step of the second is half of one of the first, whose integers count twice."""
    graph = from_onnx(streamlined(summed((0.5, 0.25), (0.0, 1.0))))
    assert json.loads(graph.metadata["output_scale"]) == [2.0**-10]
    assert [n.params["factors"].tolist() for n in graph.nodes if n.op == "Mul"] == [[2]]
