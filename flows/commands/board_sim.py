"""``board-sim``: driver, shell and accelerator simulated."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flows.build.names import ResultName
from flows.commands.command import THRESHOLD, Command, add_image, check_stalls

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    parser.add_argument("--threshold", type=float, help=THRESHOLD)
    parser.add_argument(
        "--stalls", type=float, default=0.0, metavar="P", help="of the memory's bus"
    )
    parser.add_argument("--seed", type=int, default=1, help="of stalls and latencies")
    parser.add_argument("--out", type=Path, help="picture to write (default: board_sim.png)")


def _run(build: Build, arguments: argparse.Namespace) -> None:
    from flows.run.board_sim import BusOptions, board_sim

    check_stalls(arguments)
    bus = BusOptions(stall=arguments.stalls, seed=arguments.seed)
    board_sim(build, arguments.image, arguments.threshold, arguments.out, bus)


COMMAND = Command(
    "board-sim",
    "a picture through the driver on a simulated board, to boxes",
    _add_arguments,
    _run,
    (ResultName.BOARD_SIM,),
)
