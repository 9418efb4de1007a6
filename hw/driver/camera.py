"""``python3 -m dupnet_driver.camera``: faces in a camera's picture or a video, with OpenCV.

    sudo -E python3 -m dupnet_driver.camera --source 0 --out faces.avi
    sudo -E python3 -m dupnet_driver.camera --source film.mp4 --frames 200

The hardware computes a frame while the processor draws the boxes of the one before.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

from .__main__ import LEAST_SCORE, add_target, open_accelerator
from .accelerator import DupNetAccelerator
from .detection import Detections
from .errors import AcceleratorError

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


def pictures(capture: Any, count: int) -> Iterator[Any]:
    """Up to count pictures (0: all) of a capture, (H, W, 3) BGR as OpenCV gives them."""
    number = 0
    while not count or number < count:
        there, picture = capture.read()
        if not there:
            return
        number += 1
        yield picture


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

    Returns (pictures, seconds, whether Ctrl-C ended it).
    """
    cv2 = opencv()
    capture = cv2.VideoCapture(int(source) if source.isdigit() else source)
    if not capture.isOpened():
        raise AcceleratorError(f"--source {source}: no camera or readable video")
    writer: Any = None
    waiting: list[Any] = []

    def rgb() -> Iterator[Any]:
        for picture in pictures(capture, count):
            waiting.append(picture)
            yield picture[:, :, ::-1]

    number, began, stopped = 0, time.monotonic(), False
    try:
        for found in accelerator.detect_stream(rgb(), threshold):
            picture = draw(cv2, waiting.pop(0), found)
            number += 1
            if out and writer is None:
                size = (picture.shape[1], picture.shape[0])
                rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
                writer = cv2.VideoWriter(out, cv2.VideoWriter_fourcc(*"MJPG"), rate, size)
                if not writer.isOpened():
                    raise AcceleratorError(f"--out {out}: cannot be written (expected an .avi)")
            if writer is not None:
                writer.write(picture)
    except KeyboardInterrupt:
        stopped = True
    finally:
        capture.release()
        if writer is not None:
            writer.release()
    return number, time.monotonic() - began, stopped


def main(argv: list[str] | None = None) -> int:
    """Run until the source ends, --frames have passed or Ctrl-C; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m dupnet_driver.camera")
    add_target(parser)
    parser.add_argument("--source", default="0", help="number of a camera, or a video file")
    parser.add_argument("--out", default="", help="video to write (.avi)")
    parser.add_argument("--frames", type=int, default=0, help="pictures at most (0: all)")
    parser.add_argument("--threshold", type=float, help=LEAST_SCORE)
    arguments = parser.parse_args(argv)
    try:
        opencv()
        with open_accelerator(arguments) as accelerator:
            number, seconds, stopped = follow(
                accelerator, arguments.source, arguments.out, arguments.frames, arguments.threshold
            )
    except AcceleratorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the first picture, or behind the last
        print("interrupted", file=sys.stderr)
        return 130
    print(f"{number} pictures in {seconds:.1f} s: {number / max(seconds, 1e-9):.1f} a second")
    return 130 if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
