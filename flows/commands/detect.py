"""``detect``: boxes on a picture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import THRESHOLD, Command, add_image

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    parser.add_argument("--integers", type=Path, help="the network's integers (default: emulate)")
    parser.add_argument("--threshold", type=float, help=THRESHOLD)
    parser.add_argument(
        "--camera-path",
        action="store_true",
        help="letterbox and boxes in the integers of the camera path, not in real numbers",
    )
    parser.add_argument("--out", type=Path, required=True, help="picture to write (.png)")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.detect import detect

    given = (arguments.threshold, arguments.out, arguments.camera_path)
    return detect(build, arguments.image, arguments.integers, *given)


COMMAND = Command(
    "detect", "draw the boxes that the network finds in an image", _add_arguments, _run
)
