"""Pictures of a camera or a video as OpenCV gives them, of any kind; none is lost in silence."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np

from .errors import AcceleratorError

#: So many times in a row a source may give no picture before that is an error.
MOST_LOST = 10
#: Rates (pictures a second) that a video can have, and the one where the source names none of them.
LEAST_RATE, MOST_RATE, USUAL_RATE = 1.0, 1000.0, 25.0


def pictures(
    capture: Any, count: int, source: str, live: bool, notes: list[str]
) -> Generator[Any, None, None]:
    """Up to count pictures (0: all) of a capture, (H, W, 3) uint8 BGR, each an array of its own.

    live: a camera, which does not end: a read without a picture counts as a lost one. notes: gets
    what the user should know at the end. Raises AcceleratorError where a source gives no picture at
    all, none many times in a row, or frames of a kind that is no picture.
    """
    number, lost, in_a_row = 0, 0, 0
    try:
        while not count or number < count:
            try:
                there, frame = capture.read()
            except Exception as error:
                raise AcceleratorError(
                    f"--source {source}: cannot be read ({type(error).__name__}: {error})"
                ) from error
            if not there and not live:
                break
            if not there or frame is None or not np.size(frame):
                lost, in_a_row = lost + 1, in_a_row + 1
                if in_a_row >= MOST_LOST:
                    raise AcceleratorError(
                        f"--source {source}: no picture {in_a_row} times in a row, behind {number} "
                        "pictures; expected a camera or video that goes on"
                    )
                continue
            in_a_row = 0
            number += 1
            yield to_bgr(frame, source)
    finally:
        if lost:
            notes.append(f"{lost} times the source gave no picture")
    if not number:
        raise AcceleratorError(f"--source {source}: opened, but it has no picture")
    if number < count:
        notes.append(f"the source ended behind {number} of {count} pictures")


def to_bgr(frame: Any, source: str) -> Any:
    """A frame as a new (H, W, 3) uint8 array: grey repeated, a fourth channel left out.

    Of 16 bit a sample the upper 8 count. Raises AcceleratorError for anything else.
    """
    array = np.asarray(frame)
    if array.ndim == 2:
        array = array[..., None]
    if (
        array.ndim != 3
        or array.shape[2] not in (1, 3, 4)
        or array.dtype not in (np.uint8, np.uint16)
    ):
        raise AcceleratorError(
            f"--source {source}: a frame of shape {np.shape(frame)}, {array.dtype}; expected "
            "(H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of uint8 or uint16"
        )
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    if array.shape[2] == 1:
        return np.repeat(array, 3, axis=2)
    return np.array(array[..., :3])  # cameras fill the fourth channel as they like


def usable_rate(capture: Any, name: Any, notes: list[str]) -> float:
    """Pictures a second that the source names, or the usual ones where a video cannot have them.

    name: OpenCV's of the property.
    """
    try:
        rate = float(capture.get(name))
    except Exception:
        rate = math.nan
    if LEAST_RATE <= rate <= MOST_RATE:
        return rate
    notes.append(
        f"the source names no rate that a video can have ({rate:g}): the video has {USUAL_RATE:g} "
        "pictures a second"
    )
    return USUAL_RATE


def fitted(picture: Any, size: tuple[int, int]) -> Any:
    """A picture stretched to a video's (width, height), by the nearest pixels."""
    width, height = size
    rows = np.arange(height) * picture.shape[0] // height
    columns = np.arange(width) * picture.shape[1] // width
    return np.ascontiguousarray(picture[rows[:, None], columns])
