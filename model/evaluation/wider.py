"""Average precision on WIDER FACE as its official tool computes it.

The protocol, from eval_tools of http://shuoyang1213.me/WIDERFACE/ (evaluation.m, norm_score.m,
read_pred.m, boxoverlap.m, VOCap.m; its Python port: github.com/wondervictor/WiderFace-Evaluation):

1. Scores of all pictures together are scaled to 0 ... 1 by their least and greatest.
2. In each picture, best score first, a detection goes to the face that it overlaps most. Boxes are
   of pixels: a width is right - left + 1. From an overlap of 0.5 on,
     - a face that counts is found (more detections of it find nothing more), and
     - a face that is ignored in this setting takes the detection out of the count.
3. At each of 1,000 thresholds 0.999, 0.998, ... 0, the detections from it on that are not taken
   out are the proposals, and recall and precision are faces found over faces that count and over
   proposals. Pictures without faces or without detections add no proposals.
4. The average precision is the area under the envelope of precision over recall (VOC 2010).

Overlaps are those of the port, as most published figures come from it; with `matlab=True` they are
those of the MATLAB tool, whose boxes are int32: corners and areas are rounded to integers, and the
overlap itself to 0 or 1, so that the first face from 0.5 on is taken rather than the one of the
greatest overlap. Scores are scaled and sorted as in MATLAB in either way (the port takes 1 for the
least one where all are greater, and expects sorted files). Where all scores are equal both tools
divide by zero; here all detections then count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.data.predictions import best_first
from model.detection.decode import Detections
from model.errors import ModelError
from model.evaluation.wider_truth import Picture

THRESHOLDS = 1000
OVERLAP = 0.5
PAIRS = 1_000_000
"""Overlaps computed at a time: bounds the memory."""


@dataclass(frozen=True, eq=False)
class Result:
    """The outcome in one setting."""

    ap: float
    recall: NDArray[np.float64]  # (1000,) at the falling thresholds
    precision: NDArray[np.float64]  # (1000,), 0 where nothing is proposed
    faces: int  # that count
    missing: int  # pictures for which there were no predictions


def overlaps(boxes: NDArray[np.float64], faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes (N, 4) with faces (M, 4), (N, M), of whole pixels."""
    low = np.maximum(boxes[:, np.newaxis, :2], faces[:, :2])
    high = np.minimum(boxes[:, np.newaxis, 2:], faces[:, 2:])
    sides = np.maximum(high - low + 1, 0.0)
    common = sides[..., 0] * sides[..., 1]
    union = _area(boxes)[:, np.newaxis] + _area(faces) - common
    ratio: NDArray[np.float64] = np.zeros_like(common)
    np.divide(common, union, out=ratio, where=common > 0)
    return ratio


def overlaps_matlab(boxes: NDArray[np.float64], faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `overlaps` in MATLAB's int32: 1 where the overlap rounds to it, else 0."""
    faces = _round(faces)
    low = _round(np.maximum(boxes[:, np.newaxis, :2], faces[:, :2]))
    high = _round(np.minimum(boxes[:, np.newaxis, 2:], faces[:, 2:]))
    sides = np.maximum(high - low + 1, 0.0)
    common = sides[..., 0] * sides[..., 1]
    union = _round(_area(boxes)[:, np.newaxis] + _area(faces)) - common
    ratio: NDArray[np.float64] = np.zeros_like(common)
    np.divide(common, union, out=ratio, where=common > 0)
    return _round(ratio)


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    area: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    return area


def _round(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """To the nearest integer, halves away from zero, as MATLAB converts."""
    rounded: NDArray[np.float64] = np.sign(values) * np.floor(np.abs(values) + 0.5)
    return rounded


def normalise(scores: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Scores of all pictures, scaled together to 0 ... 1."""
    filled = [one for one in scores if len(one)]
    if not filled:
        return list(scores)
    least = min(float(one.min()) for one in filled)
    greatest = max(float(one.max()) for one in filled)
    greatest = max(greatest, float(np.finfo(np.float32).tiny))  # MATLAB's realmin('single')
    if greatest == least:
        return [np.ones_like(one) for one in scores]
    return [(one - least) / (greatest - least) for one in scores]


def nearest(
    boxes: NDArray[np.float64], faces: NDArray[np.float64], matlab: bool
) -> NDArray[np.int64]:
    """The face that each box overlaps most, (N,), -1 where that is by less than 0.5."""
    compute = overlaps_matlab if matlab else overlaps
    step = max(1, PAIRS // len(faces))
    chosen = np.empty(len(boxes), dtype=np.int64)
    for start in range(0, len(boxes), step):
        ratio = compute(boxes[start : start + step], faces)
        best = ratio.argmax(axis=1)
        enough = ratio[np.arange(len(best)), best] >= OVERLAP
        chosen[start : start + step] = np.where(enough, best, -1)
    return chosen


def count(
    chosen: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Proposals and faces found in one picture among its n best detections, n from 0 on: (N + 1,).

    Args:
        chosen: of each detection, best first, its face or -1.
        counted: of each face, whether it counts.
    """
    hit = chosen >= 0
    counts = np.zeros(len(chosen), dtype=np.bool_)
    counts[hit] = counted[chosen[hit]]
    first = np.zeros(len(chosen), dtype=np.int64)
    index = np.flatnonzero(counts)
    _, earliest = np.unique(chosen[index], return_index=True)
    first[index[earliest]] = 1
    proposals = (~hit | counts).astype(np.int64)
    return np.append(0, np.cumsum(proposals)), np.append(0, np.cumsum(first))


def average_precision(recall: NDArray[np.float64], precision: NDArray[np.float64]) -> float:
    """Area under the envelope of precision, over every step of recall (VOC 2010)."""
    recall = np.concatenate([[0.0], recall, [1.0]])
    precision = np.concatenate([[0.0], precision, [0.0]])
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall) * envelope[1:]))


