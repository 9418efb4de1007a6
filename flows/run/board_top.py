"""The top level of a build's board: its accelerator, and the shell that is asked for."""

from pathlib import Path

from camera_path.head import HeadIntegers
from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.run.camera import board_id, camera_options
from flows.run.driver import build_id, describe
from flows.run.emulator import Emulator
from hw.camera import board as camera_board
from hw.driver import AcceleratorError, Description
from hw.driver.integer_path import head_constants
from hw.shell import board_top
from hw.sim.design import Design


def head_integers(description: Description) -> HeadIntegers:
    """The constants of a detector's head; FlowError of a network that is none."""
    if not description.detects:
        raise FlowError(
            f"camera: {description.name} is no detector: the camera path expects a network that "
            "takes squares of RGB pixels and has anchors"
        )
    try:
        made: HeadIntegers = head_constants(description)
    except AcceleratorError as error:
        raise FlowError(f"camera: {description.name}: {error}") from error
    return made


def write_board(build: Build, design: Design, folder: Path) -> Design:
    """Write the board's top level of a build's design into a folder, with all it needs."""
    options = camera_options(build)
    number = board_id(build, build_id(design))
    if options is None:
        return board_top.write(design, folder, build_id=number)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, design)
    rows, columns, _ = description.output.shape
    head = camera_board.DetectorHead(head_integers(description), rows, columns)
    return camera_board.write(design, folder, head, options, build_id=number)
