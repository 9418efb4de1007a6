"""The picture with its boxes: of the hardware's integers, of the model's file, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.errors import FlowError
from flows.metadata import Anchors, read
from flows.report.facts import Facts
from flows.report.maps import Sheet, photograph
from flows.report.shown import Shown, Tensor
from flows.run.detect import BEST, choose_threshold
from model.detection.decode import Detections, Head, decode, detect
from model.errors import ModelError

#: Of the text at a box: its height in shares of the picture's.
_TEXT = 1 / 34


@dataclass(frozen=True)
class Box:
    """A box in pixels of the frame, clipped to it. label: its score, as it is written at it."""

    left: float
    top: float
    width: float
    height: float
    score: float

    @property
    def label(self) -> str:
        """The score in two decimals."""
        return f"{self.score:.2f}"

    @property
    def corners(self) -> str:
        """Such as "12, 30 to 40, 72"."""
        right, bottom = self.left + self.width, self.top + self.height
        return f"{self.left:.0f}, {self.top:.0f} to {right:.0f}, {bottom:.0f}"


@dataclass(frozen=True)
class Cell:
    """A part of the frame, and how much of the largest difference of a score is there (0 to 1)."""

    left: float
    top: float
    width: float
    height: float
    share: float


@dataclass(frozen=True)
class Pair:
    """A box of the hardware beside the file's of the same rank."""

    hardware: Box | None
    file: Box | None


@dataclass(frozen=True)
class Boxes:
    """The view of a detector on a picture.

    said: how many boxes of which score. hardware, file: best first; file: None where it was not
    executed. cells: where scores differ. score_difference, real_difference: the largest of a score
    and of an output's value.
    """

    picture: Sheet
    source: str
    said: str
    hardware: Sequence[Box]
    file: Sequence[Box] | None
    no_file: str
    cells: Sequence[Cell]
    score_difference: float
    real_difference: float
    line: float
    text: float

    @property
    def pairs(self) -> list[Pair]:
        """Boxes side by side."""
        other = list(self.file or [])
        count = max(len(self.hardware), len(other))
        return [
            Pair(
                self.hardware[rank] if rank < len(self.hardware) else None,
                other[rank] if rank < len(other) else None,
            )
            for rank in range(count)
        ]


def boxes(facts: Facts, shown: Shown, threshold: float | None = None) -> Boxes | None:
    """Of a detector on a picture; None of any other network.

    threshold: least score of a box, 0 to 1; None for the network's own. FlowError for another.
    """
    if not facts.is_detector or not shown.is_picture or not shown.outputs:
        return None
    output = shown.outputs[0]
    least, origin = choose_threshold(facts.metadata, threshold)
    try:
        head = Head(read(facts.metadata, "anchors", Anchors))
        found, said = _found(output.hardware, head, least, origin)
        scores = _scores(output.hardware, head)
        other, changes = None, np.zeros_like(scores)
        if output.file is not None and output.file.shape == output.hardware.shape:
            limit = None if said.startswith("no box") else least
            other = _of_file(output.file, head, limit, len(found))
            changes = np.abs(_scores(output.file, head) - scores)
    except (ModelError, FlowError):
        return None  # anchors of another head than ours: its outputs are shown as numbers
    height, width, _ = shown.frame.shape
    return Boxes(
        picture=photograph(shown.frame),
        source=shown.source,
        said=said,
        hardware=_boxes(found, width, height),
        file=None if other is None else _boxes(other, width, height),
        no_file=shown.no_file or "its output has another shape",
        cells=_cells(changes, width, height),
        score_difference=float(changes.max(initial=0.0)),
        real_difference=output.difference or 0.0,
        line=max(1.0, max(height, width) / 220),
        text=max(8.0, max(height, width) * _TEXT),
    )


def _nhwc(output: Tensor) -> Tensor:
    return np.asarray(output, dtype=np.float64).transpose(0, 2, 3, 1)


def _found(output: Tensor, head: Head, least: float, origin: str) -> tuple[Detections, str]:
    """As ``detect`` finds them: where none reaches the threshold, the best ones."""
    (found,) = detect(_nhwc(output), head, least)
    if len(found):
        noun = "box" if len(found) == 1 else "boxes"
        return found, f"{len(found)} {noun} of score {least:g} or more{origin}"
    (found,) = detect(_nhwc(output), head, 0.0, limit=BEST)
    return found, f"no box reaches score {least:g}{origin}; drawn: the {len(found)} best"


def _of_file(output: Tensor, head: Head, least: float | None, count: int) -> Detections:
    """The file's boxes by the same rule. least: None where the best are drawn, so many."""
    if least is None:
        return detect(_nhwc(output), head, 0.0, limit=count)[0]
    return detect(_nhwc(output), head, least)[0]


def _scores(output: Tensor, head: Head) -> Tensor:
    """(H, W, anchors) scores of every box."""
    values = _nhwc(output)
    _, height, width, _ = values.shape
    ((_, scores),) = decode(values, head)
    return scores.reshape(height, width, -1)


def _boxes(found: Detections, width: int, height: int) -> list[Box]:
    made = []
    for corners, score in zip(found.boxes, found.scores, strict=True):
        left, right = (float(np.clip(corners[at], 0, width)) for at in (0, 2))
        top, bottom = (float(np.clip(corners[at], 0, height)) for at in (1, 3))
        made.append(Box(left, top, right - left, bottom - top, float(score)))
    return made


def _cells(changes: Tensor, width: int, height: int) -> list[Cell]:
    """The cells of the output in which a score differs."""
    largest = changes.max(axis=2)
    if not (top := largest.max(initial=0.0)) > 0:
        return []
    rows, columns = largest.shape
    size = (width / columns, height / rows)
    return [
        Cell(column * size[0], row * size[1], *size, float(largest[row, column] / top))
        for row in range(rows)
        for column in range(columns)
        if largest[row, column] > top / 100
    ]
