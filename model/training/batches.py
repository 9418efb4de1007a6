"""Training batches: pictures, boxes and the size of the step, from (seed, epoch, batch) alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.errors import ModelError
from model.quantizers import INPUT_STEP
from model.training.assign import FACE
from model.training.augment import DRAWS, Plan, apply, draws, move_boxes, plan
from model.training.config import TrainConfig
from model.training.data import (
    PictureSet,
    Preloaded,
    Source,
    Streamed,
    epoch_order,
    load_split,
)
from model.training.mosaic import Numbers, Tiles, collect, lay_out
from model.training.sources import epoch_pictures, joined, place
from model.zoo import STRIDE

MOST_HELD_OUT = 500
"""Pictures that are held out at most where no others are given to evaluate on."""


@dataclass(frozen=True)
class Batch:
    """The pictures and boxes that one step learns from."""

    pixels: Tensor  # (B, 3, T, T), pixel/256
    boxes: Tensor  # (B, M, 4) in cells
    kinds: Tensor  # (B, M)


@dataclass(frozen=True, eq=False)
class Planned:
    """A batch before its pixels are there."""

    rows: Numbers  # (B,) pictures of the set
    size: int  # of the input
    tiles: Tiles
    plan: Plan  # of each tile
    boxes: NDArray[np.float32]  # (B, M, 4) in pixels of the input
    kinds: NDArray[np.int8]  # (B, M)


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

    def planned(self, epoch: int) -> list[Planned]:
        """The batches of an epoch without their pixels."""
        config, pictures = self.config, self.pictures
        counts = pictures.counts or (len(pictures),)
        used = epoch_pictures(counts, config.weights, config.seed, epoch)
        order = epoch_order(len(used), config.batch, config.seed, epoch, self.rank, self.world)
        numbers = draws(config.seed, epoch, len(used))
        sizes = np.random.default_rng([config.seed, 2, epoch]).choice(config.sizes, len(order))
        return [
            self._plan(epoch, index, used[places], numbers[places], int(size))
            for index, (places, size) in enumerate(zip(order, sizes, strict=True))
        ]

    def _plan(
        self, epoch: int, index: int, rows: Numbers, numbers: NDArray[np.float64], size: int
    ) -> Planned:
        """A batch of these pictures with these random numbers, for an input of size x size."""
        config, pictures = self.config.augment, self.pictures
        generator = np.random.default_rng([self.config.seed, 5, epoch, index, self.rank])
        tiles = lay_out(config.mosaic, generator, len(rows), size)
        more = generator.random((len(tiles.picture) - len(rows), DRAWS))
        shown = rows[tiles.picture]
        boxes, kinds = pictures.boxes[shown], pictures.kinds[shown]
        numbers = np.concatenate([numbers, more])
        one = plan(config, numbers, boxes, kinds, pictures.size, size, tiles.side)
        boxes, kinds = move_boxes(boxes, kinds, one, config)
        boxes, kinds = collect(tiles, boxes, kinds, len(rows))
        return Planned(rows, size, tiles, one, boxes, kinds)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from number `start` on."""
        todo = self.planned(epoch)
        pixels_of = self.source.batches([one.rows for one in todo[start:]])
        for index, (one, pixels) in enumerate(zip(todo[start:], pixels_of, strict=True), start):
            seed = np.random.SeedSequence([self.config.seed, 3, epoch, index, self.rank])
            noise_seed = int(seed.generate_state(1)[0])
            yield Batch(
                apply(pixels, one.plan, one.size, noise_seed, one.tiles),
                torch.from_numpy(one.boxes / STRIDE).to(self.device, non_blocking=True),
                torch.from_numpy(one.kinds.astype(np.int64)).to(self.device, non_blocking=True),
            )

    def face_sizes(self, epoch: int = 0) -> NDArray[np.float64]:
        """Widths and heights (K, 2) of the faces that an epoch shows, in pixels of its inputs."""
        found = [np.zeros((0, 2))]
        for one in self.planned(epoch):
            found.append((one.boxes[..., 2:] - one.boxes[..., :2])[one.kinds == FACE])
        return np.concatenate(found)


@dataclass(frozen=True, eq=False)
class Data:
    """Training and held-out pictures with their pixels; several runs may share it."""

    train: PictureSet
    source: Source
    val: PictureSet | None
    val_source: Source | None


def load_data(config: TrainConfig, device: torch.device) -> Data:
    """The data of a configuration."""
    places = [place(text, config.split) for text in config.data]
    train = joined([load_split(*one, config.size, config.limit) for one in places])
    if not len(train.face_sizes()):
        raise ModelError(f"{config.described()} has no face of 8 pixels or more")
    val = None
    if config.val:
        val = load_split(*place(config.val, config.val_split), config.size)
    elif count := min(round(config.hold_out * len(train)), MOST_HELD_OUT):
        order = np.random.default_rng([config.seed, 8]).permutation(len(train))
        train, val = train.part(np.sort(order[count:])), train.part(np.sort(order[:count]))
    if 0 in train.counts:
        raise ModelError(f"{config.described()}: all pictures of a folder are held out")
    return Data(
        train,
        make_source(train, device, config),
        val,
        make_source(val, device, config) if val else None,
    )
