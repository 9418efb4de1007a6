"""Fit the head's biases of a checkpoint to pictures, everything else fixed.

    python -m model.training.fit_biases --checkpoint OLD.npz --data FOLDER --out NEW.npz

The last flips of the head's binary weights move its sums, and behind the head there is no BatchNorm
that would take that up: `fit_biases` fits the head's biases, 30 numbers. The new checkpoint has the
old one's weights and thresholds, and its description with `settled` added; its metrics are those on
--val, which must hold other pictures, or none.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model.checkpoint import load_checkpoint, network_from, save_checkpoint
from model.network import Network
from model.training.data import PictureSet
from model.training.loss import LossConfig, detection_loss
from model.training.refits import metrics_on, refit_parser, splits, whole_batches
from model.training.state import commit
from model.training.validate import described
from model.zoo import STRIDE
from outside.arguments import Parser
from outside.command import run_command

RATE = 0.05
"""Adam's first learning rate in `fit_biases`; it falls to zero linearly."""


def fit_biases(
    network: Network,
    inputs: Sequence[Tensor],
    boxes: Tensor,
    kinds: Tensor,
    loss: LossConfig,
    steps: int,
) -> None:
    """Fit the head's biases, so that the loss of these pictures is least.

    Args:
        network: in evaluation mode.
        inputs: the head's inputs of the pictures, in batches (B, C, H, W): `Network.features`.
        boxes: of all pictures, (N, M, 4) in cells.
        kinds: (N, M).
        loss: what was trained.
        steps: of Adam, a batch each in turn.
    """
    bias = network.head.bias
    anchors = torch.tensor(network.spec.anchors, device=bias.device)
    sizes = [len(x) for x in inputs]
    parts = list(zip(boxes.split(sizes), kinds.split(sizes), strict=True))
    shape = (1, -1, 1, 1)
    with torch.no_grad():
        without = [network.head(x) - bias.reshape(shape) for x in inputs]
    fitted = bias.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([fitted], lr=RATE)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
        index = step % len(inputs)
        found = detection_loss(without[index] + fitted.reshape(shape), *parts[index], anchors, loss)
        optimizer.zero_grad()
        found.total.backward()
        optimizer.step()
    with torch.no_grad():
        bias.copy_(fitted)


def trained_loss(metadata: dict[str, Any]) -> LossConfig:
    """The loss that the checkpoint was trained with; the default if it does not say."""
    try:
        return LossConfig(**metadata["training"]["loss"])
    except (KeyError, TypeError):
        return LossConfig()


def fit_checkpoint(
    checkpoint: Path, pictures: PictureSet, val: PictureSet | None, out: Path, steps: int
) -> dict[str, Any]:
    """Write the fitted checkpoint; returns its metrics on `val` (none: empty)."""
    stored = load_checkpoint(checkpoint)
    network = network_from(stored)
    with torch.no_grad():
        inputs = [network.features(batch) for batch in whole_batches(pictures)]
    boxes = torch.from_numpy(pictures.boxes / STRIDE)
    kinds = torch.from_numpy(pictures.kinds.astype(np.int64))
    fit_biases(network, inputs, boxes, kinds, trained_loss(stored.metadata), steps)
    metrics = metrics_on(network, val)
    done = {"pictures": len(pictures), "steps": steps, "of": stored.digest, "commit": commit()}
    save_checkpoint(out, network, {**stored.metadata, "metrics": metrics, "settled": done})
    return metrics


def _parser() -> Parser:
    parser = refit_parser("python -m model.training.fit_biases", __doc__, 256)
    parser.add_argument("--steps", type=int, default=200, help="of Adam (default 200)")
    return parser


def _run(options: argparse.Namespace) -> None:
    pictures, val = splits(options, "steps")
    metrics = fit_checkpoint(options.checkpoint, pictures, val, options.out, options.steps)
    print(f"{described(metrics)}wrote {options.out}")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments, subject=lambda options: options.checkpoint)


if __name__ == "__main__":
    sys.exit(main())
