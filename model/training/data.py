"""Pictures and boxes of a split for training: letterboxed, padded, preloaded or streamed.

A `PictureSet` holds where the pictures lie and their boxes in the letterbox of size x size. Its
pixels come as uint8 batches (B, 3, size, size) on the training device from `Preloaded` (everything
decoded once into one tensor: 0.79 MB a picture of 512 x 512, 16 GB for 20,000) or from `Streamed`
(a DataLoader whose workers decode while the network learns).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from model.data.wider import read_split
from model.detection.image import image_size, load_reduced
from model.detection.letterbox import PADDING, placed
from model.errors import ModelError
from model.training.assign import ABSENT, FACE, IGNORED
from outside.command import deaf_to_interrupts

MAX_FACES = 200
"""Of a picture with more boxes the largest are used; where the others lie, nothing is learned."""

REGION = 64
"""Boxes left over are put together by squares of so many pixels, in which their centres lie."""

_CHUNK = 256


@dataclass(frozen=True, eq=False)
class PictureSet:
    """The pictures of a split, their boxes in pixels of the letterbox."""

    paths: list[Path]
    size: int  # height and width of the letterbox
    boxes: NDArray[np.float32]  # (N, M, 4) left, top, right, bottom; zeros behind a picture's last
    kinds: NDArray[np.int8]  # (N, M): FACE, IGNORED (flagged invalid), ABSENT
    counts: tuple[int, ...] = ()  # of the sources that follow each other; empty: of one

    def __len__(self) -> int:
        return len(self.paths)

    def part(self, indices: NDArray[np.int64]) -> "PictureSet":
        """The pictures of these indices, which rise; each source keeps those that are its own."""
        ends = np.cumsum(self.counts or (len(self),))
        places = np.searchsorted(ends, indices, side="right")
        counts = tuple(int(n) for n in np.bincount(places, minlength=len(ends)))
        paths = [self.paths[index] for index in indices]
        return PictureSet(paths, self.size, self.boxes[indices], self.kinds[indices], counts)

    def face_sizes(self, least: float = 8.0) -> NDArray[np.float64]:
        """Widths and heights (K, 2), in pixels, of the faces that are not smaller than `least`."""
        sides = (self.boxes[..., 2:] - self.boxes[..., :2])[self.kinds == FACE]
        large: NDArray[np.float64] = sides[sides.min(axis=1, initial=np.inf) >= least].astype(
            np.float64
        )
        return large


def decode_picture(path: Path, size: int) -> NDArray[np.uint8]:
    """The picture in its letterbox, (size, size, 3). Fast rather than equal on every machine."""
    pixels = load_reduced(path, lambda width, height: placed(width, height, size)[2:])
    height, width = pixels.shape[:2]
    if (width, height) == (size, size):
        return pixels
    left, top = (size - width) // 2, (size - height) // 2
    canvas = np.full((size, size, 3), PADDING, dtype=np.uint8)
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def regions(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rectangles around boxes (M, 4) whose centres lie in the same square of REGION pixels."""
    square = np.floor((boxes[:, :2] + boxes[:, 2:]) / (2 * REGION)).astype(np.int64)
    _, groups = np.unique(square, axis=0, return_inverse=True)
    found = np.zeros((groups.max(initial=-1) + 1, 4))
    found[:, :2] = np.inf
    np.minimum.at(found[:, :2], groups, boxes[:, :2])
    np.maximum.at(found[:, 2:], groups, boxes[:, 2:])
    return found


