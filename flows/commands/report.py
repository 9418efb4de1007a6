"""``report``: the page on a build, or on two side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import THRESHOLD, Command
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--image", type=Path, help="picture to show beside the build's first frame")
    parser.add_argument("--cost", type=Path, help="cost.json of python -m model.complexity")
    parser.add_argument("--threshold", type=float, help=THRESHOLD)
    parser.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("A", "B"),
        help="in place of CONFIG.yaml: two builds side by side, each a build folder or its "
        "configuration",
    )
    parser.add_argument(
        "--out", type=Path, help="of --compare: the page (default: in B's report folder)"
    )


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.report.html import write_report

    if arguments.compare or arguments.out:
        option = "--compare" if arguments.compare else "--out"
        raise FlowError(
            f"{arguments.config} and {option}: expected CONFIG.yaml alone, or --compare A B"
        )
    path = write_report(
        build, arguments.image, arguments.cost, arguments.config, arguments.threshold
    )
    print(f"report: {path}")
    return {"report": str(path)}


def _compare(arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.report.comparison import write_comparison

    if not arguments.compare:
        raise FlowError("CONFIG.yaml is missing; expected a build configuration, or --compare A B")
    for option in ("image", "cost", "threshold"):
        if getattr(arguments, option) is not None:
            raise FlowError(f"--{option} and --compare: the page on two builds shows none")
    first, second = arguments.compare
    path, made = write_comparison(first, second, arguments.out)
    print("\n".join([*made.lines(), f"report: {path}"]))
    return {"report": str(path), **made.facts()}


COMMAND = Command(
    "report",
    "write report/report.html, or a page on two builds side by side",
    _add_arguments,
    _run,
    alone=_compare,
)
