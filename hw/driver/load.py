"""Words for an accelerator's load bus, by the registers LOAD_* of ``idma0``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from . import registers as reg
from .backend import Bus
from .errors import AcceleratorError, StuckError


class _Block(Protocol):
    """The registers of ``idma0``."""

    bus: Bus

    def read(self, offset: int) -> int:
        """Value of a register."""

    def write(self, offset: int, value: int) -> None:
        """Write a register."""


def write_words(block: _Block, words: Iterable[tuple[int, int]]) -> int:
    """Write (address, word) each, then read them all back; returns how many.

    Raises AcceleratorError where the accelerator has no tables that can be written, where a frame
    is inside, and where a word is read otherwise than it was written.
    """
    status = block.read(reg.LOAD_STATUS)
    if not status & reg.LOAD_STATUS_PRESENT:
        raise AcceleratorError(
            "the weights of this accelerator, and the size of its image, are constants of the "
            "hardware; expected a build with runtime_writeable_weights, or dynamic_mode"
        )
    if status & reg.LOAD_STATUS_BLOCKED:
        raise AcceleratorError(
            "a frame is inside the accelerator: weights are written between frames; finish or "
            "close what runs, or reset the accelerator"
        )
    block.write(reg.LOAD_STATUS, reg.LOAD_STATUS_REFUSED)
    given = sorted(words)
    at = -1
    for address, word in given:
        if address != at:
            _settled(block, reg.LOAD_ADDRESS, address)
        _settled(block, reg.LOAD_DATA, word)
        at = address + 1
    at = -1
    for address, word in given:
        if address != at:
            _settled(block, reg.LOAD_ADDRESS, address)
        found = block.read(reg.LOAD_DATA)
        _wait(block)
        if found != word:
            raise AcceleratorError(
                f"word {address} of the weights reads 0x{found:08x}, written was 0x{word:08x}"
            )
        at = address + 1
    if block.read(reg.LOAD_STATUS) & reg.LOAD_STATUS_REFUSED:
        raise AcceleratorError("the hardware refused to write weights: something else used it")
    return len(given)


def _settled(block: _Block, offset: int, value: int) -> None:
    block.write(offset, value)
    _wait(block)


def _wait(block: _Block) -> None:
    """Wait until an access has ended."""
    since = None
    while block.read(reg.LOAD_STATUS) & reg.LOAD_STATUS_BUSY:
        since = block.bus.now() if since is None else since
        if block.bus.now() - since > block.bus.patience:
            raise StuckError("idma0 does not finish writing a word of the weights")
        block.bus.pause()
