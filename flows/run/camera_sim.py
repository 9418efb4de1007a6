"""``board-sim`` of a board with a camera path: a picture of any size in, boxes in memory.

The picture lies in memory, or is sent as a video stream, again and again.
All between is simulated RTL, and the driver that starts it is the very one of the board. Boxes and
integers have to be those of the specification on the same picture (``detect --camera-path``).
"""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np

from camera_path.path import Settings, boxes, in_picture
from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import write_npy
from flows.run.board import INTEGERS, BusOptions, board_simulator, facts, other_shell
from flows.run.board_top import head_integers
from flows.run.camera import camera_options
from flows.run.camera_processor import BEFORE, TIMED, RecordingBus, processor_seconds
from flows.run.compare import compare_boundaries
from flows.run.detect import choose_threshold
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from flows.run.frames import picture
from hw.camera.options import VIDEO
from hw.driver import AcceleratorError, CameraBackend, Description, Detections, VideoBackend
from hw.driver import detection as software
from hw.driver.backend import Bus
from hw.driver.frame_memory import FrameLines, frame_lines
from hw.driver.pynq_bus import PAUSE as BOARD_PAUSE
from hw.sim.board import SimulatedBoard
from hw.sim.verilate import Simulator
from hw.sim.video import video_beats
from model.detection.decode import Detections as Drawn
from model.detection.draw import draw_boxes, image_format, save_image
from model.detection.integer_path import letterbox

#: The software path is timed so often, behind a first time.
REPEATS = 10
#: Boxes compared and drawn, and their overlap.
LIMIT, OVERLAP = 100, 0.45
#: What is compared of a frame.
COMPARED = ("network's integers", "boxes")
#: Clocks that pass while the driver waits once, and without progress until it calls that stuck.
PAUSE, PATIENCE = 2000, 50_000_000


@dataclass
class _Run:
    """The results of frames in a row. integers, found: of each.

    looks: of a board's driver at the registers, a frame. processor: seconds a frame.
    """

    integers: list[Any] = field(default_factory=list)
    found: list[Detections] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    violations: tuple[int, str] = (0, "")
    clocks: int = 0
    between: int = 0
    seconds: float = 0.0
    looks: float = 0.0
    processor: float = 0.0


def camera_sim(
    build: Build,
    image: Path | None,
    threshold: float | None,
    out: Path | None = None,
    bus: BusOptions | None = None,
    frames: int = 1,
    simulator: Simulator | None = None,
) -> dict[str, Any]:
    """Run a picture through driver, camera path, network and back; compare integers and boxes.

    frames: so many times in a row, one waiting while another is read: with two or more the clocks
    from one to the next are measured. The rest is as of ``flows.run.board_sim.board_sim``. Returns
    what report/board_sim.json has as ``camera``.
    """
    bus = bus or BusOptions()
    check_camera(build)
    options = camera_options(build)
    if frames < 1:
        raise FlowError(f"--frames {frames}: expected 1 or more")
    choose_threshold({}, threshold)  # refused before anything is built
    drawing = build.paths.board_sim_picture
    out = out or drawing
    image_format(out)
    source = picture(image)
    build.results.remove(ResultName.BOARD_SIM)
    drawing.unlink(missing_ok=True)
    build.results.remove_verdicts(INTEGERS)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, load_design(build))
    head_integers(description)
    least, origin = choose_threshold(emulator.graph.metadata, threshold)
    lines = frame_lines(source)
    size = lines.lines.size
    with opened(simulator or board_simulator(build), description, size, bus) as board:
        try:
            if options is not None and options.is_video:
                board.send_video(video_beats(source, options.pixels), again=1)
            run = _run(board, description, lines, least, frames)
        except AcceleratorError as error:
            raise FlowError(f"simulated board: {error}") from error
    wanted = specified(emulator, description, source, least)
    faults = _faults(emulator, run, wanted)
    spent = software_seconds(source, run.integers[0], description, least)
    measured = _report(build, run, faults, bus, source, spent)
    write_npy(build.paths.verdict(INTEGERS, passed=not faults), run.integers[0][None])
    if faults:
        raise FlowError(f"simulated board: {faults[0]}")
    save_image(out, draw_boxes(source, Drawn(run.found[0].boxes, run.found[0].scores)))
    _say(run, description, source, spent, f"{least:g} or more{origin}: {out}")
    return measured


def check_camera(build: Build) -> None:
    """FlowError for a build whose board has no simulated camera path."""
    if reason := other_shell(build):
        raise FlowError(f"board {build.config.board}: {reason}")
    if camera_options(build) is None:
        raise FlowError("the configuration has no camera; expected camera: memory or video")


def opened(
    simulator: Simulator, description: Description, frame_bytes: int, bus: BusOptions
) -> SimulatedBoard:
    """The board with memory for frames, records and integers of those under way; a context."""
    room = 4 * (frame_bytes + description.output.frame_bytes + (1 << 14))
    return SimulatedBoard(
        simulator, memory_bytes=room, stall=bus.stall, latency=bus.latency, seed=bus.seed
    )


