"""``driver``: the board's software."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command, add_image

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.driver import write_driver

    return {"driver": str(write_driver(build, arguments.image))}


COMMAND = Command(
    "driver", "write the driver's files and its vectors: <build>/driver", _add_arguments, _run
)