def evaluate(
    predictions: Mapping[str, Detections],
    pictures: Sequence[Picture],
    matlab: bool = False,
    count_empty: bool | None = None,
) -> dict[str, Result]:
    """The average precision in every setting of the pictures.

    Args:
        predictions: detections by `event/image`; a picture without is one without detections, as
            in the official tool, and told in `Result.missing`.
        pictures: from `wider_truth.load_lists` or `wider_truth.from_annotations`.
        matlab: take overlaps as the MATLAB tool's integers.
        count_empty: whether detections in pictures without any face are proposals. The official
            tool passes over such pictures; the setting "all" of generated scenes counts them.
            By default each as said.
    """
    if not pictures:
        raise ModelError("no pictures to evaluate on; expected some")
    found = [predictions.get(one.name) for one in pictures]
    missing = sum(one is None for one in found)
    if missing == len(pictures):
        raise ModelError(
            f"none of the {missing} pictures has predictions; expected names like "
            f"{pictures[0].name}, there are {', '.join(sorted(predictions)[:1]) or 'none'}"
        )
    none = Detections(np.zeros((0, 4)), np.zeros(0))
    ranked = [none if one is None else best_first(one) for one in found]
    # Scaled by the pictures of the list alone, which are all that the MATLAB tool reads.
    scores = normalise([one.scores for one in ranked])
    thresholds = 1 - np.arange(1, THRESHOLDS + 1) / THRESHOLDS
    settings = list(pictures[0].counted)
    empty = {name: count_empty if count_empty is not None else name == "all" for name in settings}
    totals = {name: np.zeros((2, THRESHOLDS), dtype=np.int64) for name in settings}
    faces = dict.fromkeys(settings, 0)
    for picture, detections, score in zip(pictures, ranked, scores, strict=True):
        for name in settings:
            faces[name] += int(picture.counted[name].sum())
        if not len(detections):
            continue
        cut = np.searchsorted(-score, -thresholds, side="right")
        if not len(picture.boxes):
            for name in settings:
                totals[name][0] += cut * empty[name]
            continue
        chosen = nearest(detections.boxes, picture.boxes, matlab)
        for name in settings:
            proposals, hits = count(chosen, picture.counted[name])
            totals[name] += np.stack([proposals[cut], hits[cut]])
    return {name: _result(totals[name], faces[name], missing) for name in settings}


def _result(totals: NDArray[np.int64], faces: int, missing: int) -> Result:
    """Curve and area of proposals and faces found, (2, 1000)."""
    proposals, hits = totals.astype(np.float64)
    precision = np.divide(hits, proposals, out=np.zeros(THRESHOLDS), where=proposals > 0)
    recall = hits / faces if faces else np.zeros(THRESHOLDS)
    ap = average_precision(recall, precision)
    return Result(ap, recall, precision, faces, missing)
