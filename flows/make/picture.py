"""``python -m flows.make.picture FILE``: whether ``IMAGE=`` is a picture, before a build."""

import argparse
import sys
from collections.abc import Sequence

from model.detection.image import load_image
from model.errors import ModelError
from outside.arguments import Parser
from outside.command import run_command


def _look(options: argparse.Namespace) -> None:
    try:
        load_image(options.picture)
    except ModelError as error:
        raise ModelError(f"IMAGE={error}") from error


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = Parser(prog="python -m flows.make.picture", description=__doc__)
    parser.add_argument("picture", metavar="FILE")
    return run_command(parser, _look, argv)


if __name__ == "__main__":
    sys.exit(main())
