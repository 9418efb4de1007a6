"""``board-sim`` of a detector with a camera path: the whole way simulated, boxes as specified."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camera_path import resize
from flows.__main__ import main
from flows.bench import camera_section
from flows.bench.rows import Options
from flows.build.build import Build
from flows.errors import FlowError
from flows.run import camera_sim as command
from flows.run.bitstream_ways import chosen_way
from flows.run.board import BusOptions
from flows.run.camera import camera_options
from flows.run.camera_sim import camera_sim
from flows.run.deploy import find_bitfile
from flows.run.detect import detect
from flows.run.driver import build_id, load_design, write_driver
from hw.driver import DupNetAccelerator, read_description
from hw.driver.simulated import open_simulated
from hw.sim.verilate import Simulator
from hw.synth.resources import Resources
from model.detection.draw import save_image

Detector = tuple[Path, Build]


def noise(folder: Path, width: int, height: int) -> Path:
    rng = np.random.default_rng(width)
    path = folder / "noise.png"
    save_image(path, rng.integers(0, 256, (height, width, 3), np.uint8))
    return path


@pytest.mark.parametrize(("width", "height"), [(53, 64), (16, 16), (3, 2)])
def test_boxes_are_those_of_detect(
    camera: Build, camera_simulator: Simulator, tmp_path: Path, width: int, height: int, capsys: Any
):
    image = noise(tmp_path, width, height)
    bus = BusOptions(stall=0.2, seed=width)
    camera_sim(camera, image, 0.0, tmp_path / "out.png", bus, 3, camera_simulator)
    said = capsys.readouterr().out
    found = detect(camera, image, None, 0.0, tmp_path / "detect.png", camera_path=True)
    lines = [line for line in said.splitlines() if line.startswith("face ")]
    assert len(found["boxes"]) > 3
    assert lines == [
        f"face {b['left']:.1f} {b['top']:.1f} {b['right']:.1f} {b['bottom']:.1f}, "
        f"score {b['score']:.3f}"
        for b in found["boxes"]
    ]
    report = json.loads((camera.folder / "report" / "board_sim.json").read_text())
    assert report["frames"] == 3
    assert not report["faults"]
    part = report["camera"]
    assert (part["width"], part["height"]) == (width, height)
    assert 256 <= part["clocks_between"] <= part["last_box_clock"] + 2000
    assert 0 < part["behind_network"] < 4000
    assert f"the last box is in memory at clock {part['last_box_clock']:,}" in said


def test_a_box_that_differs_is_told(
    camera: Build, camera_simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def moved(*given: Any) -> Any:
        integers, corners, scores = wanted(*given)
        return integers, corners + 0.0625, scores

    wanted = command.specified
    monkeypatch.setattr(command, "specified", moved)
    with pytest.raises(FlowError, match=r"frame 0: its .* boxes are not the"):
        camera_sim(
            camera, noise(tmp_path, 20, 20), 0.0, tmp_path / "out.png", simulator=camera_simulator
        )
    assert json.loads((camera.folder / "report" / "board_sim.json").read_text())["faults"]


def test_the_driver_s_folder_runs_on_a_pc(camera: Build, tmp_path: Path):
    """Description and package of `make driver`, the camera simulated in Python."""
    folder = write_driver(camera)
    description = read_description(folder / "accelerator.json")
    assert list(description.registers) == ["camera0"]
    picture = np.random.default_rng(1).integers(0, 256, (30, 41, 3), np.uint8)
    with DupNetAccelerator(open_simulated(folder), folder / "accelerator.json") as accelerator:
        assert accelerator.validate() == 4
        found = accelerator.detect(picture[:, :, ::-1], 0.0, pixels="BGR")
    save_image(tmp_path / "p.png", picture)
    wanted = detect(camera, tmp_path / "p.png", None, 0.0, tmp_path / "o.png", camera_path=True)
    assert np.array_equal(
        found.boxes, [[b[k] for k in ("left", "top", "right", "bottom")] for b in wanted["boxes"]]
    )


def test_what_goes_with_a_camera_and_what_does_not(detector: Detector, camera: Build):
    plain = detector[1]
    assert plain.config.fingerprint() == camera.config.fingerprint()
    number = build_id(load_design(plain))
    assert number != read_description_id(camera)
    assert [chosen_way(camera, way) for way in (None, "open")] == ["vivado", "open"]
    ulx3s = dataclasses.replace(
        camera, config=dataclasses.replace(camera.config, board="ULX3S-85F")
    )
    with pytest.raises(FlowError, match="a part of the shell of boards with a Zynq"):
        camera_options(ulx3s)
    assert find_bitfile(camera) is None


def read_description_id(build: Build) -> int:
    return read_description(write_driver(build) / "accelerator.json").build_id


def test_options_that_are_not_for_it_are_refused(detector: Detector, capsys: Any):
    path, _ = detector
    assert main(["board-sim", str(path), "--pictures", "x"]) == 2
    assert "is for boards with a camera path" in capsys.readouterr().err
    given = path.parent / "camera.yaml"
    given.write_text(path.read_text() + "camera: memory\n")
    assert main(["board-sim", str(given), "--input", "x.npy"]) == 2
    assert "a camera path takes pictures" in capsys.readouterr().err
    given.write_text(path.read_text() + "camera: film\n")
    assert main(["board-sim", str(given)]) == 1
    assert "camera = 'film'; expected memory, video, or nothing" in capsys.readouterr().err


def test_frames_of_pictures_may_be_the_camera_path_s(detector: Detector, tmp_path: Path):
    """`frames` and `emulate` take a picture as hardware with a camera path letterboxes it."""
    path, _ = detector
    source = np.random.default_rng(8).integers(0, 256, (37, 29, 3), np.uint8)
    image, out, read = tmp_path / "p.png", tmp_path / "f.npy", tmp_path / "g.npy"
    save_image(image, source)
    whole = ["frames", str(path), "--out", str(out), "--image", str(image), "--camera-path"]
    assert main(whole) == 0
    expected, _ = resize.letterbox(source, 16)
    assert np.array_equal(np.load(out), expected[None])
    assert main(["emulate", str(path), "--input", str(out), "--output", str(read)]) == 0
    again = tmp_path / "h.npy"
    given = ["--input", str(image), "--camera-path", "--output", str(again)]
    assert main(["emulate", str(path), *given]) == 0
    assert np.array_equal(np.load(read), np.load(again))


def test_the_section_of_the_bench(
    camera: Build, camera_simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every figure of a simulated run; LUTs stand in, as yosys takes minutes."""
    monkeypatch.setattr(camera_section, "board_simulator", lambda build: camera_simulator)
    taken = {"camera": Resources(LUT=700, FF=50, DSP=6), "shell": Resources(LUT=500, FF=20)}
    monkeypatch.setattr(camera_section, "_taken", lambda options, name, unit: taken[name])
    section = camera_section.camera_section(camera, Options(tmp_path, 2), ((20, 17),))
    found = {row.what: row for row in section.rows}
    report = json.loads((camera.folder / "report" / "board_sim.json").read_text())["camera"]
    assert found["20 x 17: last box in memory"].value == report["last_box_clock"]
    assert found["20 x 17: rate"].value == pytest.approx(1e8 / report["clocks_between"])
    software = found["20 x 17: processor, software path"]
    assert software.value == report["software_ms"]
    assert software.ratio == pytest.approx(report["software_ms"] / report["processor_ms"])
    assert found["LUT over the bare shell"].value == 200
    assert found["DSP over the bare shell"].value == 6


def test_the_section_says_why_there_is_none(camera: Build, tmp_path: Path):
    config = dataclasses.replace(camera.config, board="ULX3S-85F", camera="")
    other = dataclasses.replace(camera, config=config)
    (row,) = camera_section.camera_section(other, Options(tmp_path)).rows
    assert row.value is None
    assert "DMA shell of boards with a Zynq" in row.note
