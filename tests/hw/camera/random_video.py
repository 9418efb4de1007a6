"""A client of the video input that does what comes, written from docs/registers-camera.md alone.

It asks for frames, sends others than those, refuses to wait, resets in the middle, lets the bus
fail; and holds what comes against what the document says. Which frame of the stream a START
takes is a matter of clocks: headers say it, and what they say has to be possible.
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
from tests.hw.camera.video_words import (
    LACK,
    MORE,
    Beat,
    Stream,
    seen_size,
    take,
)

DROPPED, VIDEO_SIZE, DAMAGED, ERROR_ADDR_LO = 0x34, 0x7C, 0x80, 0x24
RECORDS_BYTES = 16 * (1 + OPTIONS.candidates)
#: Beats that the input may hold: taken, and not looked at yet.
HELD = 3


@dataclass
class Asked:
    """A frame that was asked for; sent: beats taken before the START, and when it surely waited."""

    size: tuple[int, int]
    kind: int
    settings: Settings
    records: int
    raw: int
    sent: tuple[int, int]


class RandomClient:
    """Of one board, whose video stream has so many pixels a beat."""

    def __init__(self, board: SimulatedBoard, lanes: int, seed: int) -> None:
        self.board, self.client = board, Client(board)
        self.rng = np.random.default_rng(seed)
        self.stream = Stream(lanes)
        self.asked: list[Asked] = []
        #: Frames of the stream that are of before the last reset: at least, at most
        self.base = (0, 0)
        self.size = (64, 64)
        self.frames = self.damaged = 0

    # --- what it does

    def phase(self, steps: int) -> None:
        """So many steps, then one of the ends: all comes to rest, a reset, a fault of the bus."""
        for _ in range(steps):
            step = self.rng.choice([self.ask, self.send, self.pause, self.refused],
                                   p=[0.4, 0.42, 0.14, 0.04])  # fmt: skip
            step()
            assert self.board.violations[0] == 0, self.board.violations[1]
        ends = [self.rest, self.rest, self.soft_reset, self.fail]
        ends[self.rng.integers(4)]()

    def ask(self) -> None:
        """START of the next frame, if there is room."""
        if not self.board.read(at.CTRL) & at.READY:
            self.pause()
            return
        rng = self.rng
        if rng.random() < 0.4:
            most = 201 if rng.random() < 0.05 else 70
            self.size = (int(rng.integers(1, most)), int(rng.integers(1, most)))
        kind = int(rng.integers(4))
        size = (self.size[0] + (self.size[0] % 2 if kind == 3 else 0), self.size[1])
        settings = Settings(int(rng.integers(1 << 16)), int(rng.integers(1 << 16)),
                            int(rng.integers(0, 20)))  # fmt: skip
        records = self.board.allocate(RECORDS_BYTES, 16)
        raw = self.board.allocate(2 * OUTPUTS) if rng.random() < 0.8 else 0
        before = self.board.video[0]
        values = (settings.least, settings.overlap, settings.most)
        self.client.hand_over(0xFFFF_FFF1, size, kind, 1, values, records, raw)
        self.board.run(40)
        self.asked.append(Asked(size, kind, settings, records, raw, (before, self.board.video[0])))

    def send(self) -> None:
        """Frames behind what is queued, good ones and others."""
        if self.board.video[1] > 20_000:
            self.pause()
            return
        beats: list[Beat] = []
        for _ in range(int(self.rng.choice([1, 1, 2, 4]))):
            beats += self.frame()
        self.board.send_video(self.stream.add(beats))

    def frame(self) -> list[Beat]:
        """Beats of a frame, of about the size that was asked for last."""
        rng = self.rng
        width, height = -(-self.size[0] // self.stream.lanes), self.size[1]
        lines = [width] * height
        kind = rng.random()
        if kind < 0.25:  # lines of other lengths
            for _ in range(int(rng.integers(1, 4))):
                lines[rng.integers(height)] = int(rng.integers(1, 2 * width + 2))
        if kind < 0.1 or 0.25 < kind < 0.35:  # of another height
            lines = (lines * 2)[: int(rng.integers(1, 2 * height + 1))]
        if 0.3 < kind < 0.4:  # of another size
            lines = [int(rng.integers(1, 60))] * int(rng.integers(1, 60))
        beats = self.stream.drawn(rng, lines, start=rng.random() > 0.04)
        return beats[: int(rng.integers(1, len(beats) + 1))] if 0.4 < kind < 0.48 else beats

    def pause(self) -> None:
        """Clocks pass; what can only grow does."""
        before = self.board.read(DROPPED), self.board.read(at.FRAMES), self.board.read(at.READ)
        self.board.run(int(2 ** self.rng.uniform(0, 12)))
        after = self.board.read(DROPPED), self.board.read(at.FRAMES), self.board.read(at.READ)
        assert all(a <= b for a, b in zip(before, after, strict=True))
        assert self.board.read(at.ERROR) == 0

    def refused(self) -> None:
        """START of what cannot be: told, and nothing else happens."""
        if not self.board.read(at.CTRL) & at.READY:
            return
        size, kind, where, bit = [
            ((0, 9), 0, 0, 3), ((9, 201), 0, 0, 3), ((9, 9), 4, 0, 7), ((9, 9), 3, 0, 8),
            ((9, 9), 0, 8, 2),
        ][self.rng.integers(5)]  # fmt: skip
        self.client.hand_over(0, size, kind, 0, (0, 0, 1), MEMORY_BASE + where)
        self.board.run(60)
        assert self.board.read(at.ERROR) == 1 << bit
        self.board.write(at.ERROR, 1 << bit)

    # --- how a phase ends

    def rest(self) -> None:
        """Every frame that was asked for comes; all that was sent is taken."""
        for _ in range(len(self.asked) + 8):
            self.drain()
            if self.board.read(at.FRAMES) == len(self.asked):
                break
            lines = [-(-self.size[0] // self.stream.lanes)] * self.size[1]
            self.board.send_video(self.stream.add(self.stream.drawn(self.rng, lines)))
        self.client.wait_frames(len(self.asked))
        assert self.board.read(at.CTRL) & ~at.DONE == at.IDLE | at.READY
        assert self.board.read(at.READ) == len(self.asked)
        came = len(self.asked) + self.board.read(DROPPED)
        base = len(self.stream.starts) - came
        assert self.base[0] <= base <= self.base[1], (self.base, base)
        self.base = base, base
        self.check(len(self.asked))
        assert self.board.read(VIDEO_SIZE) == seen_size(self.stream, base)
        if self.rng.random() < 0.5:
            self.soft_reset()

    def drain(self) -> None:
        """Until all that is queued was taken and nothing more comes of it."""
        still, before = 0, (0, 0, 0)
        while still < 30:
            self.board.run(500)
            now = (*self.board.video, self.board.read(at.FRAMES))
            still = still + 1 if now == before else 0
            if now[1] == 0 and now[2] == len(self.asked):
                return
            before = now
        assert before[1] == 0, f"{before[1]} beats are not taken"

    def soft_reset(self) -> None:
        """Or the reset line, in the middle of whatever there is."""
        self.check(self.board.read(at.FRAMES))
        before = self.board.video[0]
        if self.rng.random() < 0.2:
            self.board.hard_reset()
        else:
            self.client.reset()
        after = self.board.video[0]
        assert self.board.read(at.CTRL) == at.IDLE | at.READY
        assert self.board.read(at.ERROR) == self.board.read(at.FRAMES) == 0
        starts = np.array(self.stream.starts)
        self.base = int(np.sum(starts < before - HELD)), int(np.sum(starts < after + HELD))
        for each in self.asked:
            self.board.free(each.records)
            if each.raw:
                self.board.free(each.raw)
        self.asked = []

    def fail(self) -> None:
        """The bus fails at a frame's records or integers; then a reset."""
        if not self.asked:
            self.soft_reset()
            return
        victim = self.asked[self.rng.integers(len(self.asked))]
        fault = int(self.rng.choice([SLVERR, DECERR]))
        place = victim.raw or victim.records
        self.board.fault(place, 8, fault)
        for _ in range(len(self.asked) + 8):
            self.drain_anyhow()
            if self.board.read(at.ERROR) or self.board.read(at.FRAMES) == len(self.asked):
                break
            lines = [-(-self.size[0] // self.stream.lanes)] * self.size[1]
            self.board.send_video(self.stream.add(self.stream.drawn(self.rng, lines)))
        if error := self.board.read(at.ERROR):
            assert error == (1 if fault == SLVERR else 2)
            assert 0 <= place - self.board.read(ERROR_ADDR_LO) < 16 * 16
            self.board.run(3000)
            assert self.board.read(at.CTRL) & ~at.DONE == at.IDLE
            self.board.write(at.CTRL, 1)
            assert self.board.read(at.ERROR) == error | 1 << 6
            dropped, before = self.board.read(DROPPED), len(self.stream.starts)
            self.drain_anyhow()
            dropped = self.board.read(DROPPED)
            self.board.send_video(self.stream.add(self.stream.drawn(self.rng, [3, 3])))
            self.drain_anyhow()
            assert self.board.read(DROPPED) == dropped + len(self.stream.starts) - before
        self.board.fault(MEMORY_BASE, 0)
        self.soft_reset()

    def drain_anyhow(self) -> None:
        """Until all that is queued was taken, and a while more."""
        for _ in range(4000):
            if not self.board.video[1]:
                break
            self.board.run(200)
        self.board.run(8000)
        assert self.board.video[1] == 0

    # --- what it holds against the document

    def check(self, frames: int) -> None:
        """The first frames that were asked for are as they have to be, of one of the bases."""
        failed: AssertionError | None = None
        for base in range(self.base[0], self.base[1] + 1):
            try:
                self.check_with(frames, base)
            except AssertionError as error:
                failed = failed or error
            else:
                self.frames += frames
                return
        assert failed is not None
        raise failed

    def check_with(self, frames: int, base: int) -> None:
        """The same, with so many frames of the stream before the last reset."""
        starts, damaged = self.stream.starts, 0
        free = base
        filling = False
        for number, each in enumerate(self.asked[:frames]):
            head = self.board.read_memory(each.records, 16)
            place = int.from_bytes(head[12:14], "little") + base
            faults = int.from_bytes(head[14:16], "little")
            assert free <= place < len(starts), (number, free, place)
            assert starts[place] >= each.sent[0] - HELD, "taken before it was asked for"
            if not filling:
                missed = [index for index in range(free, place) if starts[index] >= each.sent[1]]
                assert not missed, f"frame {number} waits while {missed} are dropped"
            became = take(self.stream, starts[place], each.size, each.kind)
            assert became is not None, f"frame {number} ended before its last beat came"
            self.check_faults(faults, became, number)
            damaged += faults != 0
            self.check_boxes(each, number, became.pixels)
            filling = bool(became.faults & LACK)
            free = place + 1 + filling
        there = self.board.read(DAMAGED)
        assert there == damaged if frames == len(self.asked) else there >= damaged
        self.damaged += damaged

    def check_faults(self, faults: int, became: Any, number: int) -> None:
        """FAULTS of a frame; of lines behind it if they came with it, at once."""
        if became.more is None:
            assert faults == became.faults, (number, faults, became.faults)
            return
        together = self.stream.call[became.more] == self.stream.call[became.more - 1]
        allowed = {became.faults | MORE} | ({became.faults} if not together else set())
        assert faults in allowed, (number, faults, allowed)

    def check_boxes(self, each: Asked, number: int, pixels: Any) -> None:
        """Header, records and integers of a frame of these pixels."""
        kind = PixelFormat.RGB if each.kind == 1 else PixelFormat(each.kind)
        memory = np.ascontiguousarray(pixels).reshape(-1)
        layout = FrameFormat(*each.size, kind)
        integers, boxes = expected(memory, layout, each.settings)
        if each.raw:
            found = np.frombuffer(self.board.read_memory(each.raw, 2 * OUTPUTS), "<i2")
            assert np.array_equal(found, integers.reshape(-1)), f"integers of frame {number}"
        header, size, *rest = self.client.boxes(each.records, note=True)
        assert (header, size) == (number, each.size)
        for mine, theirs in zip(rest, (boxes.corners, boxes.scores, boxes.places), strict=True):
            assert np.array_equal(mine, theirs), f"boxes of frame {number}"
