"""The shipped network by its defaults: simulated board and deployed folder find the face."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import model
from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import ResultName
from flows.run.driver import build_id, load_design
from model.detection.nms import iou
from model.export import export

CHECKPOINT = Path(model.__file__).parent / "checkpoints" / "dupnet-tinier-yolo.npz"
STAND_IN = Path(__file__).parents[1] / "hw" / "driver" / "stand_in"
#: The portrait's face, marked by eye (left, top, right, bottom).
FACE = np.array([183.0, 60.0, 272.0, 188.0])


def faces(said: str) -> Any:
    """Boxes (M, 4) of the lines that begin with face."""
    lines = re.findall(r"^face ([-\d. ]+), score", said, re.MULTILINE)
    return np.array([[float(v) for v in line.split()] for line in lines]).reshape(-1, 4)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Build]:
    folder = tmp_path_factory.mktemp("showcase")
    export("dupnet-tinier-yolo", 1, 512, folder / "net.onnx", CHECKPOINT)
    path = folder / "config.yaml"
    path.write_text("model: net.onnx\noutput_dir: out\nname: face\npixels_per_clock: 1\n")
    assert main(["build", str(path)]) == 0
    return path, Build.load(path)


@pytest.mark.slow
def test_the_simulated_board_finds_the_face(
    built: tuple[Path, Build], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["board-sim", str(built[0])]) == 0
    said = capsys.readouterr().out
    assert "1 boxes of score 0.274 or more (the network's own): " in said
    (box,) = faces(said)
    assert iou(FACE, box[None])[0] > 0.6


@pytest.mark.slow
def test_the_deployed_folder_s_own_command_finds_the_face(built: tuple[Path, Build]) -> None:
    path, build = built
    bitfile = build.folder / "bitfile" / "face.bit"
    bitfile.parent.mkdir(exist_ok=True)
    bitfile.write_bytes(b"bits")
    digest = hashlib.sha256(b"bits").hexdigest()
    number = build_id(load_design(build))
    build.results.write(ResultName.BITSTREAM, {"build_id": number, "sha256": digest})
    assert main(["deploy", str(path)]) == 0
    home = build.folder / "deploy"
    description = json.loads((home / "accelerator.json").read_text())
    assert description["detection"]["threshold"] == 0.274
    readme = (home / "README.md").read_text()
    (command,) = re.findall(r"^python3 (-m dupnet_driver detect .*)$", readme, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, *command.split()],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(STAND_IN)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 boxes of score 0.274 or more (the network's own)\n" in done.stdout
    (box,) = faces(done.stdout)
    assert iou(FACE, box[None])[0] > 0.6
