"""C++ simulation of the whole way: a frame in memory through camera path and network to records."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from camera_path.decode import Boxes
from camera_path.frames import FrameFormat
from camera_path.path import Settings
from hw.camera.hls import CAMERA_HLS_DIR, head_tables
from hw.camera.hls.tops import CameraTops
from hw.errors import HardwareError
from hw.files import write_changed
from hw.hls.compiler import Program, build_program
from hw.hls.project import Progress, silent
from hw.sim.beats import IntArray, unpack

#: Where the sources lie in the network's project.
FOLDER = "camera"


@dataclass(frozen=True)
class CameraFrame:
    """The beats that passed each boundary.

    pixels, integers: (beats, lanes). count: boxes by the header.
    """

    pixels: IntArray
    integers: IntArray
    boxes: Boxes
    count: int


def write_camera(tops: CameraTops) -> tuple[str, ...]:
    """Write the camera path's sources into the network's C++ project; those that are compiled."""
    folder = tops.project.folder / FOLDER
    folder.mkdir(exist_ok=True)
    for path in (*CAMERA_HLS_DIR.glob("*.hpp"), CAMERA_HLS_DIR / "camera_main.cpp"):
        write_changed(folder / path.name, path.read_bytes())
    texts = {
        "camera_in.cpp": tops.in_text(),
        "camera_out.cpp": tops.out_text(),
        "camera_top.hpp": tops.top_header(),
        "head_tables.hpp": head_tables(tops.head),
    }
    for name, text in texts.items():
        write_changed(folder / name, text.encode())
    names = ("camera_in.cpp", "camera_out.cpp", "camera_main.cpp")
    return (f"{tops.project.top}.cpp", *(f"{FOLDER}/{name}" for name in names))


def build_camera(
    tops: CameraTops, build: str, cache_dir: Path | None = None, progress: Progress = silent
) -> Program:
    """The compiled program of the whole way, from the cache if it was compiled before."""
    sources = write_camera(tops)
    return build_program(
        tops.project, build, cache_dir=cache_dir, progress=progress, sources=sources
    )


def run_camera(
    tops: CameraTops, program: Program, memory: Any, layout: FrameFormat, settings: Settings
) -> CameraFrame:
    """One frame. memory: uint8, the bytes from the first pixel on, in a word's first place."""
    data = np.ascontiguousarray(memory).reshape(-1)[: layout.frame_bytes]
    with tempfile.TemporaryDirectory(prefix="camera-", dir=tops.project.folder.parent) as name:
        folder = Path(name)
        (folder / "frame.bin").write_bytes(data.tobytes() + bytes(-len(data) % 8))
        numbers = (0, layout.line_stride, layout.width, layout.height, int(layout.pixels))
        words = [*numbers, settings.least, settings.overlap, min(settings.most, 1 << 31)]
        done = subprocess.run(
            [str(program.exe), name, *map(str, words)],
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.strip() or f"ended with status {done.returncode}"
            raise HardwareError(f"C++ simulation of the camera path, {program.build} build: {said}")
        source, result = tops.source, tops.result
        pixels = np.fromfile(folder / "pixels.bin", np.uint8).reshape(-1, source.bytes)
        integers = np.fromfile(folder / "integers.bin", np.uint8).reshape(-1, result.bytes)
        records = np.fromfile(folder / "records.bin", np.uint32).reshape(-1, 4)
    count = int(records[0, 1])
    mine = records[1 : 1 + count]
    corners = np.ascontiguousarray(mine[:, :2]).view(np.int16).astype(np.int64)
    return CameraFrame(
        unpack(pixels, source.lanes, 8, False),
        unpack(integers, result.lanes, result.bits, result.signed),
        Boxes(corners, mine[:, 3].astype(np.int64), mine[:, 2].astype(np.int64)),
        count,
    )
