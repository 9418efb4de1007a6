"""``Bus`` on a PYNQ board: the bitfile loaded, registers by MMIO, buffers by ``pynq.allocate``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .description import Description, check_bitfile
from .errors import AcceleratorError

#: Bytes of a block's registers.
RANGE = 0x1000
#: Seconds between two looks at a block that is busy.
PAUSE = 0.0002


class PynqBuffer:
    """A buffer of ``pynq.allocate``."""

    def __init__(self, memory: Any) -> None:
        self._memory = memory
        self.array = memory
        self.address = int(memory.physical_address)

    def flush(self) -> None:
        """Write the processor's cache back to memory."""
        self._memory.flush()

    def invalidate(self) -> None:
        """Drop what the processor's cache holds of the buffer."""
        self._memory.invalidate()

    def free(self) -> None:
        """Give the contiguous memory back."""
        self._memory.freebuffer()


class PynqBus:
    """Loads a bitfile and sets the accelerator's clock.

    With a ``.hwh`` beside the bitfile it is an Overlay, whose addresses count; without one the
    bitstream alone is loaded, and the description's addresses count.
    """

    patience = 2.0

    def __init__(self, bitfile: str | Path, description: Description) -> None:
        path = check_bitfile(bitfile)
        pynq = _pynq()
        self._pynq = pynq
        bases = dict(description.registers)
        try:
            if path.with_suffix(".hwh").is_file():
                self._overlay = pynq.Overlay(str(path))
                bases = {name: self._overlay.ip_dict[name]["phys_addr"] for name in bases}
            else:
                self._overlay = pynq.Bitstream(str(path))
                self._overlay.download()
        except KeyError as error:
            raise AcceleratorError(
                f"{path.with_suffix('.hwh')}: no block named {error.args[0]}; expected "
                f"{' and '.join(description.registers)}"
            ) from None
        except (OSError, RuntimeError) as error:
            raise AcceleratorError(
                f"{path}: PYNQ cannot load it ({error}); it needs root (sudo -i) and a bitfile of "
                f"this board ({description.board})"
            ) from None
        _set_clock(pynq.Clocks, description.clock_mhz)
        self._blocks = {name: pynq.MMIO(int(base), RANGE) for name, base in bases.items()}

    def read(self, block: str, offset: int) -> int:
        """Value of a register."""
        return int(self._blocks[block].read(offset))

    def write(self, block: str, offset: int, value: int) -> None:
        """Write a register."""
        self._blocks[block].write(offset, value)

    def allocate(self, shape: tuple[int, ...], dtype: str) -> PynqBuffer:
        """Contiguous memory (page aligned)."""
        return PynqBuffer(self._pynq.allocate(shape=shape, dtype=dtype))

    def pause(self) -> None:
        """Sleep a fraction of a millisecond."""
        time.sleep(PAUSE)

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


def _pynq() -> Any:
    try:
        import pynq
    except ImportError as error:
        raise AcceleratorError(
            f"PYNQ is missing ({error}): run this on a board with PYNQ's image (2.7 or later), in "
            "its Python environment (sudo -i, or its Jupyter)"
        ) from None
    return pynq
