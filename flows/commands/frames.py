"""``frames``: frames for the executors."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command
from flows.commands.executor import INPUT, SEVERAL, add_camera_path

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--input", type=Path, action="append", help=f"take these frames: {INPUT}; {SEVERAL}"
    )
    parser.add_argument("--image", type=Path, help="first frame (default: skimage's portrait)")
    parser.add_argument("--frames", type=int, default=1, help="further frames are variations of it")
    parser.add_argument("--seed", type=int, default=1)
    add_camera_path(parser)


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.run.frames import copy_frames, write_frames

    if arguments.input is not None:
        copy_frames(build, arguments.input, arguments.out, arguments.camera_path)
    else:
        given = (arguments.image, arguments.frames, arguments.seed, arguments.out)
        write_frames(build, *given, arguments.camera_path)
    return {"frames": str(arguments.out)}


COMMAND = Command("frames", "write input frames for the network as .npy", _add_arguments, _run)
