"""Greedy non-maximum suppression."""

import numpy as np
from numpy.typing import NDArray


def iou(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of one box (4,) with each of boxes (M, 4); 0 for empty boxes."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=1)
    area = float(np.prod(np.maximum(box[2:] - box[:2], 0.0)))
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0), axis=1)
    union = area + areas - common
    ratio: NDArray[np.float64] = np.zeros(len(boxes))
    np.divide(common, union, out=ratio, where=union > 0)
    return ratio


def suppress(
    boxes: NDArray[np.float64], scores: NDArray[np.float64], threshold: float = 0.45
) -> NDArray[np.int64]:
    """Indices of the boxes that stay, best score first (of equal scores the earlier box).

    The best box stays and removes all that overlap it by an intersection over union above the
    threshold; so on with the rest.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[iou(boxes[best], boxes[rest]) <= threshold]
    return np.array(kept, dtype=np.int64)
