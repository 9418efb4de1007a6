"""A client of frames in memory that does what comes, written from docs/registers-camera.md alone.

It hands over frames of drawn sizes, strides, formats and places, and more than there is room for;
writes registers that are read, and reads those that are none; resets in the middle, lets the bus
fail; and holds what comes against what the document says.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from camera_path.frames import FrameFormat, PixelFormat
from camera_path.path import Settings
from hw.sim.board import DECERR, MEMORY_BASE, SLVERR, SimulatedBoard
from tests.hw.camera import camera_client as at
from tests.hw.camera.camera_client import Client
from tests.hw.camera.tiny_detector import OPTIONS, OUTPUTS, expected

DROPPED, ERROR_ADDR_LO, ISR = 0x34, 0x24, 0x0C
RECORDS_BYTES = 16 * (1 + OPTIONS.candidates)
#: Bytes that nobody may write, around what the hardware writes.
AROUND = 64
BUSY, NEEDS_RESET = 1 << 5, 1 << 6


@dataclass
class Handed:
    """A frame that was handed over: what has to come of it, and where."""

    layout: FrameFormat
    base: int
    address: int
    records: int
    raw: int
    integers: Any
    boxes: Any


class RandomClient:
    """Of one board; the stand-in behind its letterbox takes so many lanes."""

    def __init__(self, board: SimulatedBoard, seed: int, lanes: int = 3, align: int = 8) -> None:
        self.board, self.client, self.lanes, self.align = board, Client(board), lanes, align
        self.rng = np.random.default_rng(seed)
        self.handed: list[Handed] = []
        self.frames = self.dropped = 0

    def phase(self, steps: int) -> None:
        """So many steps, then one of the ends: all comes to rest, a reset, a fault of the bus."""
        for _ in range(steps):
            step = self.rng.choice([self.hand_over, self.pause, self.refused, self.poke],
                                   p=[0.6, 0.24, 0.08, 0.08])  # fmt: skip
            step()
            assert self.board.violations[0] == 0, self.board.violations[1]
        ends = [self.rest, self.rest, self.reset, self.fail]
        ends[self.rng.integers(4)]()

    # --- what it does

    def layout(self) -> FrameFormat:
        """A size, format and stride."""
        rng = self.rng
        pixels = PixelFormat(int(rng.integers(4)))
        most = 201 if rng.random() < 0.1 else 80
        width, height = (int(side) for side in rng.integers(1, most, 2))
        width += width % 2 if pixels is PixelFormat.YUYV else 0
        line = width * pixels.pixel_bytes
        gaps = (0, 0, int(rng.integers(1, 9)), int(rng.integers(1, 300)), 4096 - line % 4096)
        gap = gaps[rng.integers(5)] if height * line < 4000 else gaps[rng.integers(3)]
        return FrameFormat(width, height, pixels, line + gap if gap or rng.random() < 0.5 else 0)

    def hand_over(self) -> None:
        """A frame; where there is no room it is refused, and counts among the dropped."""
        rng, board = self.rng, self.board
        if not board.read(at.CTRL) & at.READY:
            if rng.random() < 0.7:
                self.pause()
                return
            board.write(at.CTRL, 1)
            if board.read(at.ERROR):  # else there was room meanwhile: of the frame before, again
                assert board.read(at.ERROR) == BUSY
                board.write(at.ERROR, BUSY)
                self.dropped += 1
                assert board.read(DROPPED) == self.dropped
            else:
                board.run(40)
                self.handed.append(self.handed[-1])
            return
        layout = self.layout()
        memory = rng.integers(0, 256, layout.frame_bytes, np.uint8)
        offset = int(rng.integers(64))
        base = board.allocate(layout.frame_bytes + offset)
        board.write_memory(base + offset, memory.tobytes())
        settings = Settings(int(rng.integers(1 << 16)), int(rng.integers(1 << 16)),
                            int(rng.integers(0, 20)))  # fmt: skip
        records = board.allocate(RECORDS_BYTES + 2 * AROUND, 16) + AROUND
        board.write_memory(records - AROUND, bytes([0xA5]) * (RECORDS_BYTES + 2 * AROUND))
        raw = 0
        if rng.random() < 0.7:
            raw = board.allocate(2 * OUTPUTS + 2 * AROUND, self.align) + AROUND
            board.write_memory(raw - AROUND, bytes([0xA5]) * (2 * OUTPUTS + 2 * AROUND))
        integers, boxes = expected(memory, layout, settings, self.lanes)
        values = (settings.least, settings.overlap, settings.most)
        size = (layout.width, layout.height)
        self.client.hand_over(
            base + offset, size, layout.pixels, layout.stride, values, records, raw
        )
        board.run(40)
        self.handed.append(Handed(layout, base, base + offset, records, raw, integers, boxes))

    def pause(self) -> None:
        """Clocks pass; what can only grow does."""
        before = self.board.read(at.FRAMES), self.board.read(at.READ)
        self.board.run(int(2 ** self.rng.uniform(0, 12)))
        after = self.board.read(at.FRAMES), self.board.read(at.READ)
        assert all(a <= b for a, b in zip(before, after, strict=True))
        assert after[0] <= after[1] <= len(self.handed)
        assert self.board.read(at.ERROR) == 0
        assert self.board.read(DROPPED) == self.dropped

    def refused(self) -> None:
        """START of what cannot be: told, and nothing else happens."""
        if not self.board.read(at.CTRL) & at.READY:
            return
        size, kind, stride, bits = [
            ((0, 9), 0, 0, 1 << 3), ((9, 201), 0, 0, 1 << 3), ((9, 9), 4, 0, 1 << 7),
            ((9, 9), 3, 0, 1 << 8), ((9, 9), 1, 26, 1 << 9), ((9, 9), 2, 1 << 31, 1 << 4),
            ((0, 0), 5, 0, 1 << 3 | 1 << 7),
        ][self.rng.integers(7)]  # fmt: skip
        self.client.hand_over(MEMORY_BASE, size, kind, stride, (0, 0, 1), MEMORY_BASE)
        self.board.run(60)
        assert self.board.read(at.ERROR) == bits
        self.board.write(at.ERROR, bits)

    def poke(self) -> None:
        """Registers that are only read, and offsets that have none: writing does nothing."""
        register = int(self.rng.choice([at.FRAMES, at.READ, at.VERSION, at.LIMITS, at.NETWORK, 0x7C,
                                        0x84, 0xFC, 0x100, 0x9C0, 0xFFC]))  # fmt: skip
        self.board.write(register, int(self.rng.integers(1 << 32)))
        if register > 0x80:
            assert self.board.read(register) == 0
        assert self.board.read(at.VERSION) == 0xD0CA0001

    # --- how a phase ends

    def rest(self) -> None:
        """Every frame comes, and nothing is left."""
        self.client.wait_frames(len(self.handed))
        assert self.board.read(at.CTRL) & ~at.DONE == at.IDLE | at.READY
        assert self.board.read(at.READ) == len(self.handed)
        assert self.board.read(at.ERROR) == 0
        assert self.board.read(ISR) & 1 == bool(self.handed)
        self.check(len(self.handed))
        self.reset()

    def reset(self) -> None:
        """Soft reset, or the reset line, in the middle of whatever there is."""
        if self.rng.random() < 0.2:
            self.board.hard_reset()
        else:
            self.check(self.board.read(at.FRAMES))
            self.client.reset()
        assert self.board.read(at.CTRL) == at.IDLE | at.READY
        for register in (at.ERROR, at.FRAMES, at.READ, DROPPED, ISR, ERROR_ADDR_LO):
            assert self.board.read(register) == 0
        for base in {each.base for each in self.handed}:
            self.board.free(base)
        for part in {p for each in self.handed for p in (each.records, each.raw) if p}:
            self.board.free(part - AROUND)
        self.handed, self.dropped = [], 0

    def fail(self) -> None:
        """The bus fails somewhere in a frame's memory, records or integers; then a reset."""
        if not self.handed:
            return
        each = self.handed[self.rng.integers(len(self.handed))]
        fault = int(self.rng.choice([SLVERR, DECERR]))
        lines = each.layout.frame_bytes
        places = [each.address + int(self.rng.integers(lines)), each.records, each.raw]
        place = places[self.rng.integers(3 if each.raw else 2)]
        self.board.fault(place, 1, fault)
        for _ in range(400):
            if self.board.read(at.ERROR) or self.board.read(at.FRAMES) == len(self.handed):
                break
            self.board.run(500)
        if error := self.board.read(at.ERROR):
            assert error == (1 if fault == SLVERR else 2)
            assert 0 <= place - self.board.read(ERROR_ADDR_LO) < 16 * 16
            self.board.run(3000)
            assert self.board.read(at.CTRL) & ~at.DONE == at.IDLE
            self.board.write(at.CTRL, 1)
            assert self.board.read(at.ERROR) == error | NEEDS_RESET
        else:
            assert self.board.read(at.FRAMES) == len(self.handed), "nothing, and no error"
        self.board.fault(MEMORY_BASE, 0)
        self.reset()

    # --- what it holds against the document

    def check(self, frames: int) -> None:
        """The first frames that were handed over are as they have to be."""
        assert self.board.read(DROPPED) == self.dropped
        for number, each in enumerate(self.handed[:frames]):
            if any(later is each for later in self.handed[number + 1 :]):
                continue  # its memory is that of a later one
            size = (each.layout.width, each.layout.height)
            header, found, *rest = self.client.boxes(each.records)
            assert (header, found) == (number, size)
            boxes = (each.boxes.corners, each.boxes.scores, each.boxes.places)
            for mine, theirs in zip(rest, boxes, strict=True):
                assert np.array_equal(mine, theirs), f"boxes of frame {number}"
            self.untouched(each.records - AROUND, AROUND)
            behind = 16 * (1 + len(each.boxes))
            self.untouched(each.records + behind, RECORDS_BYTES - behind + AROUND)
            if each.raw:
                integers = np.frombuffer(self.board.read_memory(each.raw, 2 * OUTPUTS), "<i2")
                assert np.array_equal(integers, each.integers.reshape(-1)), f"of frame {number}"
                self.untouched(each.raw - AROUND, AROUND)
                self.untouched(each.raw + 2 * OUTPUTS, AROUND)
        self.frames += frames

    def untouched(self, address: int, size: int) -> None:
        """Nobody has written there."""
        assert self.board.read_memory(address, size) == bytes([0xA5]) * size
