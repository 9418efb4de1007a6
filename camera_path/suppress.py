"""The best candidates, and of those that overlap only the best, in integers.

Intersection over union is compared without a division: with the threshold T / 2 ** 16,
intersection / union > T / 2 ** 16 just if intersection * (2 ** 16 + T) > T * (sum of the areas).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .decode import Boxes
from .errors import CameraPathError

#: Fractional bits of the threshold of overlaps.
OVERLAP_BITS = 16


def overlap_integer(overlap: float) -> int:
    """The integer of a threshold of overlaps, 0 to 1: 0 to 2 ** 16."""
    if not 0 <= overlap <= 1:
        raise CameraPathError(f"an overlap of {overlap}; expected 0 to 1")
    return int(np.rint(overlap * (1 << OVERLAP_BITS)))


def best(boxes: Boxes, most: int) -> Boxes:
    """The ``most`` of the highest scores, best first; of equal scores the earlier one first."""
    return boxes.chosen(np.lexsort((boxes.places, -boxes.scores))[:most])


def suppress(boxes: Boxes, overlap: int) -> Boxes:
    """Of boxes, best first, those that stay, best first.

    The best one stays and removes all that overlap it by more than the integer threshold; so on
    with the rest.
    """
    left = np.arange(len(boxes))
    kept = []
    while len(left):
        first, left = left[0], left[1:]
        kept.append(int(first))
        left = left[~_overlapping(boxes.corners[first], boxes.corners[left], overlap)]
    return boxes.chosen(np.array(kept, np.int64))


def _overlapping(corners: Any, others: Any, overlap: int) -> Any:
    """Which of the others (M, 4) overlap a box (4,) by more than the threshold."""
    one, all_ = corners.astype(np.int64), others.astype(np.int64)
    sides = np.minimum(one[2:], all_[:, 2:]) - np.maximum(one[:2], all_[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(one[2:] - one[:2]) + np.prod(all_[:, 2:] - all_[:, :2], axis=1)
    return common * ((1 << OVERLAP_BITS) + overlap) > overlap * areas
