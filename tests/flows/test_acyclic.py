"""Random networks without a circle, from the file to RTL and C++, exact at every boundary.

The right values are numpy's in float64, written from the operators' definitions, and QONNX's where
float32 rounds nothing. ``make fuzz-networks`` runs as many more as one likes.
"""

import numpy as np
import pytest

from flows.run.emulator import Emulator
from tests.flows.acyclic import running
from tests.flows.acyclic.answers import right_integers, truths
from tests.flows.acyclic.growing import MOVES_FROM, OF_TWO_FROM
from tests.flows.acyclic.network import acyclic_network, kinds_of
from tests.flows.flow import streamlined

#: What two hundred networks have to have among them, beside what they are named for.
KINDS = {
    *("fork", "Add", "Sub", "Concat", "depthwise", "groups", "dilation", "ConvTranspose", "Resize"),
    *("MaxPool overlapping", "MaxPool with a border", "MaxPool rounded up", "GlobalMaxPool"),
    *("AveragePool overlapping", "AveragePool with a border", "GlobalAveragePool", "Trunc"),
    *("Gemm", "Relu", "Sigmoid", "Tanh", "Abs", "BatchNormalization", "BipolarQuant"),
    *(f"{what} of {bits} bits" for what in ("weights", "activations") for bits in range(1, 9)),
}


def test_networks_have_every_operator():
    found = {kind for seed in range(150) for kind in kinds_of(acyclic_network(seed).proto)}
    assert found >= KINDS


def test_later_networks_have_products_choices_and_parts():
    seeds = range(OF_TWO_FROM, OF_TWO_FROM + 50)
    found = {kind for seed in seeds for kind in kinds_of(acyclic_network(seed).proto)}
    assert found >= {"Mul", "Max", "Min", "Slice", "fork", "Concat"}


def test_the_latest_networks_have_moves_and_wide_tensors():
    seeds = range(MOVES_FROM, MOVES_FROM + 50)
    found = {kind for seed in seeds for kind in kinds_of(acyclic_network(seed).proto)}
    assert found >= {"Transpose", "Reshape", "SpaceToDepth", "DepthToSpace"}
    assert len(found & {f"activations of {bits} bits" for bits in range(9, 17)}) > 4


SEEDS = [*range(8), *range(OF_TWO_FROM, OF_TWO_FROM + 4), *range(MOVES_FROM, MOVES_FROM + 4)]


@pytest.mark.parametrize("seed", SEEDS)
def test_integers_are_those_of_the_file(seed):
    """Without hardware."""
    net = acyclic_network(seed)
    written = net.proto.SerializeToString()
    emulator = Emulator(streamlined(net), 1)
    assert net.proto.SerializeToString() == written  # what follows is of the file
    for frame in net.frames(2):
        given = running.lying(emulator.graph, "x", frame[None])[0]
        found = emulator.boundaries(given)[emulator.graph.output][0]
        (right,) = right_integers(emulator.graph, truths(net, {"x": frame})).values()
        assert np.array_equal(found, right), net.facts


#: A fork, a sum, a concatenation, depthwise, both pools, repeated pixels, truncated, dense layers.
WHOLE = 918


def test_whole(tmp_path):
    named = {"fork", "Add", "Concat", "depthwise", "MaxPool", "AveragePool", "Resize", "Trunc"}
    assert named <= kinds_of(acyclic_network(WHOLE).proto)
    (outcome,) = running.run_networks(tmp_path, [WHOLE], ["RTL"])
    assert (outcome.kind, outcome.why) == ("exact", "")


def test_a_wrong_integer_is_a_fault(tmp_path, monkeypatch):
    def wrong(*given):
        return {name: array + 1 for name, array in right_integers(*given).items()}

    monkeypatch.setattr(running, "right_integers", wrong)
    (outcome,) = running.run_networks(tmp_path, [5007])
    assert (outcome.kind, outcome.why) == (
        "fault",
        "build: AssertionError: emulator: not the file's",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [
        *range(5000, 5200, 10),
        *range(OF_TWO_FROM, OF_TWO_FROM + 50, 10),
        *range(MOVES_FROM, MOVES_FROM + 50, 10),
    ],
)
def test_random_acyclic_networks(tmp_path, first):
    outcomes = running.run_networks(tmp_path, list(range(first, first + 10)))
    assert [outcome for outcome in outcomes if outcome.kind != "exact"] == []
