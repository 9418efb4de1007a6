"""letterbox in Verilator against camera_path, and the bits that its sums need."""

from pathlib import Path

import numpy as np
import pytest

from camera_path.resize import place, weights
from hw.camera import camera_sources
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent
UNITS = HERE / "letterbox_units.sv"


@pytest.mark.parametrize("pictures", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_letterbox(pictures: int, tmp_path: Path) -> None:
    simulator = build_simulator("letterbox_units", [*camera_sources("letterbox"), UNITS])
    environment = {"PICTURES": str(pictures)}
    run_bench(simulator, "letterbox_units", "letterbox_bench", tmp_path, environment, HERE)


@pytest.mark.slow
@pytest.mark.parametrize(("top", "lanes"), [("letterbox", 2), ("letterbox_four", 4)])
def test_letterbox_of_a_camera(tmp_path: Path, top: str, lanes: int) -> None:
    own = [HERE / "letterbox_four.sv"] if lanes == 4 else []
    simulator = build_simulator(top, [*camera_sources("letterbox"), *own])
    environment = {"PICTURES": "0", "LANES": str(lanes)}
    run_bench(simulator, top, "letterbox_large_bench", tmp_path, environment, HERE)


def test_sums_of_weights_have_room() -> None:
    """As letterbox.sv says: twice the old size times the ratio and a quarter."""
    largest = 0
    for longest, size in [(40, 16), (31, 7), (1920, 512), (1913, 512), (640, 512), (9, 24)]:
        for shortest in range(1, longest + 1, max(1, longest // 97)):
            where = place(longest, shortest, size)
            for old, new in {(longest, where.columns), (shortest, where.rows)}:
                total = weights(old, new)[1].sum(axis=1)
                most = 2 * longest * longest // size + longest // 2
                assert total.max() <= (most if longest > size else 2 * size)
                largest = max(largest, int(np.max(total)))
    assert 1 << 13 < largest < 1 << 14
