"""Training batches: pictures, boxes and the size of the step, from (seed, epoch, batch) alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.errors import ModelError
from model.quantizers import INPUT_STEP
from model.training.augment import apply, draws, move_boxes, plan
from model.training.config import TrainConfig
from model.training.data import (
    PictureSet,
    Preloaded,
    Source,
    Streamed,
    epoch_order,
    load_split,
)
from model.zoo import STRIDE


@dataclass(frozen=True)
class Batch:
    """What a step learns from."""

    pixels: Tensor  # (B, 3, T, T), pixel/256
    boxes: Tensor  # (B, M, 4) in cells
    kinds: Tensor  # (B, M)


def make_source(pictures: PictureSet, device: torch.device, config: TrainConfig) -> Source:
    """Preloaded or streamed pixels, as the configuration says."""
    kind = Preloaded if config.preload else Streamed
    return kind(pictures, device, config.workers)


def plain_batches(source: Source, order: Sequence[int], batch: int) -> Iterator[Tensor]:
    """Pictures as they are, (B, 3, S, S) of pixel/256, in this order."""
    indices = np.asarray(order, dtype=np.int64)
    parts = [indices[start : start + batch] for start in range(0, len(indices), batch)]
    for pixels in source.batches(parts):
        yield pixels.float() * INPUT_STEP


class Batches:
    """The augmented batches of one rank."""

    def __init__(
        self,
        pictures: PictureSet,
        source: Source,
        config: TrainConfig,
        device: torch.device,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.pictures, self.source, self.config, self.device = pictures, source, config, device
        self.rank, self.world = rank, world

    def per_epoch(self) -> int:
        """Batches of an epoch."""
        return max(1, len(self.pictures) // (self.config.batch * self.world))

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from number `start` on."""
        config, pictures = self.config, self.pictures
        order = epoch_order(len(pictures), config.batch, config.seed, epoch, self.rank, self.world)
        numbers = draws(config.seed, epoch, len(pictures))
        sizes = np.random.default_rng([config.seed, 2, epoch]).choice(config.sizes, len(order))
        for index, pixels in enumerate(self.source.batches(order[start:]), start):
            rows, size = order[index], int(sizes[index])
            boxes, kinds = pictures.boxes[rows], pictures.kinds[rows]
            one = plan(config.augment, numbers[rows], boxes, kinds, pictures.size, size)
            boxes, kinds = move_boxes(boxes, kinds, one, size, config.augment)
            seed = np.random.SeedSequence([config.seed, 3, epoch, index, self.rank])
            noise_seed = int(seed.generate_state(1)[0])
            yield Batch(
                apply(pixels, one, size, noise_seed),
                torch.from_numpy(boxes / STRIDE).to(self.device, non_blocking=True),
                torch.from_numpy(kinds.astype(np.int64)).to(self.device, non_blocking=True),
            )


@dataclass(frozen=True, eq=False)
class Data:
    """Training and held-out pictures with their pixels; several runs may share it."""

    train: PictureSet
    source: Source
    val: PictureSet | None
    val_source: Source | None


def load_data(config: TrainConfig, device: torch.device) -> Data:
    """The data of a configuration."""
    train = load_split(Path(config.data), config.split, config.size, config.limit)
    if not len(train.face_sizes()):
        raise ModelError(f"{config.data}: split {config.split!r} has no face of 8 pixels or more")
    val = load_split(Path(config.val), config.val_split, config.size) if config.val else None
    return Data(
        train,
        make_source(train, device, config),
        val,
        make_source(val, device, config) if val else None,
    )
