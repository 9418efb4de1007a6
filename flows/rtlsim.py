"""``rtlsim``: frames through the Verilated accelerator, compared with the emulator everywhere."""

import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from flows.build import load_step
from flows.compare import Difference, compare_boundaries
from flows.config import BuildConfig
from flows.emulator import Emulator
from flows.errors import FlowError
from flows.files import write_npy
from flows.report.data import remove_json, write_json
from hw.sim.design import Design
from hw.sim.result import SimResult
from hw.sim.run import simulate
from hw.sim.verilate import build as build_simulator


def rtlsim(
    config: BuildConfig,
    frames: Any,
    boundaries_dir: Path | None = None,
    stalls: float = 0.0,
    seed: int = 1,
    waves: bool = False,
    wave_range: tuple[int, int] = (0, 0),
) -> Any:
    """Integers (N, H', W', C') that the simulated RTL returns for frames (N, H, W, C) uint8.

    waves: write waves.fst, of wave_range = (first clock, clocks; 0 for all that follow).

    Writes report/rtlsim_performance.json and verification_output/. Raises FlowError at the first
    boundary that differs, SimulationStuck (HardwareError) where a stream stands still.
    """
    model = load_step(config, "generate_rtl")
    remove_json(config.output_dir, "rtlsim_performance")
    folder = config.output_dir / "verification_output"
    for verdict in ("FAIL", "SUCCESS"):
        (folder / f"verify_rtlsim_0_{verdict}.npy").unlink(missing_ok=True)
    emulator = Emulator(load_step(config, "fold_duplicated_weights"))
    design = Design.load(config.output_dir / "rtl" / f"{config.top}.json")
    simulator = build_simulator(design, cache_dir=_cache(config), waves=waves, progress=print)
    first = getCustomOp(model.graph.node[0])
    beats = first.input_beats(frames.astype(np.int64))
    wave_file = config.output_dir / "waves.fst" if waves else None
    result = simulate(
        simulator,
        {"input": beats},
        len(frames),
        stall=stalls,
        seed=seed,
        waves=wave_file,
        wave_range=wave_range,
        stuck_clocks=_stuck_clocks(model),
        progress=sys.stderr.isatty(),
    )
    outputs, differences, compared = _compare(model, emulator, result, frames, boundaries_dir)
    faults = [f"RTL simulation: {violation}" for violation in result.violations]
    faults += [f"RTL simulation differs from the emulator at {found}" for found in differences]
    if _last(result) in result.surplus:
        faults.append(f"RTL simulation: {result.surplus[_last(result)]} beats more than expected")
    faults += memory_faults(model, config.output_dir / "rtl")
    _report(config, result, differences, compared, stalls, seed, faults)
    if faults:
        raise FlowError(faults[0])
    fills = ", ".join(
        f"{fifo.name} {result.fifo_max_fill[fifo.name]} of {fifo.depth}" for fifo in design.fifos
    )
    print(f"highest FIFO fill: {fills or 'no FIFOs'}")
    print(
        f"rtlsim: {len(frames)} frames, {len(compared)} boundaries, all integers equal; latency "
        f"{result.latency_clocks} clocks, {_interval(result)} clocks a frame"
    )
    return outputs


def memory_faults(model: ModelWrapper, folder: Path) -> list[str]:
    """Memory files that are not what the model says: frames may not have shown it."""
    faults = []
    for node in model.graph.node:
        for memory in getCustomOp(node).memories(model):
            path = folder / f"{memory.name}.mem"
            expected, found = memory.rows(), path.read_text().split()
            rows = zip_longest(expected, found)
            bad = next((row for row, (a, b) in enumerate(rows) if a != b), None)
            if bad is not None:
                faults.append(
                    f"{path}: row {bad} is not the model's; these frames did not show it in the "
                    f"results of node {node.name}"
                )
    return faults


def _cache(config: BuildConfig) -> Path:
    return config.output_dir / ".verilator-cache"


def _interval(result: SimResult) -> int:
    """Clocks a frame: measured between frames; of a single one, the span of its longest stream."""
    if result.clocks_per_frame is not None:
        return result.clocks_per_frame
    return max(stream.last[0] - stream.first[0] + 1 for stream in result.streams.values())


