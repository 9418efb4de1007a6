"""The one bench of RTL operators: many small graphs in one build, exact under all stalls.

A test makes a list of models with ``one_node_model``, and ``run_bench`` stitches all of them side
by side into one simulator, sends random and extreme integers through them, crosses idle patterns
at the inputs with back-pressure at the outputs, and asserts that every beat equals the operator's
integer reference, and that it comes at the very clock of the timing model, under stalls as well.
The clocks a frame, measured without stalls, come back to be compared with ``get_exp_cycles``.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from hw.ops.single import one_node_model  # noqa: F401  (tests take it from here)
from hw.sim.beats import IntArray
from hw.sim.design import INPUT, OUTPUT, Design
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import Simulator, build
from hw.stitch import stitch
from tests.hw.clocks import Pauses, StreamClocks, expected_clocks

#: Where simulators built by tests are kept: below the repository, wherever tests are started.
CACHE = Path(__file__).resolve().parents[2] / "build" / "verilator-cache"
#: (idle, stall) probabilities: inputs' pauses crossed with outputs' back-pressure.
STALLS = tuple(itertools.product((0.0, 0.5, 0.9), repeat=2))


@dataclass(frozen=True)
class CaseResult:
    """Clocks of one model: measured a frame without stalls, latency, and what its nodes expect."""

    name: str
    clocks_per_frame: int
    latency: int
    expected_cycles: int

    def check_cycles(self, extra: int = 0, factor: float = 1.0) -> None:
        """Assert expected <= measured <= factor * expected + extra, in clocks a frame."""
        bound = factor * self.expected_cycles + extra
        text = f"{self.name}: {self.clocks_per_frame} clocks, {self.expected_cycles} expected"
        assert self.clocks_per_frame <= bound, text
        assert self.clocks_per_frame >= self.expected_cycles - extra, text


def _rename(models: Sequence[ModelWrapper]) -> None:
    """Make the names of nodes and graph inputs unique; the same at every run, for the cache."""
    for number, model in enumerate(models):
        for node in model.graph.node:
            node.name = f"c{number}_{node.name}"
        model.rename_tensor(model.graph.input[0].name, f"c{number}_x")


def _random_frame(rng: np.random.Generator, shape: Sequence[int], datatype: Any) -> IntArray:
    low, high = int(datatype.min()), int(datatype.max())
    return rng.integers(low, high, size=tuple(shape), endpoint=True, dtype=np.int64)


def random_frames(model: ModelWrapper, frames: int, rng: np.random.Generator) -> list[IntArray]:
    """Return input frames over the data type's full range; every second one of extremes only."""
    op = getCustomOp(model.graph.node[0])
    shape, datatype = op.get_normal_input_shape(), op.get_input_datatype()
    made = []
    for number in range(frames):
        frame = _random_frame(rng, shape, datatype)
        if number % 2:
            low, high = int(datatype.min()), int(datatype.max())
            frame = np.where(frame > (low + high) // 2, high, low)
            if frame.size > 8:  # a whole stretch at one extreme: sums reach their limits
                frame.reshape(-1)[: frame.size // 2] = high if number % 4 == 1 else low
        made.append(frame)
    return made


def reference_frame(model: ModelWrapper, frame: IntArray) -> IntArray:
    """Return what the model's nodes make of one frame, by their integer references."""
    for node in model.graph.node:
        op = getCustomOp(node)
        arrays = [model.get_initializer(name) for name in node.input[1:]]
        params = [np.rint(array).astype(np.int64) for array in arrays]
        if hasattr(op, "reference"):
            frame = op.reference(frame, *params)
    return frame


def _as_beats(op: Any, values: IntArray, side: str) -> IntArray:
    """Beats by the operator's own order, or by FINN's folded shape (FIFO, width converter)."""
    order = getattr(op, f"{side}_beats", None)
    if order is not None:
        return order(values)
    folded = op.get_folded_input_shape() if side == "input" else op.get_folded_output_shape()
    return values.reshape(-1, int(folded[-1]))


def model_beats(
    models: Sequence[ModelWrapper], frames: int, seed: int
) -> tuple[dict[str, IntArray], list[IntArray]]:
    """Return input beats by stream name, and the expected output beats of each model."""
    rng = np.random.default_rng(seed)
    inputs, outputs = {}, []
    for model in models:
        made = random_frames(model, frames, rng)
        first, last = (getCustomOp(model.graph.node[i]) for i in (0, -1))
        inputs[model.graph.input[0].name] = np.concatenate(
            [_as_beats(first, frame, "input") for frame in made]
        )
        results = [reference_frame(model, frame) for frame in made]
        outputs.append(np.concatenate([_as_beats(last, frame, "output") for frame in results]))
    return inputs, outputs


def assert_beats(found: IntArray, expected: IntArray, what: str) -> None:
    """Assert equality; the text says where the first difference is."""
    assert found.shape == expected.shape, f"{what}: {found.shape} beats, not {expected.shape}"
    wrong = np.flatnonzero((found != expected).any(axis=1))
    assert not wrong.size, (
        f"{what}: {wrong.size} of {len(expected)} beats differ, first beat {wrong[0]}: "
        f"{found[wrong[0]].tolist()}, not {expected[wrong[0]].tolist()}"
    )


def build_bench(
    models: Sequence[ModelWrapper], folder: Path, *, top: str = "bench", optimize: str = "-O1"
) -> tuple[Design, Simulator]:
    """Stitch models side by side and build their simulator."""
    _rename(models)
    design = stitch(models, folder, top)
    return design, build(design, cache_dir=CACHE, optimize=optimize)


def check_run(result: SimResult, expected: Sequence[IntArray], what: str) -> None:
    """Assert exact outputs, no breach of the handshake, and no beat too many."""
    outputs = result.design.of_kind(OUTPUT)
    for stream, beats in zip(outputs, expected, strict=True):
        assert_beats(result.beats(stream.name), beats, f"{stream.name}, {what}")
    assert not result.violations, f"{what}: {result.violations}"
    assert not result.surplus, f"{what}: surplus beats {result.surplus}"


class ClockCheck:
    """Holds runs of a design against the timing model: first and last beats, clocks of waiting."""

    def __init__(self, models: Sequence[ModelWrapper], design: Design, frames: int) -> None:
        """Operators begin a clock behind the reset, or at once: the run without stalls tells."""
        self._models, self._design, self._frames = models, design, frames
        self._salts = {stream.name: number for number, stream in enumerate(design.streams)}
        self._starts: list[int] = []

    def _of(
        self, model: ModelWrapper, name: str, seed: int, stalls: tuple[float, float], start: int
    ) -> tuple[StreamClocks, StreamClocks]:
        ops = [getCustomOp(node) for node in model.graph.node]
        idle = Pauses(seed, self._salts[model.graph.input[0].name], stalls[0])
        return expected_clocks(
            ops, self._frames, idle, Pauses(seed, self._salts[name], stalls[1]), start
        )

    def check(self, result: SimResult, seed: int, stalls: tuple[float, float]) -> None:
        """Assert the clocks of one run; the first run is to be the one without stalls."""
        free = not any(stalls)
        outputs = self._design.of_kind(OUTPUT)
        for number, (model, output) in enumerate(zip(self._models, outputs, strict=True)):
            names = (model.graph.input[0].name, output.name)
            found = tuple(StreamClocks.measured(result.streams[name]) for name in names)
            if free:
                at_once = self._of(model, output.name, seed, stalls, 0)
                self._starts.append(int(found != at_once))
            expected = self._of(model, output.name, seed, stalls, self._starts[number])
            assert found == expected, (
                f"{output.name}, idle and stall {stalls}: clocks {found}, not {expected}"
            )


def run_bench(
    models: Sequence[ModelWrapper],
    folder: Path,
    *,
    stalls: Iterable[tuple[float, float]] = STALLS,
    frames: int = 3,
    seed: int = 1,
    optimize: str = "-O1",
) -> list[CaseResult]:
    """Simulate models in one build under all stall patterns; assert beats and clocks, exactly.

    folder: where the design is written. stalls: (idle, stall) probabilities; a run without any is
    always made first, and its clocks are returned.
    """
    design, simulator = build_bench(models, folder, optimize=optimize)
    inputs, expected = model_beats(models, frames, seed)
    free = simulate(simulator, inputs, frames, seed=seed, record="outputs")
    check_run(free, expected, "no stalls")
    clocks = ClockCheck(models, design, frames)
    clocks.check(free, seed, (0.0, 0.0))
    for number, (idle, stall) in enumerate(stalls):
        if idle or stall:
            run = simulate(
                simulator, inputs, frames, stall, seed + number, idle=idle, record="outputs"
            )
            check_run(run, expected, f"idle {idle}, stall {stall}")
            clocks.check(run, seed + number, (idle, stall))
    assert len(design.of_kind(INPUT)) == len(models)
    results = []
    for model, stream in zip(models, design.of_kind(OUTPUT), strict=True):
        cycles = max(int(getCustomOp(node).get_exp_cycles()) for node in model.graph.node)
        clocks = free.clocks_per_frame_of(stream.name)
        results.append(CaseResult(stream.name, clocks or 0, free.latency_of(stream.name), cycles))
    return results
