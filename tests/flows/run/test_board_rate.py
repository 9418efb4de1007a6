"""The clocks of a frame in a row on the simulated board, and the integers of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.errors import FlowError
from flows.run.board import BusOptions, board_simulator
from flows.run.board_sim import board_sim
from hw.driver import DupNetAccelerator
from hw.sim.verilate import Simulator
from tests.hw.bench import CACHE

Detector = tuple[Path, Build]


@pytest.fixture(scope="module")
def simulator(detector: Detector) -> Simulator:
    return board_simulator(detector[1], CACHE, "-O1")


def test_a_frame_in_a_row_takes_the_clocks_of_the_slowest_node(
    detector: Detector, simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = detector[1]
    board_sim(build, None, None, tmp_path / "x.png", BusOptions(), simulator, frames=3)
    assert "3 frames in one transfer: " in capsys.readouterr().out
    folder = build.folder / "report"
    own = max(json.loads((folder / "estimate_layer_cycles.json").read_text()).values())
    report = json.loads((folder / "board_sim.json").read_text())
    assert report["own_clocks_per_frame"] == own
    assert own * 0.999 <= report["clocks_per_frame"] <= own * 1.02


def test_a_frame_in_a_row_with_other_integers_fails_the_command(
    detector: Detector, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(self: DupNetAccelerator, frames: Any) -> Any:
        found = self.backend.execute(frames)
        found[-1] += 1
        return found

    monkeypatch.setattr(DupNetAccelerator, "execute", spoiled)
    with pytest.raises(FlowError, match="frame 1 of 2 in a row gives other integers"):
        board_sim(detector[1], None, None, tmp_path / "x.png", None, simulator, frames=2)


def test_no_frame_is_refused(detector: Detector, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board-sim", str(detector[0]), "--frames", "0"]) == 2
    assert "--frames 0: expected 1 or more" in capsys.readouterr().err


def test_frames_of_numbers_are_those_that_are_given(
    detector: Detector, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--input", "frames.npy", "--frames", "2"]
    assert main(["board-sim", str(detector[0]), *given]) == 2
    assert "--frames 2: is for pictures through a detector, to boxes" in capsys.readouterr().err
