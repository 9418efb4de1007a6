"""The curve of a detector: faces found over false positives as the threshold falls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SLACK = 1e-9
"""0.1 false positives for each of 30 pictures are 3, not 3.0000000000000004."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Points at every score that occurs, falling: what a threshold at that score gives."""

    thresholds: NDArray[np.float64]  # (K,) falling
    found: NDArray[np.float64]  # (K,) faces found, or the sum of their overlaps
    false_positives: NDArray[np.int64]  # (K,)
    faces: int
    pictures: int

    @property
    def rates(self) -> NDArray[np.float64]:
        """Found of all faces, (K,); 0 where there are none."""
        return self.found / self.faces if self.faces else np.zeros(len(self.found))

    def rate_at(self, false_positives: float) -> float:
        """The best rate of any threshold with at most so many false positives, 0 if none has."""
        allowed = self.false_positives <= false_positives + SLACK
        return float(self.rates[allowed].max(initial=0.0))

    def rate_at_fppi(self, fppi: float) -> float:
        """The same for false positives a picture: of FDDB's 2,845 pictures 0.1 are 284."""
        return self.rate_at(fppi * self.pictures)

    def threshold_at_fppi(self, fppi: float) -> float | None:
        """The threshold of `rate_at_fppi`, the lowest of equal rate; None if none is allowed."""
        allowed = np.flatnonzero(self.false_positives <= fppi * self.pictures + SLACK)
        if not len(allowed):
            return None
        best = allowed[self.rates[allowed] >= self.rates[allowed].max()]
        return float(self.thresholds[best[-1]])


def accumulate(
    scores: Sequence[NDArray[np.float64]],
    found: Sequence[NDArray[np.float64]],
    false_positives: Sequence[NDArray[np.int64]],
    faces: int,
    pictures: int,
) -> Curve:
    """The curve of changes: what each detection, at its score, adds to the counts."""
    every = np.concatenate([np.zeros(0), *scores])
    order = np.argsort(-every, kind="stable")
    every = every[order]
    last = np.flatnonzero(np.append(every[1:] != every[:-1], True)[: len(every)])
    hits = np.cumsum(np.concatenate([np.zeros(0), *found])[order])
    wrong = np.cumsum(np.concatenate([np.zeros(0, np.int64), *false_positives])[order])
    return Curve(every[last], hits[last], wrong[last], faces, pictures)
