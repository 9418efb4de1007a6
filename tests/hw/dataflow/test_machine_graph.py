"""Figures of a settled graph, by hand: a source, one machine, a sink."""

from hw.dataflow.engine import Times
from hw.dataflow.machine_graph import MachineGraph, SettledGraph

TIMES = Times(
    first=[[0, 10, 20], [3, 13, 24], [7, 19, 33]],
    last=[[6, 18, 30], [9, 21, 35], [12, 27, 47]],
    fills=[0, 5],
    stuck=[],
    frames=3,
)
ENDS = [(0, 1), (1, 2)]


def test_latencies_are_from_the_first_beat_that_is_taken():
    settled = SettledGraph(
        MachineGraph(ends=ENDS, sources=[0], sinks=[2], fifos={"f": 1}), TIMES, 3
    )
    assert settled.first_latency == 7 - 3
    assert settled.latency == 12 - 3
    assert settled.fills == {"f": 5}


def test_the_interval_is_that_of_the_last_two_frames():
    assert (
        SettledGraph(MachineGraph(ends=ENDS, sources=[0], sinks=[2]), TIMES, 3).interval == 47 - 27
    )


def test_the_first_node_that_stands_still():
    graph = MachineGraph(entrance={"a": 1, "b": 3}, exit={"a": 2, "b": 4})
    for stuck, name in (([], ""), ([2, 3], "a"), ([3], "b"), ([4], "b"), ([0], "")):
        times = Times(first=[], last=[], fills=[], stuck=stuck, frames=1)
        assert SettledGraph(graph, times, 1).stuck == name
