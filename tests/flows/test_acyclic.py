"""Random networks without a circle, from the file to RTL and C++, exact at every boundary.

Reference is the file as qonnx executes it. All scales are powers of two, so its float32 is exact.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.run.boundaries import Comparison
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from hw.hls.compiler import EXACT, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import write_project
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.acyclic import acyclic_network, by_qonnx
from tests.flows.builder import Network
from tests.flows.flow import TARGETS, decoded, streamlined, write_config
from tests.hw.bench import CACHE as SIMULATORS
from tests.hw.hls.compiling import CACHE as PROGRAMS

FRAMES = 3
STALLS = ((0.0, 0.0), (0.4, 0.2), (0.1, 0.7))


@dataclass(frozen=True)
class Case:
    """A built network. model: its RTL graph, names begin with the seed."""

    net: Network
    build: Build
    model: ModelWrapper
    frames: Any

    @property
    def source(self) -> str:
        return str(self.model.graph.input[0].name)

    def beats(self, frames: Any) -> Any:
        """Of frames (N, H, W, C), at the input."""
        reader = getCustomOp(self.model.find_consumer(self.source))
        return reader.input_beats(frames.astype(np.int64))

    def comparison(self) -> Comparison:
        emulator = Emulator(self.build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
        return Comparison(self.model, emulator, None)


def built(folder: Path, seed: int) -> Case:
    """Build (with verify_import), and hold the emulator against qonnx."""
    net = acyclic_network(seed)
    path = write_config(folder / f"n{seed}", net, target_fps=TARGETS[seed % len(TARGETS)])
    build = Build.load(path)
    run_steps(build)
    checked = build.results.read(ResultName.VERIFY_IMPORT, dict[str, Any])
    assert checked["mismatches"] == 0
    frames = net.frames(FRAMES)
    integers = emulate(build, frames)
    emulator = Emulator(build.model(StepName.STREAMLINE), 1)
    for frame, found in zip(frames, integers, strict=True):
        right = by_qonnx(net, frame)
        assert np.array_equal(decoded(emulator, found).transpose(1, 2, 0), right), net.facts
    model = build.model(StepName.GENERATE_RTL)
    for node in model.graph.node:
        node.name = f"n{seed}_{node.name}"
    model.rename_tensor(model.graph.input[0].name, f"n{seed}_x")
    return Case(net, build, model, frames)


def check_rtl(case: Case, result: SimResult) -> None:
    """Every stream of every frame; at the end pixels that no output needs may be on their way."""
    comparison = case.comparison()
    streams = {b.stream: result.design.stream(b.stream) for b in comparison.boundaries}
    recorded = {name: result.beats(name) for name in streams}
    for index, frame in enumerate(case.frames):
        beats = {}
        for name, stream in streams.items():
            first = index * stream.frame_beats
            beats[name] = recorded[name][first : first + stream.frame_beats]
        whole = [b for b in comparison.boundaries
                 if len(beats[b.stream]) == streams[b.stream].frame_beats]  # fmt: skip
        assert index == len(case.frames) - 1 or whole == comparison.boundaries
        assert any(b.tensor == comparison.emulator.graph.output for b in whole)
        comparison.boundaries = whole
        comparison.add(frame, beats)
    assert not comparison.differences, (case.net.seed, comparison.differences[0])


def run_rtl(folder: Path, cases: list[Case]) -> None:
    design = stitch([case.model for case in cases], folder / "rtl", "acyclic")
    simulator = build_simulator(design, cache_dir=SIMULATORS, optimize="-O1")
    inputs = {case.source: case.beats(case.frames) for case in cases}
    for stall, idle in STALLS:
        result = simulate(simulator, inputs, FRAMES, stall, cases[0].net.seed, idle=idle)
        assert not result.violations
        assert not result.surplus
        for case in cases:
            check_rtl(case, result)


def run_cpp(folder: Path, cases: list[Case]) -> None:
    project = write_project([case.model for case in cases], folder / "cpp", "acyclic")
    program = build_program(project, EXACT, cache_dir=PROGRAMS, flags=("-O0", "-w"))
    comparisons = [case.comparison() for case in cases]
    streams = [b.stream for comparison in comparisons for b in comparison.boundaries]
    with CppSimulation(program, streams, folder) as simulation:
        for index in range(FRAMES):
            inputs = {case.source: case.beats(case.frames[index : index + 1]) for case in cases}
            found = simulation.run(inputs).beats
            for case, comparison in zip(cases, comparisons, strict=True):
                comparison.add(case.frames[index], found)
        assert trip_faults(project, simulation.finish(), FRAMES) == []
    for case, comparison in zip(cases, comparisons, strict=True):
        assert not comparison.differences, (case.net.seed, comparison.differences[0])


def run_batch(folder: Path, seeds: list[int]) -> None:
    cases = [built(folder, seed) for seed in seeds]
    run_rtl(folder, cases)
    run_cpp(folder, cases)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(3000, 3200, 10))
def test_random_acyclic_networks(tmp_path, first):
    run_batch(tmp_path, list(range(first, first + 10)))


@pytest.mark.parametrize("seed", range(25))
def test_integers_are_those_of_the_file(seed):
    """Without hardware."""
    net = acyclic_network(seed)
    emulator = Emulator(streamlined(net), 1)
    for frame in net.frames(2):
        found = emulator.boundaries(frame)[emulator.graph.output][0]
        assert np.array_equal(decoded(emulator, found).transpose(1, 2, 0), by_qonnx(net, frame))
