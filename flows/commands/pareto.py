"""``pareto``: what each rate of pixels costs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="of further networks")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--measured", action="store_true", help="yosys on every point (hours)")
    parser.add_argument("--jobs", type=int, metavar="N", help="of --measured: operators at a time")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.build.build import Build
    from flows.pareto.run import pareto

    builds = [build, *(Build.load(path) for path in arguments.beside)]
    return pareto(builds, arguments.out, arguments.measured, arguments.jobs)


COMMAND = Command(
    "pareto", "frames per second against LUTs, over rates of pixels", _add_arguments, _run
)
