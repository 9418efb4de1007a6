"""Boxes of the camera path's integers against those of real numbers, on labelled pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from camera_path.path import HARDWARE_CANDIDATES
from camera_path.resize import Placement, weighted
from flows.run.emulator import Emulator
from model.data.wider import Annotation
from model.detection import decode, integer_path, letterbox
from model.detection.decode import Detections, Head
from model.detection.image import load_image
from model.evaluation.boxes import average_precision, curve, overlaps

#: Boxes of a lower score are left out of the average precision, and how many there may be.
LEAST, LIMIT = 0.01, 750
#: Boxes that overlap as much are two answers about one face.
SAME = 0.5
#: What has to hold: pixels of the picture, and average precision.
MOST_PIXELS, MOST_AP = 1.0, 0.002


@dataclass
class Agreement:
    """How far boxes lie apart.

    pixels: of each box that both find, the largest distance of a side, in pixels of the picture.
    alone: boxes of the threshold's score that only one finds, (first, second).
    near_threshold: how many of those are within 0.002 of the threshold.
    """

    pixels: list[float] = field(default_factory=list)
    alone: tuple[int, int] = (0, 0)
    near_threshold: int = 0

    def add(self, first: Detections, second: Detections, score: float) -> None:
        """Compare one picture's boxes of the score or more."""
        one, other = (_likely(found, score) for found in (first, second))
        pairs = _pairs(one.boxes, other.boxes)
        self.pixels += [float(np.abs(one.boxes[i] - other.boxes[j]).max()) for i, j in pairs]
        single = [np.delete(one.scores, [i for i, _ in pairs]),
                  np.delete(other.scores, [j for _, j in pairs])]  # fmt: skip
        self.alone = (self.alone[0] + len(single[0]), self.alone[1] + len(single[1]))
        self.near_threshold += int((np.concatenate(single) < score + 0.002).sum())

    @property
    def worst(self) -> float:
        """The largest distance, 0 without boxes."""
        return max(self.pixels, default=0.0)

    def line(self) -> str:
        """The agreement as text."""
        mean = float(np.mean(self.pixels)) if self.pixels else 0.0
        return (
            f"{len(self.pixels)} boxes of both, sides within {self.worst:.3f} pixels (mean of the "
            f"worst side {mean:.3f}); alone {self.alone[0]} and {self.alone[1]}, of them "
            f"{self.near_threshold} within 0.002 of the threshold"
        )


@dataclass
class Comparison:
    """Boxes of real numbers and of integers, over all pictures.

    same: boxes of one and the same output of the network. whole: from the picture on, so that the
    network's input differs where a mean lies just between two levels. ap: average precision of each
    from the picture on, (real, integer). ap_same: that of the integer boxes of the real path's own
    frames. levels, share: largest difference of the input's values, and how many of all differ.
    halves: how many of those have an exact half as their mean, which integers round up, and 32-bit
    floats as their last bit happens to be.
    """

    pictures: int
    same: Agreement = field(default_factory=Agreement)
    whole: Agreement = field(default_factory=Agreement)
    ap: tuple[float, float] = (0.0, 0.0)
    ap_same: float = 0.0
    levels: int = 0
    share: float = 0.0
    halves: float = 0.0

    def lines(self, score: float) -> list[str]:
        """The comparison as text."""
        first, second = self.ap
        return [
            f"{self.pictures} pictures, boxes of score {score:g} or more",
            f"network's input: {self.share:.4%} of its values differ, by {self.levels} at most; "
            f"{self.halves:.1%} of those are exact halves",
            f"of the same integers: {self.same.line()}",
            f"from the picture on: {self.whole.line()}",
            f"average precision: {first:.5f} by real numbers, {second:.5f} by integers "
            f"(difference {abs(first - second):.5f})",
            f"average precision by integers, of frames resized by real numbers: {self.ap_same:.5f}",
        ]

    def holds(self) -> bool:
        """Whether boxes of the same integers, and the average precision, agree as they have to."""
        near = self.same.worst <= MOST_PIXELS
        return near and abs(self.ap[0] - self.ap[1]) <= MOST_AP


@dataclass(frozen=True)
class _Found:
    real: Detections
    same: Detections
    whole: Detections
    distance: NDArray[np.int16]
    halves: int


def compare(
    emulator: Emulator,
    head: Head,
    pictures: Sequence[Annotation],
    score: float,
    candidates: int = HARDWARE_CANDIDATES,
) -> Comparison:
    """Run both over labelled pictures. score: least of the boxes whose sides are compared.

    candidates: how many the integer path looks at.
    """
    result = Comparison(len(pictures))
    real, same, whole, differ, halves, values = [], [], [], 0, 0, 1
    for found in _found(emulator, head, pictures, candidates):
        real.append(found.real)
        same.append(found.same)
        whole.append(found.whole)
        result.same.add(found.real, found.same, score)
        result.whole.add(found.real, found.whole, score)
        result.levels = max(result.levels, int(found.distance.max()))
        differ += int(np.count_nonzero(found.distance))
        halves += found.halves
        values += found.distance.size
    result.share, result.halves = differ / values, halves / max(1, differ)
    truth, ignored = [one.boxes for one in pictures], [one.invalid for one in pictures]
    first, result.ap_same, second = (
        average_precision(curve(found, truth, ignored)) for found in (real, same, whole)
    )
    result.ap = (first, second)
    return result


def _found(
    emulator: Emulator, head: Head, pictures: Sequence[Annotation], candidates: int
) -> Iterator[_Found]:
    size = emulator.input_shape[0]
    for one in tqdm(pictures, unit="picture", disable=None):
        picture = load_image(one.path)
        frame, transform = letterbox.letterbox(picture, size)
        other, where = integer_path.letterbox(picture, size)
        distance = np.abs(frame.astype(np.int16) - other)
        output = emulator.run(frame[None])
        outputs = [output, emulator.run(other[None]) if distance.any() else output]
        (real,) = decode.detect(output, head, LEAST, limit=LIMIT)
        found = [
            integer_path.detect(each, head, LEAST, limit=LIMIT, candidates=candidates)[0]
            for each in outputs
        ]
        same, whole = (Detections(where.to_picture(one.boxes), one.scores) for one in found)
        yield _Found(
            Detections(transform.to_picture(real.boxes), real.scores),
            same,
            whole,
            distance,
            _halves(picture, where, distance) if distance.any() else 0,
        )


def _halves(picture: NDArray[np.uint8], where: Placement, distance: NDArray[np.int16]) -> int:
    """How many of the values that differ have a mean just between two levels."""
    sums, total = weighted(picture, where.rows, where.columns)
    inside = distance[where.top : where.top + where.rows, where.left : where.left + where.columns]
    return int(np.count_nonzero((inside != 0) & ((2 * sums + total) % (2 * total) == 0)))


def _likely(found: Detections, score: float) -> Detections:
    """Boxes of the score or more."""
    return Detections(found.boxes[found.scores >= score], found.scores[found.scores >= score])


def _pairs(first: NDArray[np.float64], second: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Boxes that are each other's, the most alike first."""
    ratio = overlaps(first, second)
    pairs = []
    while ratio.size and ratio.max() >= SAME:
        i, j = (int(v) for v in np.unravel_index(int(ratio.argmax()), ratio.shape))
        pairs.append((i, j))
        ratio[i, :] = ratio[:, j] = -1
    return pairs
