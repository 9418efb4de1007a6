"""Letterbox and boxes as the camera path computes them: the integers of `camera_path`.

The functions take and give what those of `letterbox` and `decode` do, so that one can stand for the
other. Boxes agree within a pixel of the picture (`python -m dupnet.camera` compares).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from camera_path.errors import CameraPathError
from camera_path.head import BOX_BITS, SCORE_BITS, HeadIntegers
from camera_path.path import CANDIDATES, Settings, boxes
from camera_path.resize import Placement
from camera_path.resize import letterbox as integer_letterbox
from model.detection.decode import DEFAULT_SCORE, STRIDE, Detections, Head, least_score
from model.errors import ModelError

__all__ = ["Placement", "detect", "head_integers", "letterbox"]


def head_integers(head: Head, scale: float | Sequence[float] | None = None) -> HeadIntegers:
    """The constants of a head; ModelError where they do not fit.

    scale: of each channel, where they differ; default: the head's one.
    """
    try:
        return HeadIntegers.make(
            head.anchors, head.scale if scale is None else scale, head.bias, STRIDE
        )
    except CameraPathError as error:
        raise ModelError(str(error)) from error


def letterbox(image: NDArray[np.uint8], size: int = 512) -> tuple[NDArray[np.uint8], Placement]:
    """The picture (H, W, 3) in the middle of size x size x 3, and where it lies in it."""
    if image.ndim != 3 or image.shape[2] != 3:
        raise ModelError(
            f"picture of shape {image.shape}, {image.dtype}; expected (H, W, 3), uint8"
        )
    try:
        frame, where = integer_letterbox(image, size)
    except CameraPathError as error:
        raise ModelError(str(error)) from error
    return frame, where


def detect(
    output: NDArray[np.integer],
    head: Head,
    score_threshold: float = DEFAULT_SCORE,
    iou_threshold: float = 0.45,
    limit: int = 100,
    candidates: int = CANDIDATES,
) -> list[Detections]:
    """Detections of each frame of the network's integers, (N, H, W, 6 * anchors).

    Corners in pixels of the letterbox, by sixteenths. candidates: how many of the highest scores
    are looked at.
    """
    least_score(score_threshold, "threshold")
    constants = head_integers(head)
    settings = Settings.make(score_threshold, iou_threshold, limit)
    try:
        found = [boxes(frame, constants, settings, candidates) for frame in output]
    except CameraPathError as error:
        raise ModelError(str(error)) from error
    return [
        Detections(one.corners / (1 << BOX_BITS), one.scores / (1 << SCORE_BITS)) for one in found
    ]
