"""Pictures to frames and integers to boxes, all in integers: ``camera_path``, for this driver.

`make driver` copies that package into this one; in the repository it lies beside it. What it finds
is what hardware with the camera path finds, box for box.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .description import Description
from .detection import Detections
from .errors import AcceleratorError

try:
    from .camera_path import (  # type: ignore[import-not-found, unused-ignore]
        errors,
        frames,
        head,
        path,
        resize,
    )
except ImportError:
    from camera_path import errors, frames, head, path, resize

__all__ = ["errors", "find", "frames", "head", "head_constants", "letterbox", "path", "resize"]


def letterbox(picture: Any, size: int) -> tuple[Any, Any]:
    """(H, W, 3) uint8 -> the picture in the middle of size x size x 3, and where it lies."""
    shape, kind = getattr(picture, "shape", None), getattr(picture, "dtype", None)
    if shape is None or len(shape) != 3 or shape[2] != 3 or kind != np.uint8 or 0 in shape:
        raise AcceleratorError(f"a picture of shape {shape}, {kind}; expected (H, W, 3), uint8")
    frame, where = resize.letterbox(picture, size)
    return frame, where


def head_constants(description: Description) -> Any:
    """The constants of a detector's head. AcceleratorError where it is none, or they do not fit."""
    if description.anchors is None:
        raise AcceleratorError(f"{description.name} is no detector: its description has no anchors")
    output = description.output
    bias = np.broadcast_to(output.bias, (output.shape[2],))
    scale = output.scale[0] if len(output.scale) == 1 else output.scale
    try:
        return head.HeadIntegers.make(description.anchors, scale, bias, description.stride)
    except errors.CameraPathError as error:
        raise AcceleratorError(str(error)) from None


def find(
    integers: Any, description: Description, threshold: float, overlap: float, limit: int
) -> Detections:
    """Boxes of one frame's integers with at least the threshold's score, overlaps suppressed."""
    constants = head_constants(description)
    try:
        settings = path.Settings.make(threshold, overlap, limit)
        found = path.boxes(integers, constants, settings, path.HARDWARE_CANDIDATES)
    except errors.CameraPathError as error:
        raise AcceleratorError(str(error)) from None
    return Detections(found.corners / (1 << head.BOX_BITS), found.scores / (1 << head.SCORE_BITS))
