"""Candidates: of the network's integers every box whose score reaches the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import CameraPathError
from .head import BOX_BITS, HIGHEST, LOWEST, OUTPUTS, SCORE_BITS, HeadIntegers, half_side, sigmoid


@dataclass(frozen=True)
class Boxes:
    """Boxes of a frame, in integers.

    corners: (M, 4) left, top, right, bottom in 1/16 pixels of the frame. scores: (M,), 2 ** 16
    would be 1. places: (M,), number of each in the order row, column, anchor.
    """

    corners: Any
    scores: Any
    places: Any

    def __len__(self) -> int:
        return len(self.scores)

    def chosen(self, which: Any) -> Boxes:
        """Those of the numbers, in that order."""
        return Boxes(self.corners[which], self.scores[which], self.places[which])


def least_integer(score: float) -> int:
    """The least integer score that is a threshold's or more; 0 to 2 ** 16."""
    if not 0 <= score <= 1:
        raise CameraPathError(f"a threshold of {score}; expected 0 to 1")
    return int(np.ceil(score * (1 << SCORE_BITS)))


def decode(integers: Any, head: HeadIntegers, least: int = 0) -> Boxes:
    """Boxes of one frame with an integer score of ``least`` or more, by row, column, anchor.

    integers: the network's output, (H, W, 6 * anchors), of any integer type.
    """
    array = np.asarray(integers)
    channels = OUTPUTS * head.anchors
    if array.ndim != 3 or array.shape[2] != channels or array.dtype.kind not in "iu":
        raise CameraPathError(
            f"an output of shape {array.shape}, {array.dtype}; expected (H, W, {channels}) integers"
        )
    rows, columns, _ = array.shape
    fixed = array.astype(np.int64) * np.array(head.factors) + np.array(head.offsets)
    x, y, w, h, o, f = np.moveaxis(fixed.reshape(rows, columns, head.anchors, OUTPUTS), -1, 0)
    scores = rounded_product(sigmoid(o), sigmoid(f))
    cell = head.stride << BOX_BITS
    centre_x = np.arange(columns)[:, np.newaxis] * cell + rounded_product(sigmoid(x), cell)
    centre_y = np.arange(rows)[:, np.newaxis, np.newaxis] * cell + rounded_product(sigmoid(y), cell)
    half_x, half_y = half_side(w), half_side(h)
    corners = np.stack(
        [centre_x - half_x, centre_y - half_y, centre_x + half_x, centre_y + half_y], axis=-1
    )
    every = Boxes(
        np.clip(corners, LOWEST, HIGHEST).reshape(-1, 4),
        scores.reshape(-1),
        np.arange(scores.size),
    )
    return every.chosen(np.flatnonzero(every.scores >= least))


def rounded_product(part: Any, factor: Any) -> Any:
    """part / 2 ** 16 * factor to the nearest integer, halves up."""
    return (part * factor + (1 << (SCORE_BITS - 1))) >> SCORE_BITS
