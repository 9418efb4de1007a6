"""The camera path's HLS C++ of a build: its top levels, and a picture through all of it."""

from pathlib import Path

import numpy as np

from camera_path.frames import FrameFormat
from camera_path.path import Settings, boxes, network_frame
from flows.build.build import Build
from flows.errors import FlowError
from flows.run.board_top import head_integers
from flows.run.camera import camera_options
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from flows.run.frames import picture
from hw.camera.hls.cppsim import build_camera, run_camera
from hw.camera.hls.tops import CameraTops
from hw.hls.design import HlsProject

#: Settings of the comparison: every box, overlaps as the driver has them.
SETTINGS = Settings.make(0.0, 0.45, 1 << 20)
#: What is compared, in order.
BOUNDARIES = ("network's pixels", "network's integers", "boxes")


def camera_tops(build: Build, project: HlsProject, emulator: Emulator) -> CameraTops | None:
    """The top levels of a build's camera path around its network; None where it has none."""
    options = camera_options(build)
    if options is None:
        return None
    description = describe(build, emulator, load_design(build))
    rows, columns, _ = description.output.shape
    head = head_integers(description)
    return CameraTops(project, options, head, rows, columns, description.input.shape[0])


def camera_cppsim(
    build: Build,
    project: HlsProject,
    emulator: Emulator,
    kind: str,
    image: Path | None = None,
    settings: Settings = SETTINGS,
) -> str:
    """A picture through the compiled camera path, network and back; returns what was compared.

    kind: "fast" or "exact". image: default: scikit-image's portrait. Raises FlowError at the first
    boundary that is not the specification's or the emulator's.
    """
    tops = camera_tops(build, project, emulator)
    if tops is None:
        raise FlowError("the configuration has no camera; expected camera: memory")
    source, most = picture(image), tops.options.max_side
    if image is None:
        source = source[:most, :most]
    height, width = source.shape[:2]
    if max(height, width) > most:
        raise FlowError(
            f"{image}: {width} x {height} pixels; camera_max_side: {most} of the configuration is "
            "the most a side"
        )
    memory, layout = np.ascontiguousarray(source).reshape(-1), FrameFormat(width, height)
    program = build_camera(tops, kind, cache_dir=build.paths.hls_cache, progress=print)
    found = run_camera(tops, program, memory, layout, settings)
    frame, _ = network_frame(memory, layout, tops.side)
    integers = emulator.run(frame[None])[0]
    wanted = boxes(integers, tops.head, settings, tops.options.candidates)
    same = (
        np.array_equal(found.pixels.reshape(-1), frame.reshape(-1)),
        np.array_equal(found.integers.reshape(-1), integers.reshape(-1)),
        all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (found.boxes.corners, wanted.corners),
                (found.boxes.scores, wanted.scores),
                (found.boxes.places, wanted.places),
            )
        ),
    )
    for what, is_same in zip(BOUNDARIES, same, strict=True):
        if not is_same:
            raise FlowError(f"C++ simulation ({kind} build) of the camera path: other {what}")
    return (
        f"a picture of {width} x {height} in memory to {len(wanted)} boxes in memory, "
        f"equal to the specification's at {len(BOUNDARIES)} boundaries"
    )
