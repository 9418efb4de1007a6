"""``python -m dupnet.camera --data FOLDER``: the camera path's integers against real numbers.

Resizes labelled pictures (WIDER FACE's layout), runs the integer network and finds boxes twice, as
training does and as ``camera_path`` says, and prints how far frames, boxes and average precision
lie apart. The exit status is 1 where boxes differ by more than a pixel of the picture, or the
average precision by more than 0.002.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from camera_path.path import HARDWARE_CANDIDATES
from dupnet.camera.compare import compare
from dupnet.detector import load
from flows.errors import FlowError
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    parser = Parser(prog="python -m dupnet.camera", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        required=True,
        metavar="FOLDER",
        help="folder that holds WIDER_<split> and its boxes; may be given again",
    )
    parser.add_argument("--split", default="val", help="split of it (default val)")
    parser.add_argument(
        "--network",
        default="dupnet-tinier-yolo",
        help="network that ships, or a file (.npz, .onnx)",
    )
    parser.add_argument("--size", type=int, default=512, help="network's frame (default 512)")
    parser.add_argument("--score", type=float, help="least score (default: the network's own)")
    parser.add_argument(
        "--candidates",
        type=int,
        default=HARDWARE_CANDIDATES,
        help=f"kept a frame (default: the hardware's, {HARDWARE_CANDIDATES})",
    )
    parser.add_argument("--most", type=int, help="pictures at most (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here")
    return parser


def _run(options: argparse.Namespace) -> int:
    from flows.files import write_text
    from model.data.wider import read_split

    if options.candidates < 1 or (options.most is not None and options.most < 1):
        raise FlowError("--candidates, --most: expected 1 or more")
    pictures = [one for folder in options.data for one in read_split(folder, options.split, True)][
        : options.most
    ]
    detector = load(options.network, options.size)
    score = detector.threshold if options.score is None else options.score
    result = compare(detector.emulator, detector.head, pictures, score, options.candidates)
    print("\n".join(result.lines(score)))
    if options.json:
        write_text(options.json, json.dumps(asdict(result), indent=1) + "\n")
    return 0 if result.holds() else 1


def main(argv: Sequence[str] | None = None) -> int:
    """Compare; returns the exit status."""
    return run_command(_parser(), _run, argv)


if __name__ == "__main__":
    sys.exit(main())
