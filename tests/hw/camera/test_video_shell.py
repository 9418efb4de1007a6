"""The shell with a camera path whose frames come as AXI4-Stream Video, simulated."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from camera_path.frames import FrameFormat, PixelFormat
from camera_path.path import Settings
from hw.sim.board import SLVERR, SimulatedBoard, build_board
from hw.sim.verilate import Simulator
from tests.hw.bench import CACHE
from tests.hw.camera import camera_client as at
from tests.hw.camera.camera_client import Client
from tests.hw.camera.tiny_detector import OPTIONS, OUTPUTS, board, expected
from tests.hw.camera.video_source import EXCHANGED, GREY, RGB, YUYV, frame_beats, taken

SETTINGS = Settings.make(0.3, 0.45, 10)
RECORDS_BYTES = 16 * (1 + OPTIONS.candidates)
DROPPED, VIDEO_SIZE, DAMAGED = 0x34, 0x7C, 0x80
CHANNELS = {0: 3, 1: 3, 2: 1, 3: 2}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    made = board(tmp_path_factory.mktemp("video"), source="video")
    return build_board(made, cache_dir=CACHE, optimize="-O1")


@pytest.fixture(params=[0.0, 0.3], ids=["at once", "stalls"])
def running(simulator: Simulator, request: Any) -> Iterator[SimulatedBoard]:
    with SimulatedBoard(simulator, memory_bytes=1 << 18, stall=request.param, seed=4) as made:
        yield made
        assert made.violations[0] == 0, made.violations[1]


def noise(width: int, height: int, kind: int = RGB, seed: int = 0) -> list[Any]:
    """Lines of a frame, (W, C) each."""
    rng = np.random.default_rng(seed)
    return list(rng.integers(0, 256, (height, width, CHANNELS[kind]), np.uint8))


class Asked:
    """A frame that was asked for, its records and raw integers."""

    def __init__(self, client: Client, size: tuple[int, int], kind: int = RGB) -> None:
        board = client.board
        self.client, self.size, self.kind = client, size, kind
        self.records = board.allocate(RECORDS_BYTES, 16)
        self.raw = board.allocate(2 * OUTPUTS)
        client.wait(at.READY)
        values = (SETTINGS.least, SETTINGS.overlap, SETTINGS.most)
        client.hand_over(0, size, kind, 0, values, self.records, self.raw)
        board.run(40)  # its check; READY stays 0 where there is no more room

    def check(
        self, lines: Sequence[Any], number: int, place: int, faults: int = 0, told: int = 0
    ) -> None:
        """It has become what the frame of these lines is to become, of this place in the stream.

        told: FAULTS where that is not what lines say.
        """
        frame, wrong = taken(lines, self.size, 2)
        assert wrong == faults
        faults = told or faults
        memory = self.client.board.read_memory(self.records, 16)
        assert int.from_bytes(memory[12:14], "little") == place
        assert int.from_bytes(memory[14:16], "little") == faults
        pixels = PixelFormat.RGB if self.kind == EXCHANGED else PixelFormat(self.kind)
        layout = FrameFormat(*self.size, pixels)
        integers, boxes = expected(np.ascontiguousarray(frame).reshape(-1), layout, SETTINGS)
        found = np.frombuffer(self.client.board.read_memory(self.raw, 2 * OUTPUTS), "<i2")
        assert np.array_equal(found, integers.reshape(-1))
        header, size, *rest = self.client.boxes(self.records, note=True)
        assert (header, size) == (number, self.size)
        for mine, theirs in zip(rest, (boxes.corners, boxes.scores, boxes.places), strict=True):
            assert np.array_equal(mine, theirs)


def drained(board: SimulatedBoard, clocks: int = 400_000) -> None:
    """Until every beat that is queued has been taken."""
    for _ in range(clocks // 100):
        if not board.video[1]:
            return
        board.run(100)
    raise AssertionError(f"{board.video[1]} beats are not taken")


def test_what_it_says_of_itself(running: SimulatedBoard):
    assert running.read(at.NETWORK) == 1 << 16 | 64
    assert running.read(at.VERSION) == 0xD0CA0001
    assert (running.read(VIDEO_SIZE), running.read(DROPPED)) == (0, 0)


@pytest.mark.parametrize("kind", CHANNELS)
def test_a_frame_of_every_format(running: SimulatedBoard, kind: int):
    client = Client(running)
    width = 50 if kind == YUYV else 51
    for number, (lines, size) in enumerate(
        [(noise(width, 37, kind), (width, 37)), (noise(2, 1, kind, 1), (2, 1))]
    ):
        asked = Asked(client, size, kind)
        running.send_video(frame_beats(lines, 2, kind))
        client.wait_frames(number + 1)
        asked.check(lines, number, number)
    assert (running.read(DROPPED), running.read(DAMAGED), running.read(at.READ)) == (0, 0, 2)


def test_frames_without_a_pause_and_one_that_nobody_wants(running: SimulatedBoard):
    """Sizes change from frame to frame; what comes while no START waits is dropped and counted."""
    client = Client(running)
    sizes = [(64, 64), (8, 90), (70, 3)]
    frames = [noise(*size, seed=i) for i, size in enumerate(sizes)]
    running.send_video(frame_beats(noise(6, 5), 2))
    drained(running)
    assert (running.read(DROPPED), running.read(at.CTRL)) == (1, at.IDLE | at.READY)
    asked = [Asked(client, size) for size in sizes[:2]]
    beats = [beat for lines in (*frames[:2], noise(30, 20), frames[2]) for beat in
             frame_beats(lines, 2)]  # fmt: skip
    cut = len(beats) - len(frame_beats(frames[2], 2))
    running.send_video(beats[:cut])
    client.wait_frames(2)
    drained(running)
    asked.append(Asked(client, sizes[2]))
    running.send_video(beats[cut:])
    client.wait_frames(3)
    for number, (one, lines, place) in enumerate(zip(asked, frames, (1, 2, 4), strict=True)):
        one.check(lines, number, place)
    assert (running.read(DROPPED), running.read(DAMAGED)) == (2, 0)
    assert running.read(VIDEO_SIZE) == 20 << 16 | 30


def wrong_frames() -> list[Any]:
    """Lines of a frame when 20 x 12 pixels were asked for."""
    good = noise(20, 12)
    short = [line[:14] if row in (3, 11) else line for row, line in enumerate(good)]
    long = [np.concatenate([line, line[:9]]) if row in (0, 5) else line
            for row, line in enumerate(good)]  # fmt: skip
    last = [*good[:11], np.concatenate([good[11], good[11]])]
    return [
        pytest.param(short, 1, id="short lines"),
        pytest.param(long, 2, id="long lines"),
        pytest.param(last, 2, id="the last line too long"),
        pytest.param([line[:7] for line in good], 1, id="all short, no multiple of a beat"),
        pytest.param(good[:7], 4, id="lines lack"),
        pytest.param([*good, *good[:3]], 8, id="more lines"),
        pytest.param([*long, *good[:3]], 10, id="long lines, and more of them"),
        pytest.param([*last, *good[:3]], 10, id="more lines behind one too long"),
        pytest.param([*short[:4], *long[5:]], 7, id="several"),
        pytest.param([good[0][:1]], 5, id="a beat alone"),
        pytest.param(noise(70, 50), 10, id="far larger"),
    ]


@pytest.mark.parametrize(("lines", "faults"), wrong_frames())
def test_a_frame_of_another_size_is_told_and_nothing_sticks(
    running: SimulatedBoard, lines: Sequence[Any], faults: int
):
    client = Client(running)
    good = noise(20, 12, seed=7)
    first = Asked(client, (20, 12))
    lacks = bool(faults & 4)
    # where lines lack, the frame that begins early is dropped
    running.send_video(frame_beats(lines, 2) + frame_beats(noise(20, 12, seed=5), 2) * lacks)
    client.wait_frames(1)
    drained(running)
    assert running.read(DROPPED) == lacks
    second = Asked(client, (20, 12))
    running.send_video(frame_beats(good, 2))
    client.wait_frames(2)
    first.check(lines, 0, 0, faults)
    second.check(good, 1, 1 + lacks)
    assert (running.read(at.READ), running.read(DAMAGED)) == (2, 1)


def test_a_start_in_the_middle_of_a_line(running: SimulatedBoard):
    client = Client(running)
    lines = noise(20, 12)
    asked = Asked(client, (20, 12))
    follower = frame_beats(noise(20, 12, seed=5), 2)
    running.send_video(frame_beats(lines, 2)[:34] + follower)
    client.wait_frames(1)
    grey = np.full((20, 3), 128, np.uint8)
    kept = [*lines[:3], np.concatenate([lines[3][:8], grey[8:]]), *[grey] * 8]
    asked.check(kept, 0, 0, told=4)
    drained(running)
    assert running.read(DROPPED) == 1


def test_a_lost_start_costs_that_frame_alone(running: SimulatedBoard):
    client = Client(running)
    frames = [noise(20, 12, seed=i) for i in range(3)]
    first = Asked(client, (20, 12))
    running.send_video(frame_beats(frames[0], 2))
    client.wait_frames(1)
    running.send_video(frame_beats(frames[1], 2, start=False))
    drained(running)
    second = Asked(client, (20, 12))
    running.send_video(frame_beats(frames[2], 2))
    client.wait_frames(2)
    first.check(frames[0], 0, 0)
    second.check(frames[2], 1, 1)
    assert (running.read(DROPPED), running.read(DAMAGED)) == (0, 0)


def test_what_is_refused(running: SimulatedBoard):
    """As from memory; address and stride are not looked at, format and an odd YUYV width are."""
    client = Client(running)
    records = running.allocate(RECORDS_BYTES, 16)
    for size, kind, stride, bits in (
        ((0, 5), RGB, 0, 1 << 3), ((201, 5), RGB, 0, 1 << 3), ((9, 9), 4, 0, 1 << 7),
        ((9, 9), YUYV, 0, 1 << 8),
    ):  # fmt: skip
        client.wait(at.READY)
        client.hand_over(0xFFFF_FFFF, size, kind, stride, (0, 0, 1), records)
        client.wait(at.READY)
        assert running.read(at.ERROR) == bits
        running.write(at.ERROR, bits)
    asked = Asked(client, (20, 12), GREY)
    lines = noise(20, 12, GREY)
    running.send_video(frame_beats(lines, 2, GREY))
    client.wait_frames(1)
    asked.check(lines, 0, 0)


@pytest.mark.parametrize("clocks", [3, 400, 1800, 4300, 6000])
def test_a_reset_in_the_middle_leaves_nothing(running: SimulatedBoard, clocks: int):
    client = Client(running)
    lines = noise(70, 50)
    Asked(client, (70, 50))
    Asked(client, (70, 50))
    running.send_video(frame_beats(lines, 2) + frame_beats(noise(70, 50, seed=1), 2))
    running.run(clocks)
    client.reset()
    assert running.read(at.CTRL) == at.IDLE | at.READY
    drained(running)
    before = running.read(DROPPED)
    asked = Asked(client, (70, 50))
    running.send_video(frame_beats(lines, 2))
    client.wait_frames(1)
    asked.check(lines, 0, before)
    running.hard_reset()
    assert running.read(DROPPED) == 0


def test_a_bus_error_stops_boxes_but_not_the_stream(running: SimulatedBoard):
    client = Client(running)
    lines = noise(30, 20)
    asked = Asked(client, (30, 20))
    running.fault(asked.records, 8, SLVERR)
    running.send_video(frame_beats(lines, 2) * 4)
    for _ in range(4000):
        if running.read(at.ERROR):
            break
        running.run(100)
    assert running.read(at.ERROR) == 1
    drained(running)
    running.fault(0, 0)
    client.reset()
    asked = Asked(client, (30, 20))
    running.send_video(frame_beats(lines, 2))
    client.wait_frames(1)
    asked.check(lines, 0, 0)


def test_clocks_are_counted_from_the_first_beat(running: SimulatedBoard):
    client = Client(running)
    asked = Asked(client, (64, 64))
    running.run(20_000)
    before = running.clock
    lines = noise(64, 64)
    running.send_video(frame_beats(lines, 2))
    client.wait_frames(1)
    assert 64 * 32 < running.read(at.CLOCKS) <= running.clock - before
    asked.check(lines, 0, 0)


@pytest.mark.slow
def test_four_pixels_a_beat(tmp_path: Any):
    made = build_board(board(tmp_path, pixels=4, source="video"), cache_dir=CACHE, optimize="-O1")
    with SimulatedBoard(made, memory_bytes=1 << 18, stall=0.1, seed=2) as running:
        client = Client(running)
        for number, (width, height, kind) in enumerate(
            [(64, 64, 0), (51, 20, 0), (198, 30, 3), (7, 9, 2), (3, 200, 1)]
        ):
            lines = noise(width, height, kind, number)
            asked = Asked(client, (width, height), kind)
            running.send_video(frame_beats(lines, 4, kind))
            client.wait_frames(number + 1)
            asked.check(lines, number, number)
        assert running.violations[0] == 0, running.violations[1]
