"""``board-sim --pictures FOLDER`` of a board with a camera path: many pictures, one after another.

They have whatever sizes they have, so a frame's size changes in the middle of the stream. Integers
and boxes of each are compared with the specification's (``detect --camera-path``).
"""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.run.board import INTEGERS, BusOptions, board_simulator, facts
from flows.run.camera_sim import (
    COMPARED,
    LIMIT,
    OVERLAP,
    PATIENCE,
    PAUSE,
    broken_rules,
    check_camera,
    frame_faults,
    opened,
    specified,
)
from flows.run.detect import choose_threshold
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from hw.camera.options import VIDEO
from hw.driver import AcceleratorError, CameraBackend
from hw.driver.frame_memory import FrameLines, frame_lines
from hw.sim.board_bus import SimulatedBus
from hw.sim.verilate import Simulator
from model.data.wider import SUFFIXES
from model.detection.image import image_size, load_image


def picture_files(folder: Path, count: int | None = None) -> list[Path]:
    """The pictures of a folder and of those in it, by name; with ``count`` only the first ones."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not files:
        raise FlowError(f"{folder}: no picture ({', '.join(SUFFIXES)}); expected some")
    return files[:count]


def _check(build: Build, folder: Path, count: int | None) -> None:
    check_camera(build)
    if build.config.camera == VIDEO:
        raise FlowError(
            f"--pictures {folder}: a video stream has frames of one size; expected camera: memory"
        )
    if count is not None and count < 1:
        raise FlowError(f"--frames {count}: expected 1 or more")


def _bytes(path: Path, most: int) -> int:
    """Bytes of a picture in memory; FlowError where a side is of more pixels than the build takes.

    Said here, for the driver hands over a picture while the one before is under way.
    """
    width, height = image_size(path)
    if max(width, height) > most:
        raise FlowError(
            f"{path}: {width} x {height} pixels; camera_max_side: {most} of the configuration is "
            "the most a side"
        )
    return 3 * width * height


def camera_pictures(
    build: Build,
    folder: Path,
    threshold: float | None,
    bus: BusOptions | None = None,
    count: int | None = None,
    simulator: Simulator | None = None,
) -> dict[str, Any]:
    """Run the pictures of a folder through driver, camera path and network; compare all of each.

    count: only the first ones. Returns what report/board_sim.json has as ``pictures``. Raises
    FlowError at the first picture with an integer or box that differs, with its name.
    """
    bus = bus or BusOptions()
    _check(build, folder, count)
    choose_threshold({}, threshold)  # refused before anything is built
    files = picture_files(folder, count)
    largest = max(_bytes(path, build.config.camera_max_side) for path in files)
    build.results.remove(ResultName.BOARD_SIM)
    build.results.remove_verdicts(INTEGERS)
    build.paths.board_sim_picture.unlink(missing_ok=True)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, load_design(build))
    least, _ = choose_threshold(emulator.graph.metadata, threshold)
    waiting: deque[Any] = deque()

    def handed() -> Iterator[FrameLines]:
        for path in files:
            waiting.append(load_image(path))
            yield frame_lines(waiting[-1])

    integers: list[Any] = []
    boxes, faults = 0, []
    began = time.monotonic()
    with opened(simulator or board_simulator(build), description, largest, bus) as board:
        bus_of_it = SimulatedBus(board, description.clock_mhz, PAUSE, PATIENCE)
        backend = CameraBackend(bus_of_it, description)
        first = board.clock
        stream = backend.boxes_stream(handed(), least, OVERLAP, LIMIT, integers)
        for number, path in enumerate(files):
            try:
                found = next(stream)
            except AcceleratorError as error:
                raise FlowError(f"{path}: simulated board: {error}") from error
            source, mine = waiting.popleft(), integers.pop()
            wanted = specified(emulator, description, source, least)
            faults = frame_faults(emulator.graph.output, number, mine, found, wanted)
            faults += broken_rules(board.violations)
            boxes += len(found)
            said = f"{source.shape[1]} x {source.shape[0]}, {len(found)} boxes"
            print(
                f"{number + 1}/{len(files)} {path.name}: {said}, "
                f"{'differs' if faults else 'equal'} ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
            if faults:
                faults = [f"{path.name}: {fault}" for fault in faults]
                break
        clocks, seconds = board.clock - first, time.monotonic() - began
        counters = backend.counters()
        backend.close()  # the stream may not be at its end
    data = facts(number + 1, COMPARED, faults, counters, clocks, seconds, bus)
    measured = {"folder": str(folder), "pictures": number + 1, "boxes": boxes, "threshold": least}
    build.results.write(ResultName.BOARD_SIM, data | {"pictures": measured})
    if faults:
        raise FlowError(f"simulated board: {faults[0]}")
    print(
        f"board-sim: integers and {boxes} boxes of score {least:g} or more of {len(files)} "
        f"pictures equal to the specification's; {clocks / len(files):,.0f} clocks a picture, "
        f"reading and writing by the processor between them included"
    )
    return measured
