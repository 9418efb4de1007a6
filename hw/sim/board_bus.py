"""The driver's ``Bus`` (hw/driver/backend.py) on a simulated board."""

from typing import Any

import numpy as np

from hw.shell.engines import base_of
from hw.sim.board import SimulatedBoard

#: The one block of a shell with a camera path; others are of engines.
CAMERA = "camera0"


class SimulatedBuffer:
    """A host array and its place in the board's memory, equal after flush or invalidate only."""

    def __init__(self, board: SimulatedBoard, shape: tuple[int, ...], dtype: str) -> None:
        self._board = board
        self.array: Any = np.zeros(shape, np.dtype(dtype).newbyteorder("<"))
        self.address = board.allocate(max(1, self.array.nbytes))

    def flush(self) -> None:
        """Copy the host's array into the board's memory."""
        self._board.write_memory(self.address, self.array.tobytes())

    def invalidate(self) -> None:
        """Copy the board's memory into the host's array."""
        data = self._board.read_memory(self.address, self.array.nbytes)
        self.array[...] = np.frombuffer(data, self.array.dtype).reshape(self.array.shape)

    def free(self) -> None:
        """Give the memory back."""
        self._board.free(self.address)


class SimulatedBus:
    """Registers, buffers and time of a simulated board.

    clock_mhz: what a clock is taken for. pause_clocks: that pass while the driver waits once.
    patience_clocks: without progress, after which a transfer counts as stuck.
    """

    def __init__(
        self,
        board: SimulatedBoard,
        clock_mhz: float,
        pause_clocks: int = 200,
        patience_clocks: int = 200_000,
    ) -> None:
        self.board = board
        self.patience = patience_clocks / (clock_mhz * 1e6)
        self.period = 1e-6 / clock_mhz
        self.pause_clocks = pause_clocks

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        return self.board.read(_base(block) + offset)

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register."""
        self.board.write(_base(block) + offset, value)

    def allocate(self, shape: tuple[int, ...], dtype: str) -> SimulatedBuffer:
        """Memory of the board."""
        return SimulatedBuffer(self.board, shape, dtype)

    def pause(self, seconds: float = 0.0) -> None:
        """Let clocks pass."""
        self.board.run(max(self.pause_clocks, int(seconds / self.period)))

    def now(self) -> float:
        """Simulated seconds."""
        return self.board.clock * self.period

    def close(self) -> None:
        """End the simulation."""
        self.board.close()


def _base(block: str) -> int:
    """Where a block's registers begin in the shell's address space."""
    return 0 if block == CAMERA else base_of(block)
