"""pixel_format in Verilator against camera_path, and the HLS C++ against what it gave."""

from pathlib import Path

from hw.camera import camera_sources
from tests.hw.camera.hls_units import run_jobs
from tests.hw.camera.recorded import format_jobs
from tests.hw.shell.cocotb_runner import build_simulator, run_bench


def test_pixel_format(tmp_path: Path) -> None:
    simulator = build_simulator("pixel_format", camera_sources("pixel_format"))
    record = tmp_path / "record"
    environment = {"RECORD": str(record)}
    run_bench(
        simulator, "pixel_format", "format_bench", tmp_path, environment, Path(__file__).parent
    )
    run_jobs(list(format_jobs(record)), "fast", tmp_path)
