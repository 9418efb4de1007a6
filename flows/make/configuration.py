"""``python -m flows.make.configuration``: the build configuration of the Makefile, as YAML.

A path is written as a quoted text, whatever is in its name.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from outside.arguments import Parser
from outside.command import run_command


def text(
    model: Path,
    name: str,
    network: str,
    board: str,
    fps: str,
    pixels: str,
    folding: str,
    camera: str = "",
    camera_lanes: str = "",
) -> str:
    """The configuration.

    model: the QONNX file, beside the configuration; name: of the build folder; network: its name in
    the zoo; fps, pixels: target, pixels first; folding: path of a file, or ""; camera,
    camera_lanes: where a camera's frames come from, and pixels of a beat, or "".
    """
    lines = [
        f"model: {model.name}",
        f"output_dir: {name}",
        f"name: {network.replace('-', '_')}",
        f"board: {board}",
        f"pixels_per_clock: {pixels}" if pixels else f"target_fps: {fps}",
    ]
    if folding:
        path = json.dumps(str(Path(folding).resolve()), ensure_ascii=False)
        lines.append(f"folding_config_file: {path}")
    if camera:
        lines.append(f"camera: {camera}")
        lines += [f"camera_lanes: {camera_lanes}"] if camera_lanes else []
    return "\n".join(lines) + "\n"


def _write(options: argparse.Namespace) -> None:
    sys.stdout.buffer.write(text(**vars(options)).encode("utf-8", "surrogateescape"))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(prog="python -m flows.make.configuration", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    for name in ("name", "network", "board", "fps"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pixels", default="")
    parser.add_argument("--folding", default="")
    parser.add_argument("--camera", default="")
    parser.add_argument("--camera-lanes", default="")
    return run_command(parser, _write, argv)


if __name__ == "__main__":
    sys.exit(main())
