"""Short runs on small scenes, for the tests of trainings."""

import dataclasses
from pathlib import Path
from typing import Any

import torch

from model.training.config import TrainConfig
from model.training.trainer import Trainer

CPU = torch.device("cpu")


def small(discs: Path, **changes: Any) -> TrainConfig:
    base = TrainConfig(
        "dupnet-tinier-yolo",
        (str(discs),),
        epochs=2,
        batch=4,
        limit=16,
        hold_out=0.0,
        size=64,
        sizes=(32, 64),
        workers=0,
        log_every=1,
        warmup=2,
        settle=4,
    )
    return dataclasses.replace(base, **changes)


def train(config: TrainConfig, out: Path, resume: bool = False) -> dict[str, Any]:
    return Trainer(config, out, CPU, resume=resume, tensorboard=False).run()
