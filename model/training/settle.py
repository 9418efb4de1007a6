"""Fit the head's biases of a checkpoint to pictures, everything else fixed.

    python -m model.training.settle --checkpoint OLD.npz --data FOLDER --out NEW.npz --val FOLDER

The biases are what training leaves least settled: `model.training.calibrate`. The new checkpoint
has the old one's weights and thresholds, and its description with `settled` added; its metrics are
those on --val, which must hold other pictures, or none.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from model.checkpoint import load_checkpoint, network_from, save_checkpoint
from model.errors import ModelError
from model.training.batches import plain_batches
from model.training.calibrate import settle
from model.training.config import TrainConfig
from model.training.data import PictureSet, Streamed, load_split
from model.training.loss import LossConfig
from model.training.state import commit
from model.training.validate import described, evaluate
from model.zoo import STRIDE
from outside.arguments import Parser
from outside.command import run_command

BATCH = 16


def trained_loss(metadata: dict[str, Any]) -> LossConfig:
    """The loss that the checkpoint was trained with; the default if it does not say."""
    try:
        return LossConfig(**metadata["training"]["loss"])
    except (KeyError, TypeError):
        return LossConfig()


def settle_checkpoint(
    checkpoint: Path, pictures: PictureSet, val: PictureSet | None, out: Path, steps: int
) -> dict[str, Any]:
    """Write the settled checkpoint; returns its metrics on `val` (none: empty)."""
    stored = load_checkpoint(checkpoint)
    network = network_from(stored)
    cpu = torch.device("cpu")
    batches = plain_batches(Streamed(pictures, cpu, 0), range(len(pictures)), BATCH)
    with torch.no_grad():
        inputs = [network.features(batch) for batch in batches]
    boxes = torch.from_numpy(pictures.boxes / STRIDE)
    kinds = torch.from_numpy(pictures.kinds.astype(np.int64))
    settle(network, inputs, boxes, kinds, trained_loss(stored.metadata), steps)
    metrics: dict[str, Any] = {}
    if val is not None:
        metrics = evaluate(
            network, val, plain_batches(Streamed(val, cpu, 0), range(len(val)), BATCH)
        )
    done = {"pictures": len(pictures), "steps": steps, "of": stored.digest, "commit": commit()}
    save_checkpoint(out, network, {**stored.metadata, "metrics": metrics, "settled": done})
    return metrics


def _parser() -> Parser:
    parser = Parser(
        prog="python -m model.training.settle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    size = TrainConfig("", ()).size
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint to start from")
    parser.add_argument("--data", type=Path, required=True, help="folder with split train")
    parser.add_argument("--val", type=Path, help="folder with split val, of other pictures")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--pictures", type=int, default=256, help="so many (default 256; 0: all)")
    parser.add_argument("--steps", type=int, default=200, help="of Adam (default 200)")
    parser.add_argument("--size", type=int, default=size, help=f"letterbox (default {size})")
    return parser


def _run(options: argparse.Namespace) -> None:
    if options.steps < 1 or options.pictures < 0:
        raise ModelError(
            f"{options.steps} steps, {options.pictures} pictures; expected 1 or more steps, "
            "0 or more pictures"
        )
    pictures = load_split(options.data, "train", options.size, options.pictures)
    val = load_split(options.val, "val", options.size) if options.val else None
    metrics = settle_checkpoint(options.checkpoint, pictures, val, options.out, options.steps)
    print(f"{described(metrics)}wrote {options.out}")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments, subject=lambda options: options.checkpoint)


if __name__ == "__main__":
    sys.exit(main())
