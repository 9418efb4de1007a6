"""``board-sim`` of any network: frames through driver and hardware, to the outputs of the file.

Integers are compared with the emulator's, and what the driver makes of them on the host with what
``host_tail.onnx`` gives.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.run.board import (
    INTEGERS,
    BusOptions,
    board_simulator,
    facts,
    opened,
    other_shell,
    simulated_bus,
)
from flows.run.compare import compare_boundaries
from flows.run.driver import describe, load_design
from flows.run.emulator import Emulator
from flows.run.frames import input_frames, input_of, make_frames, takes_pictures
from flows.run.host_tail import HostTail
from flows.run.inputs import by_input
from flows.run.outputs import by_name, write_integers
from flows.sizes.write import size_vectors, sized_build
from flows.weights.write import second_build
from hw.driver import AcceleratorError, DmaBackend, DupNetAccelerator
from hw.sim.verilate import Simulator

#: Frames that are drawn where none are given: two transfers lie in each other's way.
FRAMES = 2


@dataclass(frozen=True)
class _Run:
    """The results of frames, and what the board counted.

    integers: of each output of the accelerator, outputs: of the file; both by name.
    """

    integers: dict[str, Any]
    outputs: dict[str, Any]
    counters: dict[str, int]
    violations: tuple[int, str]
    clocks: int
    seconds: float


def is_detector(build: Build) -> bool:
    """Whether the network finds boxes in pictures: ``board_sim`` takes it."""
    model = build.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    if max(len(model.graph.input), len(model.graph.output)) > 1:
        return False
    has_anchors = any(entry.key == "anchors" for entry in model.graph.metadata_props)
    return has_anchors and takes_pictures(*input_of(build))


def board_frames(
    build: Build,
    image: Path | None = None,
    file: Path | Sequence[Path] | None = None,
    bus: BusOptions | None = None,
    simulator: Simulator | None = None,
    weights: bool = False,
    size: tuple[int, int] | None = None,
) -> None:
    """Run frames through driver, shell and accelerator; compare integers and outputs.

    file: the frames, as ``rtlsim --input`` takes them; image: a picture, where the network takes
    such; without both, FRAMES of the whole range. Writes report/board_sim.json. Raises FlowError at
    the first number that differs, where the shell breaks AXI's rules, and for a board without it.
    weights: then the driver loads those of ``<build>/runtime_weights``, and all is done again.
    size: then it loads this one (rows, columns), and runs the frames that ``size`` wrote for it.
    """
    bus = bus or BusOptions()
    if reason := other_shell(build):
        raise FlowError(f"board {build.config.board}: {reason}")
    if image is not None and file is not None:
        raise FlowError("--image and --input are both given; expected one")
    frames = input_frames(build, file) if file else make_frames(build, image, FRAMES, bus.seed)
    later = _later(build, frames, weights, size)
    build.results.remove(ResultName.BOARD_SIM)
    build.results.remove_verdicts(INTEGERS)
    build.paths.board_sim_picture.unlink(missing_ok=True)
    emulator = _emulator(build)
    description = describe(build, emulator, load_design(build))
    with opened(simulator or board_simulator(build), description, bus) as board:
        backend = DmaBackend(simulated_bus(board, description), description, batch=1)
        accelerator = DupNetAccelerator(backend, description)
        accelerator.folder = build.folder  # host_tail.onnx lies there
        began, first = time.monotonic(), board.clock
        given = _announced(emulator, frames)
        again: tuple[Any, Any] | None = None
        try:
            found = accelerator.execute(given)
            outputs = accelerator.outputs(found)
            counters = accelerator.counters()
            if later is not None:
                load = accelerator.load_size if later.is_size else accelerator.load_weights
                words = load(later.folder)
                integers = accelerator.execute(_announced(_emulator(later.build), later.frames))
                again = (integers, accelerator.outputs(integers))
        except AcceleratorError as error:
            raise FlowError(f"simulated board: {error}") from error
        seconds = time.monotonic() - began
        run = _Run(
            _named(emulator, found),
            outputs,
            counters,
            board.violations,
            board.clock - first,
            seconds,
        )
    faults = _compare(build, emulator, frames, run)
    if later is not None and again is not None:
        other = replace(run, integers=_named(emulator, again[0]), outputs=again[1])
        mine = _compare(later.build, _emulator(later.build), later.frames, other)
        faults += [f"with {later.name} {text}" for text in mine]
    compared = ["network's integers", "outputs of the file"]
    data = facts(len(frames), compared, faults, run.counters, run.clocks, run.seconds, bus)
    build.results.write(ResultName.BOARD_SIM, data)
    write_integers(build, INTEGERS, run.integers, passed=not faults)
    if faults:
        raise FlowError(f"simulated board: {faults[0]}")
    listed = ", ".join(f"{name} {array.shape}" for name, array in run.outputs.items())
    count = sum(array.size for array in run.integers.values())
    print(
        f"board-sim: {count} integers of {len(frames)} frames equal to the emulator's, "
        f"outputs equal to those of host_tail.onnx: {listed}"
    )
    if later is not None:
        print(f"board-sim: {words} words written and read back; the same of {later.name}")


@dataclass(frozen=True)
class _Later:
    """Other weights, or another size, which the driver loads behind the first frames.

    build: of it; frames: that run then; name: in texts; folder: what is loaded.
    """

    build: Build
    frames: Any
    name: str
    folder: Path
    is_size: bool


def _later(build: Build, frames: Any, weights: bool, size: tuple[int, int] | None) -> _Later | None:
    if size is not None:
        sized, vectors = sized_build(build, *size), size_vectors(build, *size)
        return _Later(sized, vectors, f"{size[0]} x {size[1]}", build.paths.size(*size), True)
    if not weights:
        return None
    second = second_build(build)
    return _Later(second, frames, second.config.model.name, build.paths.runtime_weights, False)


def _emulator(build: Build) -> Emulator:
    return Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))


def _announced(emulator: Emulator, frames: Any) -> Any:
    """Say what is simulated; the frames as the driver takes them, of several inputs a list."""
    shapes = ", ".join(map(str, emulator.input_shapes.values()))
    print(f"simulating {len(frames)} frames of {shapes}", flush=True)
    arrays = list(by_input(emulator.graph, frames).values())
    return arrays if len(arrays) > 1 else arrays[0]


def _named(emulator: Emulator, found: Any) -> dict[str, Any]:
    """The driver's integers by output: it gives an array, or of several outputs a list."""
    names = emulator.graph.outputs
    return dict(zip(names, found if len(names) > 1 else [found], strict=True))


def _compare(build: Build, emulator: Emulator, frames: Any, run: _Run) -> list[str]:
    expected = emulator.run(frames)
    faults = []
    for output, right in by_name(expected, emulator.graph.outputs).items():
        for number, (mine, theirs) in enumerate(zip(run.integers[output], right, strict=True)):
            for found in compare_boundaries(number, {output: theirs}, {output: mine}):
                faults.append(f"its integers differ from the emulator's at {found}")
    for name, real in HostTail.load(build.paths.host_tail).run(expected).items():
        if not np.array_equal(run.outputs[name], real, equal_nan=True):
            faults.append(f"output {name} is not that of host_tail.onnx")
    count, text = run.violations
    if count:
        faults.append(f"the shell broke AXI's rules {count} times: {text.splitlines()[0]}")
    return faults
