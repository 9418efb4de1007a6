"""Random networks of two and three inputs, and of several outputs: exact, or refused by name."""

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.graph.integer_graph import from_onnx
from flows.run.emulate import emulate
from flows.run.inputs import together
from flows.run.outputs import by_name
from tests.flows.acyclic.answers import right_integers, truths
from tests.flows.acyclic.growing import SEVERAL_ENDS
from tests.flows.acyclic.network import acyclic_network
from tests.flows.acyclic.running import run_networks
from tests.flows.flow import write_config

FIRST = SEVERAL_ENDS


def test_networks_have_several_ends():
    nets = [acyclic_network(seed) for seed in range(FIRST, FIRST + 40)]
    read = [len(net.all_frames(1)) for net in nets]
    assert {2, 3} <= set(read)
    assert {1, 2, 3, 4} == {len(net.proto.graph.output) for net in nets}
    sizes = {
        (net.shape[1:] == g.shape[1:], g.shape[1:] == (1, 1)) for net in nets for g in net.more
    }
    assert sizes == {(True, False), (False, True), (False, False)}


@pytest.mark.parametrize("seed", range(FIRST + 1, FIRST + 3))
def test_integers_are_those_of_the_file(seed, tmp_path):
    net = acyclic_network(seed)
    path = write_config(tmp_path / "n", net, target_fps=2000)
    run_steps(Build.load(path), stop=StepName.FOLD_DUPLICATED_WEIGHTS)
    build = Build.load(path)
    graph, given = from_onnx(build.model(StepName.STREAMLINE)), net.all_frames(2)
    frames = together(dict(zip(graph.inputs, given.values(), strict=True)))
    integers = by_name(emulate(build, frames), graph.outputs)
    for index in range(2):
        frame = {name: each[index] for name, each in given.items()}
        for name, right in right_integers(graph, truths(net, frame)).items():
            assert np.array_equal(integers[name][index], right), net.facts


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FIRST + 100, FIRST + 140, 10))
def test_in_rtl_with_stalls_and_cpp(first, tmp_path):
    outcomes = run_networks(tmp_path, list(range(first, first + 10)))
    assert [outcome for outcome in outcomes if outcome.kind == "fault"] == []
    assert sum(outcome.kind == "exact" for outcome in outcomes) >= 8