def _stuck_clocks(model: ModelWrapper) -> int:
    """Clocks without any transfer after which the design certainly stands still."""
    longest = 0
    for node in model.graph.node:
        op = getCustomOp(node)
        beats = int(np.prod(op.get_folded_output_shape()[:-1]))
        longest = max(longest, -(-int(op.get_exp_cycles()) // max(1, beats)))
    return 10_000 + 4 * longest


def _compare(
    model: ModelWrapper,
    emulator: Emulator,
    result: SimResult,
    frames: Any,
    boundaries_dir: Path | None,
) -> tuple[Any, list[Difference], list[str]]:
    """Compare every node's stream that is a tensor of the integer graph, frame by frame."""
    known = {node.name for node in emulator.graph.nodes}
    streams = {}
    for node in model.graph.node:
        boundary = _boundary(model, node, known)
        if boundary is not None:
            beats = result.beats(node.name)
            expected_beats = result.streams[node.name].expected
            if len(beats) != expected_beats:
                raise FlowError(
                    f"RTL simulation: node {node.name} gave {len(beats)} of {expected_beats} beats"
                )
            streams[node.name] = (boundary, getCustomOp(node), beats)
    outputs, differences = [], []
    for index, frame in enumerate(frames):
        expected = emulator.boundaries(frame)
        outputs.append(expected[emulator.graph.output])
        for boundary, op, beats in streams.values():
            shape = tuple(op.get_normal_output_shape())
            found = beats.reshape(len(frames), *shape)[index]
            if boundaries_dir is not None:
                write_npy(boundaries_dir / f"{index}" / f"{boundary}.npy", found)
            if boundary == emulator.graph.output:
                outputs[index] = found
            differences += compare_boundaries(
                index, {boundary: expected[boundary][0]}, {boundary: found[0]}
            )
    return np.concatenate(outputs), differences, sorted({b for b, _, _ in streams.values()})


def _boundary(model: ModelWrapper, node: Any, known: set[str]) -> str | None:
    """Tensor of the integer graph that a node computes; FIFOs and width converters compute none."""
    if node.op_type in ("StreamFIFO_rtl", "StreamWidthConverter_rtl"):
        return None
    name = node.output[0]
    while name not in known:
        consumer = model.find_consumer(name)
        passes = consumer is not None and consumer.op_type in (
            "StreamFIFO_rtl",
            "StreamWidthConverter_rtl",
        )
        if not passes:
            return None
        name = consumer.output[0]
    return str(name)


def _report(
    config: BuildConfig,
    result: SimResult,
    differences: list[Difference],
    compared: list[str],
    stalls: float,
    seed: int,
    faults: list[str],
) -> None:
    data = {
        "frames": result.frames,
        "mismatches": sum(difference.count for difference in differences),
        "differences": [str(difference) for difference in differences],
        "boundaries": compared,
        "clocks_per_frame": _interval(result),
        "clocks_per_frame_measured_between_frames": result.clocks_per_frame is not None,
        "latency_clocks": result.latency_clocks,
        "clocks_total": result.clocks_total,
        "fifo_max_fill": result.fifo_max_fill,
        "fifo_depth": {fifo.name: fifo.depth for fifo in result.design.fifos},
        "stream_beats": {name: s.transfers for name, s in result.streams.items()},
        "stream_stalled_clocks": {name: s.stalled for name, s in result.streams.items()},
        "handshake_violations": result.violations,
        "faults": faults,
        "stalls": stalls,
        "seed": seed,
        "throughput_fps_at_clock": 1e9 / config.clock_ns / _interval(result),
        "simulated_clocks_per_second": result.clocks_per_second,
    }
    write_json(config.output_dir, "rtlsim_performance", data)
    verdict = "FAIL" if faults else "SUCCESS"
    folder = config.output_dir / "verification_output"
    write_npy(folder / f"verify_rtlsim_0_{verdict}.npy", result.beats(_last(result)))


def _last(result: SimResult) -> str:
    return next(s.name for s in result.design.streams if s.kind == "output")
