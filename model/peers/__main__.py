"""Face detectors of others and ours on the same pictures: `python -m model.peers --help`.

Average precision at IoU 0.5, of all faces and by their size, as `model.evaluation network` prints
it; size of the weights; pictures by second on one core. Every detector gets the same frame, the
picture in a letterbox. A detector that is not installed is named, with the command that installs
it.
"""

import argparse
import json
import sys
from pathlib import Path

from model.errors import ModelError
from model.files import write_atomic
from model.peers.measure import measure
from model.peers.table import table
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

PACKAGES = Path("build/peers/packages")


def _parser() -> Parser:
    """The command line."""
    parser = Parser(
        prog="python -m model.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder that holds WIDER_<split> and its boxes"
    )
    parser.add_argument("--split", default="val", help="split of it (default val)")
    parser.add_argument(
        "--checkpoint", type=Path, nargs="+", required=True, help="ours; rates are by the first's"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--packages",
        type=Path,
        default=PACKAGES,
        help=f"folder below which others are installed (default {PACKAGES})",
    )
    parser.add_argument("--only", default="", metavar="A,B", help="these of the others")
    parser.add_argument("--limit", type=int, default=0, help="first so many pictures (default all)")
    parser.add_argument("--size", type=int, default=512, help="letterbox (default 512)")
    add_json(parser)
    return parser


def _run(options: argparse.Namespace) -> Answer:
    if options.limit < 0:
        raise ModelError(f"--limit {options.limit}; expected 0 or more")
    if not 32 <= options.size <= 4096 or options.size % 32:
        raise ModelError(f"--size {options.size}; expected a multiple of 32 up to 4096")
    measured = measure(
        options.data,
        options.split,
        options.checkpoint,
        options.packages,
        options.out,
        size=options.size,
        limit=options.limit,
        only=[name for name in options.only.split(",") if name],
    )
    print("\n".join(table(measured)))
    write_atomic(options.out / "peers.json", (json.dumps(measured, indent=1) + "\n").encode())
    return Answer(measured, status=int(any("failed" in one for one in measured["rows"])))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments)


if __name__ == "__main__":
    sys.exit(main())
