"""Frames of any network through the driver on the simulated board, to the outputs of its file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.board import BusOptions, board_simulator
from flows.run.board_frames import board_frames, is_detector
from flows.run.emulator import Emulator
from flows.run.frames import make_frames
from flows.run.host_tail import HostTail
from hw.sim.verilate import Simulator
from tests.flows.input_types import Input, network
from tests.hw.bench import CACHE

Detector = tuple[Path, Build]


@pytest.fixture(scope="module")
def simulator(detector: Detector) -> Simulator:
    return board_simulator(detector[1], CACHE, "-O1")


@pytest.fixture
def frames(detector: Detector, tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", make_frames(detector[1], None, 2, 5))
    return tmp_path / "x.npy"


def test_frames_that_are_given(
    detector: Detector, simulator: Simulator, frames: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, build = detector
    assert is_detector(build)
    board_frames(build, None, frames, BusOptions(0.2, (5, 30), 3), simulator)
    said = capsys.readouterr().out
    assert "768 integers of 2 frames equal to the emulator's" in said
    report = json.loads((build.folder / "report" / "board_sim.json").read_text())
    assert (report["frames"], report["faults"]) == (2, [])
    assert report["counters"]["odma0_frames"] == 2
    assert (build.folder / "verification_output" / "verify_board_sim_0_SUCCESS.npy").is_file()


@pytest.mark.parametrize("wrong", [Emulator, HostTail])
def test_what_differs_fails(
    detector: Detector,
    simulator: Simulator,
    frames: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Any,
) -> None:
    right = wrong.run

    def changed(self: Any, given: Any) -> Any:
        found = right(self, given)
        if wrong is Emulator:
            found[1, 0, 0, 0] += 1
        else:
            found = {name: array + np.float32(1) for name, array in found.items()}
        return found

    monkeypatch.setattr(wrong, "run", changed)
    said = "frame 1, pixel .row 0, column 0" if wrong is Emulator else "is not that of host_tail"
    with pytest.raises(FlowError, match=said):
        board_frames(detector[1], None, frames, None, simulator)
    report = json.loads((detector[1].folder / "report" / "board_sim.json").read_text())
    assert report["faults"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--input", "no.npy"], "no.npy: "),
        (["--input", "x.npy", "--image", "x.png"], "--image and --input are both given"),
        (["--input", "x.npy", "--threshold", "0.5"], "--threshold 0.5: is for pictures through"),
        (["--input", "x.npy", "--out", "x.png"], "--out x.png: is for pictures through"),
    ],
)
def test_options(
    detector: Detector, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = 2 if message.startswith("--") else 1
    assert main(["board-sim", str(detector[0]), *words]) == status
    assert capsys.readouterr().err.startswith(f"error: {message}")


@pytest.mark.slow
def test_a_network_that_is_no_detector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    onnx.save(network(Input(5, True), (3, 5, 6), 7, weight_bits=2), str(tmp_path / "net.onnx"))
    config = tmp_path / "c.yaml"
    config.write_text("model: net.onnx\noutput_dir: build\ntarget_fps: 100000\n")
    run_steps(Build.load(config))
    assert not is_detector(Build.load(config))
    capsys.readouterr()
    assert main(["board-sim", str(config), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["results"]["board_sim"]["faults"] == []
    assert found["results"]["board_sim"]["frames"] == 2
