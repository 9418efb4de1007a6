"""Fuse duplicated inputs: F kernels over one tensor become one, the integers stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.graph.integer_graph import from_onnx
from tests.flows.graph.graphs import Graph, assert_same_integers


def _layer(g, tensor, kernels, way):
    """Output of F kernels (F, O, C, KH, KW) over one tensor, as a Concat or as a sum."""
    if way == "concat":
        copies = g.join("Concat", [tensor] * len(kernels), "concat0")
        return g.conv(copies, np.concatenate(list(kernels), axis=1))
    total = g.conv(tensor, kernels[0])
    for number, kernel in enumerate(kernels[1:]):
        total = g.join("Add", [total, g.conv(tensor, kernel)], f"add{number}")
    return total


@settings(max_examples=50, deadline=None)
@given(
    st.integers(2, 4), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["concat", "sum"]),
    st.booleans(), st.booleans(), st.integers(0, 2**32),
)  # fmt: skip
def test_fusing_leaves_all_integers_unchanged(f, rows, channels, way, image, last, seed):
    rng = np.random.default_rng(seed)
    g = Graph(rng, (channels, 4, 5))
    tensor = "input" if image else g.act(g.binary("input", channels))
    kernels = rng.choice([-1, 1], (f, rows, channels, 2, 2))
    tensor = _layer(g, tensor, kernels, way)
    if not last:
        g.graph.nodes[-1].name = g.graph.output = tensor = "conv9"
        g.act(tensor)
    before = g.model()
    fuse = FuseDuplicatedInputs()
    after = before.transform(fuse)
    assert_same_integers(before, after, g.frames())

    graph = from_onnx(after)
    assert not [n for n in graph.nodes if n.op in ("Concat", "Add")]  # the operator is gone
    fused = [n for n in graph.nodes if n.op == "Conv"][-1]
    np.testing.assert_array_equal(fused.params["weights"], kernels.sum(axis=0))
    assert set(np.unique(fused.params["weights"])) <= set(range(-f, f + 1, 2))
    (entry,) = fuse.savings
    assert entry["factor"] == f
    assert entry["layer"] == fused.name
    assert entry["weights_before"] == f * entry["weights_after"] == kernels.size
    assert entry["macs_before"] == f * entry["macs_after"]


def test_copies_of_different_tensors_stay():
    rng = np.random.default_rng(1)
    g = Graph(rng, (2, 4, 4))
    parts = [g.act(g.binary("input", 2)), g.act(g.binary("input", 2))]
    g.binary(g.join("Concat", parts, "concat0"), 2)
    fuse = FuseDuplicatedInputs()
    assert "Concat" in [n.op_type for n in g.model().transform(fuse).graph.node]
    assert not fuse.savings


@pytest.mark.parametrize("second_kernel", [1, 2])
def test_sums_of_unlike_convolutions_stay(second_kernel):
    rng = np.random.default_rng(2)
    g = Graph(rng, (2, 4, 4))
    one, other = g.act(g.binary("input", 2)), g.act(g.binary("input", 2))
    if second_kernel == 1:  # of different tensors
        g.join("Add", [g.binary(one, 2), g.binary(other, 2)], "add4")
    else:  # of different kernels, padded to equal shapes
        wide = g.binary(one, 2, kernel=2)
        node = g.graph.node(wide)
        node.attrs["pads"], node.shape = [0, 0, 1, 1], (2, 4, 4)
        g.join("Add", [wide, g.binary(one, 2)], "add4")
        g.graph.nodes.remove(g.graph.node(other))
        g.graph.nodes.remove(g.graph.node("conv2"))
    before = g.model()
    fuse = FuseDuplicatedInputs()
    after = before.transform(fuse)
    assert "Add" in [n.op_type for n in after.graph.node]
    assert_same_integers(before, after, g.frames())


def test_a_part_that_is_used_elsewhere_stays():
    rng = np.random.default_rng(3)
    g = Graph(rng, (2, 4, 4))
    first, second = g.binary("input", 2), g.binary("input", 2)
    total = g.join("Add", [first, second], "add2")
    g.join("Concat", [g.pool(total), g.pool(first)], "concat2")
    before = g.model()
    after = before.transform(FuseDuplicatedInputs())
    assert "Add" in [n.op_type for n in after.graph.node]
    assert_same_integers(before, after, g.frames())


def test_a_kernel_that_is_added_twice_counts_twice():
    g = Graph(np.random.default_rng(4), (2, 4, 4))
    first, second = g.binary("input", 2), g.binary("input", 2)
    inner = g.join("Add", [first, second], "add2")
    g.join("Add", [inner, first], "add3")
    kernels = [g.graph.node(name).params["weights"] for name in (first, second)]
    before = g.model()
    fuse = FuseDuplicatedInputs()
    after = before.transform(fuse)
    assert_same_integers(before, after, g.frames())
    (node,) = from_onnx(after).nodes
    assert node.params["weights"].tolist() == (2 * kernels[0] + kernels[1]).tolist()
    (entry,) = fuse.savings
    assert (entry["factor"], entry["weights_before"], entry["weights_after"]) == (3, 12, 4)


@pytest.mark.parametrize("read", [False, True])
def test_a_concat_that_is_the_output_stays(read):
    g = Graph(np.random.default_rng(5), (2, 4, 4))
    tensor = g.act(g.binary("input", 2))
    copies = g.join("Concat", [tensor, tensor], "concat0")
    if read:
        g.binary(copies, 2)
    g.graph.output = copies
    before = g.model()
    after = before.transform(FuseDuplicatedInputs())
    assert "Concat" in [n.op_type for n in after.graph.node]
    assert_same_integers(before, after, g.frames())
