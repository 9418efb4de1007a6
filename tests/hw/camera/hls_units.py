"""The camera path's HLS C++ as a program: jobs of units in, what came out of each."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from camera_path.decode import Boxes
from hw.camera.hls import CAMERA_HLS_DIR, head_tables
from tests.hw.camera.decode_head import head
from tests.hw.hls.compiling import FOLDERS, compile_program

SOURCE = Path(__file__).with_name("camera_units.cpp")
#: Numbers of the units in camera_units.cpp: by lanes, by letterbox_bench's and suppress_bench's.
FORMAT, FRAME = {2: 0, 4: 1}, {2: 2, 4: 3}
LETTERBOX, SUPPRESS = {"a": 4, "b": 5, "c": 6}, {"a": 8, "b": 9}
DECODE, WRITE = 7, 10


@dataclass(frozen=True)
class Job:
    """A unit's number, its settings, what goes in, and what has to come out."""

    unit: int
    settings: tuple[int, ...]
    data: Any
    wanted: Any


def rows_of(boxes: Boxes) -> Any:
    """Boxes as the program has them, (M + 1, 7): end, score, place, corners; the end last."""
    rows = np.zeros((len(boxes) + 1, 7), np.int64)
    rows[:-1, 1], rows[:-1, 2], rows[:-1, 3:] = boxes.scores, boxes.places, boxes.corners
    rows[-1, 0] = 1
    return rows


def run_jobs(jobs: Sequence[Job], build: str, folder: Path, flags: tuple[str, ...] = ()) -> None:
    """Run jobs in a build ("fast", "exact"); what comes out of each is what is wanted of it."""
    source = folder / "camera_units.cpp"
    tables = head_tables(head()).replace("#pragma once", "")
    source.write_text(SOURCE.read_text().replace('#include "head_tables.hpp"', tables))
    program = compile_program(source, build, flags=flags, folders=(*FOLDERS, CAMERA_HLS_DIR))
    words = [
        np.concatenate([[job.unit, *job.settings, np.size(job.data)], np.ravel(job.data)])
        for job in jobs
    ]
    (folder / "jobs").write_bytes(np.concatenate(words).astype(np.int64).tobytes())
    done = subprocess.run(
        [program, folder / "jobs", folder / "results"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{build}: status {done.returncode}, {done.stderr}"
    found = np.fromfile(folder / "results", np.int64)
    for number, job in enumerate(jobs):
        count, found = int(found[0]), found[1:]
        mine, found = found[:count], found[count:]
        what = f"{build}: job {number}, unit {job.unit}, {job.settings}"
        wanted = np.ravel(job.wanted)
        assert mine.shape == wanted.shape, f"{what}: {mine.shape}, not {wanted.shape}"
        # -1: anything
        places = np.flatnonzero((mine != wanted) & (wanted != -1))
        assert not len(places), f"{what}: at {places[0]} {mine[places[0]]}, not {wanted[places[0]]}"
