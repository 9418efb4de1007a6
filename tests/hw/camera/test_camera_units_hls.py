"""The camera path's HLS C++ against camera_path: every unit, in both builds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from camera_path import resize
from camera_path.decode import Boxes, decode
from camera_path.frames import FrameFormat, PixelFormat, rgb_pixels
from camera_path.suppress import best, suppress
from tests.hw.camera.decode_head import head
from tests.hw.camera.hls_units import (
    DECODE,
    FORMAT,
    FRAME,
    LETTERBOX,
    SUPPRESS,
    WRITE,
    Job,
    rows_of,
    run_jobs,
)

#: Of each letterbox: lanes, channels, bits, most pixels of a side, size, the border's level.
BOXES = {"a": (2, 3, 8, 40, 16, 128), "b": (1, 1, 8, 9, 24, 128), "c": (4, 1, 6, 31, 7, 9)}
#: Candidates kept by each unit.
KEPT = {"a": 16, "b": 5}


def format_jobs(rng: np.random.Generator) -> Iterator[Job]:
    """Beats of every format."""
    for lanes, unit in FORMAT.items():
        for pixels in PixelFormat:
            edges = [0, 15, 16, 128, 235, 255, int(rng.integers(256))]
            memory = rng.choice(edges, (60, 3 * lanes)).astype(np.uint8)
            layout = FrameFormat(lanes, 1, pixels)
            wanted = [rgb_pixels(beat, layout) for beat in memory]
            yield Job(unit, (int(pixels),), memory, np.array(wanted))


def frame_jobs(rng: np.random.Generator, count: int) -> Iterator[Job]:
    """Frames of drawn sizes, formats and strides from any byte on."""
    for number in range(count):
        pixels = PixelFormat(number % 4)
        even = 2 if pixels is PixelFormat.YUYV else 1
        width, height = even * int(rng.integers(1, 40 // even + 1)), int(rng.integers(1, 12))
        line = width * pixels.pixel_bytes
        layout = FrameFormat(width, height, pixels, line + int(rng.choice([0, 1, 5, 8, 30])))
        first = int(rng.integers(0, 20))
        memory = rng.integers(0, 256, 8 * ((first + layout.frame_bytes + 7) // 8), np.uint8)
        picture = rgb_pixels(memory[first:], layout)
        for lanes, unit in FRAME.items():
            # what lies behind a line's end is of no account: it is not compared
            beats = -(-width // lanes)
            settings = (int(pixels), first, layout.line_stride, width, height)
            yield Job(
                unit, settings, memory.view("<u8").astype(np.int64), _widened(picture, beats, lanes)
            )


def _widened(picture: np.ndarray, beats: int, lanes: int) -> np.ndarray:
    """Lines filled up to whole beats by -1, for what may be anything."""
    height, width, _ = picture.shape
    found = np.full((height, beats * lanes, 3), -1)
    found[:, :width] = picture
    return found


def letterbox_jobs(rng: np.random.Generator, count: int) -> Iterator[Job]:
    """Pictures of drawn sizes, corners first; behind a line's end there is anything."""
    for name, unit in LETTERBOX.items():
        lanes, channels, bits, most, size, level = BOXES[name]
        same = min(size, most)
        sizes = [(1, 1), (most, most), (1, most), (most, 1), (same, same), (2, 3), (most, same)]
        sizes += rng.integers(1, most + 1, (count, 2)).tolist()
        for width, height in sizes:
            picture = rng.integers(0, 1 << bits, (height, width, channels), np.uint8)
            if rng.random() < 0.3:
                picture[...] = (1 << bits) - 1  # sums as large as they get
            more = rng.integers(0, 1 << bits, (height, -width % lanes, channels), np.uint8)
            where = resize.place(width, height, size)
            frame = np.full((size, size, channels), level, np.uint8)
            frame[where.top : where.top + where.rows, where.left : where.left + where.columns] = (
                resize.resize(picture, where.rows, where.columns)
            )
            yield Job(unit, (width, height), np.concatenate([picture, more], axis=1), frame)


def decode_jobs(rng: np.random.Generator) -> Iterator[Job]:
    """Frames of integers, limits among them, and thresholds from none to all."""
    for reach in (2048, 100, 600):
        for least in (0, 1, 20000, 65000, 65536):
            frame = rng.integers(-reach, reach, (3, 4, 12))
            frame[0, 0, :6] = (-2048, 2047, -2048, 2047, -2048, 2047)
            frame[2, 3, 6:] = (2047, -2048, 2047, 2047, 2047, 2047)
            yield Job(DECODE, (least,), frame, rows_of(decode(frame, head(), least)))


def candidates(rng: np.random.Generator, count: int) -> Boxes:
    """Boxes anywhere, often the same, some without an area or at the limits, of equal scores."""
    reach = int(rng.choice([32767, 40]))
    ends = np.sort(rng.integers(-reach, reach + 1, (count, 2, 2)), axis=1).reshape(count, 4)
    for i in range(1, count):
        if rng.random() < 0.3:
            ends[i] = np.clip(ends[i - 1] + rng.integers(-2, 3), -32768, 32767)
        if rng.random() < 0.05:
            ends[i] = (-32768, -32768, 32767, 32767)
    scores = rng.integers(0, 1 << int(rng.choice([2, 16])), count)
    return Boxes(ends, scores, np.sort(rng.choice(64, count, replace=False)))


def suppress_jobs(rng: np.random.Generator, count: int) -> Iterator[Job]:
    """0, 1, as many, more and many more candidates than are kept; thresholds of 0 and 1."""
    for number in range(count):
        for name, unit in SUPPRESS.items():
            kept = KEPT[name]
            amount = (0, 1, kept, kept + 1, 2 * kept, int(rng.integers(0, 50)))[number % 6]
            boxes = candidates(rng, amount)
            overlap = int(rng.choice([0, 29491, 32768, 65535, 65536, rng.integers(65537)]))
            most = int(rng.choice([kept, kept, 1, 2, 0, 1000]))
            wanted = suppress(best(boxes, kept), overlap).chosen(slice(most))
            yield Job(unit, (overlap, most), rows_of(boxes), rows_of(wanted))


def write_jobs(rng: np.random.Generator) -> Iterator[Job]:
    """Records as docs/registers-camera.md has them; behind the last one nothing is written."""
    for count in (0, 1, 16):
        boxes = candidates(rng, count)
        records = np.full((17, 4), 0xDEADBEEF, np.int64)
        records[0] = (7, count, 640 | 480 << 16, 0)
        left, top, right, bottom = (boxes.corners[:, i] % 65536 for i in range(4))
        records[1 : count + 1] = np.stack(
            [left | top << 16, right | bottom << 16, boxes.places, boxes.scores], axis=1
        )
        yield Job(WRITE, (7, 640, 480), rows_of(boxes), records)


def all_jobs(seed: int, count: int) -> list[Job]:
    rng = np.random.default_rng(seed)
    return [
        *format_jobs(rng), *frame_jobs(rng, 4 * count), *letterbox_jobs(rng, count),
        *decode_jobs(rng), *suppress_jobs(rng, 6 * count), *write_jobs(rng),
    ]  # fmt: skip


@pytest.mark.parametrize("build", ["fast", pytest.param("exact", marks=pytest.mark.slow)])
def test_units_are_those_of_the_specification(build: str, tmp_path: Path) -> None:
    run_jobs(all_jobs(1, 4), build, tmp_path)


@pytest.mark.slow
def test_many_sizes(tmp_path: Path) -> None:
    run_jobs(all_jobs(2, 150), "exact", tmp_path)
