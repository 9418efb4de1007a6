"""``board-sim``: driver, shell and accelerator simulated, of any network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flows.build.names import ResultName
from flows.commands.command import THRESHOLD, Command, add_image, check_stalls
from flows.commands.executor import INPUT, SEVERAL
from flows.commands.size import add_size, read_size
from flows.errors import FlowError

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_image(parser)
    what = f"frames instead of a picture: {INPUT}; {SEVERAL}"
    parser.add_argument("--input", type=Path, action="append", help=what)
    parser.add_argument("--threshold", type=float, help=THRESHOLD)
    parser.add_argument(
        "--stalls", type=float, default=0.0, metavar="P", help="of the memory's bus"
    )
    parser.add_argument("--seed", type=int, default=1, help="of stalls and latencies")
    parser.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="of a camera path: all pictures of a folder"
    )
    parser.add_argument(
        "--frames",
        type=int,
        help="the picture so often in a row, for the clocks of a frame (default: 1); or the first"
        " of --pictures",
    )
    parser.add_argument(
        "--weights",
        action="store_true",
        help="then load what `weights` made, and run the frames again",
    )
    add_size(parser, "then load what `size` made for it, and run its vectors")
    parser.add_argument("--out", type=Path, help="picture to write (default: board_sim.png)")


def _run(build: Build, arguments: argparse.Namespace) -> None:
    from flows.run.board import BusOptions
    from flows.run.board_frames import board_frames, is_detector
    from flows.run.board_sim import board_sim
    from flows.run.camera import camera_options

    check_stalls(arguments)
    bus = BusOptions(stall=arguments.stalls, seed=arguments.seed)
    if camera_options(build) is not None:
        from flows.run.camera_sim import camera_sim

        if arguments.weights or arguments.size:
            raise FlowError("--weights, --size: a camera path's shell writes none")
        if arguments.input is not None:
            raise FlowError(f"--input {arguments.input}: a camera path takes pictures; use --image")
        if arguments.pictures is not None:
            from flows.run.camera_pictures import camera_pictures

            for option in ("image", "out"):
                if (value := getattr(arguments, option)) is not None:
                    raise FlowError(f"--{option} {value}: does not go with --pictures")
            threshold = arguments.threshold
            camera_pictures(build, arguments.pictures, threshold, bus, arguments.frames)
            return
        given = (arguments.image, arguments.threshold, arguments.out)
        camera_sim(build, *given, bus, 1 if arguments.frames is None else arguments.frames)
        return
    if arguments.pictures is not None:
        raise FlowError(f"--pictures {arguments.pictures}: is for boards with a camera path")
    if arguments.weights and arguments.size:
        raise FlowError("--weights with --size: expected one of them")
    again = arguments.weights or arguments.size
    if arguments.input is None and not again and is_detector(build):
        frames = 1 if arguments.frames is None else arguments.frames
        given = (arguments.image, arguments.threshold, arguments.out)
        board_sim(build, *given, bus, frames=frames)
        return
    for option in ("threshold", "out", "frames"):
        if (given := getattr(arguments, option)) is not None:
            raise FlowError(f"--{option} {given}: is for pictures through a detector, to boxes")
    board_frames(
        build,
        arguments.image,
        arguments.input,
        bus,
        weights=arguments.weights,
        size=read_size(arguments.size) if arguments.size else None,
    )


COMMAND = Command(
    "board-sim",
    "frames or a picture through the driver on a simulated board",
    _add_arguments,
    _run,
    (ResultName.BOARD_SIM,),
)
