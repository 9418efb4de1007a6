"""The whole network with the shipped weights as a board's netlist, against the emulator."""

from pathlib import Path

import pytest

import model
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.run.bitstream import bitstream
from model.export import export
from tests.flows.serial_netlist import check_gowin_cells, check_netlist

CHECKPOINT = Path(model.__file__).parent / "checkpoints" / "dupnet-tinier-yolo.npz"
SIZE = 64
#: As many pixels a second as `make bitstream` of these boards folds for: 10 frames of 512 x 512.
FRAMES_A_SECOND = 10 * (512 // SIZE) ** 2


@pytest.mark.slow
@pytest.mark.parametrize("board", ["ULX3S-85F", "Tang-Nano-20K"])
def test_netlist_of_the_whole_network(tmp_path, board):
    """64 x 64 pixels, for a frame of 512 x 512 takes 126 million clocks over the serial line."""
    export("dupnet-tinier-yolo", 1, SIZE, tmp_path / "m.onnx", CHECKPOINT)
    keys = f"board: {board}\ntarget_fps: {FRAMES_A_SECOND}\n"
    (tmp_path / "m.yaml").write_text(f"model: m.onnx\noutput_dir: build\n{keys}")
    build = Build.load(tmp_path / "m.yaml")
    run_steps(build)
    bitstream(build)
    if board == "Tang-Nano-20K":
        check_gowin_cells(build)
    check_netlist(build, 1)
