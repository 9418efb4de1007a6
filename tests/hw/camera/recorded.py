"""Records of the RTL's benches, as jobs of the HLS C++."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.hw.camera.hls_units import DECODE, FORMAT, LETTERBOX, SUPPRESS, Job

#: Of each letterbox: lanes, channels, bits, size.
_BOXES = {"a": (2, 3, 8, 16), "b": (1, 1, 8, 24), "c": (4, 1, 6, 7)}
#: Bits of a corner of each unit that suppresses.
_CORNERS = {"a": 16, "b": 5}


def _entries(record: Path) -> Iterator[dict[str, Any]]:
    lines = record.read_text(encoding="utf-8").splitlines()
    assert lines, f"{record}: the bench recorded nothing"
    yield from map(json.loads, lines)


def lanes_of(values: Sequence[int], lanes: int, bits: int, signed: bool = False) -> Any:
    """Integers of packed beats, (beats, lanes); lane 0 is the least significant."""
    sign = 1 << (bits - 1) if signed else 0
    rows = [
        [((value >> (bits * i) & ((1 << bits) - 1)) ^ sign) - sign for i in range(lanes)]
        for value in values
    ]
    return np.array(rows, np.int64).reshape(len(values), lanes)


def format_jobs(record: Path) -> Iterator[Job]:
    """Of pixel_format: the beats of each format."""
    for entry in _entries(record):
        given = lanes_of([beat["in_data"] for beat in entry["beats"]], 6, 8)
        found = lanes_of(entry["found"], 6, 8)
        kinds = np.array([beat["format"] for beat in entry["beats"]])
        for kind in range(4):
            yield Job(FORMAT[2], (kind,), given[kinds == kind], found[kinds == kind])


def letterbox_jobs(record: Path) -> Iterator[Job]:
    """Of letterbox: each picture."""
    for entry in _entries(record):
        lanes, channels, bits, size = _BOXES[entry["unit"]]
        beats, found = entry["beats"], entry["found"]
        for width, height in entry["sizes"]:
            count = height * -(-width // lanes)
            mine, beats = beats[:count], beats[count:]
            pixels, found = found[: size * size], found[size * size :]
            data = lanes_of(mine, lanes * channels, bits)
            wanted = lanes_of(pixels, channels, bits)
            yield Job(LETTERBOX[entry["unit"]], (width, height), data, wanted)


def letterbox_clocks(record: Path) -> Iterator[tuple[str, int, int, list[tuple[int, int]]]]:
    """Of letterbox: unit, width, height of pictures of one size that never waited, and the clocks.

    Those are of the first and the last pixel of each, from the first configuration on.
    """
    for entry in _entries(record):
        sizes = entry["sizes"]
        if "taken" in entry and len(sizes) > 1 and all(size == sizes[0] for size in sizes):
            side = _BOXES[entry["unit"]][3]
            times = np.array(entry["taken"]).reshape(len(sizes), side * side) - entry["begin"]
            ends = [(int(row[0]), int(row[-1])) for row in times]
            yield entry["unit"], *sizes[0], ends


def _rows(found: Sequence[Sequence[int]], bits: int) -> list[Any]:
    """Boxes of each frame, (M + 1, 7): end, score, place, corners."""
    rows = np.zeros((len(found), 7), np.int64)
    rows[:, :3] = [beat[:3] for beat in found]
    rows[:, 3:] = lanes_of([beat[3] for beat in found], 4, bits, signed=True)
    rows[rows[:, 0] == 1, 1:] = 0  # of an end nothing else counts
    return np.split(rows, np.flatnonzero(rows[:, 0]) + 1)[:-1]


def decode_jobs(record: Path) -> Iterator[Job]:
    """Of decode_boxes: each frame."""
    for entry in _entries(record):
        for frame, rows in zip(entry["frames"], _rows(entry["found"], 16), strict=True):
            yield Job(DECODE, (entry["least"],), np.array(frame), rows)


def suppress_jobs(record: Path) -> Iterator[Job]:
    """Of suppress_boxes: each frame."""
    for entry in _entries(record):
        bits = _CORNERS[entry["unit"]]
        beats = [list(beat.values()) for beat in entry["beats"]]
        settings = (entry["overlap"], entry["most"])
        for given, rows in zip(_rows(beats, bits), _rows(entry["found"], bits), strict=True):
            yield Job(SUPPRESS[entry["unit"]], settings, given, rows)
