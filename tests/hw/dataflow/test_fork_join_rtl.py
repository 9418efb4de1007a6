"""Depths of FIFOs between a fork and a join, in simulated RTL: they are enough, and less is not."""

import pytest

from hw.dataflow.graph import StreamGraph
from hw.dataflow.sizing import size_fifos
from hw.errors import SimulationStuck
from hw.sim.run import simulate
from tests.hw.bench import build_bench, model_beats, run_bench
from tests.hw.graph_models import GraphModel, with_fifos


def residual():
    """x -> fork -> (sums of 3 x 3 windows, identity) -> sum."""
    graph = GraphModel((1, 6, 8, 1))
    far, near = graph.fork("x", "dup")
    graph.window_sum(far, "far")
    return graph.model(graph.join("far", near, "sum"))


def test_the_depth_that_is_found_is_enough_and_one_less_is_not(tmp_path):
    """At every pattern of stalls integers and clocks are exact; without stalls the rate is lost."""
    model = residual()
    depths = size_fifos(StreamGraph.of_model(model), {}).depths
    less = {**depths, "sum.in1": depths["sum.in1"] - 1}
    models = [with_fifos(residual(), found) for found in (depths, less)]
    enough, short = run_bench(models, tmp_path, stalls=[(0.5, 0.5), (0.0, 0.9)])
    assert enough.clocks_per_frame == 8 * 10  # of the padded image
    assert short.clocks_per_frame > 8 * 10


def test_without_it_the_network_stands_still_and_the_fork_is_named(tmp_path):
    """The short branch is full, the long one waits for beats that the fork cannot give."""
    model = residual()
    _, simulator = build_bench([model], tmp_path)
    inputs, _ = model_beats([model], 1, 1)
    with pytest.raises(SimulationStuck) as found:
        simulate(simulator, inputs, 1, stuck_clocks=500)
    assert str(found.value).splitlines() == [
        "simulation of bench is stuck at clock 517 (no transfer for 500): stream c0_x is blocked",
        "  stuck:  c0_x (input -> c0_dup): valid=1 ready=0, 2 of 48 beats",
        "  after:  c0_dup_out0 (c0_dup -> c0_far_pad): valid=0 ready=1, 2 of 48 beats",
        "  after:  c0_dup_out1 (c0_dup -> c0_sum): valid=1 ready=0, 0 of 48 beats",
    ]
