"""decode_boxes in Verilator against camera_path, and the HLS C++ against what it gave."""

from pathlib import Path

from hw.camera import camera_sources
from hw.camera.memories import head_memories
from tests.hw.camera.decode_head import head
from tests.hw.camera.hls_units import run_jobs
from tests.hw.camera.recorded import decode_jobs
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent


def test_decode_boxes(tmp_path: Path) -> None:
    for name, text in head_memories(head()).items():
        (tmp_path / name).write_text(text)
    sources = [*camera_sources("decode_boxes"), HERE / "decode_units.sv"]
    simulator = build_simulator("decode_units", sources)
    record = tmp_path / "record"
    run_bench(simulator, "decode_units", "decode_bench", tmp_path, {"RECORD": str(record)}, HERE)
    run_jobs(list(decode_jobs(record)), "fast", tmp_path)
