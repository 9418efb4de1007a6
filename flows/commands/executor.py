"""Arguments and files that the executors share: frames in, integers out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.build.build import Build


def add_frames(parser: argparse.ArgumentParser) -> None:
    """Options of every executor."""
    parser.add_argument("--input", type=Path, required=True, help=".npy, uint8 NHWC")
    parser.add_argument("--output", type=Path, help=".npy for the integers, NHWC")
    parser.add_argument("--boundaries", type=Path, metavar="DIR", help="write all boundaries")


def read_input(build: Build, arguments: argparse.Namespace) -> Any:
    """Frames (N, H, W, C) uint8 of --input, of the size that the network takes."""
    from flows.build.names import StepName
    from flows.files import read_frames

    shape = build.model(StepName.STREAMLINE).get_tensor_shape("global_in")
    return read_frames(arguments.input, tuple(shape[1:]))


def write_output(arguments: argparse.Namespace, integers: Any) -> None:
    """Write the integers, if --output is given."""
    from flows.files import write_npy

    if arguments.output is not None:
        write_npy(arguments.output, integers)
