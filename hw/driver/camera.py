"""``python3 -m dupnet_driver.camera``: faces in a camera's picture or a video, with OpenCV.

    sudo -E python3 -m dupnet_driver.camera --source 0 --out faces.avi
    sudo -E python3 -m dupnet_driver.camera --source film.mp4 --frames 200

The hardware computes a frame while the processor draws the boxes of the one before. Of a camera the
newest picture is taken; those for which that is too late are dropped and counted. Of a video file
every picture is.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .__main__ import LEAST_SCORE, add_target, open_accelerator
from .accelerator import DupNetAccelerator
from .camera_frames import fitted, pictures, usable_rate
from .command import INTERRUPTED, ended
from .detection import Detections
from .errors import AcceleratorError
from .newest import newest

COLOUR = (32, 64, 255)


def opencv() -> Any:
    """OpenCV, or an AcceleratorError that says how to get it."""
    try:
        import cv2
    except ImportError:
        raise AcceleratorError(
            "camera and video need OpenCV, which this Python does not have: PYNQ's images bring it "
            "(sudo -i first); elsewhere: pip3 install opencv-python-headless"
        ) from None
    return cv2


def draw(cv2: Any, picture: Any, found: Detections) -> Any:
    """The picture with every box outlined and its score at it."""
    for box, score in zip(found.boxes, found.scores):
        left, top, right, bottom = (int(value) for value in box)
        cv2.rectangle(picture, (left, top), (right, bottom), COLOUR, 2)
        cv2.putText(picture, f"{score:.2f}", (left, top - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.5, COLOUR)
    return picture


def follow(
    accelerator: DupNetAccelerator, source: str, out: str, count: int, threshold: float | None
) -> tuple[int, float, bool]:
    """Detect in pictures of a source and write them to a video.

    Returns (pictures, seconds, whether Ctrl-C ended it). What the user should know besides, such as
    pictures that were lost or stretched, is told on stderr.
    """
    if count < 0:
        raise AcceleratorError(f"--frames {count}: expected 0 (all of them) or more")
    cv2 = opencv()
    _check_out(out, source)
    live = re.fullmatch("[0-9]{1,4}", source) is not None
    capture = cv2.VideoCapture(int(source) if live else source)
    notes: list[str] = []
    waiting: list[Any] = []
    video = _Video(cv2, capture, out, notes)

    taken = pictures(capture, 0 if live else count, source, live, notes)

    def rgb() -> Iterator[Any]:
        for picture in islice(taken, count or None):
            waiting.append(picture)
            yield picture[:, :, ::-1]

    number, began, stopped = 0, time.monotonic(), False
    try:
        if not capture.isOpened():
            raise AcceleratorError(f"--source {source}: no camera or readable video")
        if live:
            video.choose_rate()  # while nobody else asks the camera for anything
            taken = newest(taken, notes)
        for found in accelerator.detect_stream(rgb(), threshold):
            picture = draw(cv2, waiting.pop(0), found)
            number += 1
            video.write(picture)
    except KeyboardInterrupt:
        stopped = True
        if waiting:
            notes.append(f"{len(waiting)} pictures more were read and are not in the result")
    finally:
        taken.close()
        capture.release()
        video.close()
        for note in notes:
            print(f"note: {note}", file=sys.stderr)
    return number, time.monotonic() - began, stopped


def _check_out(out: str, source: str) -> None:
    """AcceleratorError where the video cannot lie where it should, whatever is in it."""
    if not out:
        return
    folder = os.path.dirname(out) or "."
    if os.path.isdir(out) or not os.path.isdir(folder):
        what = "is a folder" if os.path.isdir(out) else f"there is no folder {folder}"
        raise AcceleratorError(f"--out {out}: {what}; expected an .avi in a folder that is there")
    if os.path.exists(out) and os.path.exists(source) and os.path.samefile(out, source):
        raise AcceleratorError(f"--out {out}: is the source; expected another file")


class _Video:
    """The video that is written, of the first picture's size; nothing where out is empty."""

    def __init__(self, cv2: Any, capture: Any, out: str, notes: list[str]) -> None:
        self._cv2, self._capture, self._out, self._notes = cv2, capture, out, notes
        self._writer: Any = None
        self._size = (0, 0)
        self._stretched = 0
        self._rate = 0.0

    def choose_rate(self) -> None:
        """Ask the source for its pictures a second, if there is a video to write."""
        if self._out and not self._rate:
            self._rate = usable_rate(self._capture, self._cv2.CAP_PROP_FPS, self._notes)

    def write(self, picture: Any) -> None:
        """Append a picture (H, W, 3); one of another size is stretched: OpenCV would drop it."""
        if not self._out:
            return
        if self._writer is None:
            self._open(picture)
        if (picture.shape[1], picture.shape[0]) != self._size:
            self._stretched += 1
            picture = fitted(picture, self._size)
        try:
            self._writer.write(picture)
        except Exception as error:
            raise AcceleratorError(
                f"--out {self._out}: a picture cannot be written ({type(error).__name__}: {error})"
            ) from error

    def close(self) -> None:
        """Finish the file."""
        if self._stretched:
            width, height = self._size
            self._notes.append(
                f"{self._stretched} pictures of another size were stretched to the video's "
                f"{width} x {height}"
            )
        if self._writer is not None:
            self._writer.release()

    def _open(self, picture: Any) -> None:
        cv2 = self._cv2
        self._size = (picture.shape[1], picture.shape[0])
        self.choose_rate()
        code = cv2.VideoWriter_fourcc(*"MJPG")
        self._writer = cv2.VideoWriter(self._out, code, self._rate, self._size)
        if not self._writer.isOpened():
            width, height = self._size
            raise AcceleratorError(
                f"--out {self._out}: cannot be written (expected an .avi; {width} x {height}, "
                f"{self._rate:g} pictures a second)"
            )


def main(argv: list[str] | None = None) -> int:
    """Run until the source ends, --frames have passed or Ctrl-C; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m dupnet_driver.camera", allow_abbrev=False)
    add_target(parser)
    parser.add_argument("--source", default="0", help="number of a camera, or a video file")
    parser.add_argument("--out", default="", help="video to write (.avi)")
    parser.add_argument("--frames", type=int, default=0, help="pictures at most (0: all)")
    parser.add_argument("--threshold", type=float, help=LEAST_SCORE)
    arguments = parser.parse_args(argv)

    def action() -> int:
        opencv()
        with open_accelerator(arguments) as accelerator:
            number, seconds, stopped = follow(
                accelerator, arguments.source, arguments.out, arguments.frames, arguments.threshold
            )
        print(f"{number} pictures in {seconds:.1f} s: {number / max(seconds, 1e-9):.1f} a second")
        return INTERRUPTED if stopped else 0

    return ended(action, arguments.debug)


if __name__ == "__main__":
    sys.exit(main())
