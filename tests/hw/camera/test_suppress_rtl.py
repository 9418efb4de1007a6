"""suppress_boxes in Verilator against camera_path, and the HLS C++ against what it gave."""

from pathlib import Path

from hw.camera import camera_sources
from tests.hw.camera.hls_units import run_jobs
from tests.hw.camera.recorded import suppress_jobs
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent


def test_suppress_boxes(tmp_path: Path) -> None:
    sources = [*camera_sources("suppress_boxes"), HERE / "suppress_units.sv"]
    simulator = build_simulator("suppress_units", sources)
    record = tmp_path / "record"
    environment = {"RECORD": str(record)}
    run_bench(simulator, "suppress_units", "suppress_bench", tmp_path, environment, HERE)
    run_jobs(list(suppress_jobs(record)), "fast", tmp_path)
