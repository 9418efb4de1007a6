"""``weights``: other weights and thresholds for a build that takes such while it runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.command import Command

if TYPE_CHECKING:
    from flows.build.build import Build


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", type=Path, required=True, metavar="FILE.onnx",
        help="the same network with other weights and thresholds",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="of the vectors to validate with")


def _run(build: Build, arguments: argparse.Namespace) -> dict[str, Any]:
    from flows.weights.write import write_weights

    return {"weights": str(write_weights(build, arguments.model, arguments.seed))}


COMMAND = Command(
    "weights",
    "write the words that turn a running accelerator into another of the same structure",
    _add_arguments,
    _run,
)
