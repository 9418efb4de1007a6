"""The configuration of a training run, as it stands in the run folder's config.json."""

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from model.errors import ModelError
from model.training.augment import AugmentConfig
from model.training.loss import LossConfig

FREE = ("max_minutes", "workers", "preload", "log_every", "save_minutes", "validate_every")
"""Settings that may differ when a run is resumed."""

GROWING = ("epochs", "steps")
"""Settings that may be greater when a run is resumed: it goes on."""


_RANGES: tuple[tuple[str, Callable[[float], bool], str], ...] = (
    (
        "epochs steps max_minutes warmup patience limit workers settle affine clip decay "
        "latent_rate teacher_weight save_minutes validate_every",
        lambda value: 0 <= value < math.inf,
        "0 or more",
    ),
    ("batch log_every calibration", lambda value: value >= 1, "1 or more"),
    ("rate latent_scale", lambda value: 0 < value < math.inf, "more than 0"),
    ("seed", lambda value: 0 <= value < 2**31, "0 to 2^31 - 1"),
    ("average hold hold_out", lambda value: 0 <= value < 1, "0 to less than 1"),
    ("anneal", lambda value: 0 <= value <= 1, "0 to 1"),
)
"""Names of settings, what they may be, and that in words."""


@dataclass(frozen=True)
class TrainConfig:
    """The settings of a training: network, data, length and method."""

    model: str  # a network of the zoo
    data: tuple[
        str, ...
    ]  # folders in WIDER FACE's layout, or FOLDER/SPLIT (model.training.sources)
    weights: tuple[float, ...] = ()  # of the folders; empty: by their numbers of pictures
    split: str = "train"  # where a folder names none
    val: str = ""  # folder of the held-out pictures, or FOLDER/SPLIT; empty: none
    val_split: str = "val"
    hold_out: float = 0.1  # where val is empty: share of the pictures kept for evaluation; 0: none
    seed: int = 1

    # how long: whatever ends first; 0: no such limit
    epochs: int = 0
    steps: int = 0
    max_minutes: float = 0.0  # of wall clock, start and end included; the schedule follows it

    batch: int = 32  # pictures a step and GPU
    size: int = 512  # of the letterboxed pictures, and of evaluation
    sizes: tuple[int, ...] = (384, 448, 512, 576)  # of the network's input in training
    rate: float = 2e-3  # highest learning rate of BatchNorm, biases, full-precision weights
    latent_rate: float = 2e-3  # of latent weights; what counts is its ratio to latent_scale
    decay: float = 1e-4  # weight decay of full-precision weights
    warmup: int = 200  # steps; a tenth of the run if that is less
    hold: float = 0.5  # share of the run at the highest rates, before they fall as a cosine does
    clip: float = 10.0  # greatest norm of the gradient; 0: any
    average: float = 0.999  # decay of the average of the weights; 0: no average
    latent_scale: float = 0.1  # latent weights start uniform in +- this
    # share of the run over which latent weights turn into their signs; 0: signs from the start
    anneal: float = 0.8
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"  # auto: bf16 on a GPU, else fp32
    compile: bool = False  # torch.compile, once a size of the input
    init: str = ""  # checkpoint or training state whose weights are the start
    teacher: str = ""  # checkpoint of a full-precision network to learn from
    teacher_weight: float = 1.0
    anchors: tuple[tuple[float, float], ...] = ()  # in cells; empty: by k-means on the data
    new_anchors: bool = False  # by k-means even where `init` has anchors of its own

    limit: int = 0  # use the first so many pictures of each folder
    preload: bool = False  # keep all decoded pictures on the device
    workers: int = 4  # threads or processes that decode
    calibration: int = 256  # pictures for BatchNorm's final statistics
    settle: int = 200  # steps in which the final head's biases are fitted to them; 0: not
    # steps behind the end in which final gains and shifts are fitted; a quarter of the run's at
    # most, and within max_minutes
    affine: int = 400
    validate_every: int = 0  # epochs between evaluations; 0: at the end only
    # stop after so many evaluations, behind the anneal, without a better AP; 0: never
    patience: int = 0
    log_every: int = 20  # steps
    save_minutes: float = 2.0  # between two states

    loss: LossConfig = field(default_factory=LossConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)

    def check(self) -> None:
        """Refuse what cannot be trained."""
        if not (self.epochs or self.steps or self.max_minutes):
            raise ModelError("no end of the training; expected epochs, steps or max_minutes")
        for names, fits, expected in _RANGES:
            for name in names.split():
                if not fits(getattr(self, name)):
                    raise ModelError(f"{name} is {getattr(self, name)}; expected {expected}")
        if self.weights and len(self.weights) != len(self.data):
            raise ModelError(f"{len(self.weights)} weights for {len(self.data)} folders")
        if not self.sizes:
            raise ModelError("no sizes of the input; expected at least one")
        for size in (self.size, *self.sizes):
            if size < 32 or size % 32 or size > 4096:
                raise ModelError(f"size is {size}; expected a multiple of 32 up to 4096")
        for part in (self.loss, self.augment):
            for name, value in dataclasses.asdict(part).items():
                numbers = value if isinstance(value, tuple) else (value,)
                if not all(math.isfinite(v) for v in numbers if isinstance(v, float)):
                    raise ModelError(f"{name} is {value}; expected finite numbers")
        self.augment.check()

    def described(self) -> str:
        """The training's data, in words."""
        return f"{', '.join(self.data)}: split {self.split!r}"

    def to_json(self) -> str:
        """As indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """As plain values, lists for tuples."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found
