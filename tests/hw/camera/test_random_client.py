"""Random clients of the camera's registers on a simulated board: nothing is lost, nothing sticks.

They are written from docs/registers-camera.md alone (``random_video``, ``random_memory``).
"""

from pathlib import Path

import pytest

from hw.shell.bus import Bus
from hw.sim.board import SimulatedBoard, build_board
from hw.sim.verilate import Simulator
from tests.hw.bench import CACHE
from tests.hw.camera import random_memory, random_video
from tests.hw.camera.tiny_detector import board

BYTES = 1 << 21


def video(simulator: Simulator, lanes: int, seed: int, phases: int) -> int:
    """Run a client of a video input; returns the frames whose boxes it has seen."""
    with SimulatedBoard(simulator, memory_bytes=BYTES, stall=0.1 * (seed % 4), seed=seed) as on:
        client = random_video.RandomClient(on, lanes, seed)
        for _ in range(phases):
            client.phase(12)
        return client.frames


def memory(simulator: Simulator, lanes: int, seed: int, phases: int, align: int = 8) -> int:
    """Run a client of frames in memory; returns the frames whose boxes it has seen."""
    delays = [(1, 1), (8, 8), (5, 60), (1, 200)][seed % 4]
    with SimulatedBoard(
        simulator, memory_bytes=BYTES, stall=0.1 * (seed % 3), latency=delays, seed=seed
    ) as on:
        client = random_memory.RandomClient(on, seed, lanes, align)
        for _ in range(phases):
            client.phase(12)
        return client.frames


@pytest.fixture(scope="module")
def of_video(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    made = board(tmp_path_factory.mktemp("video"), source="video")
    return build_board(made, cache_dir=CACHE, optimize="-O1")


@pytest.fixture(scope="module")
def of_memory(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    made = board(tmp_path_factory.mktemp("memory"))
    return build_board(made, cache_dir=CACHE, optimize="-O1")


def test_video(of_video: Simulator):
    assert video(of_video, 2, 3, 4) > 5


def test_memory(of_memory: Simulator):
    assert memory(of_memory, 3, 1, 10) > 15


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_much_video(of_video: Simulator, seed: int):
    assert video(of_video, 2, 100 + seed, 40) > 30


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_much_memory(of_memory: Simulator, seed: int):
    assert memory(of_memory, 3, 100 + seed, 30) > 30


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_video_of_four_pixels_a_beat(tmp_path: Path, seed: int):
    made = board(tmp_path, pixels=4, bus=Bus(data_bits=128), source="video")
    assert video(build_board(made, cache_dir=CACHE, optimize="-O1"), 4, 200 + seed, 30) > 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lanes", "pixels", "bus"),
    [
        (1, 4, Bus(data_bits=128)),
        (6, 2, Bus(data_bits=32, max_burst=4, outstanding=1, fifo_words=4)),
        (3, 4, Bus(data_bits=64, address_bits=40)),
    ],
)
def test_memory_of_other_widths(tmp_path: Path, lanes: int, pixels: int, bus: Bus):
    simulator = build_board(board(tmp_path, lanes, pixels, bus), cache_dir=CACHE, optimize="-O1")
    assert memory(simulator, lanes, lanes, 30, align=16) > 20
