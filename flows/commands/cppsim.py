"""``cppsim``: the HLS C++ compiled and run."""

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
        "--image",
        type=Path,
        help="of a camera path: the picture that goes through all of it (default: a portrait)",
    )
    parser.add_argument(
        "--build",
        choices=("fast", "exact", "both"),
        default="both",
        help="built-in integers, ap_int types with every width checked, or both (default)",
    )


def _run(build: Build, arguments: argparse.Namespace) -> None:
    frames = read_input(build, arguments)
    from flows.run.cppsim import cppsim
    from hw.hls.compiler import BUILDS

    kinds = BUILDS if arguments.build == "both" else (arguments.build,)
    found = cppsim(build, frames, arguments.boundaries, kinds, arguments.image)
    write_output(build, arguments, found)


COMMAND = Command(
    "cppsim",
    "run frames through the HLS C++, compared with the emulator",
    _add_arguments,
    _run,
    (ResultName.CPPSIM,),
)
