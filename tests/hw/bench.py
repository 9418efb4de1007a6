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

from hw.dataflow.graph import StreamGraph
from hw.ops.base import Operator
from hw.ops.single import one_node_model  # noqa: F401  (tests take it from here)
from hw.sim.beats import IntArray
from hw.sim.design import OUTPUT, Design, stream_name
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
        names = input_names(model)
        for index, name in enumerate(names):
            model.rename_tensor(name, f"c{number}_x{index if len(names) > 1 else ''}")


def input_names(model: ModelWrapper) -> list[str]:
    """Names of the graph's streams in."""
    names = [tensor.name for tensor in model.graph.input]
    return [name for name in names if model.get_initializer(name) is None]


def output_streams(model: ModelWrapper) -> list[str]:
    """Names of the streams at the graph's outputs, in their order."""
    found = {
        tensor: stream_name(node.name, index, len(node.output))
        for node in model.graph.node
        for index, tensor in enumerate(node.output)
    }
    return [found[tensor.name] for tensor in model.graph.output]


def _random_frame(rng: np.random.Generator, shape: Sequence[int], datatype: Any) -> IntArray:
    low, high = int(datatype.min()), int(datatype.max())
    return rng.integers(low, high, size=tuple(shape), endpoint=True, dtype=np.int64)


def random_frames(
    model: ModelWrapper, frames: int, rng: np.random.Generator, name: str = ""
) -> list[IntArray]:
    """Return frames of an input over the data type's full range; every second one of extremes."""
    name = name or input_names(model)[0]
    reader = model.find_consumers(name)[0]
    op, port = getCustomOp(reader), list(reader.input).index(name)
    shape, datatype = op.get_normal_input_shape(port), op.get_input_datatype(port)
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


def reference_frame(model: ModelWrapper, *frames: IntArray) -> IntArray:
    """Return what the model's nodes make of one frame of each input, at its first output."""
    return reference_tensors(model, *frames)[model.graph.output[0].name]


def reference_tensors(model: ModelWrapper, *frames: IntArray) -> dict[str, IntArray]:
    """Return what the model's nodes make of one frame of each input, by tensor."""
    values = dict(zip(input_names(model), frames, strict=True))
    for node in model.graph.node:
        op = getCustomOp(node)
        given = [values[name] for name in list(node.input)[: op.stream_inputs()]]
        arrays = [model.get_initializer(name) for name in node.input[op.stream_inputs() :]]
        params = [np.rint(array).astype(np.int64) for array in arrays]
        result = op.reference(*given, *params) if hasattr(op, "reference") else given[0]
        values |= dict.fromkeys(node.output, result)
    return values


def _as_beats(op: Operator, values: IntArray, side: str) -> IntArray:
    """Beats by the operator's own order, or by FINN's folded shape (FIFO, width converter)."""
    order = getattr(op, f"{side}_beats", None)
    if order is not None:
        return order(values)
    folded = op.get_folded_input_shape() if side == "input" else op.get_folded_output_shape()
    return values.reshape(-1, int(folded[-1]))


def model_beats(
    models: Sequence[ModelWrapper], frames: int, seed: int
) -> tuple[dict[str, IntArray], list[IntArray]]:
    """Return input beats by stream name, and the expected output beats of all models in a row."""
    rng = np.random.default_rng(seed)
    inputs, outputs = {}, []
    for model in models:
        made = []
        for name in input_names(model):
            op = getCustomOp(model.find_consumers(name)[0])
            made.append(random_frames(model, frames, rng, name))
            inputs[name] = np.concatenate([_as_beats(op, frame, "input") for frame in made[-1]])
        results = [reference_tensors(model, *frame) for frame in zip(*made, strict=True)]
        for tensor in model.graph.output:
            op = getCustomOp(model.find_producer(tensor.name))
            beats = [_as_beats(op, values[tensor.name], "output") for values in results]
            outputs.append(np.concatenate(beats))
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
    models: Sequence[ModelWrapper], folder: Path, *, top: str = "bench", optimize: str = "-O0"
) -> tuple[Design, Simulator]:
    """Stitch models side by side and build their simulator."""
    _rename(models)
    design = stitch(models, folder, top)
    return design, build(design, cache_dir=CACHE, optimize=optimize)


def check_run(result: SimResult, expected: Sequence[IntArray], what: str) -> None:
    """Assert exact outputs (by their ports), no breach of the handshake, and no beat too many."""
    outputs = {int(s.wire.rpartition("_")[2]): s.name for s in result.design.of_kind(OUTPUT)}
    for number, beats in enumerate(expected):
        assert_beats(result.beats(outputs.pop(number)), beats, f"output {number}, {what}")
    assert not outputs, f"{what}: outputs {outputs} of which nothing is expected"
    assert not result.violations, f"{what}: {result.violations}"
    assert not result.surplus, f"{what}: surplus beats {result.surplus}"


class ClockCheck:
    """Holds runs of a design against the timing model: first and last beats, clocks of waiting."""

    def __init__(self, models: Sequence[ModelWrapper], design: Design, frames: int) -> None:
        """Operators begin a clock behind the reset, or at once: the run without stalls tells."""
        self._models, self._frames = models, frames
        self._salts = {stream.name: number for number, stream in enumerate(design.streams)}
        self._starts: list[tuple[int, ...]] = []

    def _of(
        self, model: ModelWrapper, seed: int, stalls: tuple[float, float], starts: Sequence[int]
    ) -> list[StreamClocks]:
        idle, stall = (
            [Pauses(seed, self._salts[name], probability) for name in names]
            for names, probability in zip(
                (input_names(model), output_streams(model)), stalls, strict=True
            )
        )
        ins, outs = expected_clocks(StreamGraph.of_model(model), self._frames, idle, stall, starts)
        return [*ins, *outs]

    def check(self, result: SimResult, seed: int, stalls: tuple[float, float]) -> None:
        """Assert the clocks of one run; the first run is to be the one without stalls."""
        free = not any(stalls)
        for number, model in enumerate(self._models):
            names = [*input_names(model), *output_streams(model)]
            found = [StreamClocks.measured(result.streams[name]) for name in names]
            if free:
                choices = list(itertools.product((0, 1), repeat=len(input_names(model))))
                fits = [s for s in choices if found == self._of(model, seed, stalls, s)]
                self._starts.append((fits or choices)[0])
            expected = self._of(model, seed, stalls, self._starts[number])
            assert found == expected, (
                f"{names}, idle and stall {stalls}: clocks {found}, not {expected}"
            )


def run_bench(
    models: Sequence[ModelWrapper],
    folder: Path,
    *,
    stalls: Iterable[tuple[float, float]] = STALLS,
    frames: int = 3,
    seed: int = 1,
    optimize: str = "-O0",
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
    results = []
    for model in models:
        cycles = max(int(getCustomOp(node).get_exp_cycles()) for node in model.graph.node)
        names = output_streams(model)
        clocks = max(free.clocks_per_frame_of(name) or 0 for name in names)
        latency = max(map(free.latency_of, names))
        results.append(CaseResult(names[-1], clocks, latency, cycles))
    return results
