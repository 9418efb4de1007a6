"""``board-sim`` of a detector: the very driver on a simulated board, from a picture to boxes.

The network's integers have to be the emulator's, and the boxes those that ``model.detection`` finds
in them. Other networks: flows/run/board_frames.py.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import write_npy
from flows.run.board import (
    INTEGERS,
    BusOptions,
    board_simulator,
    facts,
    opened,
    other_shell,
    simulated_bus,
)
from flows.run.board_rate import Rate, check_frames, measure
from flows.run.compare import compare_boundaries
from flows.run.detect import choose_threshold, head_of
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from flows.run.frames import picture
from hw.driver import (
    AcceleratorError,
    Description,
    Detections,
    DmaBackend,
    DupNetAccelerator,
)
from hw.driver.backend import Backend
from hw.sim.board import SimulatedBoard
from hw.sim.verilate import Simulator
from model.detection.decode import detect as model_boxes
from model.detection.draw import draw_boxes, image_format, save_image
from model.detection.letterbox import letterbox

#: Boxes compared and drawn.
LIMIT = 100


class _Recorder:
    """A back-end that keeps the integers that pass through it."""

    def __init__(self, backend: Backend) -> None:
        self.integers: list[Any] = []
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def execute(self, frames: Any) -> Any:
        found = self._backend.execute(frames)
        self.integers += list(found)
        return found

    def stream(self, frames: Iterable[Any]) -> Iterator[Any]:
        for found in self._backend.stream(frames):
            self.integers.append(found)
            yield found


def board_sim(
    build: Build,
    image: Path | None,
    threshold: float | None,
    out: Path | None = None,
    bus: BusOptions | None = None,
    simulator: Simulator | None = None,
    frames: int = 1,
) -> None:
    """Run one picture through driver, shell and accelerator; compare integers and boxes.

    threshold: least score of a box; default: the network's own, as the driver reads it in its
    description. out: where to draw the boxes (default ``board_sim.png`` in the build folder).
    simulator: of ``board_simulator``, if there is one already. frames: 2 or more: then the picture
    so often in one transfer, for the clocks of a frame in a row. Writes report/board_sim.json.
    Raises FlowError at the first integer or box that differs, where the shell breaks AXI's rules,
    and for a board without this shell.
    """
    bus = bus or BusOptions()
    if reason := other_shell(build):
        raise FlowError(f"board {build.config.board}: {reason}")
    check_frames(frames)
    choose_threshold({}, threshold)  # refused before anything is built
    drawing = build.paths.board_sim_picture
    out = out or drawing
    image_format(out)
    source = picture(image)
    build.results.remove(ResultName.BOARD_SIM)
    drawing.unlink(missing_ok=True)
    build.results.remove_verdicts(INTEGERS)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    design = load_design(build)
    description = describe(build, emulator, design)
    if not description.detects:
        raise FlowError(f"{build.top}: is no detector; its frames go by board_frames")
    with opened(simulator or board_simulator(build), description, bus, frames) as board:
        try:
            run = _run(board, description, source, threshold, (frames, design.frame_clocks))
        except AcceleratorError as error:
            raise FlowError(f"simulated board: {error}") from error
    faults = [*_compare(emulator, source, run, threshold), *run.faults]
    _report(build, run, faults, bus)
    write_npy(build.paths.verdict(INTEGERS, passed=not faults), run.integers[None])
    if faults:
        raise FlowError(f"simulated board: {faults[0]}")
    save_image(out, draw_boxes(source, _drawable(run.found)))
    _say(run, description, choose_threshold(emulator.graph.metadata, threshold), out)


@dataclass(frozen=True)
class _Run:
    """The result of one picture; of several in a row the rate, and what is wrong with them."""

    found: Detections
    integers: Any
    counters: dict[str, int]
    violations: tuple[int, str]
    clocks: int
    seconds: float
    rate: Rate | None = None
    faults: Sequence[str] = ()


def _run(
    board: SimulatedBoard,
    description: Description,
    source: Any,
    threshold: float | None,
    row: tuple[int, int],
) -> _Run:
    """row: how many frames in a row, and the accelerator's own clocks of one."""
    bus = simulated_bus(board, description)
    recorder = _Recorder(DmaBackend(bus, description, batch=row[0]))
    accelerator = DupNetAccelerator(recorder, description)
    began, first = time.monotonic(), board.clock
    print(f"simulating one frame of {description.input.shape}", flush=True)
    found = accelerator.detect(source, threshold, limit=LIMIT)
    integers, counters = recorder.integers[0], accelerator.counters()
    rate, faults = None, list[str]()
    if row[0] > 1:
        print(f"simulating it {row[0]} times in one transfer", flush=True)
        frame, _ = letterbox(source, description.input.shape[0])
        rate, faults = measure(accelerator, frame, integers, *row)
    seconds = time.monotonic() - began
    clocks = board.clock - first
    return _Run(found, integers, counters, board.violations, clocks, seconds, rate, faults)


def _compare(emulator: Emulator, source: Any, run: _Run, threshold: float | None) -> list[str]:
    frame, transform = letterbox(source, emulator.input_shape[0])
    integers = emulator.run(frame[None])
    output = emulator.graph.output
    differences = compare_boundaries(0, {output: integers[0]}, {output: run.integers})
    faults = [f"its integers differ from the emulator's at {found}" for found in differences]
    least, _ = choose_threshold(emulator.graph.metadata, threshold)
    (wanted,) = model_boxes(integers, head_of(emulator), least, limit=LIMIT)
    same = np.array_equal(run.found.boxes, transform.to_picture(wanted.boxes))
    if not same or not np.array_equal(run.found.scores, wanted.scores):
        faults.append(f"its {len(run.found)} boxes are not the {len(wanted)} of model.detection")
    count, text = run.violations
    if count:
        faults.append(f"the shell broke AXI's rules {count} times: {text.splitlines()[0]}")
    return faults


def _report(build: Build, run: _Run, faults: list[str], bus: BusOptions) -> None:
    compared = ["network's integers", "boxes"]
    data = facts(1, compared, faults, run.counters, run.clocks, run.seconds, bus)
    data |= run.rate.as_dict() if run.rate else {}
    build.results.write(ResultName.BOARD_SIM, data)


def _say(run: _Run, description: Description, threshold: tuple[float, str], out: Path) -> None:
    least, origin = threshold
    for box, score in zip(run.found.boxes, run.found.scores, strict=True):
        print("face " + " ".join(f"{value:.1f}" for value in box) + f", score {score:.3f}")
    print(f"{len(run.found)} boxes of score {least:g} or more{origin}: {out}")
    print(", ".join(f"{name} {value}" for name, value in run.counters.items()))
    if run.rate:
        print(run.rate)
    print(
        f"board-sim: {run.integers.size} integers and {len(run.found)} boxes equal to the "
        f"emulator's; {run.counters['odma0_clocks']} clocks of the transfer "
        f"({run.counters['odma0_clocks'] / description.clock_mhz / 1e3:.1f} ms at "
        f"{description.clock_mhz:g} MHz), simulated at {run.clocks / run.seconds:,.0f} clocks/s"
    )


def _drawable(found: Detections) -> Any:
    from model.detection.decode import Detections as Drawn

    return Drawn(found.boxes, found.scores)
