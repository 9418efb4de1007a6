"""The shell with the camera path, simulated: frames of any size and format to boxes in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camera_path.frames import FrameFormat, PixelFormat
from camera_path.path import Settings
from hw.shell.bus import Bus
from hw.sim.board import DECERR, MEMORY_BASE, SLVERR, SimulatedBoard, build_board
from hw.sim.verilate import Simulator
from tests.hw.bench import CACHE
from tests.hw.camera import camera_client as at
from tests.hw.camera.camera_client import Client
from tests.hw.camera.tiny_detector import OPTIONS, OUTPUTS, board, expected

SETTINGS = Settings.make(0.3, 0.45, 10)
RECORDS_BYTES = 16 * (1 + OPTIONS.candidates)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    made = board(tmp_path_factory.mktemp("camera"))
    return build_board(made, cache_dir=CACHE, optimize="-O1")


@pytest.fixture
def running(simulator: Simulator) -> Iterator[SimulatedBoard]:
    with SimulatedBoard(simulator, memory_bytes=1 << 20) as made:
        yield made
        assert made.violations[0] == 0, made.violations[1]


class Frame:
    """A frame of noise in a board's memory, and what has to come of it."""

    def __init__(
        self,
        board: SimulatedBoard,
        layout: FrameFormat,
        offset: int = 0,
        settings: Settings = SETTINGS,
        seed: int = 0,
        lanes: int = 3,
    ) -> None:
        rng = np.random.default_rng(seed)
        memory = rng.integers(0, 256, layout.frame_bytes, np.uint8)
        self.layout, self.settings = layout, settings
        self.base = board.allocate(layout.frame_bytes + offset + 8)
        self.address = self.base + offset
        board.write_memory(self.address, memory.tobytes())
        self.records = board.allocate(RECORDS_BYTES, 16)
        self.raw = board.allocate(2 * OUTPUTS)
        self.integers, self.boxes = expected(memory, layout, settings, lanes)

    def hand_over(self, client: Client, raw: bool = True) -> None:
        size = (self.layout.width, self.layout.height)
        values = (self.settings.least, self.settings.overlap, self.settings.most)
        client.hand_over(
            self.address, size, self.layout.pixels, self.layout.stride, values, self.records,
            self.raw if raw else 0,
        )  # fmt: skip

    def check(self, client: Client, number: int, raw: bool = True) -> None:
        found = client.boxes(self.records)
        assert found[0] == number
        assert found[1] == (self.layout.width, self.layout.height)
        if raw:
            integers = np.frombuffer(client.board.read_memory(self.raw, 2 * OUTPUTS), "<i2")
            assert np.array_equal(integers, self.integers.reshape(-1))
        for mine, theirs in zip(
            found[2:], (self.boxes.corners, self.boxes.scores, self.boxes.places), strict=True
        ):
            assert np.array_equal(mine, theirs)

    def free(self, board: SimulatedBoard) -> None:
        for address in (self.base, self.records, self.raw):
            board.free(address)


def drawn(rng: np.random.Generator) -> tuple[FrameFormat, int]:
    """A layout and the place of its first byte in a word."""
    pixels = PixelFormat(int(rng.integers(4)))
    width, height = (int(v) for v in rng.integers(1, 90, 2))
    width += width % 2 if pixels is PixelFormat.YUYV else 0
    gap = int(rng.integers(0, 20)) if rng.random() < 0.7 else 0
    stride = width * pixels.pixel_bytes + gap if gap else 0
    return FrameFormat(width, height, pixels, stride), int(rng.integers(8))


def test_what_it_says_of_itself(running: SimulatedBoard):
    assert running.read(at.VERSION) == 0xD0CA0001
    assert running.read(at.BUILD_ID) == 0x1234ABCD
    assert running.read(at.LIMITS) == 16 << 16 | 200
    assert running.read(at.RAW_BYTES) == 2 * OUTPUTS
    assert running.read(at.NETWORK) == 64
    assert running.read(at.CTRL) == at.IDLE | at.READY


