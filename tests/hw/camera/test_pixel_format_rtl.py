"""pixel_format in Verilator against camera_path."""

from pathlib import Path

from hw.camera import camera_sources
from tests.hw.shell.cocotb_runner import build_simulator, run_bench


def test_pixel_format(tmp_path: Path) -> None:
    simulator = build_simulator("pixel_format", camera_sources("pixel_format"))
    run_bench(simulator, "pixel_format", "format_bench", tmp_path, {}, Path(__file__).parent)
