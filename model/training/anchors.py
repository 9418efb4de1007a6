"""Anchors by k-means on the boxes of the data, with the distance 1 - IoU of shapes.

Redmon and Farhadi, YOLO9000, CVPR 2017, section 2, "Dimension clusters".
"""

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError

Floats = NDArray[np.float64]


def shape_iou(sizes: Floats, anchors: Floats) -> Floats:
    """IoU (N, K) of boxes (N, 2) with anchors (K, 2), all centred on one point."""
    common = np.minimum(sizes[:, np.newaxis], anchors).prod(axis=2)
    areas = sizes.prod(axis=1)[:, np.newaxis] + anchors.prod(axis=1)
    found: Floats = common / (areas - common)
    return found


def _spread(sizes: Floats, count: int, generator: np.random.Generator) -> Floats:
    """First centres far from each other (Arthur and Vassilvitskii, k-means++, 2007)."""
    chosen = [int(generator.integers(len(sizes)))]
    while len(chosen) < count:
        distance = (1 - shape_iou(sizes, sizes[chosen])).min(axis=1) ** 2
        total = distance.sum()
        if total <= 0:  # fewer shapes than centres
            chosen.append(int(generator.integers(len(sizes))))
        else:
            chosen.append(int(generator.choice(len(sizes), p=distance / total)))
    return sizes[chosen].copy()


def evenly(sizes: Floats, count: int, seed: int = 0) -> Floats:
    """`count` of the boxes (N, 2), drawn so that all sizes count alike, however many have them.

    A size is a third of an octave of the root of the area. One that fewer than 1 % of the boxes
    have counts less, by how many they are.
    """
    size = np.floor(np.log2(sizes.prod(axis=1)) * 1.5).astype(np.int64)
    _, which, members = np.unique(size, return_inverse=True, return_counts=True)
    weight = 1 / np.maximum(members, len(sizes) / 100)[which]
    generator = np.random.default_rng([seed, 7])
    return sizes[generator.choice(len(sizes), count, p=weight / weight.sum())]


def kmeans_anchors(
    sizes: Floats, count: int = 5, seed: int = 0, rounds: int = 100, limit: int = 20000
) -> tuple[tuple[float, float], ...]:
    """The anchors (width, height) of boxes of these sizes (N, 2), by area, and in their unit.

    Args:
        sizes: widths and heights, positive.
        count: number of anchors.
        seed: of the first centres, and of the choice of `limit` boxes if there are more.
        rounds: at most so many; it ends when no box changes its centre.
        limit: use at most so many boxes.
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 2 or sizes.shape[1] != 2 or not np.isfinite(sizes).all():
        raise ModelError(f"sizes of shape {sizes.shape}; expected finite (N, 2)")
    sizes = sizes[(sizes > 0).all(axis=1)]
    if len(sizes) < count:
        raise ModelError(f"{len(sizes)} boxes for {count} anchors; expected at least {count}")
    generator = np.random.default_rng(seed)
    if len(sizes) > limit:
        sizes = sizes[generator.choice(len(sizes), limit, replace=False)]
    centres = _spread(sizes, count, generator)
    nearest = np.full(len(sizes), -1)
    for _ in range(rounds):
        found = shape_iou(sizes, centres).argmax(axis=1)
        if (found == nearest).all():
            break
        nearest = found
        for index in range(count):
            if (nearest == index).any():
                centres[index] = np.median(sizes[nearest == index], axis=0)
    order = np.argsort(centres.prod(axis=1), kind="stable")
    return tuple((round(float(w), 4), round(float(h), 4)) for w, h in centres[order])


def mean_iou(sizes: Floats, anchors: tuple[tuple[float, float], ...]) -> float:
    """Mean over the boxes of the IoU with their best anchor."""
    found = shape_iou(np.asarray(sizes, dtype=np.float64), np.array(anchors))
    return float(found.max(axis=1).mean())
