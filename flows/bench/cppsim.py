"""Section cppsim: CPU seconds a frame of everything that executes the network in software."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.onnx_exec import execute_onnx

from flows.bench.rows import Options, Row, Section, missing, with_ratios
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.steps.import_model import load_qonnx, prepare
from flows.metadata import Channels, read
from flows.run.boundaries import Comparison
from flows.run.emulator import Emulator
from flows.run.frames import write_frames
from hw.errors import HardwareError
from hw.hls.compiler import BUILDS, EXACT, FAST, build_program
from hw.hls.cppsim import CppSimulation
from hw.hls.project import write_project
from hw.ops.registry import operator_of

UNIT = "s/frame"
#: Seconds that a rival may take to convert, compile and run.
PATIENCE = 3600


def cppsim_section(build: Build, options: Options) -> Section:
    """Both builds of cppsim, the emulator, QONNX, hls4ml, finn-hlslib: CPU seconds of one frame."""
    path = options.work / "frames.npy"
    write_frames(build, None, options.frames, 1, path)
    frames = np.load(path)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), threads=1)
    rows = [
        *(_cppsim(build, emulator, frames, kind) for kind in BUILDS),
        _emulator(emulator, frames),
        _qonnx(build, emulator, frames[0]),
        _hls4ml(build, emulator, path, options.work),
        _finn_hlslib(build, options),
    ]
    height, width, channels = emulator.input_shape
    facts = {
        "network": f"{build.config.model.name}, {height} x {width} x {channels}",
        "figures": "CPU seconds of the whole process a frame, one thread; other load on the "
        "machine matters little",
    }
    title = "Software execution of the complete network"
    return Section("cppsim", title, with_ratios(rows, _ours(FAST)), facts)


def _ours(kind: str) -> str:
    return f"cppsim, {kind} build"


def _cppsim(build: Build, emulator: Emulator, frames: Any, kind: str) -> Row:
    """Median of the frames (exact: the first frame alone), after a check of every boundary."""
    model = build.model(StepName.GENERATE_RTL)
    try:
        project = write_project(model, build.paths.hls_cpp, build.top)
        program = build_program(project, kind, cache_dir=build.paths.hls_cache, progress=print)
    except HardwareError as error:
        return missing(_ours(kind), str(error))
    comparison = Comparison(model, emulator, None)
    nodes = [boundary.stream for boundary in comparison.boundaries]
    first, seconds = operator_of(model.graph.node[0]), []
    with CppSimulation(program, nodes, project.folder.parent) as simulation:
        for frame in frames[: 1 if kind == EXACT else len(frames)]:
            beats = first.input_beats(frame.astype(np.int64))
            result = simulation.run({model.graph.input[0].name: beats})
            comparison.add(frame, result.beats)
            seconds.append(result.cpu_seconds)
        simulation.finish()
    if comparison.differences:
        return missing(_ours(kind), f"its integers are wrong: {comparison.differences[0]}")
    note = (
        f"{len(comparison.compared)} boundaries exact; one program, compiled in "
        f"{program.seconds:.0f} s"
    )
    return Row(_ours(kind), statistics.median(seconds), UNIT, note)


def _cpu_seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def _emulator(emulator: Emulator, frames: Any) -> Row:
    emulator.boundaries(frames[0])
    seconds = [_cpu_seconds(partial(emulator.boundaries, frame))[0] for frame in frames]
    note = "onnxruntime on the integer graph in float32, thresholds as comparisons"
    return Row("emulator (onnxruntime)", statistics.median(seconds), UNIT, note)


def decoded(emulator: Emulator, frame: Any) -> Any:
    """The network's real values (1, C, H, W) of a frame, from the emulator's integers."""
    scale, bias = (
        np.array(read(emulator.graph.metadata, key, Channels))
        for key in ("output_scale", "output_bias")
    )
    integers = emulator.boundaries(frame)[emulator.graph.output]
    return (integers * scale + bias).transpose(0, 3, 1, 2)


def _qonnx(build: Build, emulator: Emulator, frame: Any) -> Row:
    """The exported file, executed by QONNX, node by node."""
    model = prepare(load_qonnx(build.config.model))
    step = float(emulator.graph.metadata.get("input_scale", "1"))
    real = (frame.transpose(2, 0, 1)[None] * step).astype(np.float32)
    name = model.graph.input[0].name
    seconds, result = _cpu_seconds(lambda: execute_onnx(model, {name: real}))
    found = result[model.graph.output[0].name]
    close = np.isclose(found, decoded(emulator, frame), rtol=1e-5, atol=1e-4).mean()
    note = f"one ONNX session a node; {100 * close:.1f} % of the outputs are the emulator's"
    return Row("QONNX execution", seconds, UNIT, note)


def _hls4ml(build: Build, emulator: Emulator, frames: Path, work: Path) -> Row:
    """hls4ml in a process of its own, which it fills with its messages."""
    name = "hls4ml, g++ emulation"
    folder = work / "hls4ml"
    folder.mkdir(exist_ok=True)
    result, log = folder / "result.json", folder / "log.txt"
    result.unlink(missing_ok=True)
    scale = emulator.graph.metadata.get("input_scale", "1")
    print("hls4ml: converting, compiling and running the network (minutes)", flush=True)
    command = [
        sys.executable,
        "-m",
        "flows.bench.hls4ml_rival",
        str(build.config.model),
        str(frames),
    ]
    with log.open("w", encoding="utf-8") as output:
        try:
            subprocess.run(
                [*command, scale, str(folder)],
                stdout=output,
                stderr=output,
                timeout=PATIENCE,
                check=False,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        except subprocess.TimeoutExpired:
            return missing(name, f"took more than {PATIENCE} s")
    if not result.is_file():
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return missing(name, f"{lines[-1][:200] if lines else 'it ended'} (log: {log})")
    data = json.loads(result.read_text(encoding="utf-8"))
    expected = decoded(emulator, np.load(frames)[0]).transpose(0, 2, 3, 1).reshape(-1)
    found = np.array(data["outputs"])
    close = np.isclose(found, expected, rtol=1e-3, atol=1e-3).mean()
    note = (
        f"{data['what']}; {100 * close:.1f} % of the outputs are the emulator's; compiled in "
        f"{data['compile_seconds']:.0f} s"
    )
    return Row(name, data["cpu_seconds"], UNIT, note)


def _finn_hlslib(build: Build, options: Options) -> Row:
    """FINN's own cppsim: one program and one process a node."""
    name = "finn-hlslib, one process a node"
    if options.finn_hlslib is None:
        return missing(name, "left out: it is not on PyPI; give a clone of it as FINN_HLSLIB=")
    from flows.bench.finn_rival import measure

    return measure(name, build, options.finn_hlslib, options.work / "finn")
