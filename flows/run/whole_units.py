"""The accelerator with its board's shell as one design, and the shell alone, to synthesize."""

import tempfile
from pathlib import Path

from flows.build.build import Build
from flows.run.board_top import write_board
from flows.run.camera import camera_options
from flows.run.camera_units import camera_units
from flows.run.driver import NoShellError, build_id, load_design
from hw.camera.cost.sizes import SHELL
from hw.errors import HardwareError
from hw.shell import board_top
from hw.synth.operator import Unit, read_unit


def whole_units(build: Build) -> tuple[Unit, Unit]:
    """The board's top level (accelerator and shell), and the shell; both with all they are made of.

    The shell is that with the camera path, where the build has one.

    Raises NoShellError for an accelerator of more than 8 inputs or outputs, or of elements wider
    than 32 bits.
    """
    design = load_design(build)
    number = build_id(design)
    try:
        engines = board_top.board_engines(design)
    except HardwareError as error:
        raise NoShellError(str(error)) from error
    with tempfile.TemporaryDirectory(dir=build.folder, prefix=".whole-") as name:
        board = write_board(build, design, Path(name) / "board")
        *sources, _ = board.sources
        own = (board.folder / board.sources[-1]).read_text(encoding="utf-8")
        whole = read_unit(board.top, board.folder, sources, own)
        if camera_options(build) is not None:
            return whole, camera_units(build)[SHELL]
        shell = read_unit(
            f"{design.top}_shell",
            board.folder,
            [path.name for path in board_top.shell_sources(engines, bool(design.tables))],
            board_top.shell_text(design, build_id=number),
        )
    return whole, shell
