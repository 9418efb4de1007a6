"""Arguments and files that the executors share: frames in, integers out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.build.build import Build


#: What --input takes.
INPUT = ".npy or .npz of integers, NHWC, or a picture if the network takes such"
SEVERAL = "of several inputs a file for each in order, or NAME=FILE, or one .npz"


def add_camera_path(parser: argparse.ArgumentParser) -> None:
    """The option how pictures become frames."""
    parser.add_argument(
        "--camera-path",
        action="store_true",
        help="letterbox pictures in the integers of the camera path, not in real numbers",
    )


def add_frames(parser: argparse.ArgumentParser) -> None:
    """Options of every executor."""
    add_camera_path(parser)
    parser.add_argument(
        "--input", type=Path, action="append", required=True, help=f"frames: {INPUT}; {SEVERAL}"
    )
    parser.add_argument("--output", type=Path, help=".npy (.npz of several) for the integers, NHWC")
    parser.add_argument(
        "--real", type=Path, help=".npy (.npz of several) for the output of the model's file"
    )
    parser.add_argument("--boundaries", type=Path, metavar="DIR", help="write all boundaries")


def read_input(build: Build, arguments: argparse.Namespace) -> Any:
    """Frames (N, H, W, C) of --input, of the size and type that the network takes."""
    from flows.run.frames import input_frames

    return input_frames(build, arguments.input, arguments.camera_path)


def write_output(build: Build, arguments: argparse.Namespace, integers: Any) -> None:
    """Write the integers, if --output is given, and what the host makes of them, if --real is."""
    if arguments.output is not None:
        from flows.run.outputs import write_outputs

        write_outputs(arguments.output, integers)
    if arguments.real is not None:
        from flows.run.host_tail import write_real

        write_real(build, integers, arguments.real)
