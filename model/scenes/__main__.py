"""Write labelled scenes: `python -m model.scenes --n 1000 --seed 0 --out build/scenes`."""

import argparse
import os
import sys
from pathlib import Path

from model.scenes.layout import SPLITS, write_scenes
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command


def _parser() -> Parser:
    """The command line."""
    parser = Parser(prog="python -m model.scenes", description=__doc__)
    parser.add_argument("--n", type=int, required=True, help="number of scenes")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bytes")
    parser.add_argument("--out", type=Path, required=True, help="folder, in WIDER FACE's layout")
    parser.add_argument("--split", choices=SPLITS, default="train")
    parser.add_argument("--size", type=int, default=512, help="pixels a side")
    parser.add_argument(
        "--near",
        action="store_true",
        help="large faces: one to three people close to the camera, no crowds",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    add_json(parser)
    return parser


def _run(options: argparse.Namespace) -> Answer:
    """Write the scenes."""
    print(f"seed {options.seed}, split {options.split}, {options.n} scenes", flush=True)
    target = write_scenes(
        options.out,
        options.split,
        options.n,
        options.seed,
        options.size,
        options.jobs,
        options.near,
    )
    print(target)
    return Answer({"folder": str(target), "split": options.split, "scenes": options.n})


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    return run_command(_parser(), _run, arguments, subject=lambda options: options.out)


if __name__ == "__main__":
    sys.exit(main())
