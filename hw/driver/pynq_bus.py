"""``Bus`` on a PYNQ board: the bitfile loaded, registers by MMIO, buffers by ``pynq.allocate``."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .description import Description, check_bitfile
from .errors import AcceleratorError

#: Bytes of a block's registers.
RANGE = 0x1000
#: Seconds between two looks at a block that is busy.
PAUSE = 0.0002
#: The register block of the shell with a camera path.
CAMERA_BLOCKS = ("camera0",)


@contextlib.contextmanager
def _named(what: str, hint: str = "") -> Iterator[None]:
    """Whatever PYNQ raises, of any type, as an AcceleratorError that says what was being done."""
    try:
        yield
    except AcceleratorError:
        raise
    except Exception as error:
        raise AcceleratorError(f"{what} ({_kind(error)}){hint}") from error


def _kind(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class PynqBuffer:
    """A buffer of ``pynq.allocate``."""

    def __init__(self, memory: Any) -> None:
        self._memory = memory
        self.array = memory
        self.address = int(memory.physical_address)

    def flush(self) -> None:
        """Write the processor's cache back to memory."""
        with _named("PYNQ cannot flush a buffer"):
            self._memory.flush()

    def invalidate(self) -> None:
        """Drop what the processor's cache holds of the buffer."""
        with _named("PYNQ cannot invalidate a buffer"):
            self._memory.invalidate()

    def free(self) -> None:
        """Give the contiguous memory back."""
        with _named("PYNQ cannot free a buffer"):
            self._memory.freebuffer()


class PynqBus:
    """Loads a bitfile and sets the accelerator's clock.

    With a ``.hwh`` beside the bitfile it is an Overlay, whose addresses count; without one the
    bitstream alone is loaded, and the description's addresses count. Raises AcceleratorError, which
    names what PYNQ itself raised, if anything.
    """

    patience = 2.0

    def __init__(self, bitfile: str | Path, description: Description) -> None:
        path = check_bitfile(bitfile)
        blocks = tuple(description.blocks) if description.camera is None else CAMERA_BLOCKS
        bases = {name: _base(description, name) for name in blocks}
        pynq = _pynq()
        self._pynq = pynq
        hint = f"; it needs root (sudo -i) and a bitfile of this board ({description.board})"
        with _named(f"{path}: PYNQ cannot load it", hint):
            if path.with_suffix(".hwh").is_file():
                self._overlay = pynq.Overlay(str(path))
            else:
                self._overlay = pynq.Bitstream(str(path))
                self._overlay.download()
        if path.with_suffix(".hwh").is_file():
            handoff = path.with_suffix(".hwh")
            bases = {name: _found(self._overlay, handoff, name, blocks) for name in blocks}
        with _named(f"PYNQ cannot set the clock to {description.clock_mhz:g} MHz"):
            _set_clock(pynq.Clocks, description.clock_mhz)
        self._blocks = {}
        for name, base in bases.items():
            with _named(f"PYNQ cannot map the registers of {name} at 0x{base:x}"):
                self._blocks[name] = pynq.MMIO(base, RANGE)

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        try:
            return int(self._blocks[block].read(offset))
        except Exception as error:
            raise AcceleratorError(
                f"{block}: register 0x{offset:02x} cannot be read ({_kind(error)})"
            ) from error

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register."""
        try:
            self._blocks[block].write(offset, value)
        except Exception as error:
            raise AcceleratorError(
                f"{block}: register 0x{offset:02x} cannot be written ({_kind(error)})"
            ) from error

    def allocate(self, shape: tuple[int, ...], dtype: str) -> PynqBuffer:
        """Contiguous memory (page aligned)."""
        with _named("PYNQ cannot allocate it"):
            return PynqBuffer(self._pynq.allocate(shape=shape, dtype=dtype))

    def pause(self, seconds: float = 0.0) -> None:
        """Sleep a fraction of a millisecond, or longer."""
        time.sleep(max(PAUSE, seconds))

    def now(self) -> float:
        """Seconds of the system's monotonic clock."""
        return time.monotonic()

    def close(self) -> None:
        """Nothing: PYNQ's Overlay.free would close the device for the whole process."""


def _set_clock(clocks: Any, mhz: float) -> None:
    """Set the accelerator's clock; AcceleratorError where PYNQ's nearest one is too fast."""
    clocks.fclk0_mhz = mhz
    if clocks.fclk0_mhz > 1.001 * mhz:
        raise AcceleratorError(
            f"PYNQ sets {clocks.fclk0_mhz:g} MHz where {mhz:g} MHz were asked for, which is more "
            "than the bitfile is made for: build with a clock that divides the board's evenly"
        )


def _base(description: Description, name: str) -> int:
    """Address of a block as the description has it."""
    if name not in description.registers:
        raise AcceleratorError(
            f"{description.name}: its description has no registers {name}; expected those of a "
            f"board with a processor, which {description.board} is not"
        )
    return description.registers[name]


def _found(overlay: Any, path: Path, name: str, wanted: tuple[str, ...]) -> int:
    """Address of a block as an Overlay has it."""
    with _named(f"{path}: PYNQ has no list of its blocks"):
        blocks = dict(overlay.ip_dict)
    if name not in blocks:
        there = ", ".join(sorted(map(str, blocks))) or "none"
        raise AcceleratorError(
            f"{path}: no block named {name} (there: {there}); expected {' and '.join(wanted)}"
        )
    with _named(f"{path}: PYNQ has no address of {name}"):
        return int(blocks[name]["phys_addr"])


def _pynq() -> Any:
    try:
        import pynq
    except ModuleNotFoundError as error:
        if error.name != "pynq":
            raise AcceleratorError(f"PYNQ cannot be imported ({_kind(error)})") from error
        raise AcceleratorError(
            f"PYNQ is missing ({error}): run this on a board with PYNQ's image (2.7 or later), in "
            "its Python environment (sudo -i, or its Jupyter)"
        ) from None
    except Exception as error:
        raise AcceleratorError(f"PYNQ cannot be imported ({_kind(error)})") from error
    return pynq
