"""The result of a simulation: beats and clocks of every stream, FIFO fills, violations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from hw.errors import HardwareError
from hw.sim.beats import IntArray, unpack
from hw.sim.design import INPUT, OUTPUT, Design, Stream


@dataclass(frozen=True)
class StreamResult:
    """Counters of one stream, seen at rising clock edges; clock 0 follows the reset.

    stalled: clocks with valid and without ready; starved: with ready and without valid, until the
    last expected beat. violation: the first breach of the handshake, empty if none.
    first, last: clock of the first and last beat of each frame.
    """

    transfers: int
    expected: int
    valid: bool
    ready: bool
    stalled: int
    starved: int
    violations: int
    violation: str
    violation_clock: int
    first: list[int]
    last: list[int]


@dataclass(frozen=True)
class SimResult:
    """A finished simulation. ``folder`` holds one file of raw beats a recorded stream."""

    design: Design
    frames: int
    folder: Path
    clocks_total: int
    clocks_per_second: float
    streams: dict[str, StreamResult]
    fifo_max_fill: dict[str, int]
    temporary: TemporaryDirectory[str] | None = field(default=None, repr=False)

    @property
    def violations(self) -> list[str]:
        """One line for each stream that broke the handshake."""
        return violation_lines(self.streams)

    @property
    def surplus(self) -> dict[str, int]:
        """Beats beyond the expected ones, of each stream that had any."""
        return {
            name: result.transfers - result.expected
            for name, result in self.streams.items()
            if result.transfers > result.expected
        }

    def beats(self, stream: str) -> IntArray:
        """(frames * beats a frame, lanes) integers that a stream transferred."""
        found = self.design.stream(stream)
        path = self.folder / f"{found.wire}.{'in' if found.kind == INPUT else 'bin'}"
        if not path.exists():
            raise HardwareError(f"stream {stream} was not recorded")
        raw = np.fromfile(path, np.uint8).reshape(-1, found.bytes)
        return unpack(raw, found.lanes, found.bits, found.signed)

    def inputs_of(self, stream: str) -> list[Stream]:
        """Return the graph inputs that a stream descends from."""
        waiting, seen, found = [self.design.stream(stream)], set[str](), []
        while waiting:
            here = waiting.pop()
            if here.name in seen:
                continue
            seen.add(here.name)
            if here.producer:
                waiting += [s for s in self.design.streams if s.consumer == here.producer]
            else:
                found.append(here)
        return sorted(found, key=self.design.streams.index)

    def latency_of(self, stream: str) -> int:
        """Clocks from the first beat at the stream's graph inputs to its last one of frame 0."""
        start = min(self.streams[source.name].first[0] for source in self.inputs_of(stream))
        return self.streams[stream].last[0] - start

    def clocks_per_frame_of(self, stream: str) -> int | None:
        """Clocks between the ends of frames, the greatest of all; None for a single frame."""
        last = self.streams[stream].last
        return max((b - a for a, b in pairwise(last)), default=None)

    @property
    def latency_clocks(self) -> int:
        """The greatest latency of an output (see ``latency_of``)."""
        return max(self.latency_of(stream.name) for stream in self.design.of_kind(OUTPUT))

    @property
    def clocks_per_frame(self) -> int | None:
        """Steady-state clocks a frame of the slowest output; None for a single frame."""
        found = [self.clocks_per_frame_of(s.name) for s in self.design.of_kind(OUTPUT)]
        return max((clocks for clocks in found if clocks is not None), default=None)


def violation_lines(streams: Mapping[str, StreamResult]) -> list[str]:
    """Return one line for each stream that broke the handshake."""
    return [
        f"stream {name}: {result.violation} at clock {result.violation_clock}"
        f" ({result.violations} times)"
        for name, result in streams.items()
        if result.violations
    ]


def parse_streams(
    design: Design, expected: Mapping[str, int], raw: list[dict[str, Any]]
) -> dict[str, StreamResult]:
    """Return the counters of all streams from the harness's JSON. expected: beats of each."""
    return {
        stream.name: StreamResult(
            expected=expected[stream.name],
            valid=bool(entry.pop("valid")),
            ready=bool(entry.pop("ready")),
            **entry,
        )
        for stream, entry in zip(design.streams, raw, strict=True)
    }
