"""The DMA shell on a ``Bus``: register blocks, double-buffered transfers, errors by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import registers as reg
from .backend import Buffer, Bus, as_list, only
from .description import Description
from .errors import AcceleratorError, StuckError, TransferError
from .load import write_words
from .waits import Waits

#: Frames of one transfer at most; two transfers' buffers are held.
BATCH = 8
_COUNTERS = {"frames": reg.FRAMES, "beats": reg.BEATS, "stalls": reg.STALLS, "clocks": reg.CLOCKS}


class DmaBlock:
    """One of the register blocks."""

    def __init__(self, bus: Bus, name: str) -> None:
        self.bus = bus
        self.name = name
        #: Frames of the transfer that was started last
        self.frames = 0

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
        """Start a transfer of frames from (an idma) or to (an odma) an address."""
        self.write(reg.ADDR_LO, address & 0xFFFFFFFF)
        self.write(reg.ADDR_HI, address >> 32)
        self.write(reg.COUNT, frames)
        self.write(reg.CTRL, reg.CTRL_START)
        self.frames = frames

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
    """The buffers of one transfer: one for each input and each output."""

    inputs: list[Buffer]
    outputs: list[Buffer]


class DmaBackend:
    """``Backend`` on the DMA shell.

    While the hardware computes one transfer, the next one's frames are written into the other
    buffers and the previous one's results are used.
    """

    def __init__(self, bus: Bus, description: Description, batch: int = BATCH) -> None:
        if batch < 1:
            raise AcceleratorError(f"batch {batch}: expected at least one frame a transfer")
        self.bus = bus
        self.description = description
        self.batch = batch
        self.idmas = [DmaBlock(bus, f"idma{index}") for index in range(len(description.inputs))]
        self.odmas = [DmaBlock(bus, f"odma{index}") for index in range(len(description.outputs))]
        self.blocks = [*self.idmas, *self.odmas]
        self._slots: list[_Slot] = []
        self._waits = Waits(bus.patience / 4)
        self._running = self._closed = False
        self._check_hardware()

    def identity(self) -> tuple[int, int]:
        """(version register, build id) of idma0."""
        return self.idmas[0].read(reg.VERSION), self.idmas[0].read(reg.BUILD_ID)

    def execute(self, frames: Any) -> Any:
        """(N, H, W, C) -> integers (N, H', W', C'); of several inputs or outputs a list of such."""
        whole = as_list(frames, len(self.idmas))
        starts = range(0, len(whole[0]), self.batch)
        parts = [[array[at : at + self.batch] for array in whole] for at in starts]
        results = list(self._transfers(parts))
        return only([np.concatenate(pieces) for pieces in zip(*results)])

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """One frame a transfer; a result comes while the next frame is computed."""
        given = (as_list(frame, len(self.idmas)) for frame in frames)
        for integers in self._transfers([array[np.newaxis] for array in one] for one in given):
            yield only([array[0] for array in integers])

    def counters(self) -> dict[str, int]:
        """Counters of all blocks."""
        self._check_open()
        found: dict[str, int] = {}
        for block in self.blocks:
            found.update(block.counters())
        return found

    def load(self, words: Iterable[tuple[int, int]]) -> int:
        """Write words of the weights, (address, word) each; see ``load.write_words``."""
        self._check_open()
        if self._running:
            raise AcceleratorError("a stream is still open: finish or close it first")
        return write_words(self.idmas[0], words)

    def load_size(
        self,
        words: Iterable[tuple[int, int]],
        frames: dict[str, tuple[int, int]],
        description: Description,
    ) -> int:
        """Let the accelerator take images of another size; returns how many words were written.

        words: of the load bus, (address, word) each; frames: (beats, bytes) of a frame at each
        block; description: of this size. The soft reset behind it lets the size count. Raises
        AcceleratorError as ``load``, and where a block takes one size alone.
        """
        count = self.load(words)
        for block in self.blocks:
            for offset, value in zip((reg.FRAME_BEATS, reg.FRAME_BYTES), frames[block.name]):
                block.write(offset, value)
                if block.read(offset) != value:
                    raise AcceleratorError(
                        f"{block.name} takes no other size of a frame; expected a build with "
                        "dynamic_mode"
                    )
        self._reset()
        slots, self._slots = self._slots, []
        _free([buffer for slot in slots for buffer in (*slot.inputs, *slot.outputs)])
        self.description = description
        return count

    def reset(self) -> None:
        """Soft reset of every idma, which resets the accelerator and the odmas with them."""
        self._check_open()
        self._reset()

    def _reset(self) -> None:
        for block in self.idmas:
            block.write(reg.RESET, 1)
        since = self.bus.now()
        for block in self.idmas:
            while block.read(reg.RESET) & 1:
                if self.bus.now() - since > self.bus.patience:
                    raise StuckError(
                        f"{block.name} does not finish its reset: the bus owes it an answer"
                    )
                self.bus.pause()
        for block in self.blocks:
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
            if self._slots and not all(block.idle() for block in self.blocks):
                self._reset()
            slots, self._slots = self._slots, []
            _free([buffer for slot in slots for buffer in (*slot.inputs, *slot.outputs)])
        finally:
            self.bus.close()

    def _allocate(self) -> list[_Slot]:
        """Two buffers a block; where one cannot be had, those before it are given back."""
        held: list[Buffer] = []
        tensors = 2 * list(self.description.blocks.values())
        inputs, half = len(self.idmas), len(self.blocks)
        try:
            for tensor in tensors:
                held.append(self.bus.allocate((self.batch, *tensor.shape), tensor.dtype))
            slots = [_Slot(part[:inputs], part[inputs:]) for part in (held[:half], held[half:])]
            for slot in slots:
                # the host only reads it from now on: no line of its cache may be written over
                # results
                for buffer in slot.outputs:
                    buffer.invalidate()
        except BaseException as error:
            _free(held, quietly=True)
            if not isinstance(error, Exception) or len(held) == len(tensors):
                raise
            size = self.batch * tensors[len(held)].frame_bytes
            raise AcceleratorError(
                f"buffer {len(held) + 1} of {len(tensors)}, {size:,} bytes, cannot be allocated "
                f"({error}); a smaller batch than {self.batch} takes less, and other programs may "
                "hold memory"
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
        sizes = [tensor.frame_bytes for tensor in wanted.blocks.values()]
        found = [block.read(reg.FRAME_BYTES) for block in self.blocks]
        if sizes != found:
            theirs, ours = (" and ".join(map(str, each)) for each in (found, sizes))
            raise AcceleratorError(
                f"the hardware's frames have {theirs} bytes, the description's {ours}: expected "
                "files of one build"
            )

    def _transfers(self, chunks: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """Results of chunks of at most ``batch`` frames, in their order.

        A chunk has an array (n, H, W, C) for each input, a result one for each output.
        """
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

    def _pipeline(self, chunks: Iterable[list[Any]]) -> Iterator[list[Any]]:
        before: tuple[list[Buffer], int] | None = None
        for number, frames in enumerate(chunks):
            slot, count = self._slots[number % 2], len(frames[0])
            for buffer, array in zip(slot.inputs, frames):
                buffer.array[:count] = array
                buffer.flush()
            self._wait(self.idmas)
            for block, buffer in zip(self.idmas, slot.inputs):
                block.start(buffer.address, count)
            result = self._result(before)
            for block, buffer in zip(self.odmas, slot.outputs):
                block.start(buffer.address, count)
            before = (slot.outputs, count)
            if result is not None:
                yield result
        last = self._result(before)
        if last is not None:
            self._wait(self.idmas)
            yield last

    def _result(self, transfer: tuple[list[Buffer], int] | None) -> list[Any] | None:
        """Wait for a transfer of all odmas and copy what they wrote; None for none."""
        if transfer is None:
            return None
        self._wait(self.odmas)
        buffers, count = transfer
        found = []
        for buffer in buffers:
            buffer.invalidate()
            found.append(np.array(buffer.array[:count]))
        return found

    def _wait(self, blocks: Sequence[DmaBlock]) -> None:
        """Wait until blocks are idle; TransferError or StuckError where one never will be."""
        for block in blocks:
            self._wait_for(block)

    def _wait_for(self, block: DmaBlock) -> None:
        """As the camera's driver waits: most of what it took the last time is slept at once."""
        what = f"{block.name}, {block.frames} frames"
        if self._is_idle(block):
            self._waits.ended(what, 0.0)
            return
        began, progress, sleep = self.bus.now(), self._progress(), self._waits.at_once(what)
        since = began
        while not self._is_idle(block):
            if self.bus.now() - since > self.bus.patience:
                now = self._progress()
                if now == progress:
                    state = ", ".join(f"{key} {value}" for key, value in self.counters().items())
                    raise StuckError(
                        f"{block.name} makes no progress for {self.bus.patience:g} s: {state}"
                    )
                since, progress = self.bus.now(), now
            self.bus.pause(sleep)
            sleep = 0.0
        self._waits.ended(what, self.bus.now() - began)

    def _is_idle(self, block: DmaBlock) -> bool:
        """Whether a block's transfer has ended; TransferError where one has failed."""
        idle = block.idle()
        for one in self.blocks:
            one.check()
        return idle

    def _progress(self) -> int:
        return sum(one.read(reg.BEATS) for one in self.blocks)


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
