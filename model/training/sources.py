"""The pictures of a training: one folder in WIDER FACE's layout, or several with shares.

    --data FOLDER                      all its pictures, once an epoch
    --data A B                         all pictures of both
    --data A:0.7 --data B:0.3          of the pictures that are seen 70 % from A, 30 % from B

An epoch has as many pictures as all sources together. With weights a source gives its share of
them: some of its pictures, others in the next epoch, or all of them several times.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.training.assign import ABSENT
from model.training.data import PictureSet


def parse(texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Folders and weights of what stands behind --data; no weights where none has one.

    A folder whose own name ends with a colon and a number is taken as it is.
    """
    folders, weights = [], []
    for text in texts:
        folder, colon, number = text.rpartition(":")
        if not colon or Path(text).exists():
            folders.append(text)
            continue
        try:
            weight = float(number)
        except ValueError:
            folders.append(text)
            continue
        if not 0 < weight < math.inf:
            raise ModelError(f"--data {text}: weight {number}; expected more than 0")
        folders.append(folder)
        weights.append(weight)
    if weights and len(weights) < len(folders):
        raise ModelError(
            f"--data {' '.join(texts)}: weights for {len(weights)} of {len(folders)} folders; "
            "expected one for each, FOLDER:WEIGHT, or none"
        )
    twice = [folder for folder in folders if folders.count(folder) > 1]
    if twice:
        raise ModelError(f"--data {twice[0]}: given twice; expected each folder once")
    return tuple(folders), tuple(weights)


def place(text: str, split: str) -> tuple[Path, str]:
    """FOLDER or FOLDER/SPLIT as folder and split; the given split where the text names none."""
    path = Path(text)
    if not path.is_dir() and (path.parent / f"WIDER_{path.name}").is_dir():
        return path.parent, path.name
    return path, split


def joined(sets: Sequence[PictureSet]) -> PictureSet:
    """All pictures of several sets, in their order."""
    if len(sets) == 1:
        return sets[0]
    most = max(one.boxes.shape[1] for one in sets)
    boxes = [np.zeros((len(one), most, 4), dtype=np.float32) for one in sets]
    kinds = [np.full((len(one), most), ABSENT, dtype=np.int8) for one in sets]
    for one, rows, flags in zip(sets, boxes, kinds, strict=True):
        rows[:, : one.boxes.shape[1]], flags[:, : one.kinds.shape[1]] = one.boxes, one.kinds
    return PictureSet(
        [path for one in sets for path in one.paths],
        sets[0].size,
        np.concatenate(boxes),
        np.concatenate(kinds),
        tuple(len(one) for one in sets),
    )


def shares(count: int, weights: Sequence[float]) -> list[int]:
    """So many pictures divided by weights, to whole numbers: the largest remainders go up."""
    exact = np.array(weights) / np.sum(weights) * count
    whole = np.floor(exact).astype(np.int64)
    largest = np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]
    whole[largest] += 1
    return [int(n) for n in whole]


def epoch_pictures(
    counts: Sequence[int], weights: Sequence[float], seed: int, epoch: int
) -> NDArray[np.int64]:
    """Indices of the pictures of an epoch, as many as there are; not yet in their order.

    A source whose share is less than its pictures gives others in every epoch, until all have been
    there.

    Args:
        counts: pictures of each source, which follow each other.
        weights: of each source; none: every picture once.
    """
    if not weights:
        return np.arange(sum(counts))
    if len(weights) != len(counts):
        raise ModelError(f"{len(weights)} weights for {len(counts)} sources; expected one for each")
    found = []
    for index, (count, share) in enumerate(zip(counts, shares(sum(counts), weights), strict=True)):
        # one endless sequence of permutations, of which every epoch has the next `share` pictures
        rounds = range(epoch * share // count, ((epoch + 1) * share - 1) // count + 1)
        rows = [np.random.default_rng([seed, 6, index, one]).permutation(count) for one in rounds]
        start = epoch * share - rounds[0] * count if share else 0
        every = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
        found.append(every[start : start + share] + sum(counts[:index]))
    return np.concatenate(found)
