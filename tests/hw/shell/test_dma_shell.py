"""The shell on a real bus model: cocotbext-axi on Verilator."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.hw.bench import random_frames, reference_frame
from tests.hw.shell.boards import operator_model, write_boards
from tests.hw.shell.cocotb_runner import build_simulator, run_bench
from tests.hw.shell.loops import LOOPS, OPERATOR

#: The other boards take a minute or two.
QUICK = ("pixels", "tight")


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the written boards."""
    return tmp_path_factory.mktemp("boards")


@pytest.fixture(scope="module")
def simulator(boards: Path) -> Path:
    return build_simulator(*write_boards(boards))


@pytest.mark.parametrize("name", QUICK)
def test_frames_errors_and_resets_on_the_bus(name: str, simulator: Path, tmp_path: Path):
    run_bench(simulator, "boards", "loop_bench", tmp_path, {"LOOP": name})


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(LOOPS) - set(QUICK)))
def test_other_buses_and_two_clocks(name: str, simulator: Path, tmp_path: Path):
    run_bench(simulator, "boards", "loop_bench", tmp_path, {"LOOP": name})


def test_a_real_operator_behind_the_generated_top(boards: Path, simulator: Path, tmp_path: Path):
    for memory in (boards / OPERATOR.name).glob("*.mem"):
        shutil.copy(memory, tmp_path)
    model = operator_model()
    frames = random_frames(model, 7, np.random.default_rng(1))
    results = [reference_frame(model, frame) for frame in frames]
    np.savez(
        tmp_path / "vectors.npz",
        frames=np.array(frames).astype(np.uint8).reshape(len(frames), -1),
        expected=np.array(results).astype("<i2").reshape(len(frames), -1).view(np.uint8),
    )
    environment = {"VECTORS": str(tmp_path / "vectors.npz")}
    run_bench(simulator, "boards", "operator_bench", tmp_path, environment)
