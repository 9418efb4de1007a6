"""``deploy``: a folder for the board, or onto it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.build.names import ResultName
from flows.commands.command import Command, add_image

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    parser.add_argument("--host", metavar="USER@ADDRESS", help="the board, as ssh takes it")
    parser.add_argument(
        "--without-bitfile", action="store_true", help="write the folder though there is no bitfile"
    )


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.deploy import deploy

    folder = deploy(build, arguments.host, arguments.without_bitfile, arguments.image)
    return {"deploy": str(folder)}


COMMAND = Command(
    "deploy",
    "write <build>/deploy; with --host, copy and validate it there",
    _add_arguments,
    _run,
    (ResultName.ON_BOARD,),
)
