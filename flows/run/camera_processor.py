"""The driver of a camera path alone, timed: processor seconds of a frame.

A simulation that runs between two lines of the driver leaves it cold caches, which no board does,
and takes so long itself that the driver cannot be timed beside it. So the run is kept as the driver
saw it, and the same driver runs once more on a bus that gives the same answers at once.
"""

import struct
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from hw.driver import camera_registers as reg
from hw.sim.board_bus import SimulatedBuffer, SimulatedBus

#: Frames that are timed, and those before them.
TIMED, BEFORE = 50, 5


class RecordingBus(SimulatedBus):
    """A simulated bus that keeps the last value of each register, and how long is waited.

    sleeps: pauses longer than the least. waited: seconds of the board's clock in the others.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.registers: dict[int, int] = {}
        self.buffers: dict[int, SimulatedBuffer] = {}
        self.sleeps, self.waited = 0, 0.0

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        value = super().read(block, offset)
        self.registers[offset] = value
        return value

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register."""
        super().write(block, offset, value)
        self.registers[offset] = value

    def allocate(self, shape: tuple[int, ...], dtype: str) -> SimulatedBuffer:
        """Memory of the board."""
        buffer = super().allocate(shape, dtype)
        self.buffers[buffer.address] = buffer
        return buffer

    def pause(self, seconds: float = 0.0) -> None:
        """Let clocks pass."""
        least = self.pause_clocks * self.period
        if seconds > least:
            self.sleeps += 1
        else:
            self.waited += least
        super().pause(seconds)

    def looks(self, pause: float) -> float:
        """How often a board's driver looks while it waits. pause: the least of a board's, seconds.

        The least pause here is shorter, so that the clocks of a frame are seen exactly.
        """
        return self.sleeps + self.waited / pause

    def records(self) -> Any:
        """Header and boxes that were left last, bytes."""
        return self.buffers[self.registers[reg.RECORDS_LO]].array.copy()


class _Buffer:
    """Memory of this computer, at an address that stands for it."""

    def __init__(self, address: int, shape: tuple[int, ...], dtype: str) -> None:
        self.address, self.array = address, np.zeros(shape, dtype)

    def flush(self) -> None:
        """Nothing: nobody else sees it."""

    invalidate = free = flush


class AnsweringBus:
    """A bus whose camera path has every frame done when the driver has looked often enough.

    registers: values by offset, but for the counters of frames. records: what a frame leaves.
    looks: of a frame, while the driver waits for it; a fraction is made up by later frames.
    """

    patience = 60.0

    def __init__(self, registers: dict[int, int], records: Any, looks: float) -> None:
        done = {reg.CTRL: reg.CTRL_READY | reg.CTRL_IDLE, reg.ERROR: 0, reg.RESET: 0}
        self._registers, self._records = {**registers, **done}, records
        self._looks, self._buffers = looks, dict[int, _Buffer]()
        self._begun, self._left = 0, 0
        self.pauses = 0

    def read(self, _: str, offset: int) -> int:
        """Value of a register."""
        if offset not in (reg.FRAMES, reg.READ):
            return self._registers.get(offset, 0)
        if self._left and offset == reg.FRAMES:
            self._left -= 1
            return self._begun - 2 & 0xFFFFFFFF  # two are under way
        return self._begun

    def write(self, _: str, offset: int, value: int) -> None:
        """Write a register; START does a frame, and a reset is over at once."""
        if offset != reg.CTRL:
            self._registers[offset] = 0 if offset == reg.RESET else value
            return
        records = self._buffers[self._registers[reg.RECORDS_LO]].array
        records[:] = self._records
        struct.pack_into("<I", records.data, 0, self._begun)
        looks = int((self._begun + 1) * self._looks) - int(self._begun * self._looks)
        self._begun += 1
        # the driver sees that it has to wait, notes where the counters are, and looks again
        self._left = looks + 2 if looks else 0

    def allocate(self, shape: tuple[int, ...], dtype: str) -> _Buffer:
        """Memory of this computer."""
        buffer = _Buffer((1 + len(self._buffers)) << 16, shape, dtype)
        self._buffers[buffer.address] = buffer
        return buffer

    def pause(self, seconds: float = 0.0) -> None:
        """No time passes: what was started is done."""
        del seconds
        self.pauses += 1

    def now(self) -> float:
        """Seconds of this computer."""
        return time.monotonic()

    def close(self) -> None:
        """Nothing is held."""


def processor_seconds(
    bus: RecordingBus, looks: float, stream: Callable[[Any], Iterator[Any]]
) -> float:
    """Processor seconds of a frame.

    bus: of a run. looks: of a frame. stream: the driver's results on a bus, one by one.
    """
    results = stream(AnsweringBus(bus.registers, bus.records(), looks))
    for _ in islice(results, BEFORE):
        pass
    began = time.process_time()
    for _ in islice(results, TIMED):
        pass
    return (time.process_time() - began) / TIMED