@pytest.mark.parametrize("stall", [0.0, 0.3])
def test_frames_of_every_kind(simulator: Simulator, stall: float):
    """Sizes change from frame to frame, and another waits while one is read."""
    rng = np.random.default_rng(int(10 * stall))
    with SimulatedBoard(
        simulator, memory_bytes=1 << 20, stall=stall, latency=(5, 40), seed=3
    ) as made:
        client = Client(made)
        layouts = [(FrameFormat(64, 64), 0), (FrameFormat(1, 1, PixelFormat.GREY), 5)]
        layouts += [(FrameFormat(199, 3, PixelFormat.BGR, 601), 3), (FrameFormat(3, 200), 0)]
        layouts += [drawn(rng) for _ in range(8)]
        frames = []
        for number, (layout, offset) in enumerate(layouts):
            frames.append(Frame(made, layout, offset, seed=number))
            client.wait(at.READY)
            frames[-1].hand_over(client, raw=number % 3 != 0)
        client.wait_frames(len(frames))
        assert made.read(at.READ) == len(frames)
        assert made.read(at.ERROR) == 0
        for number, frame in enumerate(frames):
            frame.check(client, number, raw=number % 3 != 0)
        assert sum(len(frame.boxes) for frame in frames) > 10
        assert made.violations[0] == 0, made.violations[1]


def test_thresholds_limits_and_bytes_around(running: SimulatedBoard):
    """Nothing is written behind the last box; every box passes, none, or as many as are asked."""
    client = Client(running)
    layout = FrameFormat(50, 40)
    cases = [
        (0, 1 << 16, 300),
        (0, 0, 16),
        ((1 << 17) - 1, 0, 10),
        (20000, 30000, 0),
        (0, 65536, 3),
    ]
    for number, values in enumerate(cases):
        settings = Settings(*values)
        frame = Frame(running, layout, settings=settings, seed=number)
        running.write_memory(frame.records, bytes([0xA5]) * RECORDS_BYTES)
        frame.hand_over(client)
        client.wait_frames(number + 1)
        frame.check(client, number)
        behind = 16 * (1 + len(frame.boxes))
        left = running.read_memory(frame.records + behind, RECORDS_BYTES - behind)
        assert left == bytes([0xA5]) * (RECORDS_BYTES - behind)
        frame.free(running)


def refusals() -> list[Any]:
    good = {"width": 8, "height": 4, "stride": 0, "format": 0, "records": 0, "address": 0}
    return [
        pytest.param({**good, **change}, bits, id=name)
        for name, change, bits in [
            ("no width", {"width": 0}, 1 << 3),
            ("no height", {"height": 0}, 1 << 3),
            ("too wide", {"width": 201}, 1 << 3),
            ("too high", {"height": 65535}, 1 << 3),
            ("format", {"format": 4}, 1 << 7),
            ("format of more bits", {"format": 0x80}, 1 << 7),
            ("odd", {"width": 7, "format": 3}, 1 << 8),
            ("stride", {"stride": 23}, 1 << 9),
            ("records", {"records": 8}, 1 << 2),
            ("beyond the end", {"address": 0xFFFF_FFF0}, 1 << 4),
            ("far lines", {"stride": 0x7000_0000}, 1 << 4),
            ("several", {"width": 7, "format": 3, "stride": 3, "records": 4}, 1 << 8 | 1 << 9 | 4),
        ]
    ]


@pytest.mark.parametrize(("values", "bits"), refusals())
def test_what_is_refused_touches_nothing(running: SimulatedBoard, values: Any, bits: int):
    client = Client(running)
    frame = Frame(running, FrameFormat(8, 4))
    address = values["address"] or frame.address
    client.hand_over(
        address, (values["width"], values["height"]), values["format"], values["stride"],
        (0, 0, 1), frame.records + values["records"],
    )  # fmt: skip
    assert client.wait(at.READY) & (at.DONE | at.IDLE) == at.DONE | at.IDLE
    assert running.read(at.ERROR) == bits
    assert running.read(at.FRAMES) == 0
    frame.hand_over(client)
    client.wait_frames(1)
    frame.check(client, 0)


