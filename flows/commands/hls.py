"""``hls``: the HLS C++ through Vitis HLS."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flows.build.names import ResultName
from flows.commands.command import Command, add_nodes, nodes
from flows.commands.executor import add_camera_path, read_input

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--input", type=Path, action="append", help=".npy, NHWC: the vectors (default: noise)"
    )
    add_camera_path(parser)
    add_nodes(parser, "the network's name for the whole")
    parser.add_argument("--write-only", action="store_true", help="write the project, run nothing")


def _run(build: Build, arguments: argparse.Namespace) -> None:
    frames = None if arguments.input is None else read_input(build, arguments)
    from flows.run.hls import hls

    hls(build, frames, nodes(arguments), arguments.write_only)


COMMAND = Command(
    "hls",
    "Vitis HLS on every operator and the network: synthesis, cosim, IP export",
    _add_arguments,
    _run,
    (ResultName.HLS,),
)
