"""``emulate``: the integers, and whether they are those before folding."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flows.build.names import ResultName
from flows.commands.command import Command
from flows.commands.executor import add_frames, read_input, write_output

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_frames(parser)
    parser.add_argument(
        "--brevitas", action="store_true", help="compare with the Brevitas model too"
    )
    parser.add_argument("--checkpoint", type=Path, help="of the Brevitas model, if it is trained")


def _run(build: Build, arguments: argparse.Namespace) -> None:
    frames = read_input(build, arguments)
    from flows.run.emulate import emulate

    check = None
    if arguments.brevitas:
        from flows.build.steps.import_model import load_qonnx
        from flows.run.brevitas_check import brevitas_boundaries

        check = brevitas_boundaries(load_qonnx(build.config.model), arguments.checkpoint)
    write_output(build, arguments, emulate(build, frames, arguments.boundaries, check))


COMMAND = Command(
    "emulate",
    "run frames through the emulator, compared at every boundary",
    _add_arguments,
    _run,
    (ResultName.EMULATION,),
)
