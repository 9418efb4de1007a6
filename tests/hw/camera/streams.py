"""Ends of streams for cocotb: beats driven in and taken out, with pauses of a seeded generator.

Each end is ticked at falling edges. No ready or valid of the modules follows an input within a
clock, so that what is read there is what the next rising edge sees.
"""

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, FallingEdge


class Source:
    """Sends beats, each a value for some signals ``<prefix><name>_i``; valid stays until ready."""

    def __init__(
        self,
        dut: Any,
        prefix: str,
        beats: Sequence[dict[str, int]],
        pause: float,
        seed: int,
        handshake: str = "",
    ) -> None:
        """Handshake: what its two signals begin with, where that is not prefix."""
        self.beats, self.pause, self.sent, self.clock = beats, pause, 0, 0
        self.times: list[int] = []  # ticks at which beats were taken
        self._rng, self._shown = random.Random(seed), False
        begin = handshake or prefix
        self._valid, self._ready = (getattr(dut, f"{begin}{n}") for n in ("valid_i", "ready_o"))
        names = beats[0] if beats else ()
        self._signals = {name: getattr(dut, f"{prefix}{name}_i") for name in names}

    def tick(self) -> None:
        """One clock."""
        if not self._shown and self.sent < len(self.beats) and self._rng.random() >= self.pause:
            self._shown = True
            for name, value in self.beats[self.sent].items():
                self._signals[name].value = value
        self._valid.value = int(self._shown)
        if self._shown and int(self._ready.value):
            self._shown = False
            self.sent += 1
            self.times.append(self.clock)
        self.clock += 1

    @property
    def done(self) -> bool:
        """Whether all have been sent."""
        return self.sent == len(self.beats)


class Sink:
    """Takes beats; one that was not taken has to stay as it is."""

    def __init__(
        self, dut: Any, prefix: str, pause: float, seed: int, names: Sequence[str] = ("data",)
    ) -> None:
        self.beats: list[Any] = []
        self.times: list[int] = []  # ticks at which they were taken
        self.pause, self.clock = pause, 0
        self._rng, self._waiting = random.Random(seed), None
        self._valid, self._ready = (getattr(dut, f"{prefix}{n}") for n in ("valid_o", "ready_i"))
        self._signals = [getattr(dut, f"{prefix}{name}_o") for name in names]

    def tick(self) -> None:
        """One clock."""
        wants = self._rng.random() >= self.pause
        self._ready.value = int(wants)
        self.clock += 1
        if not int(self._valid.value):
            assert self._waiting is None, "valid fell before its beat was taken"
            return
        values = tuple(int(signal.value) for signal in self._signals)
        assert self._waiting in (None, values), "a beat changed before it was taken"
        self._waiting = None if wants else values
        if wants:
            self.beats.append(values[0] if len(values) == 1 else values)
            self.times.append(self.clock - 1)


def keep(**entry: Any) -> None:
    """A line of JSON to the file that RECORD names: what went into a unit and came out of it."""
    if name := os.environ.get("RECORD"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


async def reset(dut: Any, inputs: Sequence[str]) -> None:
    """Start the clock, inputs at rest, a reset of some clocks; ends behind a falling edge."""
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    for name in inputs:
        getattr(dut, name).value = 0
    dut.rst_ni.value = 0
    await ClockCycles(dut.clk_i, 4)
    await FallingEdge(dut.clk_i)
    dut.rst_ni.value = 1


async def run(
    dut: Any, sources: Sequence[Source], sinks: Sequence[tuple[Sink, int]], limit: int
) -> int:
    """Tick all until every source is empty and each sink has so many beats; returns the clocks."""
    for clock in range(limit):
        if all(one.done for one in sources) and all(len(s.beats) >= n for s, n in sinks):
            return clock
        for end in (*sources, *(sink for sink, _ in sinks)):
            end.tick()
        await FallingEdge(dut.clk_i)
    state = [f"{one.sent} of {len(one.beats)}" for one in sources]
    state += [f"{len(sink.beats)} of {count}" for sink, count in sinks]
    raise AssertionError(f"stuck after {limit} clocks: {', '.join(state)}")
