"""Frames that are not run because they are alike: the same clocks and fills as if they were run."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.dataflow.engine import Until, run
from hw.dataflow.graph import StreamGraph
from hw.dataflow.machine_graph import MachineGraph
from hw.dataflow.machines import Link, Segment, block, machine, take, through
from hw.dataflow.sizing import _Search, joins, size_fifos, slots
from tests.hw.random_graphs import RandomGraph

BEATS = 24


def source(gap=1):
    return machine(block(1, Segment(BEATS, need=0, frees=0, gap=gap)))


def sink(gap=1):
    return machine(block(1, Segment(BEATS, gives=0, gap=gap)))


def both(machines, links, until):
    """Times with frames left out, and with all of them run."""
    return [run(machines, links, Until(**until, skips=skips)) for skips in (True, False)]


def test_a_fifo_that_fills_a_beat_a_frame():
    """The source's frame takes 48 clocks, the sink's 50: the FIFO is full after many frames."""
    late = machine(block(1, Segment(1, gives=0, gap=4), Segment(BEATS - 1, gives=0, gap=2)))
    machines = [source(2), through(BEATS), late]
    links = [Link(1, back=0), Link(30, watched=True)]
    quick, slow = both(machines, links, {"frames": 3, "most": 64, "sinks": (2,)})
    assert quick == slow
    assert quick.frames == 48
    assert quick.fills == [0, 30]
    assert [last[-1] - last[-2] for last in quick.last] == [50] * 3
    # the source is held up some time between its 24th and its 48th frame
    assert [last[23] - last[22] for last in quick.last] == [48, 48, 50]


step = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2))


@st.composite
def chains(draw):
    """Machines in a row: bursts of several clocks, windows that hold back, FIFOs of any depth."""
    machines, links = [source(draw(st.integers(1, 3)))], [Link(1, back=0)]
    for _ in range(draw(st.integers(1, 5))):
        size, gap, kind = draw(step)
        held = draw(st.sampled_from([1, 2, 3, 4, 6, 12]))
        middle = {
            0: machine(block(BEATS // held, take(held - 1), Segment(1), Segment(held - 1, 0, 0))),
            1: machine(block(1, Segment(held, need=1, frees=0, gives=0, gap=size)),
                       block(1, Segment(held, need=0, gives=1), Segment(BEATS - held, gap=gap))),
            2: machine(block(1, Segment(1, gap=3 * size), Segment(BEATS - 1, gap=gap))),
        }[kind]  # fmt: skip
        machines.append(middle)
        depth = draw(st.sampled_from([2, 3, 5, 12, 13, 40, 100]))
        links.append(Link(depth, forth=draw(st.integers(1, 4)), watched=True))
    machines.append(sink(draw(st.integers(1, 4))))
    return machines, links


@settings(max_examples=30, deadline=None)
@given(chains(), st.booleans())
def test_random_chains(chain, strict):
    machines, links = chain
    until = {"frames": 3, "most": 64, "sinks": (len(machines) - 1,), "strict": strict}
    quick, slow = both(machines, links, until)
    assert quick == slow
    if slow.stuck:
        return
    # an end ahead of time never says another thing of the interval than all frames do
    interval = slow.last[-1][-1] - slow.last[-1][-2]
    for limit in (interval - 1, interval):
        early = run(machines, links, Until(**until, limit=limit))
        assert (early.last[-1][-1] - early.last[-1][-2] <= limit) == (interval <= limit)


def unhurried(monkeypatch):
    """The way before: every frame is run, whatever the interval will be."""

    def run_all(self, depths, strict=True, limit=0):
        depths = {name: depth for name, depth in depths.items() if depth > 2}
        return MachineGraph.of(self.graph, {**depths, **self.fixed}).settled(
            strict=strict, skips=False
        )

    monkeypatch.setattr(_Search, "run", run_all)


def sizing_of(graph):
    found = size_fifos(graph, {})
    return found.depths, found.settled.interval, found.settled.latency, found.settled.fills


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_get_the_depths_that_all_frames_give(seed, monkeypatch):
    graph = StreamGraph.of_model(RandomGraph(seed, 7).model())
    quick = sizing_of(graph)
    unhurried(monkeypatch)
    assert quick == sizing_of(graph)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_depths_in_random_graphs(seed):
    """Whether the network stands still, every clock, every fill: with FIFOs of any depth."""
    graph = StreamGraph.of_model(RandomGraph(seed, 7).model())
    rng = np.random.default_rng(seed)
    heads, inner = slots(graph, {})
    names = [*heads, *inner, *joins(graph, {})]
    for _ in range(4):
        depths = {name: int(rng.choice([3, 5, 20, 100])) for name in names if rng.random() < 0.7}
        machines = MachineGraph.of(graph, depths)
        assert machines.settled().times == machines.settled(skips=False).times


def test_the_frames_looked_at_are_those_of_every_run():
    """3, 6, 12, ...: no sooner, though frames were known to be alike."""
    quick, slow = both([source(), through(BEATS), sink(2)], [Link(1, back=0), Link(2)],
                       {"frames": 3, "most": 12, "sinks": (0,)})  # fmt: skip
    assert quick == slow
    assert quick.frames in [3 << power for power in range(3)]
    assert all(second > first for row in quick.last for first, second in pairwise(row))
