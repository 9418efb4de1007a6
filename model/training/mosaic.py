"""Which pictures of a batch make up each of its inputs: one alone, or a grid of several.

An input of 2 x 2 or 4 x 4 tiles shows so many pictures of the batch, each in a window of its own:
faces become small without grey around them, and backgrounds meet that never do.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.training.assign import ABSENT

Numbers = NDArray[np.int64]

GRIDS = (2, 4)
"""Tiles along each side of a mosaic."""


@dataclass(frozen=True, eq=False)
class Tiles:
    """The tiles of a batch, (T,) each; the first B are the upper left ones of its B inputs."""

    picture: Numbers  # which of the batch is shown
    into: Numbers  # in which input
    side: Numbers  # pixels
    left: Numbers  # of its place in the input, pixels
    top: Numbers


def whole(count: int, target: int) -> Tiles:
    """Every picture alone in an input of target x target."""
    rows, zero = np.arange(count), np.zeros(count, dtype=np.int64)
    return Tiles(rows, rows, zero + target, zero, zero)


def lay_out(
    shares: tuple[float, float], generator: np.random.Generator, count: int, target: int
) -> Tiles:
    """The tiles of `count` inputs of target x target, a multiple of 4.

    shares: of inputs of 2 x 2 and of 4 x 4 tiles; the others are one picture alone. The pictures
    of a mosaic are its own and those that follow it in the batch, from the first again behind the
    last.
    """
    single = whole(count, target)
    if not any(shares):
        return single
    drawn = generator.random(count)
    parts = [(single.picture, single.into, single.side, single.left, single.top)]
    for grid, low, high in zip(GRIDS, (0.0, shares[0]), np.cumsum(shares), strict=True):
        chosen = np.flatnonzero((drawn >= low) & (drawn < high))
        single.side[chosen] = side = target // grid
        into = np.repeat(chosen, grid**2 - 1)
        number = np.tile(np.arange(1, grid**2), len(chosen))
        parts.append(
            (
                (into + number) % count,
                into,
                np.full(len(into), side),
                number % grid * side,
                number // grid * side,
            )
        )
    return Tiles(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def collect(
    tiles: Tiles, boxes: NDArray[np.float32], kinds: NDArray[np.int8], count: int
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Boxes (T, M, 4), in pixels of their tiles, and kinds (T, M), as those of `count` inputs.

    Absent ones stand at the end, and no more of them than needed.
    """
    if len(tiles.picture) == count:
        return boxes, kinds
    offset = np.stack([tiles.left, tiles.top] * 2, axis=1)[:, np.newaxis].astype(np.float32)
    there = kinds != ABSENT
    rows, moved, flags = np.nonzero(there)[0], (boxes + offset)[there], kinds[there]
    into = tiles.into[rows]
    order = np.argsort(into, kind="stable")
    counts = np.bincount(into, minlength=count)
    most = max(1, int(counts.max(initial=0)))
    column = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = np.zeros((count, most, 4), dtype=np.float32)
    new = np.full((count, most), ABSENT, dtype=np.int8)
    found[into[order], column], new[into[order], column] = moved[order], flags[order]
    return found, new


def assemble(tiles: Tiles, parts: list[tuple[Numbers, Tensor]], count: int, target: int) -> Tensor:
    """Inputs (count, 3, target, target) of groups of tiles: their numbers, pixels (G, 3, S, S)."""
    _, first = parts[0]
    found = torch.empty((count, 3, target, target), dtype=first.dtype, device=first.device)
    for numbers, pixels in parts:
        for number, tile in zip(numbers.tolist(), pixels, strict=True):
            left, top, side = tiles.left[number], tiles.top[number], tiles.side[number]
            found[tiles.into[number], :, top : top + side, left : left + side] = tile
    return found
