"""Detection rate and average precision by the size of the faces, as the network sees them.

The size of a box is the square root of its area in the network's frame, of which the picture's
longer side fills the whole. In a band, faces of other sizes neither count nor make false
positives, and detections of other sizes that find no face are no false positives: COCO's protocol
for objects small, medium and large (Lin et al., Microsoft COCO, ECCV 2014; cocoeval.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.data.wider import Annotation
from model.detection.decode import Detections
from model.detection.image import image_size
from model.evaluation.boxes import average_precision, judge
from model.evaluation.curve import Curve, accumulate

BANDS = {
    "all": (0.0, np.inf),
    "< 20": (0.0, 20.0),
    "20-40": (20.0, 40.0),
    "40-100": (40.0, 100.0),
    "> 100": (100.0, np.inf),
}
"""Least size, which belongs to the band, and greatest, which does not; pixels of the frame."""


@dataclass(frozen=True)
class Band:
    """The figures of one band."""

    ap: float  # at IoU 0.5
    rate: float  # found of its faces, at the threshold of all
    faces: int


def scales(annotations: Sequence[Annotation], frame: int) -> list[float]:
    """The length of each picture's pixel in a network's frame of frame x frame."""
    return [frame / max(image_size(one.path)) for one in annotations]


def sizes(boxes: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """Sizes (M,) of boxes (M, 4) of a picture, in pixels of the frame."""
    found: NDArray[np.float64] = scale * np.sqrt(
        np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(axis=1)
    )
    return found


def band_curve(
    detections: Sequence[Detections],
    ground_truth: Sequence[NDArray[np.float64]],
    ignored: Sequence[NDArray[np.bool_]],
    scale: Sequence[float],
    low: float,
    high: float,
) -> Curve:
    """The curve of the faces of sizes from low to less than high.

    Args:
        detections: of each picture.
        ground_truth: boxes (M, 4) of each picture.
        ignored: flags (M,) of each picture, of faces that count in no band.
        scale: of each picture (`scales`).
    """
    scores, hits, wrong, count = [], [], [], 0
    for one, faces, flags, unit in zip(detections, ground_truth, ignored, scale, strict=True):
        size = sizes(faces, unit)
        outside = flags | (size < low) | (size >= high)
        order = np.argsort(-one.scores, kind="stable")
        boxes = one.boxes[order]
        found, false = judge(boxes, faces, outside)
        size = sizes(boxes, unit)
        scores.append(one.scores[order])
        hits.append(found.astype(np.float64))
        wrong.append((false & (size >= low) & (size < high)).astype(np.int64))
        count += int((~outside).sum())
    return accumulate(scores, hits, wrong, count, len(ground_truth))


def by_size(
    detections: Sequence[Detections],
    ground_truth: Sequence[NDArray[np.float64]],
    ignored: Sequence[NDArray[np.bool_]],
    scale: Sequence[float],
    fppi: float = 0.1,
) -> tuple[dict[str, Band], float | None]:
    """The figures of every band, and the threshold that allows so many false positives a picture.

    Arguments as of `band_curve`. Rates of all bands are those at this one threshold; where no
    threshold allows so few false positives it is None, and the rates are 0.
    """
    threshold, found = None, {}
    for name, (low, high) in BANDS.items():
        curve = band_curve(detections, ground_truth, ignored, scale, low, high)
        if name == "all":
            threshold = curve.threshold_at_fppi(fppi)
        passed = curve.thresholds >= (np.inf if threshold is None else threshold)
        rate = float(curve.rates[passed].max(initial=0.0))
        found[name] = Band(average_precision(curve), rate, curve.faces)
    return found, threshold
