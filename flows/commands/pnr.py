"""``pnr``: clocks by nextpnr."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.commands.command import Command, add_nodes, nodes

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_nodes(parser, "no report is written")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="operators at a time")
    parser.add_argument(
        "--device", default="85k", help="ECP5 part as nextpnr names it (default: 85k)"
    )
    parser.add_argument("--package", default="CABGA381", help="default: CABGA381")
    parser.add_argument(
        "--speed", type=int, default=6, help="speed grade (default: 6, the slowest)"
    )
    parser.add_argument("--mhz", type=float, default=100.0, help="clock wanted (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="of the placement (default: 1)")
    parser.add_argument("--whole", action="store_true", help="the network as one, nothing alone")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.pnr import pnr
    from hw.pnr.ecp5 import Ecp5Target

    target = Ecp5Target(
        arguments.device,
        arguments.package,
        arguments.speed,
        arguments.mhz,
        seed=arguments.seed,
    )
    found = pnr(build, nodes(arguments), arguments.jobs, target, arguments.whole)
    return {"operators": {name: timing.as_dict() for name, timing in found.items()}}


COMMAND = Command(
    "pnr",
    "place and route every operator for ECP5 with nextpnr: its clock",
    _add_arguments,
    _run,
    (
        ResultName.OPERATOR_TIMING,
        ResultName.NETWORK_TIMING,
    ),
)