def _run(
    board: SimulatedBoard, description: Description, lines: FrameLines, least: float, frames: int
) -> _Run:
    bus = RecordingBus(board, description.clock_mhz, PAUSE, PATIENCE)
    run = _Run()
    backend, results = _stream(bus, description, lines, least, frames, run.integers)
    height, width = lines.layout.height, lines.layout.width
    print(f"simulating {frames} frame(s) of {width} x {height} pixels", flush=True)
    began, first = time.monotonic(), board.clock
    ends = []
    for found in islice(results, frames):
        run.found.append(found)
        ends.append(board.clock)
    run.looks = bus.looks(BOARD_PAUSE) / frames
    run.counters = backend.counters()
    run.violations = board.violations
    run.clocks, run.seconds = board.clock - first, time.monotonic() - began
    if frames > 1:
        run.between = (ends[-1] - ends[0]) // (frames - 1)
    results.close()  # of a video input: frames that were asked for besides

    def again(answers: Any) -> Iterator[Any]:
        count = BEFORE + TIMED + 1
        return _stream(answers, description, lines, least, count, None)[1]

    run.processor = processor_seconds(bus, run.looks, again)
    return run


def _stream(
    bus: Bus,
    description: Description,
    lines: FrameLines,
    least: float,
    frames: int,
    integers: list[Any] | None,
) -> tuple[CameraBackend, Generator[Detections, None, None]]:
    """The back-end, and boxes of so many frames at least: of memory all of these lines."""
    camera = description.camera
    if camera is None or camera.source != VIDEO:
        backend = CameraBackend(bus, description)
        return backend, backend.boxes_stream(repeat(lines, frames), least, OVERLAP, LIMIT, integers)
    video = VideoBackend(bus, description)
    size = (lines.layout.width, lines.layout.height)
    return video, video.video_stream(least, OVERLAP, LIMIT, size, "RGB", integers)


def specified(
    emulator: Emulator, description: Description, source: Any, least: float
) -> tuple[Any, Any, Any]:
    """Integers, boxes and scores by the specification."""
    frame, where = letterbox(source, emulator.input_shape[0])
    integers = emulator.run(frame[None])[0]
    settings = Settings.make(least, OVERLAP, LIMIT)
    assert description.camera is not None
    made = boxes(integers, head_integers(description), settings, description.camera.candidates)
    return integers, *in_picture(made, where)


def frame_faults(
    output: str, number: int, mine: Any, found: Detections, wanted: tuple[Any, Any, Any]
) -> list[str]:
    """Differences of a frame. output: of the network; wanted: as of ``specified``."""
    integers, corners, scores = wanted
    faults = [
        f"its integers differ from the emulator's at {place}"
        for place in compare_boundaries(number, {output: integers}, {output: mine})
    ]
    same = np.array_equal(found.boxes, corners) and np.array_equal(found.scores, scores)
    if not same:
        faults.append(
            f"frame {number}: its {len(found)} boxes are not the {len(scores)} of the specification"
        )
    return faults


def broken_rules(violations: tuple[int, str]) -> list[str]:
    """Breaches of AXI's rules. violations: those of a ``SimulatedBoard``."""
    count, text = violations
    return [f"the shell broke AXI's rules {count} times: {text.splitlines()[0]}"] if count else []


def _faults(emulator: Emulator, run: _Run, wanted: tuple[Any, Any, Any]) -> list[str]:
    output = emulator.graph.output
    faults = []
    for number, (mine, found) in enumerate(zip(run.integers, run.found, strict=True)):
        faults += frame_faults(output, number, mine, found, wanted)
    return faults + broken_rules(run.violations)


def software_seconds(source: Any, integers: Any, description: Description, least: float) -> float:
    """Processor time of the driver's own letterbox and decoding of the same picture, as warm."""
    for number in range(1 + REPEATS):
        if number == 1:
            began = time.process_time()
        software.letterbox(source, description.input.shape[0])
        software.find(integers, description, least, OVERLAP, LIMIT)
    return (time.process_time() - began) / REPEATS


def _report(
    build: Build, run: _Run, faults: list[str], bus: BusOptions, source: Any, spent: float
) -> dict[str, Any]:
    data = facts(len(run.found), COMPARED, faults, run.counters, run.clocks, run.seconds, bus)
    measured: dict[str, Any] = {
        "width": source.shape[1],
        "height": source.shape[0],
        "clocks_between": run.between,
        "last_box_clock": run.counters["camera0_clocks"],
        "behind_network": run.counters["camera0_tail"],
        "processor_ms": 1e3 * run.processor,
        "software_ms": 1e3 * spent,
    }
    data["camera"] = measured
    build.results.write(ResultName.BOARD_SIM, data)
    return measured


def _say(run: _Run, description: Description, source: Any, spent: float, end: str) -> None:
    first = run.found[0]
    for box, score in zip(first.boxes, first.scores, strict=True):
        print("face " + " ".join(f"{value:.1f}" for value in box) + f", score {score:.3f}")
    print(f"{len(first)} boxes of score {end}")
    print(", ".join(f"{name} {value}" for name, value in run.counters.items()))
    mhz = description.clock_mhz
    last, tail = run.counters["camera0_clocks"], run.counters["camera0_tail"]
    if run.between:
        print(f"{run.between:,} clocks a frame: {1e6 * mhz / run.between:.1f} frames/s")
    print(
        f"the last box is in memory at clock {last:,} ({last / mhz / 1e3:.2f} ms at {mhz:g} MHz), "
        f"{tail:,} behind the network's last integer"
    )
    print(
        f"processor: {1e3 * run.processor:.3f} ms a frame, with {run.looks:.1f} looks at the "
        f"registers while it waits; {1e3 * spent:.1f} ms by the software path "
        f"({spent / max(run.processor, 1e-9):.0f} times)"
    )
    print(
        f"board-sim: {run.integers[0].size} integers and {len(first)} boxes of a picture of "
        f"{source.shape[1]} x {source.shape[0]} equal to the specification's; simulated at "
        f"{run.clocks / run.seconds:,.0f} clocks/s"
    )
