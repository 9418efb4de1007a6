"""Random graphs of operators: FIFO sizing, and RTL that does what integers and model say.

Every stream of the simulated RTL carries the integers of the operators' references, and beats come
and go at the clocks of the timing model, without stalls and with them.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qonnx.custom_op.registry import getCustomOp

from hw.dataflow.graph import StreamGraph
from hw.dataflow.sizing import TOLERANCE, deep_interval, joins, size_fifos
from hw.sim.design import stream_name
from hw.sim.run import simulate
from tests.hw.bench import (
    ClockCheck,
    assert_beats,
    build_bench,
    check_run,
    input_names,
    model_beats,
    random_frames,
    reference_tensors,
)
from tests.hw.graph_models import with_fifos
from tests.hw.random_graphs import RandomGraph

FRAMES, SEED = 3, 5


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_sized_fifos_keep_the_interval_of_deep_ones(seed):
    graph = StreamGraph.of_model(RandomGraph(seed, 5).model())
    deep = deep_interval(graph)
    sizing = size_fifos(graph, {})
    assert sizing.settled.stuck == ""
    assert sizing.settled.interval <= deep * (1 + TOLERANCE)
    assert all(depth > 2 for depth in sizing.depths.values())


def sized(seed: int, operators: int):
    """A random graph with its FIFOs; the seed counts on until there is a join in it."""
    while True:
        model = RandomGraph(seed, operators).model()
        graph = StreamGraph.of_model(model)
        if joins(graph, {}):
            return with_fifos(model, size_fifos(graph, {}).depths)
        seed += 10**6


def check_rtl(seeds: Sequence[int], operators: int, folder, stalls) -> None:
    """Simulate the graphs of seeds side by side: integers of all streams, clocks of all edges."""
    models = [sized(seed, operators) for seed in seeds]
    design, simulator = build_bench(models, folder, optimize="-O0")
    inputs, outputs = model_beats(models, FRAMES, SEED)
    clocks = ClockCheck(models, design, FRAMES)
    for number, (idle, stall) in enumerate([(0.0, 0.0), *stalls]):
        seed = SEED + number
        result = simulate(simulator, inputs, FRAMES, stall, seed, idle=idle)
        what = f"idle {idle}, stall {stall}"
        check_run(result, outputs, what)
        check_streams(models, result, what)
        clocks.check(result, seed, (idle, stall))


def check_streams(models, result, what: str) -> None:
    """Assert the integers of every operator's streams (``model_beats`` drew the same frames)."""
    rng = np.random.default_rng(SEED)
    for model in models:
        made = [random_frames(model, FRAMES, rng, name) for name in input_names(model)]
        frames = [reference_tensors(model, *frame) for frame in zip(*made, strict=True)]
        for node in model.graph.node:
            op = getCustomOp(node)
            for index, tensor in enumerate(node.output):
                name = stream_name(node.name, index, len(node.output))
                beats = [op.output_beats(values[tensor]) for values in frames]
                assert_beats(result.beats(name), np.concatenate(beats), f"{name}, {what}")


def test_rtl_of_random_graphs(tmp_path):
    check_rtl([1, 2], 5, tmp_path, [(0.3, 0.6)])


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(10))
def test_rtl_of_two_hundred_random_graphs(batch, tmp_path):
    seeds = range(100 + 20 * batch, 120 + 20 * batch)
    check_rtl(seeds, 4 + batch % 5, tmp_path, [(0.3, 0.6), (0.9, 0.1), (0.0, 0.9)])
