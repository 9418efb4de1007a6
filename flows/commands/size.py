"""``size``: another size of the image for a build that takes such while it runs."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def add_size(parser: argparse.ArgumentParser, what: str) -> None:
    """The option that names a size that ``size`` wrote."""
    parser.add_argument("--size", metavar="ROWSxCOLUMNS", help=what)


def read_size(text: str) -> tuple[int, int]:
    """Rows and columns; FlowError where text is none."""
    found = _SIZE.fullmatch(text)
    if found is None or not int(found[1]) or not int(found[2]):
        raise FlowError(f"--size {text}: expected rows and columns, such as 192x256")
    return int(found[1]), int(found[2])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--height", type=int, required=True, help="rows of the input")
    parser.add_argument("--width", type=int, required=True, help="columns of the input")
    parser.add_argument("--seed", type=int, default=1, help="of the vectors to validate with")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    for name in ("height", "width"):
        if not 0 < (given := getattr(arguments, name)) < 1 << 16:
            raise FlowError(f"--{name} {given}: expected 1 to 65535")
    from flows.sizes.write import write_size

    folder = write_size(build, arguments.height, arguments.width, arguments.seed)
    return {"size": str(folder)}


COMMAND = Command(
    "size",
    "write the words that let a running accelerator take images of another size",
    _add_arguments,
    _run,
)
