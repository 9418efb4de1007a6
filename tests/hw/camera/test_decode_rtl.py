"""decode_boxes in Verilator against camera_path."""

from pathlib import Path

from hw.camera import camera_sources
from hw.camera.memories import head_memories
from tests.hw.camera.decode_head import head
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent


def test_decode_boxes(tmp_path: Path) -> None:
    for name, text in head_memories(head()).items():
        (tmp_path / name).write_text(text)
    sources = [*camera_sources("decode_boxes"), HERE / "decode_units.sv"]
    simulator = build_simulator("decode_units", sources)
    run_bench(simulator, "decode_units", "decode_bench", tmp_path, {}, HERE)
