"""suppress_boxes in Verilator against camera_path."""

from pathlib import Path

from hw.camera import camera_sources
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent


def test_suppress_boxes(tmp_path: Path) -> None:
    sources = [*camera_sources("suppress_boxes"), HERE / "suppress_units.sv"]
    simulator = build_simulator("suppress_units", sources)
    run_bench(simulator, "suppress_units", "suppress_bench", tmp_path, {}, HERE)
