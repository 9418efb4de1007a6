"""The emulator's exact range: sums below 2^24 are taken, from there on they are refused."""

import numpy as np
import pytest

from flows.errors import FlowError
from flows.run.emulator import Emulator
from tests.flows.graph.graphs import Graph


def network(levels, low, weights):
    """A layer of these weights (two inputs, one output) behind integers low..low + levels."""
    g = Graph(np.random.default_rng(0), (2, 2, 2))
    g.conv(g.act(g.binary("input", 2), levels, low), np.array(weights).reshape(1, 2, 1, 1))
    return g.model()


@pytest.mark.parametrize("sign", [1, -1])
def test_the_bound_itself_is_refused(sign):
    """Integers up to 15 and sums of weights up to 2^20: 2^24 less 2^20; then with -16."""
    largest = [sign << 19, -1 << 19]
    Emulator(network(15, 0, largest), 1)
    with pytest.raises(FlowError, match="node conv2: sums may reach 16777216, beyond"):
        Emulator(network(15, -16, largest), 1)
    Emulator(network(15, -16, [sign << 19, -(1 << 19) + 1]), 1)


def test_sums_of_tensors_are_bounded_too():
    """Layers of up to 2^23 - 1 and 2^23: each by itself is exact, and so is one of each."""
    g = Graph(np.random.default_rng(0), (1, 2, 2))
    less, more = (
        g.conv(g.act(g.binary("input", 1), 1, 0), np.array(weight).reshape(1, 1, 1, 1))
        for weight in ([(1 << 23) - 1], [1 << 23])
    )
    g.join("Add", [less, more], "exact")
    Emulator(g.model(), 1)
    g.join("Add", [more, more], "sum")
    with pytest.raises(FlowError, match="node sum: sums may reach 16777216, beyond"):
        Emulator(g.model(), 1)