@pytest.mark.parametrize("fault", [SLVERR, DECERR])
@pytest.mark.parametrize("part", ["frame", "raw", "records"])
def test_a_bus_fault_is_told_and_mended_by_a_reset(running: SimulatedBoard, fault: int, part: str):
    client = Client(running)
    frames = [Frame(running, FrameFormat(60, 44, PixelFormat.BGR), seed=i) for i in range(3)]
    place = {"frame": frames[1].address + 1200, "raw": frames[1].raw, "records": frames[1].records}
    running.fault(place[part], 8, fault)
    for frame in frames[:2]:
        client.wait(at.READY)
        frame.hand_over(client)
    for _ in range(4000):
        if running.read(at.ERROR):
            break
        running.run(100)
    assert running.read(at.ERROR) == (1 if fault == SLVERR else 2)
    error_address = running.read(0x24)
    assert 0 <= place[part] - error_address < 16 * 8
    running.run(2000)
    assert running.read(at.CTRL) == at.DONE | at.IDLE
    # frames in memory are counted, the refused one is not
    assert running.read(at.FRAMES) <= 1
    for number in range(running.read(at.FRAMES)):
        frames[number].check(client, number)
    frames[2].hand_over(client)
    assert running.read(at.ERROR) & 1 << 6
    running.fault(MEMORY_BASE, 0)
    client.reset()
    assert (running.read(at.ERROR), running.read(at.FRAMES)) == (0, 0)
    for number, frame in enumerate(frames):
        client.wait(at.READY)
        frame.hand_over(client)
        client.wait_frames(number + 1)
        frame.check(client, number)


def test_a_reset_in_the_middle_leaves_nothing(running: SimulatedBoard):
    client = Client(running)
    frames = [Frame(running, FrameFormat(70, 50), offset=i, seed=i) for i in range(2)]
    for clocks in (1, 60, 300, 1500, 3000, 4300, 4700, 6000):
        for frame in frames:
            client.wait(at.READY)
            frame.hand_over(client)
        running.run(clocks)
        client.reset()
        assert running.read(at.CTRL) == at.IDLE | at.READY
        frames[1].hand_over(client)
        client.wait_frames(1)
        frames[1].check(client, 0)
        client.reset()


def test_more_starts_than_there_is_room_for(running: SimulatedBoard):
    client = Client(running)
    frames = [Frame(running, FrameFormat(64, 64), seed=i) for i in range(6)]
    taken = []
    for frame in frames:
        if running.read(at.CTRL) & at.READY:
            taken.append(frame)
        frame.hand_over(client)
        running.run(40)
    assert 2 <= len(taken) < len(frames)
    assert running.read(at.ERROR) == 1 << 5
    client.wait_frames(len(taken))
    for number, frame in enumerate(taken):
        frame.check(client, number)


def test_interrupt_and_clocks(running: SimulatedBoard):
    client = Client(running)
    frame = Frame(running, FrameFormat(64, 64))
    running.write(0x04, 1)
    running.write(0x08, 1)
    before = running.clock
    frame.hand_over(client, raw=False)
    end = running.run(100_000, until_interrupt=True)
    assert running.interrupt
    assert running.read(0x0C) == 1
    running.write(0x0C, 1)
    running.run(4)
    assert not running.interrupt
    assert 64 * 64 < running.read(at.CLOCKS) < end - before
    assert 0 < running.read(at.TAIL) < 4000
    frame.check(client, 0, raw=False)


def test_hard_reset_in_the_middle(running: SimulatedBoard):
    client = Client(running)
    frame = Frame(running, FrameFormat(70, 50))
    frame.hand_over(client)
    running.run(2500)
    running.hard_reset()
    assert running.read(at.STRIDE) == 0
    frame.hand_over(client)
    client.wait_frames(1)
    frame.check(client, 0)


def test_folder_is_self_contained(tmp_path: Path):
    made = board(tmp_path)
    there = {path.name for path in made.folder.iterdir()}
    assert {*made.sources, "camera_head.mem", "tiny_board.f", "tiny_board.json"} <= there
    assert made.sources[0] == "camera_registers_pkg.sv"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lanes", "pixels", "bus"),
    [
        (1, 4, Bus(data_bits=128)),
        (6, 2, Bus(data_bits=32, max_burst=4, outstanding=1, fifo_words=4)),
        (3, 4, Bus(data_bits=32)),
        (3, 4, Bus(address_bits=40)),
    ],
)
def test_other_widths(tmp_path: Path, lanes: int, pixels: int, bus: Bus):
    simulator = build_board(board(tmp_path, lanes, pixels, bus), optimize="-O1")
    rng = np.random.default_rng(lanes * pixels)
    with SimulatedBoard(simulator, memory_bytes=1 << 20, stall=0.1, seed=5) as made:
        client = Client(made)
        for number in range(12):
            layout, offset = drawn(rng)
            frame = Frame(made, layout, offset, seed=number, lanes=lanes)
            frame.hand_over(client)
            client.wait_frames(number + 1)
            frame.check(client, number)
            frame.free(made)
        assert made.violations[0] == 0, made.violations[1]
