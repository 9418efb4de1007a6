"""``board-sim``: the very driver on a simulated board, from a picture to boxes.

The board is the Verilated DMA shell around the build's accelerator, with memory behind its AXI
ports (hw/sim/board.py): that of a Zynq. The network's integers have to be the emulator's, and the
boxes those that ``model.detection`` finds in them.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import check_space, write_npy
from flows.run.bitstream_ways import ZYNQ_FAMILIES
from flows.run.compare import compare_boundaries
from flows.run.detect import choose_threshold, head_of
from flows.run.driver import build_id, describe, load_design
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
from hw.shell import board_top
from hw.sim.board import SimulatedBoard, build_board
from hw.sim.board_bus import SimulatedBus
from hw.sim.design import Design
from hw.sim.verilate import Simulator
from model.detection.decode import detect as model_boxes
from model.detection.draw import draw_boxes, image_format, save_image
from model.detection.letterbox import letterbox

#: Boxes compared and drawn.
LIMIT = 100
#: What ``Layout.verdict`` calls the board's integers.
_INTEGERS = "board_sim_0"
#: Clocks that pass while the driver waits once: a frame's bytes by this.
_WAITS = 1000


@dataclass(frozen=True)
class BusOptions:
    """How the simulated memory answers; see ``SimulatedBoard``."""

    stall: float = 0.0
    latency: tuple[int, int] = (20, 40)
    seed: int = 1


def board_design(build: Build) -> Design:
    """The board top of a build, in ``<build>/board_sim``."""
    design = load_design(build)
    folder = build.paths.board_sim
    check_space(folder)
    return board_top.write(design, folder, build_id=build_id(design))


def board_simulator(
    build: Build, cache_dir: Path | None = None, optimize: str = "-O2"
) -> Simulator:
    """Simulator of a build's board, from the cache if it has been built before.

    cache_dir: default that of ``rtlsim``.
    """
    return build_board(
        board_design(build),
        cache_dir=cache_dir or build.paths.verilator_cache,
        optimize=optimize,
        progress=lambda text: print(text, flush=True),
    )


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
) -> None:
    """Run one picture through driver, shell and accelerator; compare integers and boxes.

    threshold: least score of a box; default: the network's own, as the driver reads it in its
    description. out: where to draw the boxes (default ``board_sim.png`` in the build folder).
    simulator: of ``board_simulator``, if there is one already. Writes report/board_sim.json. Raises
    FlowError at the first integer or box that differs, where the shell breaks AXI's rules, and for
    a board without this shell.
    """
    bus = bus or BusOptions()
    if reason := other_shell(build):
        raise FlowError(f"board {build.config.board}: {reason}")
    choose_threshold({}, threshold)  # refused before anything is built
    drawing = build.paths.board_sim_picture
    out = out or drawing
    image_format(out)
    source = picture(image)
    build.results.remove(ResultName.BOARD_SIM)
    drawing.unlink(missing_ok=True)
    build.results.remove_verdicts(_INTEGERS)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    description = describe(build, emulator, load_design(build))
    _check_detector(emulator)
    simulator = simulator or board_simulator(build)
    with SimulatedBoard(
        simulator,
        memory_bytes=_memory(description),
        stall=bus.stall,
        latency=bus.latency,
        seed=bus.seed,
    ) as board:
        try:
            run = _run(board, description, source, threshold)
        except AcceleratorError as error:
            raise FlowError(f"simulated board: {error}") from error
    faults = _compare(emulator, source, run, threshold)
    _report(build, run, faults, bus)
    write_npy(build.paths.verdict(_INTEGERS, passed=not faults), run.integers[None])
    if faults:
        raise FlowError(f"simulated board: {faults[0]}")
    save_image(out, draw_boxes(source, _drawable(run.found)))
    _say(run, description, choose_threshold(emulator.graph.metadata, threshold), out)


def other_shell(build: Build) -> str:
    """Why a board cannot be simulated: its shell is another; empty where it can."""
    if build.device.family in ZYNQ_FAMILIES:
        return ""
    return (
        "board-sim simulates the DMA shell of boards with a Zynq, not this one's serial shell, "
        "which is simulated by pytest tests/hw/shell/serial tests/flows/run/test_bitstream.py"
    )


def _check_detector(emulator: Emulator) -> None:
    """FlowError for a network that ``detect`` does not take, before anything is built."""
    head_of(emulator)
    height, width, channels = emulator.input_shape
    if height != width or channels != 3:
        raise FlowError(
            f"the network takes {height} x {width} x {channels}; board-sim needs a detector on "
            "square pictures of 3 channels"
        )


@dataclass(frozen=True)
class _Run:
    """The result of one picture."""

    found: Detections
    integers: Any
    counters: dict[str, int]
    violations: tuple[int, str]
    clocks: int
    seconds: float


def _run(
    board: SimulatedBoard,
    description: Description,
    source: Any,
    threshold: float | None,
) -> _Run:
    pause = max(100, description.input.frame_bytes // _WAITS)
    bus = SimulatedBus(board, description.clock_mhz, pause, patience_clocks=1_000_000)
    recorder = _Recorder(DmaBackend(bus, description, batch=1))
    accelerator = DupNetAccelerator(recorder, description)
    began, first = time.monotonic(), board.clock
    print(f"simulating one frame of {description.input.shape}", flush=True)
    found = accelerator.detect(source, threshold, limit=LIMIT)
    return _Run(
        found,
        recorder.integers[0],
        accelerator.counters(),
        board.violations,
        board.clock - first,
        time.monotonic() - began,
    )


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
    data = {
        "frames": 1,
        "boundaries": ["network's integers", "boxes"],
        "faults": faults,
        "counters": run.counters,
        "clocks": run.clocks,
        "simulated_clocks_per_second": run.clocks / max(run.seconds, 1e-9),
        "stall": bus.stall,
        "latency_clocks": list(bus.latency),
        "seed": bus.seed,
    }
    build.results.write(ResultName.BOARD_SIM, data)


def _say(run: _Run, description: Description, threshold: tuple[float, str], out: Path) -> None:
    least, origin = threshold
    for box, score in zip(run.found.boxes, run.found.scores, strict=True):
        print("face " + " ".join(f"{value:.1f}" for value in box) + f", score {score:.3f}")
    print(f"{len(run.found)} boxes of score {least:g} or more{origin}: {out}")
    print(", ".join(f"{name} {value}" for name, value in run.counters.items()))
    print(
        f"board-sim: {run.integers.size} integers and {len(run.found)} boxes equal to the "
        f"emulator's; {run.counters['odma0_clocks']} clocks of the transfer "
        f"({run.counters['odma0_clocks'] / description.clock_mhz / 1e3:.1f} ms at "
        f"{description.clock_mhz:g} MHz), simulated at {run.clocks / run.seconds:,.0f} clocks/s"
    )


def _drawable(found: Detections) -> Any:
    from model.detection.decode import Detections as Drawn

    return Drawn(found.boxes, found.scores)


def _memory(description: Description) -> int:
    """Bytes for two transfers of one frame, and as much again."""
    return 4 * (description.input.frame_bytes + description.output.frame_bytes) + (1 << 16)
