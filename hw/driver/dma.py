"""The DMA shell on a ``Bus``: two register blocks, double-buffered transfers, errors by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from . import registers as reg
from .backend import Buffer, Bus
from .description import Description
from .errors import AcceleratorError, StuckError, TransferError
from .load import write_words

IDMA, ODMA = "idma0", "odma0"
#: Frames of one transfer at most; two transfers' buffers are held.
BATCH = 8
_COUNTERS = {"frames": reg.FRAMES, "beats": reg.BEATS, "stalls": reg.STALLS, "clocks": reg.CLOCKS}


class DmaBlock:
    """One of the two register blocks."""

    def __init__(self, bus: Bus, name: str) -> None:
        self.bus = bus
        self.name = name

    def read(self, offset: int) -> int:
        """Value of a register."""
        return self.bus.read(self.name, offset)

    def write(self, offset: int, value: int) -> None:
        """Write a register."""
        self.bus.write(self.name, offset, value)

    def idle(self) -> bool:
        """Whether no transfer runs."""
        return bool(self.read(reg.CTRL) & reg.CTRL_IDLE)

    def start(self, address: int, frames: int) -> None:
        """Start a transfer of frames from (idma0) or to (odma0) an address."""
        self.write(reg.ADDR_LO, address & 0xFFFFFFFF)
        self.write(reg.ADDR_HI, address >> 32)
        self.write(reg.COUNT, frames)
        self.write(reg.CTRL, reg.CTRL_START)

    def counters(self) -> dict[str, int]:
        """``<block>_frames`` since reset; ``_beats``, ``_stalls``, ``_clocks`` of the transfer."""
        return {f"{self.name}_{key}": self.read(at) for key, at in _COUNTERS.items()}

    def check(self) -> None:
        """TransferError with the error register's meaning, if it is not zero."""
        flags = self.read(reg.ERROR)
        if not flags:
            return
        address = self.read(reg.ERROR_ADDR_HI) << 32 | self.read(reg.ERROR_ADDR_LO)
        texts = [text for bit, text in reg.ERROR_TEXTS.items() if flags >> bit & 1]
        meaning = "; ".join(texts) or f"unknown error 0x{flags:x}"
        raise TransferError(
            f"{self.name}: {meaning} (address 0x{address:x})", self.name, flags, address
        )


class _Slot(NamedTuple):
    """The buffers of one transfer."""

    input: Buffer
    output: Buffer


