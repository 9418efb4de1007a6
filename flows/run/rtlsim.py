"""``rtlsim``: frames through the Verilated accelerator, compared with the emulator everywhere."""

import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import READER
from flows.run.boundaries import Comparison, input_beats
from flows.run.compare import Difference
from flows.run.emulator import Emulator
from flows.run.outputs import only, write_integers
from flows.run.timing import timing, timing_lines
from hw.ops.registry import HLS_DOMAIN, operator_of, rtl_of
from hw.sim.design import OUTPUT, Design
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator
from hw.stitch import hls_nodes, needs_vitis

#: What ``Layout.verdict`` calls the simulated integers.
_INTEGERS = "rtlsim_0"


def rtlsim(
    build: Build,
    frames: Any,
    boundaries_dir: Path | None = None,
    stalls: float = 0.0,
    seed: int = 1,
    waves: bool = False,
    wave_range: tuple[int, int] = (0, 0),
) -> Any:
    """Integers (N, H', W', C') that the simulated RTL returns for frames (N, H, W, C).

    Frames of several inputs: ``flows.run.inputs``. Of several outputs a dict, by name. waves: write
    waves.fst, of wave_range = (first clock, clocks; 0 for all that follow).

    Writes report/rtlsim_performance.json and verification_output/. Raises FlowError at the first
    boundary that differs, SimulationStuck (HardwareError) where a stream stands still.
    """
    model = build.model(StepName.GENERATE_RTL)
    build.results.remove(ResultName.RTLSIM)
    design_file = build.paths.design
    if (names := hls_nodes(model)) and not design_file.is_file():
        raise FlowError(f"this graph cannot be simulated as RTL: {needs_vitis(names)}")
    build.results.remove_verdicts(_INTEGERS)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    design = Design.load(design_file)
    simulator = build_simulator(
        design, cache_dir=build.paths.verilator_cache, waves=waves, progress=print
    )
    wave_file = build.paths.waves if waves else None
    result = simulate(
        simulator,
        input_beats(model, emulator.graph, frames),
        len(frames),
        stall=stalls,
        seed=seed,
        waves=wave_file,
        wave_range=wave_range,
        stuck_clocks=stuck_clocks(model),
        progress=sys.stderr.isatty(),
    )
    outputs, differences, compared = _compare(model, emulator, result, frames, boundaries_dir)
    faults = [f"RTL simulation: {violation}" for violation in result.violations]
    faults += [f"RTL simulation differs from the emulator at {found}" for found in differences]
    last = [stream.name for stream in design.of_kind(OUTPUT)]
    faults += [
        f"RTL simulation: {count} beats more than expected{_of(name, last)}"
        for name, count in result.surplus.items()
        if name in last
    ]
    faults += memory_faults(model, build.paths.rtl)
    clocks = timing(model, result, stalls)
    report = _report(build, result, differences, compared, clocks, (stalls, seed), faults)
    beats_out = {name: result.beats(name) for name in last}
    write_integers(build, _INTEGERS, beats_out, passed=not faults)
    if faults:
        raise FlowError(faults[0])
    fills = ", ".join(
        f"{fifo.name} {result.fifo_max_fill[fifo.name]} of {fifo.depth}" for fifo in design.fifos
    )
    print(f"highest FIFO fill: {fills or 'no FIFOs'}")
    print("\n".join(timing_lines(report)))
    print(
        f"rtlsim: {len(frames)} frames, {len(compared)} boundaries, all integers equal; latency "
        f"{result.latency_clocks} clocks, {_interval(result)} clocks a frame"
    )
    return only(outputs)


def _of(output: str, outputs: list[str]) -> str:
    return f" at output {output}" if len(outputs) > 1 else ""


def memory_faults(model: ModelWrapper, folder: Path) -> list[str]:
    """Memory files that are not what the model says: frames may not have shown it."""
    faults = []
    for node in model.graph.node:
        if node.domain == HLS_DOMAIN:
            continue  # its memories are Vitis HLS's own
        for memory in rtl_of(node).memories(model):
            path = folder / f"{memory.name}.mem"
            expected, found = memory.rows(), READER.text(path, "build again").split()
            rows = zip_longest(expected, found)
            bad = next((row for row, (a, b) in enumerate(rows) if a != b), None)
            if bad is not None:
                faults.append(
                    f"{path}: row {bad} is not the model's; these frames did not show it in the "
                    f"results of node {node.name}"
                )
    return faults


def _interval(result: SimResult) -> int:
    """Clocks a frame: measured between frames; of a single one, the span of its longest stream."""
    if result.clocks_per_frame is not None:
        return result.clocks_per_frame
    return max(stream.last[0] - stream.first[0] + 1 for stream in result.streams.values())


def stuck_clocks(model: ModelWrapper) -> int:
    """Clocks without any transfer after which the design certainly stands still."""
    longest = 0
    for node in model.graph.node:
        op = operator_of(node)
        beats = int(np.prod(op.get_folded_output_shape()[:-1]))
        longest = max(longest, -(-int(op.get_exp_cycles()) // max(1, beats)))
    return 10_000 + 4 * longest


def _compare(
    model: ModelWrapper,
    emulator: Emulator,
    result: SimResult,
    frames: Any,
    boundaries_dir: Path | None,
) -> tuple[dict[str, Any], list[Difference], list[str]]:
    """Compare every node's stream that is a tensor of the integer graph, frame by frame."""
    comparison = Comparison(model, emulator, boundaries_dir)
    recorded = {}
    for boundary in comparison.boundaries:
        beats = result.beats(boundary.stream)
        expected = result.streams[boundary.stream].expected
        if len(beats) != expected:
            raise FlowError(
                f"RTL simulation: node {boundary.node} gave {len(beats)} of {expected} beats"
            )
        recorded[boundary.stream] = beats.reshape(len(frames), -1)
    for index, frame in enumerate(frames):
        comparison.add(frame, {name: beats[index] for name, beats in recorded.items()})
    return comparison.outputs, comparison.differences, comparison.compared


def _report(
    build: Build,
    result: SimResult,
    differences: list[Difference],
    compared: list[str],
    clocks: dict[str, Any],
    random: tuple[float, int],
    faults: list[str],
) -> dict[str, Any]:
    """Write rtlsim_performance.json and return it. random: probability of a stall, and seed."""
    data = {
        "frames": result.frames,
        "mismatches": sum(difference.count for difference in differences),
        "differences": [str(difference) for difference in differences],
        "boundaries": compared,
        "clocks_per_frame": _interval(result),
        "clocks_per_frame_measured_between_frames": result.clocks_per_frame is not None,
        "latency_clocks": result.latency_clocks,
        **clocks,
        "clocks_total": result.clocks_total,
        "fifo_max_fill": result.fifo_max_fill,
        "fifo_depth": {fifo.name: fifo.depth for fifo in result.design.fifos},
        "stream_beats": {name: s.transfers for name, s in result.streams.items()},
        "stream_stalled_clocks": {name: s.stalled for name, s in result.streams.items()},
        "stream_first_clocks": {name: s.first for name, s in result.streams.items()},
        "stream_last_clocks": {name: s.last for name, s in result.streams.items()},
        "handshake_violations": result.violations,
        "faults": faults,
        "stalls": random[0],
        "seed": random[1],
        "throughput_fps_at_clock": 1e9 / build.config.clock_ns / _interval(result),
        "simulated_clocks_per_second": result.clocks_per_second,
    }
    build.results.write(ResultName.RTLSIM, data)
    return data
