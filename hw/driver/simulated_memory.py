"""Memory of a simulated board: buffers whose two sides are equal after flush or invalidate only."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

#: Of what every address is a multiple.
ALIGNMENT = 4096


class SimulatedBuffer:
    """A host array and its place in the board's memory, equal after flush or invalidate only.

    held: buffers by address, out of which free takes this one.
    """

    def __init__(
        self, held: dict[int, SimulatedBuffer], shape: tuple[int, ...], dtype: str, address: int
    ) -> None:
        self._held = held
        self.array: Any = np.zeros(shape, np.dtype(dtype))
        self.address = address
        self.memory: Any = np.zeros(self.array.nbytes, np.uint8)

    def flush(self) -> None:
        """Copy the host's array into the board's memory."""
        self.memory[:] = np.frombuffer(self.array.tobytes(), np.uint8)

    def invalidate(self) -> None:
        """Copy the board's memory into the host's array."""
        self.array[...] = self.memory.view(self.array.dtype).reshape(self.array.shape)

    def free(self) -> None:
        """Give the memory back."""
        self._held.pop(self.address, None)


class SimulatedMemory:
    """Of a ``Bus`` whose hardware needs no time: memory, and this computer's clock."""

    patience = 10.0

    def __init__(self) -> None:
        self.buffers: dict[int, SimulatedBuffer] = {}
        self._next = ALIGNMENT

    def allocate(self, shape: tuple[int, ...], dtype: str) -> SimulatedBuffer:
        """Memory of the board."""
        buffer = SimulatedBuffer(self.buffers, shape, dtype, self._next)
        self.buffers[self._next] = buffer
        self._next += -(-max(1, buffer.array.nbytes) // ALIGNMENT) * ALIGNMENT
        return buffer

    def pause(self, seconds: float = 0.0) -> None:
        """Nothing: what was started is done."""

    def now(self) -> float:
        """Seconds of this computer."""
        return time.monotonic()

    def close(self) -> None:
        """Forget the buffers."""
        self.buffers.clear()
