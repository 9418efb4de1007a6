"""FDDB's evaluation: discrete and continuous ROC and the detection rates read from them.

The protocol (Jain and Learned-Miller, UM-CS-2010-009, section 5; evaluate.cpp, Matching.cpp and
Results.cpp of http://vis-www.cs.umass.edu/fddb/evaluation.tgz), for every threshold at a score that
occurs in a picture:

1. The detections of that score or more are matched one to one with the annotated ellipses so that
   the sum of their overlaps (intersection over union of pixels, `regions`) is greatest: the
   Hungarian method. Pairs without overlap are no pairs.
2. The discrete score of a pair is 1 where its overlap is above 0.5, else 0; the continuous score is
   its overlap. False positives are the detections without a discrete score of 1.
3. Over all pictures, the sums of the scores over the number of faces, against false positives, are
   the two curves.

A rate at so many false positives is the greatest of any threshold that has no more than these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from model.data.fddb import Faces, Regions
from model.errors import ModelError
from model.evaluation.curve import Curve, accumulate
from model.evaluation.regions import draw, ellipse, overlaps
from model.files import write_atomic

OVERLAP = 0.5
FPPI = 0.1
COUNTS = (1000, 2000)
"""False positives at which rates are quoted, beside FPPI for each picture."""


@dataclass(frozen=True, eq=False)
class Result:
    """Both curves; their thresholds and false positives are the same."""

    discrete: Curve
    continuous: Curve

    def rates(self) -> dict[str, dict[str, float]]:
        """The usual figures: at 0.1 false positives a picture, at 1,000 and at 2,000."""
        table = {}
        for name, curve in (("discrete", self.discrete), ("continuous", self.continuous)):
            table[name] = {f"{FPPI:g} per image": curve.rate_at_fppi(FPPI)}
            table[name] |= {f"{count}": curve.rate_at(count) for count in COUNTS}
        return table


def match(ratio: NDArray[np.float64]) -> tuple[int, float]:
    """Pairs above 0.5 and the sum of all overlaps in the best matching of overlaps (M, N)."""
    ratio = ratio[ratio.any(axis=1)][:, ratio.any(axis=0)]
    if not ratio.size:
        return 0, 0.0
    rows, columns = linear_sum_assignment(ratio, maximize=True)
    pairs = ratio[rows, columns]
    return int((pairs > OVERLAP).sum()), float(pairs.sum())


def score_picture(
    ratio: NDArray[np.float64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """The changes that each threshold of one picture makes.

    Args:
        ratio: overlaps of faces with detections, (M, N).
        scores: of the detections, (N,).

    Returns: the different scores, falling, and at each the change of faces found (discrete), of the
        sum of overlaps (continuous), and of false positives.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, ratio = scores[order], ratio[:, order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)])
    touches = np.cumsum(ratio.any(axis=0))
    discrete, continuous = np.zeros(len(last)), np.zeros(len(last))
    before, outcome = 0, (0, 0.0)
    for step, index in enumerate(last):
        if touches[index] != before:  # else none of the new ones overlaps a face
            before, outcome = int(touches[index]), match(ratio[:, : index + 1])
        discrete[step], continuous[step] = outcome
    wrong = last + 1 - discrete.astype(np.int64)
    return (
        ranked[last],
        np.diff(discrete, prepend=0.0),
        np.diff(continuous, prepend=0.0),
        np.diff(wrong, prepend=0),
    )


def evaluate(faces: Sequence[Faces], detections: Mapping[str, Regions]) -> Result:
    """Both curves of detections, by picture, on the annotated pictures."""
    if not faces:
        raise ModelError("no pictures to evaluate on; expected the folds of FDDB")
    absent = [one.name for one in faces if one.name not in detections]
    if absent:
        raise ModelError(
            f"{len(absent)} of {len(faces)} pictures are not among the detections, first "
            f"{absent[0]}; expected each, with the number 0 where nothing was found"
        )
    unknown = sorted(set(detections) - {one.name for one in faces})
    if unknown:
        raise ModelError(
            f"detections in {len(unknown)} pictures that the folds do not have, first {unknown[0]}"
        )
    changes = []
    for one in faces:
        regions = detections[one.name]
        drawn = [ellipse(*shape, size=one.size) for shape in one.ellipses.tolist()]
        ratio = overlaps(drawn, draw(regions, one.size))
        changes.append(score_picture(ratio, regions.scores))
    scores, discrete, continuous, wrong = (list(part) for part in zip(*changes, strict=True))
    total = sum(len(one.ellipses) for one in faces)
    return Result(
        accumulate(scores, discrete, wrong, total, len(faces)),
        accumulate(scores, continuous, wrong, total, len(faces)),
    )


def write_roc(prefix: str, result: Result) -> tuple[Path, Path]:
    """Write PREFIXDiscROC.txt (rate, false positives, threshold) and PREFIXContROC.txt.

    As the official program does, falling rate first, so that its plots take them.
    """
    discrete, continuous = result.discrete, result.continuous
    table = [discrete.rates, discrete.false_positives, discrete.thresholds, continuous.rates]
    rows = list(zip(*(column.tolist() for column in table), strict=True))[::-1]
    paths = Path(f"{prefix}DiscROC.txt"), Path(f"{prefix}ContROC.txt")
    write_atomic(paths[0], "".join(f"{d:g} {fp} {t:g}\n" for d, fp, t, _ in rows).encode())
    write_atomic(paths[1], "".join(f"{c:g} {fp}\n" for _, fp, _, c in rows).encode())
    return paths
