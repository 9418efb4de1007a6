"""``python -m flows.make.configuration``: the build configuration of the Makefile, as YAML.

A path is written as a quoted text, whatever is in its name.
"""

import argparse
import json
import sys
from pathlib import Path


def text(
    model: Path, name: str, network: str, board: str, fps: str, pixels: str, folding: str
) -> str:
    """The configuration.

    model: the QONNX file, beside the configuration; name: of the build folder; network: its name in
    the zoo; fps, pixels: target, pixels first; folding: path of a file, or "".
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
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.make.configuration", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    for name in ("name", "network", "board", "fps"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pixels", default="")
    parser.add_argument("--folding", default="")
    sys.stdout.buffer.write(text(**vars(parser.parse_args())).encode())


if __name__ == "__main__":
    main()
