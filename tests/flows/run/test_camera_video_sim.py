"""A board whose frames come as AXI4-Stream Video: ``board-sim``, the driver without pictures."""

import dataclasses
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.build.build import Build
from flows.errors import FlowError
from flows.run.bitstream_ways import chosen_way
from flows.run.board import BusOptions, board_simulator
from flows.run.camera_pictures import camera_pictures
from flows.run.camera_sim import camera_sim
from flows.run.detect import detect
from flows.run.driver import write_driver
from hw.driver import AcceleratorError, DupNetAccelerator, StuckError, VideoDetections
from hw.driver.simulated import open_simulated
from hw.sim.board import SimulatedBoard
from hw.sim.board_bus import SimulatedBus
from hw.sim.verilate import Simulator
from hw.sim.video import video_beats
from model.detection.draw import save_image
from tests.hw.bench import CACHE


@pytest.fixture(scope="module")
def video(detector: tuple[Path, Build]) -> Build:
    """The tiny detector, its board with a video input."""
    build = detector[1]
    config = dataclasses.replace(build.config, camera="video", camera_max_side=64)
    return dataclasses.replace(build, config=config)


@pytest.fixture(scope="module")
def simulator(video: Build) -> Simulator:
    return board_simulator(video, CACHE, "-O1")


@pytest.fixture
def opened(video: Build, simulator: Simulator) -> Iterator[tuple[SimulatedBoard, Any]]:
    folder = write_driver(video)
    with SimulatedBoard(simulator, memory_bytes=1 << 18, stall=0.1, seed=3) as board:
        bus = SimulatedBus(board, 100.0, 100, 40_000)
        with DupNetAccelerator(bus, folder / "accelerator.json") as accelerator:
            yield board, accelerator
            assert board.violations[0] == 0, board.violations[1]


def noise(width: int, height: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def wanted(video: Build, picture: Any, folder: Path) -> list[list[float]]:
    """Boxes and scores of `detect --camera-path`, from a score of 0 on."""
    save_image(folder / "picture.png", picture)
    out = folder / "out.png"
    found = detect(video, folder / "picture.png", None, 0.0, out, camera_path=True)["boxes"]
    return [[b[k] for k in ("left", "top", "right", "bottom", "score")] for b in found]


def same(found: Any, right: list[list[float]]) -> bool:
    mine = np.column_stack([found.boxes, found.scores])
    return len(right) > 3 and np.array_equal(mine, np.array(right))


def test_board_sim_sends_the_picture_as_a_stream(
    video: Build, simulator: Simulator, tmp_path: Path, capsys: Any
):
    picture = noise(53, 40)
    save_image(tmp_path / "p.png", picture)
    given = (video, tmp_path / "p.png", 0.0, tmp_path / "out.png", BusOptions(stall=0.2, seed=2))
    measured = camera_sim(*given, 3, simulator)
    said = capsys.readouterr().out
    assert (measured["width"], measured["height"]) == (53, 40)
    assert "equal to the specification's" in said
    assert "camera0_damaged 0" in said
    assert len([line for line in said.splitlines() if line.startswith("face ")]) == len(
        wanted(video, picture, tmp_path)
    )
    with pytest.raises(FlowError, match=r"--pictures .*a video stream has frames of one size"):
        camera_pictures(video, tmp_path, 0.0, simulator=simulator)


def test_boxes_without_handing_frames_over(video: Build, opened: Any, tmp_path: Path):
    """The size is the stream's, and changes with it; frames of the change are left out, counted."""
    board, accelerator = opened
    first, second = noise(40, 30), noise(24, 60, 1)
    board.send_video(video_beats(first, 2), again=1)
    stream = accelerator.detect_stream(threshold=0.0)
    for found in islice(stream, 3):
        assert isinstance(found, VideoDetections)
        assert (found.width, found.height) == (40, 30)
        assert same(found, wanted(video, first, tmp_path))
    numbers = [found.number for found in islice(stream, 4)]
    assert numbers == sorted(set(numbers))
    board.send_video(video_beats(second, 2), again=1)
    for found in islice(stream, 8):
        if (found.width, found.height) == (24, 60):
            break
    for found in islice(stream, 2):
        assert same(found, wanted(video, second, tmp_path))
    counters = accelerator.counters()
    assert counters["camera0_damaged"] >= 1
    assert counters["camera0_frames"] > counters["camera0_damaged"]
    stream.close()
    assert accelerator.counters()["camera0_frames"] == 0  # what was asked for besides is forgotten


def test_a_late_reader_is_told_how_many_frames_were_dropped(opened: Any):
    board, accelerator = opened
    board.send_video(video_beats(noise(16, 16), 2), again=1)
    stream = accelerator.detect_stream(threshold=0.0)
    before = next(stream).number
    board.run(20_000)
    dropped = accelerator.counters()["camera0_dropped"]
    assert dropped > 3
    assert max(found.number for found in islice(stream, 3)) - before > dropped - 3


def test_wrong_sizes_no_source_and_pictures(opened: Any, tmp_path: Path):
    board, accelerator = opened
    with pytest.raises(StuckError, match=r"no whole frame at the video input .*source run"):
        next(accelerator.detect_stream())
    board.send_video(video_beats(noise(32, 20), 2), again=1)
    with pytest.raises(
        AcceleratorError,
        match=r"10 frames in a row were not 32 x 24 \(lines lack\); .*last one was 32 x 20",
    ):
        next(accelerator.detect_stream(size=(32, 24)))
    with pytest.raises(AcceleratorError, match="expected no pictures"):
        accelerator.detect(noise(16, 16))
    with pytest.raises(AcceleratorError, match="come from its video input"):
        accelerator.execute(noise(16, 16))
    with pytest.raises(AcceleratorError, match="come from its video input"):
        accelerator.frame_buffer(16, 16)
    with pytest.raises(AcceleratorError, match="YUYV"):
        next(accelerator.detect_stream(size=(15, 15), pixels="YUYV"))
    assert next(accelerator.detect_stream(size=(32, 20))).width == 32


def test_a_bitstream_needs_what_sends_the_stream(video: Build):
    with pytest.raises(FlowError, match="camera: video: what sends the video stream is no part"):
        chosen_way(video, "open")


def test_what_a_pc_simulates_is_memory(video: Build):
    with pytest.raises(AcceleratorError, match="come from a video input, which is simulated with"):
        open_simulated(write_driver(video))
