"""``cppsim``: frames through the compiled HLS C++, compared with the emulator everywhere."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from tqdm import tqdm

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.schemas import FrameIntervals
from flows.build.steps.to_hardware import to_hardware
from flows.errors import FlowError
from flows.files import check_space
from flows.run.boundaries import Comparison, input_beats
from flows.run.camera import camera_options
from flows.run.camera_hls import camera_cppsim
from flows.run.emulator import Emulator
from flows.run.outputs import only, write_integers
from hw.hls.compiler import BUILDS, Program, build_program
from hw.hls.cppsim import CppSimulation, Frame, NodeCounts, trip_faults
from hw.hls.design import HlsProject
from hw.hls.project import write_project


def cppsim(
    build: Build,
    frames: Any,
    boundaries_dir: Path | None = None,
    kinds: Sequence[str] = BUILDS,
    image: Path | None = None,
) -> Any:
    """Integers (N, H', W', C') that the compiled HLS C++ returns for frames (N, H, W, C).

    Frames of several inputs: ``flows.run.inputs``. Of several outputs a dict, by name. kinds:
    "fast" (built-in integers), "exact" (ap_int types, every width checked), in their order. image:
    where the board has a camera path, the picture that goes through all of it (default: a
    portrait). Writes report/cppsim.json and
    verification_output/verify_cppsim_<build>_<verdict>.npy. Raises FlowError at the first boundary
    that differs, HardwareError where the program fails.
    """
    model = build.model(StepName.GENERATE_RTL)
    build.results.remove(ResultName.CPPSIM)
    for kind in BUILDS:
        build.results.remove_verdicts(_integers(kind))
    check_space(build.folder)
    has_camera = camera_options(build) is not None
    if image is not None and not has_camera:
        raise FlowError(f"--image {image}: is for boards with a camera path; use --input")
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    project = write_project(model, build.paths.hls_cpp, build.top, progress=print)
    outputs = None
    reports: dict[str, Any] = {}
    for kind in kinds:
        program = build_program(project, kind, cache_dir=build.paths.hls_cache, progress=print)
        comparison = Comparison(model, emulator, boundaries_dir)
        try:
            seconds, counts = _run(program, model, comparison, frames)
        except ValueError as error:  # HardwareError: the report says what happened
            reports[program.build] = _entry(program, comparison, [], [], [str(error)])
            _write(build, project, frames, reports)
            raise
        nodes = {boundary.tensor: boundary.node for boundary in reversed(comparison.boundaries)}
        faults = [
            f"{_name(program)} differs from the emulator behind node {nodes[found.boundary]}, "
            f"at {found}"
            for found in comparison.differences
        ]
        faults += trip_faults(project, counts, len(frames))
        faults += parameter_faults(build, model)
        reports[program.build] = _entry(program, comparison, seconds, counts, faults)
        _write(build, project, frames, reports)
        write_integers(build, _integers(program.build), comparison.outputs, passed=not faults)
        if faults:
            raise FlowError(faults[0])
        camera = ""
        if has_camera:
            camera = camera_cppsim(build, project, emulator, kind, image)
            reports[program.build]["camera"] = camera
            _write(build, project, frames, reports)
        print(
            f"cppsim, {program.build} build: {len(frames)} frames, {len(comparison.compared)} "
            f"boundaries, all integers equal; {_mean([wall for wall, _ in seconds]):.3f} s a frame "
            f"({_mean([cpu for _, cpu in seconds]):.3f} s of one core)"
        )
        if camera:
            print(f"cppsim, {program.build} build, camera path: {camera}")
        outputs = only(comparison.outputs)
    _print_trips(build, project)
    return outputs


def parameter_faults(build: Build, model: ModelWrapper) -> list[str]:
    """Weights and thresholds that are not the integer graph's: frames may not have shown it."""
    path = build.paths.model(StepName.GENERATE_RTL)
    folded = build.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    fresh = to_hardware(folded, build.config.pixels_per_clock)
    expected = {node.name: _parameters(fresh, node) for node in fresh.graph.node}
    return [
        f"{path}: the parameters of node {node.name} are not what "
        "fold_duplicated_weights.onnx maps to; these frames did not show it"
        for node in model.graph.node
        if node.name in expected and not _same(_parameters(model, node), expected[node.name])
    ]


def _parameters(model: ModelWrapper, node: Any) -> list[Any]:
    values = [model.get_initializer(name) for name in node.input]
    return [value for value in values if value is not None]


def _same(found: list[Any], expected: list[Any]) -> bool:
    return len(found) == len(expected) and all(map(np.array_equal, found, expected))


def _integers(kind: str) -> str:
    """The name by which ``Layout.verdict`` calls the integers of a build of the C++."""
    return f"cppsim_{kind}"


def _name(program: Program) -> str:
    return f"C++ simulation ({program.build} build)"


def _run(
    program: Program, model: ModelWrapper, comparison: Comparison, frames: Any
) -> tuple[list[tuple[float, float]], list[NodeCounts]]:
    """Run all frames; returns seconds and CPU seconds of each, and what the nodes did."""
    graph = comparison.emulator.graph
    streams = [boundary.stream for boundary in comparison.boundaries]
    seconds: list[tuple[float, float]] = []
    with CppSimulation(program, streams, program.project.folder.parent) as simulation:
        title = f"cppsim {program.build}"
        quiet = True if not sys.stderr.isatty() else None
        for frame in tqdm(frames, desc=title, unit="frame", disable=quiet):
            result = simulation.run(input_beats(model, graph, frame))
            comparison.add(frame, result.beats)
            if not comparison.differences:  # those say more
                _check_ports(program, result)
            seconds.append((result.seconds, result.cpu_seconds))
        return seconds, simulation.finish()


def _check_ports(program: Program, frame: Frame) -> None:
    """The words at an output port are the beats of the node in front of it."""
    for node, words in frame.outputs.items():
        if node in frame.beats and not np.array_equal(words, frame.beats[node]):
            raise FlowError(f"{_name(program)}: the port behind node {node} carries other integers")


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _entry(
    program: Program,
    comparison: Comparison,
    seconds: list[tuple[float, float]],
    counts: Sequence[NodeCounts],
    faults: list[str],
) -> dict[str, Any]:
    """The report's entry of one build."""
    return {
        "mismatches": sum(difference.count for difference in comparison.differences),
        "differences": [str(difference) for difference in comparison.differences],
        "boundaries": comparison.compared,
        "faults": faults,
        "frames_run": len(seconds),
        "seconds_per_frame": _mean([wall for wall, _ in seconds]),
        "cpu_seconds_per_frame": _mean([cpu for _, cpu in seconds]),
        "compile_seconds": program.seconds,
        "compiled_earlier": program.cached,
        "compiler": program.compiler,
        "ap_int": program.headers,
        "trips": {entry.name: entry.trips for entry in counts},
        "highest_fill": {entry.name: entry.highest_fill for entry in counts},
        "node_seconds": {entry.name: entry.seconds for entry in counts},
    }


def _write(build: Build, project: HlsProject, frames: Any, reports: dict[str, Any]) -> None:
    data = {
        "frames": len(frames),
        "expected_trips": {node.name: node.trips for node in project.nodes},
        "builds": reports,
    }
    build.results.write(ResultName.CPPSIM, data)


def _print_trips(build: Build, project: HlsProject) -> None:
    """Loop trips a frame, all as the operators say, beside the clocks of the last rtlsim."""
    widest = max(len(node.name) for node in project.nodes)
    for node in project.nodes:
        print(f"  {node.name:{widest}} {node.trips:>10,} trips a frame")
    slowest = max(project.nodes, key=lambda node: node.trips)
    print(f"most loop trips: {slowest.name}, {slowest.trips:,} a frame; {_rtl_clocks(build)}")


def _rtl_clocks(build: Build) -> str:
    """Clocks a frame of the last RTL simulation of this build."""
    path = build.paths.result(ResultName.RTLSIM)
    if not path.is_file():
        return "no RTL simulation of this build to compare with"
    if build.results.is_older(ResultName.RTLSIM, StepName.GENERATE_RTL):
        return "the RTL simulation at hand is older than this build"
    try:
        data = build.results.read(ResultName.RTLSIM, FrameIntervals)
    except FlowError:
        return f"{path} is not as this flow writes it"
    return f"clocks a frame of the last RTL simulation: {data.clocks_per_frame:,}"
