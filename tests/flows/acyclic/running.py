"""Random networks through the whole flow: file, import, emulator, RTL with stalls, HLS C++.

Several networks stand side by side in one design and one program. Each network ends as one of:
"exact"; "refused", with what the flow says; or a fault, with what differs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.graph.integer_graph import IntGraph, from_onnx
from flows.graph.layout_metadata import layouts_of
from flows.run.boundaries import Comparison
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.inputs import by_input, together
from flows.run.outputs import by_name
from hw.errors import HardwareError
from hw.hls.compiler import EXACT, build_program
from hw.hls.cppsim import CppSimulation, trip_faults
from hw.hls.project import write_project
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import stitch
from tests.flows.acyclic.answers import right_integers, truths
from tests.flows.acyclic.network import acyclic_network
from tests.flows.builder import Network
from tests.flows.flow import TARGETS, write_config
from tests.flows.flow import built as built_folded
from tests.hw.bench import CACHE as SIMULATORS
from tests.hw.hls.compiling import CACHE as PROGRAMS

FRAMES = 3
STALLS = ((0.0, 0.0), (0.4, 0.2), (0.1, 0.7))
#: Every how many-th network gets a random folding in place of one that is solved for.
RANDOM_FOLDING = 3


@dataclass(frozen=True)
class Case:
    """A built network. model: its RTL graph, names begin with the seed."""

    net: Network
    build: Build
    model: ModelWrapper
    frames: Any

    def beats(self, frames: Any) -> dict[str, Any]:
        """Of frames (one or many), at each input."""
        graph = from_onnx(self.build.model(StepName.STREAMLINE))
        found = {}
        for name, images in by_input(graph, frames).items():
            own = f"n{self.net.seed}_{name}"
            reader = getCustomOp(self.model.find_consumer(own))
            found[own] = reader.input_beats(images.astype(np.int64))
        return found

    def comparison(self) -> Comparison:
        emulator = Emulator(self.build.model(StepName.FOLD_DUPLICATED_WEIGHTS), 1)
        return Comparison(self.model, emulator, None)


@dataclass
class Outcome:
    """How a seed ended: "exact", "refused" or "fault"; why, in words."""

    seed: int
    kind: str = "exact"
    why: str = ""
    facts: list[str] = field(default_factory=list)

    def fails(self, where: str, why: Any) -> None:
        """The first fault is the one that counts."""
        if self.kind == "exact":
            self.kind, self.why = "fault", f"{where}: {why}"


def built(folder: Path, net: Network) -> Case:
    """Build (with verify_import), and hold the emulator against the file's own answer."""
    seed = net.seed
    path = write_config(folder / f"n{seed}", net, target_fps=TARGETS[seed % len(TARGETS)])
    if seed % RANDOM_FOLDING:
        build = Build.load(path)
        run_steps(build)
    else:
        build, _ = built_folded(path, seed)
    checked = build.results.read(ResultName.VERIFY_IMPORT, dict[str, Any])
    assert checked["mismatches"] == 0
    graph, given = from_onnx(build.model(StepName.STREAMLINE)), net.all_frames(FRAMES)
    turned = [lying(graph, name, images) for name, images in given.items()]
    frames = together(dict(zip(graph.inputs, turned, strict=True)))
    integers = by_name(emulate(build, frames), graph.outputs)
    for index in range(FRAMES):
        frame = {name: each[index] for name, each in given.items()}
        for name, right in right_integers(graph, truths(net, frame)).items():
            assert np.array_equal(integers[name][index], right), "emulator: not the file's"
    model = build.model(StepName.GENERATE_RTL)
    for node in model.graph.node:
        node.name = f"n{seed}_{node.name}"
    for name in [info.name for info in model.graph.input]:
        model.rename_tensor(name, f"n{seed}_{name}")
    return Case(net, build, model, frames)


def lying(graph: IntGraph, name: str, images: Any) -> Any:
    """Frames (N, H, W, C) of the file's input as the build takes them: its axes may be others."""
    layout = layouts_of(graph.metadata).get(name)
    if layout is None:
        return images
    return np.moveaxis(layout.canonical(np.moveaxis(images, -1, 1)), 1, -1)


def rtl_difference(case: Case, result: SimResult) -> str:
    """The first difference in a stream of a frame, "" if there is none.

    At the end of the last frame pixels that no output needs may be on their way.
    """
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
        if index < len(case.frames) - 1 and whole != comparison.boundaries:
            return f"frame {index} is not whole"
        missing = set(comparison.emulator.graph.outputs) - {b.tensor for b in whole}
        if missing:
            return f"no output {min(missing)} of frame {index}"
        comparison.boundaries = whole
        comparison.add(frame, beats)
    return str(comparison.differences[0]) if comparison.differences else ""


def run_rtl(folder: Path, cases: list[Case], outcomes: dict[int, Outcome]) -> None:
    """All of them in one design, without stalls and with two kinds of them."""
    design = stitch([case.model for case in cases], folder / "rtl", "acyclic")
    simulator = build_simulator(design, cache_dir=SIMULATORS, optimize="-O0")
    inputs = {name: beats for case in cases for name, beats in case.beats(case.frames).items()}
    for stall, idle in STALLS:
        result = simulate(simulator, inputs, FRAMES, stall, cases[0].net.seed, idle=idle)
        assert not result.violations
        assert not result.surplus
        for case in cases:
            if difference := rtl_difference(case, result):
                outcomes[case.net.seed].fails(f"RTL, stalls {stall}, {idle}", difference)


def run_cpp(folder: Path, cases: list[Case], outcomes: dict[int, Outcome]) -> None:
    """All of them in one program."""
    project = write_project([case.model for case in cases], folder / "cpp", "acyclic")
    program = build_program(project, EXACT, cache_dir=PROGRAMS, flags=("-O0", "-w"))
    comparisons = [case.comparison() for case in cases]
    streams = [b.stream for comparison in comparisons for b in comparison.boundaries]
    with CppSimulation(program, streams, folder) as simulation:
        for index in range(FRAMES):
            inputs = {
                name: beats
                for case in cases
                for name, beats in case.beats(case.frames[index : index + 1]).items()
            }
            found = simulation.run(inputs).beats
            for case, comparison in zip(cases, comparisons, strict=True):
                comparison.add(case.frames[index], found)
        assert trip_faults(project, simulation.finish(), FRAMES) == []
    for case, comparison in zip(cases, comparisons, strict=True):
        if comparison.differences:
            outcomes[case.net.seed].fails("HLS C++", comparison.differences[0])


STAGES = {"RTL": run_rtl, "HLS C++": run_cpp}


def run_networks(folder: Path, seeds: list[int], stages: Iterable[str] = STAGES) -> list[Outcome]:
    """How each seed ended. A stage that fails as a whole is a fault of all that are in it."""
    outcomes = {seed: Outcome(seed) for seed in seeds}
    cases = []
    for seed in seeds:
        net = acyclic_network(seed)
        outcomes[seed].facts = list(net.facts)
        try:
            cases.append(built(folder, net))
        except (FlowError, HardwareError) as error:
            outcomes[seed].kind, outcomes[seed].why = "refused", str(error)
        except Exception as error:
            outcomes[seed].fails("build", f"{type(error).__name__}: {error}")
    for name in stages:
        if not cases:
            break
        try:
            STAGES[name](folder, cases, outcomes)
        except Exception as error:
            together = [case.net.seed for case in cases]
            for seed in together:
                outcomes[seed].fails(f"{name} of {together}", f"{type(error).__name__}: {error}")
    return list(outcomes.values())
