"""Refits of a checkpoint's head on whole pictures: what their commands have in common."""

import argparse
from pathlib import Path
from typing import Any

import torch

from model.errors import ModelError
from model.network import Network
from model.training.batches import plain_batches
from model.training.config import TrainConfig
from model.training.data import PictureSet, Streamed, load_split
from model.training.validate import evaluate
from outside.arguments import Parser

BATCH = 16


def refit_parser(prog: str, description: str | None, count: int) -> Parser:
    """A parser with checkpoint, pictures and result; count: how many pictures if none are said."""
    parser = Parser(
        prog=prog,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    size = TrainConfig("", ()).size
    said = f"default {count}; 0: all" if count else "default 0: all"
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint to start from")
    parser.add_argument("--data", type=Path, required=True, help="folder with split train")
    parser.add_argument("--val", type=Path, help="folder with split val, of other pictures")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--pictures", type=int, default=count, help=f"so many ({said})")
    parser.add_argument("--size", type=int, default=size, help=f"letterbox (default {size})")
    return parser


def splits(options: argparse.Namespace, rounds: str) -> tuple[PictureSet, PictureSet | None]:
    """The pictures to fit to and those to evaluate on, if any.

    rounds: the option that says how often; ModelError where it or the pictures are too few.
    """
    number = getattr(options, rounds)
    if number < 1 or options.pictures < 0:
        raise ModelError(
            f"{number} {rounds}, {options.pictures} pictures; expected 1 or more {rounds}, "
            "0 or more pictures"
        )
    val = load_split(options.val, "val", options.size) if options.val else None
    return load_split(options.data, "train", options.size, options.pictures), val


def whole_batches(pictures: PictureSet) -> Any:
    """Batches (B, 3, S, S) of all pictures in their order, on the CPU."""
    source = Streamed(pictures, torch.device("cpu"), 0)
    return plain_batches(source, range(len(pictures)), BATCH)


def metrics_on(network: Network, val: PictureSet | None) -> dict[str, Any]:
    """Figures of `evaluate` on a split; empty without one."""
    return {} if val is None else evaluate(network, val, whole_batches(val))
