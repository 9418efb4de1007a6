"""Random networks with constants that differ by place (see ``test_acyclic``)."""

import numpy as np
import pytest

from flows.run.emulator import Emulator
from tests.flows.acyclic import running
from tests.flows.acyclic.answers import right_integers, truths
from tests.flows.acyclic.growing import PLACES_FROM
from tests.flows.acyclic.network import acyclic_network
from tests.flows.flow import streamlined


def test_networks_have_them():
    count = 0
    for seed in range(PLACES_FROM, PLACES_FROM + 20):
        count += any(fact.startswith("place_") for fact in acyclic_network(seed).facts)
    assert count > 10


@pytest.mark.parametrize("seed", [PLACES_FROM + 18])
def test_integers_are_those_of_the_file(seed):
    """Without hardware."""
    net = acyclic_network(seed)
    emulator = Emulator(streamlined(net), 1)
    for frame in net.frames(2):
        given = running.lying(emulator.graph, "x", frame[None])[0]
        found = emulator.boundaries(given)[emulator.graph.output][0]
        (right,) = right_integers(emulator.graph, truths(net, {"x": frame})).values()
        assert np.array_equal(found, right), net.facts


@pytest.mark.slow
@pytest.mark.parametrize("first", range(PLACES_FROM, PLACES_FROM + 20, 10))
def test_random_networks_with_them(tmp_path, first):
    outcomes = running.run_networks(tmp_path, list(range(first, first + 10)))
    assert [outcome for outcome in outcomes if outcome.kind != "exact"] == []
