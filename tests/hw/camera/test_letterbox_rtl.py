"""letterbox in Verilator against camera_path, the HLS C++ against it, and bits of sums."""

from pathlib import Path

import numpy as np
import pytest

from camera_path.resize import place, weights
from hw.camera import camera_sources, timing
from tests.hw.camera.hls_units import run_jobs
from tests.hw.camera.recorded import letterbox_clocks, letterbox_jobs
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent
UNITS = HERE / "letterbox_units.sv"
#: The units' machines.
MACHINES = {
    "a": timing.Letterbox(2, 8, 40, 16, 8),
    "b": timing.Letterbox(1, 8, 9, 24, 2),
    "c": timing.Letterbox(4, 6, 31, 7, 3),
}


@pytest.mark.parametrize("pictures", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_letterbox(pictures: int, tmp_path: Path) -> None:
    simulator = build_simulator("letterbox_units", [*camera_sources("letterbox"), UNITS])
    record = tmp_path / "record"
    environment = {"PICTURES": str(pictures), "RECORD": str(record)}
    run_bench(simulator, "letterbox_units", "letterbox_bench", tmp_path, environment, HERE)
    run_jobs(list(letterbox_jobs(record)), "fast", tmp_path)
    compared = 0
    for unit, width, height, ends in letterbox_clocks(record):
        times = timing.letterbox_clocks(MACHINES[unit], width, height, len(ends))
        found = list(zip(times.first, times.last, strict=True))
        assert found == ends, (unit, width, height)
        compared += 1
    assert compared > 20


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
