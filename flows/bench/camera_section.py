"""Section camera: a board with a camera path, simulated, beside the software path in the same run.

Pictures go through driver, shell and accelerator (``board-sim``), so that every figure is of boxes
that were compared with the specification's. LUTs are yosys' of both shells alone.
"""

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from flows.bench.rows import Options, Row, Section, missing
from flows.build.build import Build
from flows.errors import FlowError
from flows.run.board import board_simulator, other_shell
from flows.run.board_frames import is_detector
from flows.run.camera_sim import camera_sim
from flows.run.frames import picture
from hw.camera.measure import unit as camera_unit
from hw.shell.measure import unit as shell_unit
from hw.synth.operator import synthesize
from hw.synth.resources import Resources
from hw.tools.yosys import find_yosys
from model.detection.draw import save_image

#: Pictures, width and height; and lanes of the path that takes them at the rate that is asked for.
PICTURES = ((640, 480),)


def camera_section(
    build: Build, options: Options, pictures: tuple[tuple[int, int], ...] = PICTURES
) -> Section:
    """Rows of each picture, then what the shell takes beyond the one without a camera path."""
    title = "From a camera's frame to boxes"
    reason = other_shell(build)
    if not reason and not is_detector(build):
        reason = "no detector: its integers are no boxes"
    if reason:
        return Section("camera", title, [missing("a camera path", reason)])
    config = dataclasses.replace(build.config, camera=build.config.camera or "memory")
    made = dataclasses.replace(build, config=config)
    simulator = board_simulator(made)
    rows = []
    for width, height in pictures:
        with tempfile.TemporaryDirectory(dir=options.work, prefix=".camera-") as name:
            path = Path(name) / "picture.png"
            save_image(path, _stretched(width, height))
            found = camera_sim(
                made, path, None, Path(name) / "boxes.png", None, max(2, options.frames), simulator
            )
        rows += _rows(f"{width} x {height}", found, 1e3 / config.clock_ns)
    rows += _resources(options, config.camera_lanes)
    facts = {
        "network": f"{build.config.model.name}, {build.device.part}, {1e3 / config.clock_ns:g} MHz",
        "camera path": f"{config.camera_lanes} pixels a clock, frames in memory",
        "processor": "time of the driver's code on this machine, beside its letterbox and decoding",
    }
    return Section("camera", title, rows, facts)


def _rows(what: str, found: dict[str, Any], mhz: float) -> list[Row]:
    between, ratio = found["clocks_between"], found["software_ms"] / found["processor_ms"]
    return [
        Row(f"{what}: rate", 1e6 * mhz / between, "frames/s", f"{between:,} clocks a frame"),
        Row(f"{what}: last box in memory", found["last_box_clock"], "clocks", "from the START"),
        Row(f"{what}: behind the network", found["behind_network"], "clocks"),
        Row(f"{what}: processor", found["processor_ms"], "ms/frame"),
        Row(
            f"{what}: processor, software path", found["software_ms"], "ms/frame",
            "letterbox and decoding of the driver", ratio, f"{what}: processor",
        ),
    ]  # fmt: skip


def _resources(options: Options, lanes: int) -> list[Row]:
    mine = _taken(options, "camera", camera_unit("camera_shell", lanes))
    bare = _taken(options, "shell", shell_unit())
    figures = {
        "LUT": (mine.LUT, bare.LUT),
        "FF": (mine.FF, bare.FF),
        "DSP": (mine.DSP, bare.DSP),
        "BRAM36": (mine.bram36, bare.bram36),
    }
    return [
        Row(
            f"{name} over the bare shell", one - other, name, f"{one:g} and {other:g} of the shells"
        )
        for name, (one, other) in figures.items()
    ]


def _taken(options: Options, name: str, unit: Any) -> Resources:
    folder = options.work / f"synth-{name}"
    taken, _ = synthesize(unit, "xc7", find_yosys(), folder, options.work / "synth-cache")
    return taken


def _stretched(width: int, height: int) -> Any:
    """The portrait by its nearest pixels, as large as asked for."""
    source = picture(None)
    if width < 1 or height < 1:
        raise FlowError(f"a picture of {width} x {height}; expected 1 x 1 or more")
    rows = np.arange(height) * source.shape[0] // height
    columns = np.arange(width) * source.shape[1] // width
    return np.ascontiguousarray(source[rows[:, None], columns])
