"""The camera path's HLS C++ of a build: a picture through all of it, and the Vitis HLS project."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from camera_path.decode import Boxes
from camera_path.path import boxes
from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.run import camera_hls
from flows.run.camera_hls import camera_cppsim
from flows.run.cppsim import cppsim
from flows.run.emulator import Emulator
from flows.run.hls import hls
from flows.run.inputs import random_frames
from hw.hls.compiler import EXACT, FAST
from hw.hls.project import write_project
from hw.tools.compiler import find_compiler
from model.detection.draw import save_image
from tests.hw.hls.test_pragmas import faults

Detector = tuple[Path, Build]


def noise(folder: Path, width: int, height: int) -> Path:
    path = folder / f"{width}x{height}.png"
    rng = np.random.default_rng(width)
    save_image(path, rng.integers(0, 256, (height, width, 3), np.uint8))
    return path


def test_cppsim_takes_a_picture_through_all_of_it(
    camera: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator = Emulator(camera.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    frames = random_frames(emulator.graph, np.random.default_rng(1), 1)
    cppsim(camera, frames, kinds=(FAST,), image=noise(tmp_path, 53, 37))
    said = capsys.readouterr().out
    assert "cppsim, fast build, camera path: a picture of 53 x 37 in memory to 64 boxes" in said
    report = json.loads((camera.folder / "report" / "cppsim.json").read_text())
    assert report["builds"]["fast"]["camera"].startswith("a picture of 53 x 37")
    project = write_project(camera.model(StepName.GENERATE_RTL), camera.paths.hls_cpp, camera.top)
    for width, height in ((64, 9), (1, 1), (16, 16)):
        image = noise(tmp_path, width, height)
        assert f"{width} x {height}" in camera_cppsim(camera, project, emulator, FAST, image)
    with pytest.raises(FlowError, match=r"65 x 3 pixels; camera_max_side: 64"):
        camera_cppsim(camera, project, emulator, FAST, noise(tmp_path, 65, 3))
    # a boundary that is not the specification's is told
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(camera_hls, "boxes", _without_first)
        with pytest.raises(FlowError, match="camera path: other boxes"):
            camera_cppsim(camera, project, emulator, FAST, image)


def _without_first(*given: Any) -> Boxes:
    return boxes(*given).chosen(slice(1, None))


@pytest.mark.slow
def test_widths_are_checked_on_the_whole_way(camera: Build, tmp_path: Path) -> None:
    emulator = Emulator(camera.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    project = write_project(camera.model(StepName.GENERATE_RTL), camera.paths.hls_cpp, camera.top)
    for width, height in ((64, 64), (3, 50)):
        camera_cppsim(camera, project, emulator, EXACT, noise(tmp_path, width, height))


def test_an_image_needs_a_camera(detector: Detector, tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="is for boards with a camera path"):
        cppsim(detector[1], [], image=tmp_path / "a.png")


def test_the_vitis_project_has_both_top_levels(
    camera: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    hls(camera, write_only=True)
    assert "the camera path in front of it and behind it" in capsys.readouterr().out
    folder = camera.paths.vitis
    compiler = find_compiler().command
    for name in ("tiny_camera_in", "tiny_camera_out"):
        unit = folder / "camera" / name
        assert faults((unit / f"top_{name}.cpp").read_text()) == []
        script = (unit / f"hls_syn_{name}.tcl").read_text()
        assert f'set top "{name}"' in script and "camera_testbench.cpp" in script
        assert f"unit camera/{name} {name} " in (folder / "run_all.sh").read_text()
        includes = [f"-I{folder / 'include'}", f"-I{folder / 'include' / 'stand_ins'}"]
        flags = ["-std=c++14", "-O0", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas"]
        sources = [str(path) for path in sorted(unit.glob("*.cpp"))]
        command = [compiler, *flags, "-DDF_CPPSIM", "-DDF_PLAIN", *includes, f"-I{unit}", *sources]
        subprocess.run([*command, "-o", str(unit / "bench")], check=True)
        vectors = folder / "vectors"
        done = subprocess.run(
            [unit / "bench", vectors], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "all equal" in done.stdout
        wanted = vectors / ("camera_pixels.bin" if name.endswith("in") else "camera_records.bin")
        content = bytearray(wanted.read_bytes())
        content[-1 if name.endswith("in") else 20] ^= 1
        spoilt = unit / "spoilt"
        spoilt.mkdir()
        for path in vectors.glob("camera_*.bin"):
            (spoilt / path.name).write_bytes(path.read_bytes())
        (spoilt / wanted.name).write_bytes(content)
        done = subprocess.run([unit / "bench", spoilt], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "differs" in done.stderr
