"""Detection rate and average precision of boxes on boxes: for generated scenes and any other data.

Detections of all pictures, best score first, each go to the face of their picture that they overlap
most of those not yet found; from an intersection over union of 0.5 on the face is found, else the
detection is a false positive. A detection that overlaps by 0.5 only a face to be ignored is
neither. The rate at 0.1 false positives a picture is the one by which the DupNet paper compares its
networks (on FDDB, `fddb`, where it is the discrete score at 284 false positives).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.predictions import key
from model.data.wider import Annotation
from model.detection.decode import Detections
from model.errors import ModelError
from model.evaluation.curve import Curve, accumulate

OVERLAP = 0.5


def overlaps(boxes: NDArray[np.float64], faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes (N, 4) with faces (M, 4), (N, M)."""
    low = np.maximum(boxes[:, np.newaxis, :2], faces[:, :2])
    high = np.minimum(boxes[:, np.newaxis, 2:], faces[:, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=2)
    area = [np.prod(np.maximum(one[:, 2:] - one[:, :2], 0.0), axis=1) for one in (boxes, faces)]
    union = area[0][:, np.newaxis] + area[1] - common
    ratio: NDArray[np.float64] = np.zeros_like(common)
    np.divide(common, union, out=ratio, where=union > 0)
    return ratio


def judge(
    ranked: NDArray[np.float64], faces: NDArray[np.float64], ignored: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of boxes (N, 4) of one picture, best first: which find a face, which are false, (N,) each."""
    face, false = match(ranked, faces, ignored)
    return face >= 0, false


def match(
    ranked: NDArray[np.float64], faces: NDArray[np.float64], ignored: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """As `judge`, with the number of the face that each box finds, -1 for none."""
    found = np.full(len(ranked), -1)
    false = np.ones(len(ranked), dtype=np.bool_)
    if not len(faces) or not len(ranked):
        return found, false
    near, of_face = np.nonzero(overlaps(ranked, faces) >= OVERLAP)
    if not len(near):
        return found, false
    boxes, starts = np.unique(near, return_index=True)
    free = ~ignored
    for box, candidates in zip(boxes.tolist(), np.split(of_face, starts[1:]), strict=True):
        open_ = candidates[free[candidates]]
        if len(open_):
            ratio = overlaps(ranked[box : box + 1], faces[open_])[0]
            found[box] = open_[ratio.argmax()]
            free[found[box]] = False
        false[box] = found[box] < 0 and not ignored[candidates].any()
    return found, false


def curve(
    detections: Sequence[Detections],
    ground_truth: Sequence[NDArray[np.float64]],
    ignored: Sequence[NDArray[np.bool_]] | None = None,
) -> Curve:
    """The curve of faces found over false positives.

    Args:
        detections: of each picture.
        ground_truth: boxes (M, 4) of each picture, left, top, right, bottom.
        ignored: of each picture, (M,), which faces neither count nor make false positives.
    """
    if ignored is None:
        ignored = [np.zeros(len(boxes), dtype=np.bool_) for boxes in ground_truth]
    if not len(detections) == len(ground_truth) == len(ignored):
        raise ModelError(
            f"detections of {len(detections)} pictures, boxes of {len(ground_truth)}, flags of "
            f"{len(ignored)}; expected as many of each"
        )
    scores, hits, wrong = [], [], []
    for one, faces, flags in zip(detections, ground_truth, ignored, strict=True):
        order = np.argsort(-one.scores, kind="stable")
        found, false = judge(one.boxes[order], faces.reshape(-1, 4), flags)
        scores.append(one.scores[order])
        hits.append(found.astype(np.float64))
        wrong.append(false.astype(np.int64))
    faces_in_all = sum(int((~flags).sum()) for flags in ignored)
    return accumulate(scores, hits, wrong, faces_in_all, len(ground_truth))


def rate_at_fppi(
    detections: Sequence[Detections], ground_truth: Sequence[NDArray[np.float64]], fppi: float = 0.1
) -> float:
    """Faces found of all, at the threshold that allows `fppi` false positives a picture."""
    return curve(detections, ground_truth).rate_at_fppi(fppi)


def average_precision(curve: Curve) -> float:
    """Area under the envelope of precision over recall, over all points (VOC 2010)."""
    if not len(curve.found):
        return 0.0
    counted = curve.found + curve.false_positives
    precision = np.divide(curve.found, counted, out=np.zeros(len(counted)), where=counted > 0)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(curve.rates, prepend=0.0) * envelope))


def align(
    predictions: Mapping[str, Detections], annotations: Sequence[Annotation]
) -> tuple[list[Detections], list[NDArray[np.float64]], list[NDArray[np.bool_]]]:
    """The arguments of `curve` for predictions by `event/image` and annotations of a split."""
    absent = [one.name for one in annotations if key(one.name) not in predictions]
    if absent:
        raise ModelError(
            f"{len(absent)} of {len(annotations)} pictures have no predictions, first {absent[0]}; "
            "expected a file for each, with the number 0 where nothing was found"
        )
    return (
        [predictions[key(one.name)] for one in annotations],
        [one.boxes for one in annotations],
        [one.invalid for one in annotations],
    )
