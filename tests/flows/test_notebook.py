"""The notebook: a valid one, and every code cell runs on the driver's own files."""

import importlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.build.build import Build
from flows.run.board import board_simulator
from flows.run.driver import write_driver
from hw.sim.board import SimulatedBoard
from hw.sim.board_bus import SimulatedBus
from tests.hw.bench import CACHE

STAND_IN = Path(__file__).parents[1] / "hw" / "driver" / "stand_in"
Detector = tuple[Path, Build]


@pytest.fixture
def home(detector: Detector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The driver's folder with an (empty) bitfile, as working directory, its package importable."""
    shutil.copytree(write_driver(detector[1]), tmp_path / "home")
    folder = tmp_path / "home" / "bitfile"
    folder.mkdir()
    (folder / "tiny.bit").write_bytes(b"")
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.syspath_prepend(str(tmp_path / "home"))
    monkeypatch.syspath_prepend(str(STAND_IN))
    for name in [name for name in sys.modules if name.split(".")[0] in ("dupnet_driver", "pynq")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path / "home"


def cells(home: Path) -> list[str]:
    """Sources of the code cells; checks what nbformat 4.5 demands."""
    notebook = json.loads((home / "detect.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in notebook["cells"]]
    assert len(set(names)) == len(names)
    for cell in notebook["cells"]:
        keys = {"cell_type", "id", "metadata", "source"}
        code = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == keys | code
        if code:
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def run_cells(home: Path) -> dict[str, Any]:
    """Execute the code cells in one namespace, as a kernel does."""
    namespace: dict[str, Any] = {}
    for number, source in enumerate(cells(home)):
        exec(compile(source, f"cell {number}", "exec"), namespace)
    return namespace


def test_every_cell_runs_on_pynqs_stand_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace = run_cells(home)
    out = capsys.readouterr().out
    assert "4 frames, all integers equal" in out
    assert out.count(" faces") == 3
    assert namespace["found"].boxes.shape[1] == 4


def test_every_cell_runs_on_the_simulated_board(
    detector: Detector,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = importlib.import_module("dupnet_driver.accelerator")
    buses = []

    def simulated(_: Path, description: Any) -> SimulatedBus:
        board = SimulatedBoard(
            board_simulator(detector[1], CACHE, "-O1"), stall=0.2, latency=(5, 30)
        )
        buses.append(SimulatedBus(board, description.clock_mhz))
        return buses[0]

    bus_class: Callable[..., Any] = simulated
    monkeypatch.setattr(module, "PynqBus", bus_class)
    namespace = run_cells(home)
    out = capsys.readouterr().out
    assert "4 frames, all integers equal" in out
    assert out.count(" faces") == 3
    assert namespace["accelerator"].description.name == "tiny"
    assert len(buses) == 1
