"""``python3 -m dupnet_driver``: the accelerator from the command line, on the board.

validate              the vectors that ship with the driver: every integer equal, or an error
throughput            frames in a row, timed
detect IMAGE          the faces in a picture (Pillow or OpenCV reads it; .npy always works)
run FRAMES OUT        frames of a .npy file (one an input); integers and outputs into a .npz file
counters              the hardware's counters

The bitfile is the one in the folder ``bitfile`` beside the package, unless --bitfile names one;
--serial PORT takes an accelerator on a serial line instead, --simulated none at all: the driver's
own code then runs on a simulated DMA shell, and onnxruntime computes what the hardware would.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from .accelerator import DupNetAccelerator
from .backend import as_list, only
from .command import ended
from .description import FILE, find_bitfile, read_description
from .errors import AcceleratorError
from .files import load_array
from .picture import read_picture

HOME = Path(__file__).resolve().parents[1]
LEAST_SCORE = "least score of a box, 0 to 1 (default: the network's own, else 0.5)"


def add_target(parser: argparse.ArgumentParser) -> None:
    """Options that choose the accelerator."""
    parser.add_argument("--bitfile", help="default: the one in the folder bitfile")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.add_argument("--serial", metavar="PORT", help="an accelerator on a serial line")
    parser.add_argument(
        "--simulated", action="store_true", help="no board: the integers by onnxruntime, on a PC"
    )


def open_accelerator(arguments: argparse.Namespace) -> DupNetAccelerator:
    """The accelerator that the options choose."""
    if arguments.simulated:
        if arguments.serial or arguments.bitfile:
            raise AcceleratorError("--simulated is for no board: expected neither bitfile nor line")
        from .simulated import open_simulated

        return DupNetAccelerator(open_simulated(HOME), HOME / FILE)
    if arguments.serial:
        from .serial_link import open_serial

        description = read_description(HOME / FILE)
        backend = open_serial(arguments.serial, description)
        accelerator = DupNetAccelerator(backend, HOME / FILE)
        return accelerator
    return DupNetAccelerator(arguments.bitfile or find_bitfile(HOME))


def score_origin(accelerator: DupNetAccelerator, given: float | None) -> str:
    """A line on where the least score is from; empty where the command line gives it."""
    if given is not None:
        return ""
    if accelerator.description.threshold is None:
        return " (the default: the network names no threshold)"
    return " (the network's own)"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m dupnet_driver", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True
    made = {
        name: commands.add_parser(name, allow_abbrev=False)
        for name in ("validate", "throughput", "detect", "run", "counters")
    }
    for command in made.values():
        add_target(command)
    made["validate"].add_argument("--vectors", help="folder of input.npy and expected.npy")
    made["throughput"].add_argument("--frames", type=int, default=64)
    made["run"].add_argument("input", metavar="FRAMES", nargs="+")
    made["run"].add_argument("out", metavar="OUT")
    made["detect"].add_argument("image", metavar="IMAGE")
    made["detect"].add_argument("--threshold", type=float, help=LEAST_SCORE)
    arguments = parser.parse_args(argv)

    def action() -> int:
        with open_accelerator(arguments) as accelerator:
            _run(accelerator, arguments)
        return 0

    return ended(action, arguments.debug)


def _run(accelerator: DupNetAccelerator, arguments: argparse.Namespace) -> None:
    if arguments.command == "validate":
        count = accelerator.validate(arguments.vectors)
        print(
            f"validate: {count} frames, all integers equal "
            f"(build 0x{accelerator.description.build_id:08x})"
        )
    elif arguments.command == "throughput":
        if arguments.frames < 1:
            raise AcceleratorError(f"--frames {arguments.frames}: expected at least 1")
        if arguments.simulated:
            print("simulated: seconds of this computer, not of a board")
        for key, value in accelerator.throughput_test(arguments.frames).items():
            print(f"{key}: {value:g}")
    elif arguments.command == "run":
        _run_frames(accelerator, arguments.input, arguments.out)
    elif arguments.command == "detect":
        least = accelerator.description.least_score(arguments.threshold)
        found = accelerator.detect(read_picture(arguments.image), least)
        for box, score in zip(found.boxes, found.scores):
            print("face " + " ".join(f"{value:.1f}" for value in box) + f", score {score:.3f}")
        origin = score_origin(accelerator, arguments.threshold)
        print(f"{len(found)} boxes of score {least:g} or more{origin}")
    else:
        for key, value in accelerator.counters().items():
            print(f"{key}: {value}")


def _run_frames(accelerator: DupNetAccelerator, sources: list[str], out: str) -> None:
    """Integers, or real numbers that become such, to integers and the file's outputs.

    sources: a file for each input.
    """
    inputs, results = accelerator.description.inputs, accelerator.description.outputs
    if len(sources) != len(inputs):
        names = ", ".join(source.name for source in inputs)
        of = f" ({names}), in this order" if len(inputs) > 1 else ""
        raise AcceleratorError(
            f"{len(sources)} files of frames; expected one for each of {len(inputs)} inputs{of}"
        )
    arrays = []
    for index, path in enumerate(sources):
        frames = load_array(path)
        if frames.dtype.kind == "f":
            frames = accelerator.quantize(frames, index)
        elif frames.dtype.kind in "iu":
            inputs[index].taken.check(frames)
            frames = frames.astype(inputs[index].dtype)
        arrays.append(frames)
    integers = accelerator.execute(only(arrays))
    outputs = accelerator.outputs(integers)
    listed = as_list(integers, len(results))
    several = len(results) > 1
    named = {
        f"integers_{result.name}" if several else "integers": array
        for result, array in zip(results, listed)
    }
    for name in named:
        if name in outputs:
            raise AcceleratorError(f"an output of the network is called {name}; use execute")
    try:
        with open(out, "wb") as file:
            np.savez(file, **named, **outputs)
    except OSError as error:
        raise AcceleratorError(f"{out}: cannot be written ({error.strerror})") from None
    print(f"{len(listed[0])} frames: {', '.join([*named, *outputs])} in {out}")


if __name__ == "__main__":
    sys.exit(main())
