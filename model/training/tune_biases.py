"""Tune the head's biases of a checkpoint for average precision, everything else fixed.

    python -m model.training.tune_biases --checkpoint OLD.npz --data FOLDER --out NEW.npz

`fit_biases` makes the loss least. What is judged is the average precision behind suppression, in
which the scores of all anchors are one order and a box counts from an IoU of 0.5 on. `tune_biases`
climbs it: one bias after another is moved by its step as long as the pictures' precision rises, in
every further pass by half of that step. 30 numbers of 16 bits change, no weight and no threshold:
the accelerator's integers stay what they are.

The new checkpoint has the old one's description with `tuned` added; its metrics are those on --val,
which must hold other pictures, or none.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from model.checkpoint import load_checkpoint, network_from, save_checkpoint
from model.detection.decode import OUTPUTS, Detections, Head, detect
from model.errors import ModelError
from model.evaluation.boxes import average_precision, curve
from model.layers import BIAS_FRACTION_BITS, HeadConv
from model.network import Network
from model.training.data import PictureSet
from model.training.refits import BATCH, metrics_on, refit_parser, splits, whole_batches
from model.training.state import commit
from model.training.validate import described, truth
from outside.arguments import Parser
from outside.command import run_command

STEPS = {"t_w": 0.04, "t_h": 0.04, "t_o": 0.2, "t_x": 0.1, "t_y": 0.1}
"""Moves of a bias in the first pass, by the output that it is of, in their order."""
_CHANNEL = {"t_x": 0, "t_y": 1, "t_w": 2, "t_h": 3, "t_o": 4}  # of an anchor's (model.detection)
LEAST_SCORE, LIMIT = 0.03, 200
"""Boxes below this score, and beyond so many a picture, hardly matter, and cost time."""


class Precision:
    """Average precision at IoU 0.5 of the head's outputs on pictures, with biases added to them."""

    def __init__(
        self, outputs: NDArray[np.float32], pictures: PictureSet, anchors: list[tuple[float, float]]
    ) -> None:
        """outputs: (N, H, W, 30) of the network on each picture."""
        self.outputs, self.size = outputs, float(pictures.size)
        self.head = Head(tuple(anchors))
        self.truth = truth(pictures)

    def __call__(self, moved: NDArray[np.float32]) -> float:
        """With moved (30,) added to the outputs."""
        found: list[Detections] = []
        for output in self.outputs:
            (one,) = detect((output + moved)[np.newaxis], self.head, LEAST_SCORE, limit=LIMIT)
            found.append(Detections(np.clip(one.boxes, 0.0, self.size), one.scores))
        return float(average_precision(curve(found, *self.truth)))


def climb(precision: Precision, passes: int) -> tuple[NDArray[np.float32], float, float]:
    """Numbers to add to the biases (30,), the precision without them, and with them."""
    anchors = len(precision.head.anchors)
    moved = np.zeros(OUTPUTS * anchors, np.float32)
    first = best = precision(moved)
    with tqdm(total=passes * len(STEPS) * anchors, unit="bias", disable=None) as bar:
        for channel, step in _moves(passes, anchors):
            for direction in (step, -step):
                before = best
                while True:
                    tried = moved.copy()
                    tried[channel] += direction
                    value = precision(tried)
                    if value <= best:
                        break
                    moved, best = tried, value
                if best > before:
                    break
            bar.update()
            bar.set_postfix_str(f"AP {best:.4f}, at first {first:.4f}")
    return moved, first, best


def _moves(passes: int, anchors: int) -> Iterator[tuple[int, float]]:
    """Channel and step: all outputs of one kind, anchor by anchor, in each pass."""
    for number in range(passes):
        for kind, step in STEPS.items():
            for anchor in range(anchors):
                yield OUTPUTS * anchor + _CHANNEL[kind], step / 2**number


def tune_biases(
    network: Network, pictures: PictureSet, passes: int
) -> tuple[NDArray[np.float32], float, float]:
    """Move the head's biases; returns by how much (30,), and the precision before and after.

    Args:
        network: in evaluation mode, quantized.
        pictures: not those that it is judged by.
        passes: over all biases.
    """
    if not isinstance(network.head, HeadConv):
        raise ModelError(f"{network.spec.name} is full precision; its head has no integer biases")
    batches = whole_batches(pictures)
    outputs = []
    with torch.no_grad():
        for batch in tqdm(batches, "outputs", -(-len(pictures) // BATCH), disable=None):
            outputs.append(network(batch).permute(0, 2, 3, 1).numpy())
    precision = Precision(np.concatenate(outputs), pictures, list(network.spec.anchors))
    moved, first, best = climb(precision, passes)
    with torch.no_grad():
        codes = network.head.bias_codes() + torch.round(
            torch.from_numpy(moved) * 2**BIAS_FRACTION_BITS
        )
        network.head.bias.copy_(codes * 2.0**-BIAS_FRACTION_BITS)
    return moved, first, best


def tune_checkpoint(
    checkpoint: Path, pictures: PictureSet, val: PictureSet | None, out: Path, passes: int
) -> dict[str, Any]:
    """Write the tuned checkpoint; returns its metrics on `val` (none: empty)."""
    stored = load_checkpoint(checkpoint)
    network = network_from(stored)
    moved, first, best = tune_biases(network, pictures, passes)
    print(f"AP of the {len(pictures)} pictures {first:.4f}, with biases tuned {best:.4f}")
    metrics = metrics_on(network, val)
    done = {
        "pictures": len(pictures),
        "passes": passes,
        "of": stored.digest,
        "commit": commit(),
        "moved": [round(float(value), 4) for value in moved],
        "ap": [round(first, 5), round(best, 5)],
    }
    save_checkpoint(out, network, {**stored.metadata, "metrics": metrics, "tuned": done})
    return metrics


def _parser() -> Parser:
    parser = refit_parser("python -m model.training.tune_biases", __doc__, 0)
    parser.add_argument("--passes", type=int, default=2, help="over all biases (default 2)")
    return parser


def _run(options: argparse.Namespace) -> None:
    pictures, val = splits(options, "passes")
    metrics = tune_checkpoint(options.checkpoint, pictures, val, options.out, options.passes)
    print(f"{described(metrics)}wrote {options.out}")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments, subject=lambda options: options.checkpoint)


if __name__ == "__main__":
    sys.exit(main())
