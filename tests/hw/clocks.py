"""Clocks of operators by the timing model, under the very pauses that the simulator's harness made.

``hw.dataflow`` says when each beat passes if the source always has one and the sink always takes
it. Here source and sink are those of ``hw/sim/harness.cpp``, with its random numbers, so that the
clocks of a run with stalls are known as exactly as those of one without: a needless wait, be it of
one beat, shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw.dataflow.graph import StreamGraph
from hw.dataflow.machine_graph import MachineGraph
from hw.dataflow.machines import ALL, Link, Machine, Segment
from hw.sim.result import StreamResult

_MASK = (1 << 64) - 1


class Pauses:
    """The harness's random numbers: a pause at a call or none."""

    def __init__(self, seed: int, salt: int, probability: float) -> None:
        self._state = ((seed + 1) * 0x9E3779B97F4A7C15 ^ (salt + 1) * 0xD1B54A32D192ED03) & _MASK
        self._threshold = int(probability * 4294967296.0)
        for _ in range(8):
            self.hit()

    def hit(self) -> bool:
        state = self._state
        state ^= state << 13 & _MASK
        state ^= state >> 7
        state ^= state << 17 & _MASK
        self._state = state
        return state >> 32 < self._threshold


@dataclass(frozen=True)
class StreamClocks:
    """Of a stream: clocks of the first and the last beat of each frame; clocks with valid alone."""

    first: list[int]
    last: list[int]
    stalled: int

    @classmethod
    def measured(cls, result: StreamResult) -> "StreamClocks":
        return cls(result.first, result.last, result.stalled)

    @classmethod
    def of(cls, shown: Sequence[int], taken: Sequence[int], frame_beats: int) -> "StreamClocks":
        """From the clocks in which beats could be taken and were."""
        waited = sum(clock - start for start, clock in zip(shown, taken, strict=True))
        ends = range(0, len(taken), frame_beats)
        return cls([taken[i] for i in ends], [taken[i + frame_beats - 1] for i in ends], waited)


class _Place:
    """A link as a run fills it: clocks in which its beats can be taken, and in which they were."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.given: list[int] = []
        self.freed: list[int] = []


def _segments(machine: Machine, frames: int) -> Iterator[Segment]:
    for _ in range(frames):
        for repeat, segments in machine.program:
            for _ in range(repeat):
                for segment in segments:
                    for _ in range(segment.count):
                        yield segment


class _Runner:
    """One machine between places; ``advance`` goes as far as its neighbours let it."""

    def __init__(
        self,
        machine: Machine,
        before: Sequence[_Place],
        behind: Sequence[_Place],
        frames: int,
        start: int,
    ) -> None:
        self._always, self._before, self._behind = machine.always, before, behind
        self._steps = _segments(machine, frames)
        self._segment: Segment | None = None
        self._needs, self._last = [0] * len(before), start - 1

    def advance(self) -> bool:
        moved = False
        while True:
            if self._segment is None:
                self._segment = next(self._steps, None)
                if self._segment is None:
                    return moved
                for index in self._ports(self._segment):
                    self._needs[index] += self._segment.need
            clock = self._clock(self._segment)
            if clock is None:
                return moved
            for index in self._ports(self._segment):
                self._before[index].freed += [clock] * self._segment.frees
            for place in self._behind if self._segment.gives else ():
                place.given.append(clock + place.link.forth)
            self._last, self._segment, moved = clock, None, True

    def _ports(self, segment: Segment) -> Sequence[int]:
        """Places before it that a step takes of."""
        return range(len(self._before)) if segment.port == ALL else [segment.port]

    def _clock(self, segment: Segment) -> int | None:
        """Of the step, None if it is not known yet."""
        clock = self._last + segment.gap
        for index in self._ports(segment):
            place, need = self._before[index], self._needs[index]
            if need > len(place.freed):
                if need > len(place.given):
                    return None
                clock = max(clock, place.given[need - 1])
        for place in self._behind if segment.gives or self._always else ():
            index = len(place.given) - place.link.capacity
            if place.link.capacity and index >= len(place.freed):
                return None
            if place.link.capacity and index >= 0:
                clock = max(clock, place.freed[index] + place.link.back)
        return clock


class _Source:
    """The harness's driver: a beat stands there until it is taken, then perhaps a pause."""

    def __init__(self, place: _Place, beats: int, pauses: Pauses) -> None:
        self._place, self._beats, self._pauses = place, beats, pauses

    def advance(self) -> bool:
        given, freed = self._place.given, self._place.freed
        if len(given) == self._beats or len(given) > len(freed):
            return False
        clock = freed[-1] + 1 if freed else 0
        while self._pauses.hit():
            clock += 1
        given.append(clock)
        return True


class _Sink:
    """The harness's sink: ready in the clocks without a pause."""

    def __init__(self, place: _Place, pauses: Pauses) -> None:
        self._place, self._pauses = place, pauses
        self._clock = 0
        self.shown: list[int] = []

    def advance(self) -> bool:
        moved = False
        for shown in self._place.given[len(self._place.freed) :]:
            self.shown.append(max(shown, self._clock))
            while self._pauses.hit() or self._clock < shown:
                self._clock += 1
            self._place.freed.append(self._clock)
            self._clock += 1
            moved = True
        return moved


def expected_clocks(
    graph: StreamGraph,
    frames: int,
    idle: Sequence[Pauses],
    stall: Sequence[Pauses],
    starts: Sequence[int],
    depths: Mapping[str, int] | None = None,
) -> tuple[list[StreamClocks], list[StreamClocks]]:
    """Clocks of a graph's inputs and of its outputs.

    idle, stall: the harness's pauses of these streams. starts: clock in which the operator behind
    each input begins; the others begin with the last of them.
    """
    machines = MachineGraph.of(graph, depths)
    places = [
        _Place(Link(0) if source in machines.sources else link)
        for link, (source, _) in zip(machines.links, machines.ends, strict=True)
    ]
    runners: list[Any] = []
    ways: list[list[list[_Place]]] = []
    for index, machine in enumerate(machines.machines):
        ways.append(
            [[p for p, ends in zip(places, machines.ends, strict=True) if ends[side] == index]
             for side in (1, 0)]
        )  # fmt: skip
        if index not in (*machines.sources, *machines.sinks):
            sources = [source for source, to in machines.ends if to == index]
            given = [n for n, source in enumerate(machines.sources) if source in sources]
            start = starts[given[0]] if len(given) == 1 else max(starts)
            runners.append(_Runner(machine, *ways[index], frames, start))
    beats = [sum(s.count for _, segments in m.program for s in segments) for m in machines.machines]
    inputs = [(ways[index][1][0], beats[index]) for index in machines.sources]
    outputs = [(ways[index][0][0], beats[index]) for index in machines.sinks]
    runners += [
        _Source(place, count * frames, pauses)
        for (place, count), pauses in zip(inputs, idle, strict=True)
    ]
    sinks = [_Sink(place, pauses) for (place, _), pauses in zip(outputs, stall, strict=True)]
    runners += sinks
    while sum(runner.advance() for runner in runners):
        pass
    return (
        [StreamClocks.of(place.given, place.freed, count) for place, count in inputs],
        [
            StreamClocks.of(sink.shown, place.freed, count)
            for sink, (place, count) in zip(sinks, outputs, strict=True)
        ],
    )
