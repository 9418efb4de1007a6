"""``build``: the steps, from the QONNX file to RTL."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--start", metavar="STEP", help="first step (resumes an earlier build)")
    parser.add_argument("--stop", metavar="STEP", help="last step")
    parser.add_argument(
        "--if-changed",
        action="store_true",
        help="keep a finished build of this configuration, and what ran on it",
    )


def _run(build: Build, arguments: argparse.Namespace) -> None:
    from flows.build.sequence import run_steps

    run_steps(build, arguments.start, arguments.stop, arguments.if_changed)


COMMAND = Command("build", "run the build steps", _add_arguments, _run)
