"""The configuration of a comparison (networks, data, budget), and its presets."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from model.errors import ModelError
from model.training.augment import AugmentConfig
from model.training.config import TrainConfig


@dataclass(frozen=True)
class Rates:
    """Highest learning rates of a network."""

    rate: float  # of BatchNorm, biases, full-precision weights
    latent_rate: float  # of latent weights


@dataclass(frozen=True)
class Comparison:
    """The terms, the same for every network but for its learning rates."""

    size: int  # height and width of the scenes, in pixels
    near: bool  # portraits and groups alone (model.scenes, --near)
    pictures: int  # scenes to train on
    held_out: int  # scenes to evaluate on
    steps: int  # of training
    batch: int
    sizes: tuple[int, ...]  # of the network's input in training
    train_seed: int = 1  # of the scenes to train on
    held_out_seed: int = 900_000
    seeds: tuple[int, ...] = (1,)  # of weights, order of the pictures, augmentation
    rates: dict[str, Rates] = field(default_factory=dict)  # by network; others: TrainConfig's
    zoom: tuple[float, float] = (0.4, 2.0)  # of the augmentation
    least_side: float = 6.0  # pixels; smaller faces are ignored in training
    average: float = 0.999  # decay of the average of the weights
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"  # of training; evaluation is exact
    warmup: int = 200  # steps
    hold: float = 0.5  # share of the run at the highest rates, before the cosine
    calibration: int = 1024  # pictures for BatchNorm's final statistics and the head's biases
    settle: int = 200  # steps in which the final head's biases are fitted
    anneal: float = 0.8  # share of the run over which binary weights turn into signs
    affine: int = 400  # steps in which its gains and shifts are fitted
    save_minutes: float = 2.0

    def check(self) -> None:
        """Refuse what would not be a comparison on held-out scenes."""
        if not self.seeds:
            raise ModelError("no seeds; expected at least one")
        if self.held_out_seed == self.train_seed:
            raise ModelError(
                f"held-out scenes of seed {self.held_out_seed}, which is that of the scenes to "
                "train on; expected another"
            )

    def training(self, model: str, seed: int, folder: Path) -> TrainConfig:
        """The run of one network with one seed on the scenes in a folder."""
        rates = self.rates.get(model.partition("/")[0])
        defaults = TrainConfig(model, ())
        return TrainConfig(
            model=model,
            data=(str(folder),),
            hold_out=0.0,
            seed=seed,
            steps=self.steps,
            batch=self.batch,
            size=self.size,
            sizes=self.sizes,
            rate=rates.rate if rates else defaults.rate,
            latent_rate=rates.latent_rate if rates else defaults.latent_rate,
            average=self.average,
            precision=self.precision,
            warmup=self.warmup,
            hold=self.hold,
            preload=True,
            workers=1,
            calibration=self.calibration,
            settle=self.settle,
            affine=self.affine,
            anneal=self.anneal,
            save_minutes=self.save_minutes,
            augment=AugmentConfig(
                zoom=self.zoom,
                least_side=self.least_side,
                scale=0.0,
                mosaic=(0.0, 0.0),
                rotated=0.0,
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """As plain values of JSON."""
        found: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return found


_NEAR_RATES = {"tiny-yolo": Rates(1e-3, 0.0)} | {
    name: Rates(4e-3, 5e-3) for name in ("ifq-tinier-yolo", "dupnet-tinier-yolo", "dupnet-l-pact")
}
_SMALL = Comparison(
    size=128,
    near=True,
    pictures=3000,
    held_out=1500,
    steps=1600,
    batch=16,
    sizes=(128,),
    rates=_NEAR_RATES,
    zoom=(0.7, 1.5),
    least_side=14.0,
    average=0.995,
    precision="bf16",
    save_minutes=1.0,
)

PRESETS = {
    # half an hour or so on one core of a CPU that computes in bfloat16
    "small": _SMALL,
    # four times the steps, twice the scenes: an hour or so
    "medium": dataclasses.replace(_SMALL, pictures=6000, steps=6400, average=0.998),
    # a GPU, some hours a seed
    "full": Comparison(
        size=512,
        near=False,
        pictures=20_000,
        held_out=1000,
        steps=40_000,
        batch=64,
        sizes=(384, 448, 512),
        seeds=(1, 2, 3),
        rates={"tiny-yolo": Rates(1e-3, 0.0)},
        average=0.9995,
    ),
}
