"""Section emulator: frames a second of the emulator, plain onnxruntime and QONNX execution."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

from flows.bench.cppsim import decoded
from flows.bench.plain_onnx import plain_onnx
from flows.bench.rows import Options, Row, Section, missing, with_ratios
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.steps.import_model import load_qonnx, prepare
from flows.errors import FlowError
from flows.run.emulator import Emulator
from flows.run.frames import write_frames

UNIT = "frames/s"


def emulator_section(build: Build, options: Options) -> Section:
    """Medians over the frames, one thread each; ratios to plain onnxruntime."""
    path = options.work / "frames-emulator.npy"
    write_frames(build, None, max(3, options.frames), 1, path)
    frames = np.load(path)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS), threads=1)
    duplicated = Emulator(build.model(StepName.STREAMLINE), threads=1)
    _same_integers(emulator, duplicated, frames)
    plain = "onnxruntime, float32"
    rows = [
        _plain(plain, build, emulator, frames),
        _row("emulator, output alone", lambda frame: emulator.run(frame[None]), frames,
             "integers, as detect and the simulated board take them"),
        _row("emulator", emulator.boundaries, frames,
             "integers, every layer boundary returned"),
        _row("emulator with the duplicates", duplicated.boundaries, frames,
             "the same integers at the output"),
        _qonnx(build, emulator, frames),
    ]  # fmt: skip
    height, width, channels = emulator.input_shape
    facts = {
        "network": f"{build.config.model.name}, {height} x {width} x {channels}",
        "figures": "frames a second of CPU time, one thread, median frame",
    }
    return Section("emulator", "Frames a second in software", with_ratios(rows, plain), facts)


def _same_integers(emulator: Emulator, duplicated: Emulator, frames: Any) -> None:
    """FlowError unless the network's integers are the same with and without the duplicates."""
    if not np.array_equal(emulator.run(frames), duplicated.run(frames)):
        raise FlowError("emulator: the network's integers change when its duplicates are taken out")


def _row(what: str, run: Callable[[Any], Any], frames: Any, note: str) -> Row:
    """Median of the frames behind a first one that is not counted."""
    run(frames[0])
    seconds = []
    for frame in frames:
        began = time.process_time()
        run(frame)
        seconds.append(time.process_time() - began)
    return Row(what, 1 / statistics.median(seconds), UNIT, note)


def _real(emulator: Emulator, frame: Any) -> Any:
    """The network's real input (1, C, H, W) of a frame."""
    step = float(emulator.graph.metadata.get("input_scale", "1"))
    return (frame.transpose(2, 0, 1)[None] * step).astype(np.float32)


def _equal(run: Callable[[Any], Any], emulator: Emulator, frames: Any) -> str:
    """How much of what run gives is the emulator's, but for the rounding of float32."""
    close = np.isclose(run(frames[0]), decoded(emulator, frames[0]), rtol=1e-5, atol=1e-4).mean()
    return f"{100 * close:.1f} % of the outputs equal"


def _plain(what: str, build: Build, emulator: Emulator, frames: Any) -> Row:
    """The exported network in plain ONNX operators, all of onnxruntime's optimizations on."""
    try:
        made = plain_onnx(prepare(load_qonnx(build.config.model)))
    except FlowError as error:
        return missing(what, str(error))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        made.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name

    def run(frame: Any) -> Any:
        return session.run(None, {name: _real(emulator, frame)})[0]

    note = f"the QONNX file in float32, all optimizations; {_equal(run, emulator, frames)}"
    return _row(what, run, frames, note)


def _qonnx(build: Build, emulator: Emulator, frames: Any) -> Row:
    from qonnx.core.onnx_exec import execute_onnx

    model = prepare(load_qonnx(build.config.model))
    name = model.graph.input[0].name

    result = model.graph.output[0].name

    def run(frame: Any) -> Any:
        return execute_onnx(model, {name: _real(emulator, frame)})[result]

    note = f"one ONNX session a node; {_equal(run, emulator, frames)}"
    return _row("QONNX execution", run, frames, note)
