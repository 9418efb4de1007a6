"""``build``: the steps, from the QONNX file to RTL."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build

#: What the steps find out; they are of the build that stands, whichever command made it.
RESULTS = (
    ResultName.PERFORMANCE,
    ResultName.LAYER_CYCLES,
    ResultName.LAYER_RESOURCES,
    ResultName.FIFO_SIZING,
    ResultName.VERIFY_IMPORT,
)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--start", metavar="STEP", help="first step (resumes an earlier build)")
    parser.add_argument("--stop", metavar="STEP", help="last step")
    parser.add_argument(
        "--if-changed",
        action="store_true",
        help="keep a finished build of this configuration, and what ran on it",
    )


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.build.config import read_settings
    from flows.build.sequence import run_steps

    _, notes = read_settings(arguments.config)
    for note in notes:
        print(f"{arguments.config}: {note}")
    run_steps(build, arguments.start, arguments.stop, arguments.if_changed)
    found = {name: build.results.plain(name) for name in RESULTS}
    return {"results": {str(name): data for name, data in found.items() if data is not None}}


COMMAND = Command("build", "run the build steps", _add_arguments, _run)