def load_split(folder: Path, split: str, size: int, limit: int = 0) -> PictureSet:
    """The pictures of a split in WIDER FACE's layout; at most `limit` of them if it is not 0."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder; expected one in WIDER FACE's layout")
    annotations = read_split(folder, split, keep_invalid=True)
    if limit:
        annotations = annotations[:limit]
    if not annotations:
        raise ModelError(f"{folder}: split {split!r} has no pictures; expected at least one")
    found = []
    for one in annotations:
        width, height = image_size(one.path)
        left, top, new_width, new_height = placed(width, height, size)
        scale = np.array([new_width / width, new_height / height] * 2)
        boxes = one.boxes * scale + np.array([left, top] * 2)
        order = np.argsort(-(boxes[:, 2:] - boxes[:, :2]).prod(axis=1), kind="stable")
        used = order[:MAX_FACES]
        rest = regions(boxes[order[MAX_FACES:]])
        flags = np.where(one.invalid[used], IGNORED, FACE)
        found.append((np.concatenate([boxes[used], rest]), np.append(flags, [IGNORED] * len(rest))))
    count = max(1, *(len(kinds) for _, kinds in found), 1)
    boxes = np.zeros((len(found), count, 4), dtype=np.float32)
    kinds = np.full((len(found), count), ABSENT, dtype=np.int8)
    for index, (rows, flags) in enumerate(found):
        boxes[index, : len(rows)], kinds[index, : len(rows)] = rows, flags
    return PictureSet([one.path for one in annotations], size, boxes, kinds)


class Source(Protocol):
    """Where the pixels of a PictureSet come from."""

    def batches(self, order: Sequence[NDArray[np.int64]]) -> Iterator[Tensor]:
        """Pictures (B, 3, size, size), uint8 on the device, of each batch of indices."""


class Preloaded:
    """All pictures in one tensor on the device, decoded by threads (Pillow lets go of the GIL)."""

    def __init__(self, pictures: PictureSet, device: torch.device, workers: int) -> None:
        size, count = pictures.size, len(pictures)
        try:
            self.pixels = torch.empty((count, 3, size, size), dtype=torch.uint8, device=device)
        except RuntimeError as error:
            raise ModelError(
                f"no room for {count} pictures of {size} x {size} ({count * 3 * size**2 / 1e9:.1f} "
                f"GB) on {device}; leave --preload away"
            ) from error
        with (
            ThreadPoolExecutor(max(1, workers)) as pool,
            tqdm(total=count, desc="decoding", unit="picture", leave=False) as bar,
        ):
            for start in range(0, count, _CHUNK):
                paths = pictures.paths[start : start + _CHUNK]
                rows = list(pool.map(lambda path: decode_picture(path, size), paths))
                chunk = torch.from_numpy(np.stack(rows)).to(device)
                self.pixels[start : start + len(paths)] = chunk.permute(0, 3, 1, 2)
                bar.update(len(paths))

    def batches(self, order: Sequence[NDArray[np.int64]]) -> Iterator[Tensor]:
        for indices in order:
            yield self.pixels[torch.from_numpy(indices).to(self.pixels.device)]


class _Decoded(torch.utils.data.Dataset[Tensor | ModelError]):
    """One picture as (3, size, size) uint8, or why it cannot be read.

    An error that is raised in a worker would come with the worker's traceback for a message.
    """

    def __init__(self, pictures: PictureSet) -> None:
        self.paths, self.size = pictures.paths, pictures.size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor | ModelError:
        try:
            pixels = decode_picture(self.paths[index], self.size)
        except ModelError as error:
            return error
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1)


def _stack(pictures: list[Tensor | ModelError]) -> Tensor | ModelError:
    """A batch (B, 3, size, size), or the first error in it."""
    read = []
    for picture in pictures:
        if isinstance(picture, ModelError):
            return picture
        read.append(picture)
    return torch.stack(read)


class Streamed:
    """Pictures decoded by the workers of a DataLoader, batch by batch."""

    def __init__(self, pictures: PictureSet, device: torch.device, workers: int) -> None:
        self.data = _Decoded(pictures)
        self.device, self.workers = device, workers

    def batches(self, order: Sequence[NDArray[np.int64]]) -> Iterator[Tensor]:
        loader: Any = torch.utils.data.DataLoader(
            self.data,
            batch_sampler=[indices.tolist() for indices in order],
            num_workers=self.workers,
            collate_fn=_stack,
            pin_memory=self.device.type == "cuda",
        )
        with deaf_to_interrupts():
            batches = iter(loader)
        for batch in batches:
            if isinstance(batch, ModelError):
                raise batch
            yield batch.to(self.device, non_blocking=True)


def epoch_order(
    count: int, batch: int, seed: int, epoch: int, rank: int = 0, world: int = 1
) -> list[NDArray[np.int64]]:
    """Indices of each batch of an epoch, of one rank; the pictures left over stay out.

    A function of its arguments alone, so that a resumed run sees what an uninterrupted one sees.
    All ranks together see batch * world pictures a step.
    """
    order = np.random.default_rng([seed, 0, epoch]).permutation(count)
    step = min(batch * world, count)
    return [order[start : start + step][rank::world] for start in range(0, count - step + 1, step)]
