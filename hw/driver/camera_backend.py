"""The shell with the camera path on a ``Bus``: frames of any size in, boxes out, one block."""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from . import camera_registers as reg
from .backend import Buffer, Bus
from .description import Description
from .detection import Detections
from .errors import AcceleratorError, StuckError, TransferError
from .frame_memory import FrameLines, dense_format
from .integer_path import errors, path, resize
from .waits import Waits

CAMERA = "camera0"
#: Bytes of the header and of a record; a record: corners, place, score.
_RECORD_BYTES = 16
_RECORD = np.dtype([("corners", "<i2", 4), ("place", "<u4"), ("score", "<u2"), ("zero", "<u2")])
_COUNTERS = {
    "frames": reg.FRAMES,
    "read": reg.READ,
    "dropped": reg.DROPPED,
    "damaged": reg.DAMAGED,
    "clocks": reg.CLOCKS,
    "tail": reg.TAIL,
}
#: A least score that no box reaches.
_NO_BOX = (1 << 17) - 1
#: Frames that are handed over at a time.
_UNDER_WAY = 2
_SOURCES = ("memory", "a video input")
#: Units of a box's coordinates to a pixel, and the integer score of 1.
_UNITS, _WHOLE = 16.0, 65536.0


class _Slot:
    """Memory of one frame that is under way: records, raw integers, pixels if copied."""

    def __init__(self, records: Buffer, raw: Buffer) -> None:
        self.records, self.raw = records, raw
        self.frame: Buffer | None = None


class _Handed(NamedTuple):
    """A frame that the hardware has. number: the value of FRAMES behind it."""

    slot: _Slot
    layout: Any
    number: int


