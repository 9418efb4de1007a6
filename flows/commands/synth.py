"""``synth``: resources by yosys."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.commands.command import Command, add_nodes, nodes
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_nodes(parser, "no report is written")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="operators at a time"
    )
    parser.add_argument(
        "--no-whole",
        action="store_true",
        help="the operators alone, not also the accelerator with its board's shell as one design",
    )
    parser.add_argument(
        "--whole-only", action="store_true", help="that one design alone; no report is written"
    )


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.synth import synth, whole_alone

    if arguments.whole_only:
        if arguments.no_whole or arguments.nodes:
            raise FlowError("--whole-only with --no-whole or --nodes: expected one of them")
        one = whole_alone(build, arguments.jobs)
        return {"top": one.top.as_dict(), "shell": one.shell.as_dict()}
    total = synth(build, nodes(arguments), arguments.jobs, whole=not arguments.no_whole)
    return {"total": total.as_dict()}


COMMAND = Command(
    "synth",
    "synthesize every operator with yosys: estimates of resources",
    _add_arguments,
    _run,
    (ResultName.SYNTHESIS,),
)
