"""``report``: the page on a build."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--image", type=Path, help="picture to show")
    parser.add_argument("--cost", type=Path, help="cost.json of python -m model.complexity")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.report.html import write_report

    path = write_report(build, arguments.image, arguments.cost, arguments.config)
    print(f"report: {path}")
    return {"report": str(path)}


COMMAND = Command("report", "write report/report.html", _add_arguments, _run)
