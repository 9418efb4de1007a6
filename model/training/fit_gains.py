"""The last part of a training: BatchNorm's gains and shifts for the final weights.

While binary weights flip, gains and shifts chase them; the weights that are kept, an average, are
of no step of the training, and their statistics are computed behind it (`measure_statistics`).
`fit_gains` fits gains, shifts and the head's biases to what is kept: signs and statistics are
fixed, batches are augmented as in training. In hardware these are thresholds alone; nothing is
added.

    python -m model.training.fit_gains --checkpoint OLD.npz --data FOLDER --out NEW.npz --val FOLDER

does it to a checkpoint. Full-precision weights and PACT's clipping levels stay as they are.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import torch

from model.checkpoint import load_checkpoint, network_from, save_checkpoint
from model.errors import ModelError
from model.layers import ConvBlock
from model.network import Network
from model.training.batches import Batch, Batches, load_data, plain_batches
from model.training.config import TrainConfig
from model.training.fit_biases import trained_loss
from model.training.lean import TrainingNetwork
from model.training.loss import LossConfig, detection_loss
from model.training.sources import parse
from model.training.state import commit
from model.training.validate import described, evaluate
from outside.arguments import Parser
from outside.command import run_command

RATE = 5e-3
"""Adam's first learning rate; it falls to zero linearly."""
SILENCE = 30.0
"""Seconds between two lines."""


def fit_gains(
    network: Network,
    batches: Iterator[Batch],
    loss: LossConfig,
    steps: int,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Fit gains, shifts and the head's biases, so that the loss of these batches is least.

    Args:
        network: in evaluation mode, as it stays.
        batches: at least as many as steps.
        loss: what was trained.
        steps: of Adam, a batch each.
        dtype: of activations and convolutions.
    Raises ModelError if the loss is not finite; the network is then as it was.
    """
    network.eval()
    blocks = [cast(ConvBlock, block) for block in network.blocks.values()]
    fitted = [cast(torch.nn.Parameter, network.head.bias)]
    fitted += [p for block in blocks for p in (block.norm.weight, block.norm.bias)]
    known = {id(p) for p in fitted}
    kept = [p.detach().clone() for p in fitted]
    learning = {p: p.requires_grad for p in network.parameters()}
    for p in learning:
        p.requires_grad_(id(p) in known)
    model = TrainingNetwork(network, dtype, fixed=True)
    anchors = torch.tensor(network.spec.anchors, device=fitted[0].device)
    optimizer = torch.optim.Adam(fitted, lr=RATE)
    spoken = time.monotonic()
    try:
        for step, batch in enumerate(itertools.islice(batches, steps)):
            optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
            output = model(batch.pixels)
            total = detection_loss(output, batch.boxes, batch.kinds, anchors, loss).total
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            if time.monotonic() - spoken > SILENCE:
                spoken = time.monotonic()
                print(f"gains and shifts: step {step + 1} of {steps}", flush=True)
    finally:
        for p, wanted in learning.items():
            p.requires_grad_(wanted)
    if not all(bool(torch.isfinite(p).all()) for p in fitted):
        with torch.no_grad():
            for p, value in zip(fitted, kept, strict=True):
                p.copy_(value)
        raise ModelError("gains and shifts became not finite: the loss is unusable on these data")


def endless(batches: Batches, epoch: int) -> Iterator[Batch]:
    """The batches of this epoch and all that follow."""
    return itertools.chain.from_iterable(batches.epoch(each) for each in itertools.count(epoch))


def fit_checkpoint(checkpoint: Path, config: TrainConfig, steps: int, out: Path) -> dict[str, Any]:
    """Write the fitted checkpoint; returns its metrics on the configuration's `val` (none: empty).

    Of the configuration, data, sizes, batch and seed count; the loss is the checkpoint's own.
    """
    stored = load_checkpoint(checkpoint)
    network = network_from(stored)
    cpu = torch.device("cpu")
    data = load_data(config, cpu)
    batches = Batches(data.train, data.source, config, cpu)
    dtype = torch.bfloat16 if config.precision == "bf16" else torch.float32
    fit_gains(network, endless(batches, 0), trained_loss(stored.metadata), steps, dtype)
    metrics: dict[str, Any] = {}
    if data.val is not None and data.val_source is not None:
        order = range(len(data.val))
        metrics = evaluate(network, data.val, plain_batches(data.val_source, order, 16))
    done = {
        "steps": steps,
        "batch": config.batch,
        "sizes": list(config.sizes),
        "seed": config.seed,
        "precision": config.precision,
        "of": stored.digest,
        "commit": commit(),
    }
    save_checkpoint(out, network, {**stored.metadata, "metrics": metrics, "affine": done})
    return metrics


def _parser() -> Parser:
    parser = Parser(
        prog="python -m model.training.fit_gains",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint to start from")
    parser.add_argument(
        "--data",
        nargs="+",
        action="extend",
        required=True,
        metavar="FOLDER[:WEIGHT]",
        help="folders with split train, as model.training takes them",
    )
    parser.add_argument("--val", type=Path, help="folder with split val, of other pictures")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--steps", type=int, default=400, help="of Adam (default 400)")
    parser.add_argument("--batch", type=int, default=16, help="pictures a step (default 16)")
    parser.add_argument("--size", type=int, default=512, help="letterbox (default 512)")
    parser.add_argument("--input", type=int, default=256, help="windows of it (default 256)")
    parser.add_argument("--seed", type=int, default=1, help="of order and augmentation")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    return parser


def _run(options: argparse.Namespace) -> None:
    if options.steps < 1:
        raise ModelError(f"{options.steps} steps; expected 1 or more")
    folders, weights = parse(options.data)
    config = TrainConfig(
        model="",
        data=folders,
        weights=weights,
        val=str(options.val or ""),
        seed=options.seed,
        steps=options.steps,
        batch=options.batch,
        size=options.size,
        sizes=(options.input,),
        precision=options.precision,
        workers=min(TrainConfig.workers, os.cpu_count() or 1),
    )
    config.check()
    print(f"seed {options.seed}")
    metrics = fit_checkpoint(options.checkpoint, config, options.steps, options.out)
    print(f"{described(metrics)}wrote {options.out}")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    return run_command(_parser(), _run, arguments, subject=lambda options: options.checkpoint)


if __name__ == "__main__":
    sys.exit(main())
