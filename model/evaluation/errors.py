"""Kinds of the false positives with the highest scores, by how far they overlap a face."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.detection.decode import Detections
from model.evaluation.boxes import OVERLAP, judge, overlaps

RANGES = {"second box of a face": OVERLAP, "face, mislocated": 0.3, "near a face": 0.1, "none": 0.0}
"""Kinds of false positives with their least overlap (IoU), in falling order."""


def false_positives(
    detections: Sequence[Detections],
    ground_truth: Sequence[NDArray[np.float64]],
    ignored: Sequence[NDArray[np.bool_]],
    count: int,
) -> dict[str, int]:
    """How many of the `count` false positives of the highest scores are of each kind.

    Args:
        detections: of each picture.
        ground_truth: boxes (M, 4) of each picture.
        ignored: flags (M,) of each picture.
        count: fewer are counted if there are fewer.
    """
    scores, best = [np.zeros(0)], [np.zeros(0)]
    for one, faces, flags in zip(detections, ground_truth, ignored, strict=True):
        order = np.argsort(-one.scores, kind="stable")
        _, false = judge(one.boxes[order], faces, flags)
        wrong = order[false]
        scores.append(one.scores[wrong])
        best.append(overlaps(one.boxes[wrong], faces).max(axis=1, initial=0.0))
    first = np.argsort(-np.concatenate(scores), kind="stable")[:count]
    left = np.concatenate(best)[first]
    found = {}
    for name, least in RANGES.items():
        found[name] = int((left >= least).sum())
        left = left[left < least]
    return found