class CameraBackend:
    """``Backend`` on the shell with the camera path, and ``boxes_stream`` besides.

    A frame that lies in a buffer of ``frame_buffer`` is read from there; of any other the lines are
    copied, byte by byte, into memory that the hardware sees. No pixel is computed here.
    """

    _is_video = False
    _advice = ""

    def __init__(self, bus: Bus, description: Description) -> None:
        self.bus = bus
        self.description = description
        self._slots: list[_Slot] = []
        self._buffers: list[Buffer] = []
        self._running = self._closed = False
        # Settings as they have been written: they stay, so that a stream writes what changes alone
        self._settings: dict[int, int] = {}
        self._waits = Waits(bus.patience / 4)
        self._check_hardware()

    def identity(self) -> tuple[int, int]:
        """(version register, build id) of camera0."""
        return self._read(reg.VERSION), self._read(reg.BUILD_ID)

    def frame_buffer(self, height: int, width: int, channels: int) -> Any:
        """Memory for a camera to write frames into, (height, width, channels) uint8.

        Frames in it, or in a part of it, are handed over where they lie. It lives until ``close``.
        """
        self._check_open()
        try:
            buffer = self.bus.allocate((height, width, channels), "uint8")
        except Exception as error:
            raise AcceleratorError(
                f"a buffer of {height * width * channels:,} bytes cannot be allocated ({error})"
            ) from error
        self._buffers.append(buffer)
        return buffer.array

    def execute(self, frames: Any) -> Any:
        """(N, H, W, C) of the network's own size -> integers (N, H', W', C')."""
        return np.stack(list(self.stream(frames)))

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        """Frames (H, W, C) of the network's own size -> integers: the letterbox changes nothing."""
        settings = path.Settings(_NO_BOX, 0, 0)

        def lines() -> Iterator[FrameLines]:
            for frame in frames:
                array = np.ascontiguousarray(frame)
                height, width, _ = array.shape
                yield FrameLines(array.reshape(height, -1), dense_format(width, height))

        for handed in self._pipeline(lines(), settings, raw=True):
            handed.slot.raw.invalidate()
            yield np.array(handed.slot.raw.array)

    def boxes_stream(
        self,
        frames: Iterable[FrameLines],
        threshold: float,
        overlap: float,
        limit: int,
        integers: list[Any] | None = None,
    ) -> Generator[Detections, None, None]:
        """Frames in memory -> boxes in pixels of each, best first, double-buffered.

        integers: gets the network's integers of each frame too, which otherwise stay inside.
        """
        try:
            settings = path.Settings.make(threshold, overlap, limit)
        except errors.CameraPathError as error:
            raise AcceleratorError(str(error)) from None
        for handed in self._pipeline(frames, settings, raw=integers is not None):
            if integers is not None:
                handed.slot.raw.invalidate()
                integers.append(np.array(handed.slot.raw.array))
            yield self._records(handed)[0]

    def counters(self) -> dict[str, int]:
        """Frames with boxes, read, lost, damaged since reset; clocks and tail of the last one."""
        self._check_open()
        return {f"{CAMERA}_{key}": self._read(at) for key, at in _COUNTERS.items()}

    def reset(self) -> None:
        """Soft reset of camera0, which resets the accelerator with it."""
        self._check_open()
        self._reset()

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
            if not self._read(reg.CTRL) & reg.CTRL_IDLE:
                self._reset()
            held = [b for s in self._slots for b in (s.records, s.raw, s.frame) if b is not None]
            held += self._buffers
            self._slots, self._buffers = [], []
            for buffer in held:
                buffer.free()
        finally:
            self.bus.close()

    # --- the hardware

    def _read(self, offset: int) -> int:
        return self.bus.read(CAMERA, offset)

    def _write(self, offset: int, value: int) -> None:
        self.bus.write(CAMERA, offset, value)

    def _set(self, offset: int, value: int) -> None:
        """Write a setting, where it is another one."""
        if self._settings.get(offset) != value:
            self._write(offset, value)
            self._settings[offset] = value

    def _check_hardware(self) -> None:
        wanted = self.description
        version, build_id = self.identity()
        if version >> 16 != reg.VERSION_MAGIC:
            raise AcceleratorError(
                f"camera0 says version 0x{version:08x}: expected 0x{reg.VERSION_MAGIC:04x}....; "
                "the bitfile on the board has no camera path, or its registers lie elsewhere"
            )
        if build_id != wanted.build_id:
            raise AcceleratorError(
                f"the bitfile is of build 0x{build_id:08x}, the description of build "
                f"0x{wanted.build_id:08x} ({wanted.name}): expected files of one build"
            )
        found = (self._read(reg.NETWORK) & 0xFFFF, self._read(reg.RAW_BYTES))
        sizes = (wanted.input.shape[0], wanted.output.frame_bytes)
        if found != sizes:
            raise AcceleratorError(
                f"the hardware's network has {found[0]} pixels a side and {found[1]} bytes of "
                f"integers, the description's {sizes[0]} and {sizes[1]}: expected files of one "
                "build"
            )
        found_video = bool(self._read(reg.NETWORK) & reg.NETWORK_VIDEO)
        if found_video != self._is_video:
            raise AcceleratorError(
                f"the hardware's frames come from {_SOURCES[found_video]}, the description's from "
                f"{_SOURCES[self._is_video]}: expected files of one build"
            )
        limits = self._read(reg.LIMITS)
        self._max_side, self._candidates = limits & 0xFFFF, limits >> 16

    def _reset(self) -> None:
        self._settings.clear()
        self._write(reg.RESET, 1)
        since = self.bus.now()
        while self._read(reg.RESET) & 1:
            if self.bus.now() - since > self.bus.patience:
                raise StuckError("camera0 does not finish its reset: the bus owes it an answer")
            self.bus.pause()

    def _check(self) -> None:
        """TransferError with the error register's meaning, if it is not zero."""
        flags = self._read(reg.ERROR)
        if not flags:
            return
        address = self._read(reg.ERROR_ADDR_HI) << 32 | self._read(reg.ERROR_ADDR_LO)
        texts = [text for bit, text in reg.ERROR_TEXTS.items() if flags >> bit & 1]
        meaning = "; ".join(texts) or f"unknown error 0x{flags:x}"
        raise TransferError(f"{CAMERA}: {meaning} (address 0x{address:x})", CAMERA, flags, address)

    def _wait(self, what: str, reached: Any) -> None:
        """Until reached() is true; TransferError or StuckError where it never will be.

        On a board a look at a register takes longer than what is done with it: so there are few.
        """
        if reached():
            self._waits.ended(what, 0.0)
            return
        began, progress, sleep = self.bus.now(), self._progress(), self._waits.at_once(what)
        since = began
        while not reached():
            self._check()
            if self.bus.now() - since > self.bus.patience:
                now = self._progress()
                if now == progress:
                    state = ", ".join(f"{key} {value}" for key, value in self.counters().items())
                    raise StuckError(
                        f"{CAMERA} makes no progress for {self.bus.patience:g} s, {what}: {state}"
                        f"{self._advice}"
                    )
                since, progress = self.bus.now(), now
            self.bus.pause(sleep)
            sleep = 0.0
        self._waits.ended(what, self.bus.now() - began)

    def _progress(self) -> tuple[int, int]:
        return self._read(reg.FRAMES), self._read(reg.READ)

    # --- frames under way

    def _pipeline(
        self, frames: Iterable[FrameLines], settings: path.Settings, raw: bool
    ) -> Iterator[_Handed]:
        """Frames that have come back, in their order; one slot is free while two are under way."""
        self._check_open()
        if self._running:
            raise AcceleratorError("a stream is still open: finish or close it first")
        self._running = True
        under_way: deque[_Handed] = deque()
        try:
            if not self._slots:
                self._allocate()
            self._check()
            first = self._read(reg.FRAMES)
            for number, frame in enumerate(frames):
                self._check_open()
                slot = self._slots[number % len(self._slots)]
                under_way.append(self._hand_over(frame, slot, settings, raw, first + number + 1))
                if len(under_way) == _UNDER_WAY:
                    yield self._back(under_way.popleft())
                    self._check_open()
            while under_way:
                yield self._back(under_way.popleft())
                self._check_open()
        except BaseException:
            if not self._closed and (under_way or self._read(reg.ERROR)):
                self._reset()
            raise
        finally:
            self._running = False

    def _allocate(self) -> None:
        made: list[Buffer] = []
        output = self.description.output
        try:
            for _ in range(_UNDER_WAY + 1):
                made.append(self.bus.allocate((_RECORD_BYTES * (1 + self._candidates),), "uint8"))
                made.append(self.bus.allocate(output.shape, output.dtype))
        except Exception as error:
            for buffer in made:
                buffer.free()
            raise AcceleratorError(f"buffers for boxes cannot be allocated ({error})") from error
        self._slots = [_Slot(*made[at : at + 2]) for at in range(0, len(made), 2)]
        for buffer in made:
            # the host only reads it from now on
            buffer.invalidate()

    def _hand_over(
        self, frame: FrameLines, slot: _Slot, settings: path.Settings, raw: bool, number: int
    ) -> _Handed:
        layout = frame.layout
        if max(layout.width, layout.height) > self._max_side:
            raise AcceleratorError(
                f"a frame of {layout.width} x {layout.height} pixels; this hardware takes "
                f"{self._max_side} a side at most"
            )
        address, stride, is_own = self._place(frame, slot)
        self._wait("waiting for room", lambda: self._read(reg.CTRL) & reg.CTRL_READY)
        for low, value in (
            (reg.ADDR_LO, address),
            (reg.RECORDS_LO, slot.records.address),
            (reg.RAW_LO, slot.raw.address if raw else 0),
        ):
            self._set(low, value & 0xFFFFFFFF)
            self._set(low + 4, value >> 32)
        for register, value in (
            (reg.STRIDE, stride),
            (reg.SIZE, layout.height << 16 | layout.width),
            (reg.FORMAT, int(layout.pixels)),
            (reg.LEAST, settings.least),
            (reg.OVERLAP, settings.overlap),
            (reg.MOST, min(settings.most, self._candidates)),
            (reg.RAW, int(raw)),
        ):
            self._set(register, value)
        self._write(reg.CTRL, reg.CTRL_START)
        if is_own:  # its owner may write the next frame into it once this one has been read
            self._wait("reading a frame", lambda: self._passed(reg.READ, number))
        return _Handed(slot, layout, number)

    def _place(self, frame: FrameLines, slot: _Slot) -> tuple[int, int, bool]:
        """Address and stride of a frame that the hardware sees, and whether it is the caller's."""
        layout = frame.layout
        for buffer in self._buffers:
            start = int(buffer.array.__array_interface__["data"][0])
            offset = frame.address - start
            if offset >= 0 and offset + layout.frame_bytes <= buffer.array.nbytes:
                buffer.flush()
                return buffer.address + offset, layout.line_stride, True
        size = frame.lines.size
        if slot.frame is None or slot.frame.array.size < size:
            if slot.frame is not None:
                slot.frame.free()
                slot.frame = None
            try:
                slot.frame = self.bus.allocate((size,), "uint8")
            except Exception as error:
                raise AcceleratorError(
                    f"a buffer of {size:,} bytes for a frame cannot be allocated ({error})"
                ) from error
        slot.frame.array[:size].reshape(frame.lines.shape)[...] = frame.lines
        slot.frame.flush()
        return slot.frame.address, layout.line_bytes, False

    def _passed(self, register: int, number: int) -> bool:
        """Whether a counter of 32 bits has reached a number; it wraps."""
        return (self._read(register) - number) & 0xFFFFFFFF < 1 << 31

    def _back(self, handed: _Handed) -> _Handed:
        self._wait("waiting for boxes", lambda: self._passed(reg.FRAMES, handed.number))
        self._check()
        return handed

    def _records(self, handed: _Handed) -> tuple[Detections, int]:
        """Boxes of a frame that has come back, and the last word of its header."""
        handed.slot.records.invalidate()
        data = handed.slot.records.array
        number, count, size, note = struct.unpack_from("<4I", data)
        layout = handed.layout
        if (
            number != (handed.number - 1) & 0xFFFFFFFF
            or size != layout.height << 16 | layout.width
            or count > self._candidates
        ):
            raise AcceleratorError(
                f"{CAMERA} left the header of frame {number} with {count} boxes; expected frame "
                f"{handed.number - 1} and {self._candidates} boxes at most: is the memory shared "
                "with something else?"
            )
        records = np.frombuffer(data, _RECORD, count, _RECORD_BYTES)
        where = resize.place(layout.width, layout.height, self.description.input.shape[0])
        boxes = where.to_picture(records["corners"] / _UNITS)
        return Detections(boxes, records["score"] / _WHOLE), note

    def _check_open(self) -> None:
        if self._closed:
            raise AcceleratorError("the accelerator is closed")
