"""The two seams of the driver: what an accelerator runs on, and what a DMA shell's bus offers.

Of several inputs, frames are a list of arrays, one an input; of several outputs, integers are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol


def as_list(value: Any, count: int) -> list[Any]:
    """The list of so many arrays; of one the array itself stands for it."""
    return [value] if count == 1 else list(value)


def only(arrays: list[Any]) -> Any:
    """The array of a list of one; of several the list."""
    return arrays[0] if len(arrays) == 1 else arrays


class Buffer(Protocol):
    """Memory that both sides see. array: as the host sees it; address: as the hardware does."""

    array: Any
    address: int

    def flush(self) -> None:
        """Let the hardware see what the host has written."""

    def invalidate(self) -> None:
        """Let the host see what the hardware has written."""

    def free(self) -> None:
        """Give the memory back."""


class Bus(Protocol):
    """Registers and memory of a board: PYNQ's (``pynq_bus``) or a simulated one's.

    patience: seconds by ``now`` without any progress after which a transfer counts as stuck.
    """

    patience: float

    def read(self, block: str, offset: int) -> int:
        """Value of the register at a byte offset in a block (``idma0``, ``odma0``, ...)."""

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register."""

    def allocate(self, shape: tuple[int, ...], dtype: str) -> Buffer:
        """Contiguous memory, aligned to the bus word at least."""

    def pause(self, seconds: float = 0.0) -> None:
        """Let a little time pass, and seconds at least: the driver waits for the hardware."""

    def now(self) -> float:
        """Seconds on the board's clock."""

    def close(self) -> None:
        """Give back what the bus holds."""


class Backend(Protocol):
    """The hardware under a ``DupNetAccelerator``: DMA blocks on a ``Bus``, or a serial line.

    Frames and integers have the shapes and types that the accelerator's description says.
    """

    def execute(self, frames: Any) -> Any:
        """(N, H, W, C) -> the network's integers (N, H', W', C')."""

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """Frames (H, W, C) -> integers (H', W', C'), one by one, transfers overlapping work."""

    def counters(self) -> dict[str, int]:
        """Counters of the hardware, by name."""

    def reset(self) -> None:
        """Stop whatever runs and return to the state after power-up."""

    def identity(self) -> tuple[int, int]:
        """(version register, build id) that the hardware says of itself."""

    def now(self) -> float:
        """Seconds on the clock that measures the accelerator."""

    def close(self) -> None:
        """Give back what is held."""
