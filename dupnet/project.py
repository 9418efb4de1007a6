"""``dupnet config``: a network's QONNX file and its build configuration, as ``make config``.

Both lie in the folder build, with the build folder beside them: ``<network>-<board>.yaml``. An
export that is there is taken as it is, unless the network, the exporter or torch are others now.
The options may stand in place of CONFIG.yaml in any command that takes one.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dupnet.checkpoints import shipped
from flows.errors import FlowError
from flows.files import write_text
from flows.make.check import weights
from flows.make.configuration import text
from flows.make.variables import CHECKS
from hw.boards import board_names, load_board
from model.exporter import exporter
from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import run_command

#: Where all of it goes, unless told otherwise.
FOLDER = Path("build")
#: Option -> variable of the Makefile that holds the same, default, help.
OPTIONS = {
    "network": ("MODEL", "dupnet-tinier-yolo", "network of the zoo (default: dupnet-tinier-yolo)"),
    "board": ("BOARD", "Pynq-Z2", "default: Pynq-Z2"),
    "fps": ("TARGET_FPS", None, "frames a second to reach (default: 60; 10 at a serial line)"),
    "pixels-per-clock": ("PIXELS_PER_CLOCK", None, "instead: pixels a clock, 1/16 to 8"),
    "size": ("SIZE", "512", "height and width of the input (default: 512)"),
    "model-seed": ("MODEL_SEED", "1", "seed of untrained weights (default: 1)"),
    "folding": ("FOLDING", None, "JSON file with PE and SIMD by node name"),
    "name": ("NAME", None, "of the build folder (default: of network, board and weights)"),
}  # fmt: skip
CHECKPOINT_HELP = "trained weights (default: those that ship with the network; '': of the seed)"
_FPS = 60


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say which network is built for what."""
    for option, (_, _, said) in OPTIONS.items():
        parser.add_argument(f"--{option}", help=said)
    parser.add_argument("--checkpoint", metavar="FILE", help=CHECKPOINT_HELP)


def write(options: argparse.Namespace, folder: Path = FOLDER) -> Path:
    """Write export and configuration; returns the latter's path.

    options: as ``add_options`` has them. Raises FlowError for a value that cannot be meant.
    """
    values = _checked(options)
    network, board, size = values["network"], values["board"], values["size"]
    checkpoint = values["checkpoint"]
    if checkpoint is None:
        found = shipped(network)
        checkpoint = str(found) if found else ""
    seed = values["model-seed"]
    digest, own = weights(network, values["checkpoint"], seed)
    name = values["name"] or f"{network}-{board}{'' if own else f'-{digest}'}"
    model = folder / f"{network}-{size}-{digest}.onnx"
    _export(model, network, int(size), int(seed), Path(checkpoint) if checkpoint else None)
    fps = values["fps"] or _frames_a_second(board)
    pixels, folding = values["pixels-per-clock"] or "", values["folding"] or ""
    path = folder / f"{name}.yaml"
    write_text(path, text(model, name, network, board, fps, pixels, folding))
    return path


def _checked(options: argparse.Namespace) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for option, (variable, default, _) in OPTIONS.items():
        given = getattr(options, option.replace("-", "_"))
        if given is not None and (fault := CHECKS[variable](given)):
            raise FlowError(f"--{option} {given}: {fault}")
        values[option] = default if given is None else given
    values["checkpoint"] = options.checkpoint
    if options.checkpoint and (fault := CHECKS["CHECKPOINT"](options.checkpoint)):
        raise FlowError(f"--checkpoint {options.checkpoint}: {fault}")
    if values["fps"] and values["pixels-per-clock"]:
        raise FlowError("--fps and --pixels-per-clock are both given; expected one")
    return values


def _frames_a_second(board: str) -> str:
    """Frames a second for a board, unless told otherwise; an unknown one is refused later."""
    side = load_board(board).serial if board in board_names() else None
    return str(side.fps if side else _FPS)


def _export(path: Path, network: str, size: int, seed: int, checkpoint: Path | None) -> None:
    """Export, unless this very export is there."""
    mark, made_by = path.with_suffix(".exporter"), exporter()
    if path.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == made_by:
        return
    from model.export import export

    mark.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    export(network, seed, size, path, checkpoint)
    write_text(mark, made_by)
    print(f"exported {network}, {size} x {size}: {path}", flush=True)


def _run(options: argparse.Namespace) -> Answer:
    path = write(options, options.into)
    print(path)
    return Answer({"config": str(path)})


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = Parser(
        prog="python -m dupnet.project",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    parser.add_argument(
        "--into", type=Path, default=FOLDER, metavar="DIR", help="where all goes (default: build)"
    )
    add_json(parser)
    return run_command(parser, _run, argv)


if __name__ == "__main__":
    sys.exit(main())
