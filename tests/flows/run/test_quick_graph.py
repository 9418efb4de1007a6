"""The emulator's quick way gives the integers of the way that returns every boundary."""

import numpy as np
import pytest

from flows.graph.integer_graph import IntGraph, IntNode
from flows.run.emulator import Emulator
from flows.run.quick_graph import pools_first
from tests.flows.flow import small_network, streamlined
from tests.flows.networks import random_network


@pytest.mark.parametrize("seed", range(12))
def test_same_integers(seed):
    net = random_network(seed)
    emulator = Emulator(streamlined(net), threads=1)
    frames = net.frames(2)
    expected = [emulator.boundaries(frame)[emulator.graph.output] for frame in frames]
    np.testing.assert_array_equal(emulator.run(frames), np.concatenate(expected))


def test_the_pool_stands_first():
    graph = Emulator(streamlined(small_network())).graph
    ops = [node.op for node in graph.nodes]
    place = ops.index("MaxPool")
    assert ops[place - 1] == "MultiThreshold"
    nodes = pools_first(graph).nodes
    assert [node.op for node in nodes[place - 1 : place + 1]] == ["MaxPool", "MultiThreshold"]
    assert nodes[place].name == graph.nodes[place].name
    assert nodes[place].shape == graph.nodes[place].shape


def node(op, name, *inputs):
    return IntNode(op, name, list(inputs), (1, 2, 2), 0, 3, name)


def test_thresholds_that_others_read_stay_in_front():
    nodes = [
        node("MultiThreshold", "a", "input"),
        node("MaxPool", "b", "a"),
        node("Conv", "c", "a"),
    ]
    graph = IntGraph({"input": (1, 4, 4)}, nodes, ["c"])
    assert pools_first(graph).nodes == nodes
    # the output is read too, by the user
    assert pools_first(IntGraph({"input": (1, 4, 4)}, nodes[:2], ["a"])).nodes == nodes[:2]