class DmaBackend:
    """``Backend`` on the DMA shell.

    While the hardware computes one transfer, the next one's frames are written into the other pair
    of buffers and the previous one's results are used.
    """

    def __init__(self, bus: Bus, description: Description, batch: int = BATCH) -> None:
        if batch < 1:
            raise AcceleratorError(f"batch {batch}: expected at least one frame a transfer")
        self.bus = bus
        self.description = description
        self.batch = batch
        self.idma, self.odma = DmaBlock(bus, IDMA), DmaBlock(bus, ODMA)
        self._slots: list[_Slot] = []
        self._running = self._closed = False
        self._check_hardware()

    def identity(self) -> tuple[int, int]:
        """(version register, build id) of idma0."""
        return self.idma.read(reg.VERSION), self.idma.read(reg.BUILD_ID)

    def execute(self, frames: Any) -> Any:
        """(N, H, W, C) -> integers (N, H', W', C')."""
        parts = [frames[at : at + self.batch] for at in range(0, len(frames), self.batch)]
        return np.concatenate(list(self._transfers(parts)))

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """One frame a transfer; a result comes while the next frame is computed."""
        for integers in self._transfers(frame[np.newaxis] for frame in frames):
            yield integers[0]

    def counters(self) -> dict[str, int]:
        """Counters of both blocks."""
        self._check_open()
        return {**self.idma.counters(), **self.odma.counters()}

    def load(self, words: Iterable[tuple[int, int]]) -> int:
        """Write words of the weights, (address, word) each; see ``load.write_words``."""
        self._check_open()
        if self._running:
            raise AcceleratorError("a stream is still open: finish or close it first")
        return write_words(self.idma, words)

    def reset(self) -> None:
        """Soft reset of idma0, which resets the accelerator and odma0 with it."""
        self._check_open()
        self._reset()

    def _reset(self) -> None:
        self.idma.write(reg.RESET, 1)
        since = self.bus.now()
        while self.idma.read(reg.RESET) & 1:
            if self.bus.now() - since > self.bus.patience:
                raise StuckError("idma0 does not finish its reset: the bus owes it an answer")
            self.bus.pause()
        for block in (self.idma, self.odma):
            block.write(reg.ERROR, 0xFFFFFFFF)

    def now(self) -> float:
        """The bus's clock."""
        return self.bus.now()

    def close(self) -> None:
        """Stop what runs, free the buffers and close the bus; a stream still open ends in an error.

        Where the hardware cannot be stopped, which is a StuckError, the buffers stay its own.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._slots and not (self.idma.idle() and self.odma.idle()):
                self._reset()
            slots, self._slots = self._slots, []
            _free([buffer for slot in slots for buffer in slot])
        finally:
            self.bus.close()

    def _allocate(self) -> list[_Slot]:
        """Two pairs of buffers; where one cannot be had, those before it are given back."""
        held: list[Buffer] = []
        source, result = self.description.input, self.description.output
        try:
            for tensor in (source, result, source, result):
                held.append(self.bus.allocate((self.batch, *tensor.shape), tensor.dtype))
            slots = [_Slot(*held[:2]), _Slot(*held[2:])]
            for slot in slots:
                # the host only reads it from now on: no line of its cache may be written over
                # results
                slot.output.invalidate()
        except BaseException as error:
            _free(held, quietly=True)
            if not isinstance(error, Exception) or len(held) == 4:
                raise
            size = self.batch * (source, result)[len(held) % 2].frame_bytes
            raise AcceleratorError(
                f"buffer {len(held) + 1} of 4, {size:,} bytes, cannot be allocated ({error}); a "
                f"smaller batch than {self.batch} takes less, and other programs may hold memory"
            ) from error
        return slots

    def _check_hardware(self) -> None:
        wanted = self.description
        version, build_id = self.identity()
        if version >> 16 != reg.VERSION_MAGIC:
            raise AcceleratorError(
                f"idma0 says version 0x{version:08x}: expected 0x{reg.VERSION_MAGIC:04x}....; the "
                "bitfile on the board is none of this project's, or its registers lie elsewhere"
            )
        if build_id != wanted.build_id:
            raise AcceleratorError(
                f"the bitfile is of build 0x{build_id:08x}, the description of build "
                f"0x{wanted.build_id:08x} ({wanted.name}): expected files of one build"
            )
        sizes = (wanted.input.frame_bytes, wanted.output.frame_bytes)
        found = (self.idma.read(reg.FRAME_BYTES), self.odma.read(reg.FRAME_BYTES))
        if sizes != found:
            raise AcceleratorError(
                f"the hardware's frames have {found[0]} and {found[1]} bytes, the description's "
                f"{sizes[0]} and {sizes[1]}: expected files of one build"
            )

    def _transfers(self, chunks: Iterable[Any]) -> Iterator[Any]:
        """Results of chunks (n, H, W, C) of at most ``batch`` frames, in their order."""
        self._check_open()
        if self._running:
            raise AcceleratorError("a stream is still open: finish or close it first")
        if not self._slots:
            self._slots = self._allocate()
        self._running = True
        try:
            for result in self._pipeline(chunks):
                yield result
                self._check_open()
        except BaseException as error:
            # an error, or a caller that stopped in the middle; close() has stopped it already
            if not self._closed:
                self._reset_after(error)
            raise
        finally:
            self._running = False

    def _reset_after(self, error: BaseException) -> None:
        """Reset; where that fails too, both errors are told."""
        try:
            self._reset()
        except AcceleratorError as second:
            if not isinstance(error, AcceleratorError):
                raise
            kind = StuckError if isinstance(second, StuckError) else AcceleratorError
            raise kind(f"{error}; and then: {second}") from error

    def _check_open(self) -> None:
        if self._closed:
            raise AcceleratorError("the accelerator is closed")

    def _pipeline(self, chunks: Iterable[Any]) -> Iterator[Any]:
        before: tuple[Buffer, int] | None = None
        for number, frames in enumerate(chunks):
            slot, count = self._slots[number % 2], len(frames)
            slot.input.array[:count] = frames
            slot.input.flush()
            self._wait(self.idma)
            self.idma.start(slot.input.address, count)
            result = self._result(before)
            self.odma.start(slot.output.address, count)
            before = (slot.output, count)
            if result is not None:
                yield result
        last = self._result(before)
        if last is not None:
            self._wait(self.idma)
            yield last

    def _result(self, transfer: tuple[Buffer, int] | None) -> Any:
        """Wait for a transfer of odma0 and copy what it wrote; None for none."""
        if transfer is None:
            return None
        self._wait(self.odma)
        buffer, count = transfer
        buffer.invalidate()
        return np.array(buffer.array[:count])

    def _wait(self, block: DmaBlock) -> None:
        """Wait until a block is idle; TransferError or StuckError where it never will be."""
        since, progress = self.bus.now(), -1
        while True:
            idle = block.idle()
            for one in (self.idma, self.odma):
                one.check()
            if idle:
                return
            beats = self.idma.read(reg.BEATS) + self.odma.read(reg.BEATS)
            if beats != progress:
                since, progress = self.bus.now(), beats
            elif self.bus.now() - since > self.bus.patience:
                state = ", ".join(f"{key} {value}" for key, value in self.counters().items())
                raise StuckError(
                    f"{block.name} makes no progress for {self.bus.patience:g} s: {state}"
                )
            self.bus.pause()


def _free(buffers: list[Buffer], quietly: bool = False) -> None:
    """Give back every buffer, also behind one that fails; the first error is raised at the end."""
    first = None
    for buffer in buffers:
        try:
            buffer.free()
        except Exception as error:
            first = first or error
    if first is not None and not quietly:
        raise first
