"""Write labelled scenes: `python -m model.scenes --n 1000 --seed 0 --out build/scenes`."""

import argparse
import os
import sys
from pathlib import Path

from model.errors import ModelError
from model.scenes.layout import SPLITS, write_scenes


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m model.scenes", description=__doc__)
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
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}, split {options.split}, {options.n} scenes", flush=True)
    try:
        target = write_scenes(
            options.out,
            options.split,
            options.n,
            options.seed,
            options.size,
            options.jobs,
            options.near,
        )
    except ModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
