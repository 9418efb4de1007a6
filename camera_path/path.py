"""The whole path: a frame in memory to the network's input, its integers to boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .decode import Boxes, decode, least_integer
from .errors import CameraPathError
from .frames import FrameFormat, rgb_pixels
from .head import BOX_BITS, LARGEST_FRAME, SCORE_BITS, HeadIntegers
from .resize import Placement, letterbox
from .suppress import best, overlap_integer, suppress

#: Candidates that are kept for suppression.
CANDIDATES = 256
#: Those that hardware keeps, and whatever has to find its very boxes: suppression of as many takes
#: it less than 4,000 clocks.
HARDWARE_CANDIDATES = 64
#: Boxes of a frame, and their overlap, unless told otherwise.
MOST_BOXES = 100
OVERLAP = 0.45


@dataclass(frozen=True)
class Settings:
    """The registers' settings. least: integer score. overlap: integer. most: boxes that leave."""

    least: int
    overlap: int
    most: int

    @classmethod
    def make(cls, score: float, overlap: float = OVERLAP, most: int = MOST_BOXES) -> Settings:
        """Of thresholds from 0 to 1."""
        if most < 1:
            raise CameraPathError(f"{most} boxes at most; expected 1 or more")
        return cls(least_integer(score), overlap_integer(overlap), most)


def network_frame(memory: Any, layout: FrameFormat, size: int) -> tuple[Any, Placement]:
    """A frame in memory, uint8 (n,) -> the network's pixels (size, size, 3), and where it lies."""
    if size > LARGEST_FRAME:
        raise CameraPathError(
            f"a network of {size} x {size} pixels; expected {LARGEST_FRAME} a side at most"
        )
    return letterbox(rgb_pixels(memory, layout), size)


def boxes(
    integers: Any, head: HeadIntegers, settings: Settings, candidates: int = CANDIDATES
) -> Boxes:
    """The network's integers of one frame (H, W, 6 * anchors) -> boxes, best first."""
    found = best(decode(integers, head, settings.least), candidates)
    kept = suppress(found, settings.overlap)
    return kept.chosen(slice(settings.most))


def in_picture(found: Boxes, where: Placement) -> tuple[Any, Any]:
    """Corners (M, 4) in pixels of the picture and scores (M,) from 0 to 1: floats, for people."""
    corners = where.to_picture(found.corners / (1 << BOX_BITS))
    return corners, np.asarray(found.scores) / (1 << SCORE_BITS)
