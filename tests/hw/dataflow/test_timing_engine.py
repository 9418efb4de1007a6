"""The engine: clocks of chains that can be counted by hand."""

import pytest

from hw.dataflow import engine
from hw.dataflow.engine import run
from hw.dataflow.machines import Link, Segment, block, machine, take, through
from hw.errors import HardwareError


def source(beats):
    return machine(block(1, Segment(beats, need=0, frees=0)))


def sink(beats, gap=1):
    return machine(block(1, Segment(beats, gives=0, gap=gap)))


def test_one_beat_a_clock_through_a_register():
    times = run([source(8), through(8), sink(8)], [Link(1, back=0), Link(2)], 2)
    assert times.first[2] == [2, 10]
    assert times.last[2] == [9, 17]
    assert times.stuck == []


def test_depth_one_passes_every_second_clock():
    times = run([source(8), through(8), sink(8)], [Link(1, back=0), Link(1)], 2)
    assert times.last[2][1] - times.last[2][0] == 16


def test_slow_sink_holds_up_the_source():
    """The source gives as many beats ahead as the links hold."""
    times = run([source(20), sink(20, gap=5)], [Link(4, watched=True)], 3)
    assert times.last[1][2] - times.last[1][1] == 100
    assert times.last[0][2] - times.last[0][1] == 100
    assert times.fills == [4]


def test_unbounded_link_keeps_what_the_sink_cannot_take():
    times = run([source(20), sink(20, gap=5)], [Link(0, watched=True)], 1)
    assert times.last[0] == [19]
    assert times.fills == [16]  # 20 given, 4 taken by then


def test_bursts_need_room():
    """A machine that gives 4 of 8 beats at once, before one that takes one every second clock."""
    burst = machine(block(1, take(4), Segment(4)))
    for capacity, expected in ((1, 11), (2, 9), (3, 8)):
        chain = [source(8), burst, sink(4, gap=2)]
        times = run(chain, [Link(1, back=0), Link(capacity)], 8)
        assert times.last[2][-1] - times.last[2][-2] == expected


def test_a_machine_that_needs_more_than_fits_stands_still():
    greedy = machine(block(1, Segment(1, need=5, frees=0), Segment(8, need=0)))
    times = run([source(8), greedy, sink(9)], [Link(4), Link(2)], 1)
    assert 1 in times.stuck
    times = run([source(8), greedy, sink(9)], [Link(5), Link(2)], 1)
    assert times.stuck == []


def test_failure_is_told(monkeypatch):
    monkeypatch.setattr(engine, "_engine", lambda: "/bin/false")
    with pytest.raises(HardwareError, match="ended with status 1"):
        run([source(1), sink(1)], [Link(1)], 1)


def test_a_fork_waits_for_the_slower_consumer():
    """Beats go to both; one consumer takes one every third clock."""
    machines = [source(8), through(8), sink(8), sink(8, gap=3)]
    links = [Link(1, back=0), Link(2, watched=True), Link(2, watched=True)]
    times = run(machines, links, 3, [(0, 1), (1, 2), (1, 3)])
    assert [last[2] - last[1] for last in times.last] == [24] * 4
    assert times.fills == [0, 1, 2]


def test_a_join_takes_a_beat_of_each():
    """The slower of two sources says when; the other one is held up."""
    slow = machine(block(1, Segment(8, need=0, frees=0, gap=3)))
    machines = [source(8), slow, through(8), sink(8)]
    links = [Link(4, watched=True), Link(4, watched=True), Link(2)]
    times = run(machines, links, 3, [(0, 2), (1, 2), (2, 3)])
    assert [last[2] - last[1] for last in times.last] == [24] * 4
    assert times.fills == [4, 1, 0]


def test_a_join_of_branches_of_unequal_delay_stands_still_without_room():
    """One branch gives its first beat when five have come: the other one has to hold them."""
    late = machine(block(1, take(4), Segment(4), Segment(4, need=0, frees=0)))
    machines = [source(8), through(8), late, through(8), sink(8)]
    ends = [(0, 1), (1, 2), (1, 3), (2, 3), (3, 4)]

    def stuck(room):
        links = [Link(1, back=0), Link(1), Link(room), Link(1), Link(2)]
        return run(machines, links, 2, ends).stuck

    assert [stuck(room) == [] for room in range(1, 7)] == [False] * 4 + [True] * 2
