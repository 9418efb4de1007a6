"""Fold duplicated weights: the same integers from one copy, and refusals with their reasons."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.fold_duplicated_weights import (
    FoldDuplicatedWeights,
    channel_orders,
    equal_channels,
)
from flows.graph.integer_graph import from_onnx
from tests.flows.graph.graphs import Graph, assert_same_integers

LAYOUTS = ("blocks", "interleaved", "permuted")


def duplicated(rng, rows, base, d, kernel, layout):
    """Weights (rows, base * d, kernel, kernel) whose base channels all differ."""
    values = rng.integers(-100, 101, (rows, base, kernel, kernel))
    values[0, :, 0, 0] = rng.permutation(base)
    weights = np.tile(values, (1, d, 1, 1)) if layout != "interleaved" else values.repeat(d, axis=1)
    return weights[:, rng.permutation(base * d)] if layout == "permuted" else weights


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.sampled_from(LAYOUTS),
    st.integers(0, 2**32),
)  # fmt: skip
def test_equal_channels_finds_the_factor_and_the_groups(rows, base, d, layout, seed):
    weights = duplicated(np.random.default_rng(seed), rows, base, d, 2, layout)
    factor, order = equal_channels(weights)
    assert factor == d
    assert sorted(order) == list(range(base * d))
    groups = weights[:, order].reshape(rows, base, d, 2, 2)
    assert (groups == groups[:, :, :1]).all()
    assert (order.reshape(base, d)[:, 0][1:] > order.reshape(base, d)[:, 0][:-1]).all()


def test_equal_channels_of_unequal_multiplicity():
    # channels a a a a b b: groups of two, although a stands four times
    weights = np.array([[1, 1, 1, 1, 2, 2]]).reshape(1, 6, 1, 1)
    factor, order = equal_channels(weights)
    assert factor == 2
    assert order.reshape(3, 2).tolist() == [[0, 2], [1, 3], [4, 5]]


@pytest.mark.parametrize(
    ("values", "factor", "groups"),
    [
        ([1, 1, 2, 2, 2], 1, [[0], [1], [2], [3], [4]]),  # 2 and 3 have nothing in common
        ([1] * 4 + [2] * 6, 2, [[0, 2], [1, 3], [4, 7], [5, 8], [6, 9]]),
        ([1, 2, 2, 1, 1, 1], 2, [[0, 4], [1, 2], [3, 5]]),  # in the order of their first
        ([3, 3, 3], 3, [[0, 1, 2]]),
    ],
)
def test_equal_channels_by_hand(values, factor, groups):
    found, order = equal_channels(np.array([values]).reshape(1, -1, 1, 1))
    assert found == factor
    assert order.reshape(-1, factor).tolist() == groups


@pytest.mark.parametrize(("low", "levels", "reach"), [(0, 3, (0, 9)), (-2, 3, (-6, 3))])
def test_range_of_a_sum(low, levels, reach):
    """Of three channels of low..low + levels; of three pixels it is 0..765."""
    g = Graph(np.random.default_rng(4), (3, 4, 4))
    g.conv(g.act(g.conv("input", np.ones((3, 3, 1, 1))), levels, low), np.ones((2, 3, 1, 1)))
    fold = FoldDuplicatedWeights()
    for conv, expected in (("conv1", (0, 765)), ("conv2", reach)):
        fold._fold(g.graph, g.graph.node(conv), 3, np.arange(3))
        total = g.graph.node(f"sum{conv[-1]}")
        assert (total.lo, total.hi) == expected


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(2, 4), st.sampled_from(LAYOUTS),
    st.booleans(), st.booleans(), st.integers(-2, 0), st.integers(0, 2**32),
)  # fmt: skip
def test_fold_leaves_all_integers_unchanged(rows, base, d, layout, pool, shared, low, seed):
    rng = np.random.default_rng(seed)
    g = Graph(rng, (2, 5, 6))
    tensor = g.act(g.binary("input", base * d), low=low, shared=shared)
    if pool:
        tensor = g.pool(tensor)
    weights = duplicated(rng, rows, base, d, 2, layout)
    tensor = g.act(g.conv(tensor, weights))
    g.binary(tensor, 2)
    before = g.model()
    fold = FoldDuplicatedWeights()
    after = before.transform(fold)
    assert assert_same_integers(before, after, g.frames()) == 2 + pool

    graph = from_onnx(after)
    entry = next(entry for entry in fold.savings if entry["layer"] == "conv2")
    folded = graph.node("conv2")
    assert folded.params["weights"].size * d == weights.size
    assert (entry["factor"], entry["weights_before"], entry["weights_after"]) == (
        d, weights.size, weights.size // d,
    )  # fmt: skip
    assert entry["macs_before"] == d * entry["macs_after"]
    assert equal_channels(folded.params["weights"])[0] == 1  # the copies are gone
    total = graph.node(folded.inputs[0])
    assert total.shape == (base, *graph.node(total.inputs[0]).shape[1:])
    assert total.op == "ChannelSum"
    assert total.params["ones"].shape == (base, d, 1, 1)
    assert (total.params["ones"] == 1).all()
    # exactly one sum a fold: the sum itself is not taken for duplicated weights
    assert sum(node.name.startswith("sum") for node in graph.nodes) == len(fold.savings)
    assert {e["layer"] for e in fold.savings} <= {"conv1", "conv2", "conv3"}


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.integers(1, 3), st.sampled_from(LAYOUTS), st.integers(0, 2**32))
def test_channel_orders_undo_the_permutation(d, base, layout, seed):
    rng = np.random.default_rng(seed)
    g = Graph(rng, (1, 4, 4))
    source = g.conv("input", rng.permutation(base * d).reshape(-1, 1, 1, 1) - 1)
    g.conv(g.act(source), duplicated(rng, 2, base, d, 1, layout))
    after = g.model().transform(FoldDuplicatedWeights())
    graph = from_onnx(after)
    new, old = graph.node("conv1").params["weights"], g.graph.node("conv1").params["weights"]
    orders = channel_orders(graph)
    for name in ("conv1", "act1"):
        order = orders.get(name, list(range(base * d)))
        assert sorted(order) == list(range(base * d))
    np.testing.assert_array_equal(new, old[orders.get("conv1", slice(None))])
    thresholds = [x.node("act1").params["thresholds"] for x in (graph, g.graph)]
    np.testing.assert_array_equal(thresholds[0], thresholds[1][orders.get("act1", slice(None))])


def test_a_permutation_of_channels_that_were_permuted_before():
    """The recorded order leads to the channels of the first graph of all, not of the last."""
    g = Graph(np.random.default_rng(9), (1, 4, 4))
    weights = np.array([3, 1, 2, 0]).reshape(-1, 1, 1, 1)
    tensor = g.act(g.conv("input", weights))
    # input channels a b a b, so that the permutation is 0 2 1 3
    g.conv(tensor, np.array([[5, 7, 5, 7]]).reshape(1, 4, 1, 1))
    g.graph.metadata["channel_orders"] = json.dumps({"conv1": [2, 3, 1, 0], "act1": [2, 3, 1, 0]})
    graph = from_onnx(g.model().transform(FoldDuplicatedWeights()))
    assert graph.node("conv1").params["weights"].reshape(-1).tolist() == [3, 2, 1, 0]
    # channel 1 now was channel 2 of this graph, which was channel 1 before; and so on
    assert channel_orders(graph) == {"conv1": [2, 1, 3, 0], "act1": [2, 1, 3, 0]}


def test_two_layers_that_are_both_folded_and_permuted():
    rng = np.random.default_rng(3)
    g = Graph(rng, (2, 7, 7))
    tensor = g.act(g.binary("input", 6))
    tensor = g.act(g.conv(tensor, duplicated(rng, 8, 3, 2, 2, "permuted")), low=-1)
    g.conv(tensor, duplicated(rng, 3, 2, 4, 1, "blocks"))
    before = g.model()
    fold = FoldDuplicatedWeights()
    after = before.transform(fold)
    assert [(e["layer"], e["factor"]) for e in fold.savings] == [("conv2", 2), ("conv3", 4)]
    assert all(e["permuted"] for e in fold.savings)
    assert assert_same_integers(before, after, g.frames()) == 2


def test_line_buffer_bits():
    rng = np.random.default_rng(3)
    g = Graph(rng, (1, 8, 10))
    g.conv(g.act(g.binary("input", 8)), duplicated(rng, 3, 2, 4, 3, "blocks"))
    fold = FoldDuplicatedWeights()
    g.model().transform(fold)
    (entry,) = fold.savings
    assert entry["line_buffer_bits_before"] == 2 * 10 * 8 * 2  # 8 channels of 0..3
    assert entry["line_buffer_bits_after"] == 2 * 10 * 2 * 4  # 2 channels of 0..12


def test_line_buffer_bits_of_a_border_and_of_negative_integers():
    rng = np.random.default_rng(3)
    g = Graph(rng, (1, 8, 10))
    name = g.conv(g.act(g.binary("input", 8), low=-1), duplicated(rng, 3, 2, 4, 3, "blocks"))
    g.graph.node(name).attrs["pads"] = [1, 1, 1, 2]
    g.graph.node(name).shape = (3, 8, 11)
    fold = FoldDuplicatedWeights()
    g.model().transform(fold)
    (entry,) = fold.savings
    assert entry["line_buffer_bits_before"] == 2 * 13 * 8 * 3  # 8 channels of -1..2, in INT3
    assert entry["line_buffer_bits_after"] == 2 * 13 * 2 * 5  # 2 channels of -16..12
    assert entry["macs_before"] == 3 * 8 * 9 * 8 * 11
    assert entry["macs_after"] == 3 * 2 * 9 * 8 * 11


def _kept(g):
    before = g.model()
    fold = FoldDuplicatedWeights()
    after = before.transform(fold)
    assert_same_integers(before, after, g.frames())
    return fold


def test_image_is_summed_without_a_permutation_and_refused_with_one():
    rng = np.random.default_rng(5)
    g = Graph(rng, (4, 5, 5))
    g.conv("input", duplicated(rng, 2, 2, 2, 1, "interleaved"))
    assert [e["layer"] for e in _kept(g).savings] == ["conv1"]
    g = Graph(rng, (4, 5, 5))
    g.conv("input", duplicated(rng, 2, 2, 2, 1, "blocks"))
    fold = _kept(g)
    assert fold.kept == {"conv1": "its channels come from the image and cannot be permuted"}
    assert not fold.savings


def test_fan_out_is_refused():
    rng = np.random.default_rng(6)
    g = Graph(rng, (2, 5, 5))
    tensor = g.act(g.binary("input", 4))
    first = g.conv(tensor, duplicated(rng, 2, 2, 2, 1, "blocks"))
    second = g.binary(tensor, 2)
    g.join("Add", [first, second], "add3")
    assert _kept(g).kept == {"conv2": "act1 is used elsewhere, so its channels cannot be permuted"}


def test_network_output_and_concat_are_refused():
    rng = np.random.default_rng(7)
    g = Graph(rng, (2, 5, 5))
    tensor = g.act(g.binary("input", 4))
    g.conv(tensor, duplicated(rng, 2, 2, 2, 1, "blocks"))
    g.graph.output = tensor
    assert _kept(g).kept == {"conv2": "act1 is used elsewhere, so its channels cannot be permuted"}
    g = Graph(rng, (2, 5, 5))
    parts = [g.act(g.binary("input", 2)), g.act(g.binary("input", 2))]
    g.conv(g.join("Concat", parts, "concat2"), duplicated(rng, 2, 2, 2, 1, "blocks"))
    assert _kept(g).kept == {"conv3": "the channels of concat2 (Concat) cannot be permuted"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_to_fold_changes_nothing(layout):
    rng = np.random.default_rng(8)
    g = Graph(rng, (2, 5, 5))
    g.conv(g.act(g.binary("input", 3)), duplicated(rng, 2, 3, 1, 1, "blocks"))
    before = g.model()
    fold = FoldDuplicatedWeights()
    after = before.transform(fold)
    assert not fold.savings
    assert not fold.kept
    assert [n.op_type for n in after.graph.node] == [n.op_type for n in before.graph.node]
    assert json.loads(from_onnx(after).metadata.get("channel_orders", "{}")) == {}
