"""Reader to letterbox in Verilator: frames in a row take the clocks that hw.camera.timing says."""

import json
from pathlib import Path

from camera_path.frames import PixelFormat
from hw.camera import camera_sources, timing
from tests.hw.camera.frames_bench import CASES
from tests.hw.shell.cocotb_runner import build_simulator, run_bench

HERE = Path(__file__).parent
UNIT = timing.Letterbox(2, 8, 40, 16, 8)


def test_clocks_of_frames(tmp_path: Path) -> None:
    own = HERE / "frames_units.sv"
    simulator = build_simulator("frames_units", [*camera_sources("camera_frames"), own])
    record = tmp_path / "record"
    run_bench(simulator, "frames_units", "frames_bench", tmp_path, {"RECORD": str(record)}, HERE)
    found = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert len(found) == len(CASES)
    for one in found:
        pixels = PixelFormat(one["pixels"])
        times = timing.frame_clocks(UNIT, one["width"], one["height"], pixels, pictures=4)
        between = [b - a for a, b in zip(one["last"], one["last"][1:], strict=False)]
        said = [b - a for a, b in zip(times.last, times.last[1:], strict=False)]
        assert between == said, one
