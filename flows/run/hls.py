"""``hls``: the HLS C++ of every operator, network and camera path through Vitis HLS.

Writes the complete project (sources, Tcl, test bench, vectors of the emulator) to <build>/hls/vitis
and, where Vitis HLS is on the PATH, runs it: synthesis, co-simulation against the vectors, export.
Results are in report/hls_synth.json, after every operator, so that a stopped run loses nothing.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.errors import FlowError
from flows.files import check_space
from flows.run.boundaries import find_boundaries
from flows.run.camera_hls import camera_tops
from flows.run.emulator import Emulator
from flows.run.inputs import random_frames
from hw.camera.hls.units import camera_units
from hw.hls.design import HlsProject
from hw.hls.vitis import (
    CAMERA,
    OPERATORS,
    REGION,
    MoreUnit,
    Unit,
    VitisProject,
    run_unit,
    write_vitis_project,
)
from hw.ops.base import Operator, Role
from hw.ops.registry import operator_of, role_of
from hw.sim.beats import pack
from hw.sim.design import stream_name
from hw.tools.vitis import find_tool, missing_tool

#: Co-simulation takes hours for many; more frames than this are no use.
MAX_FRAMES = 4


def hls(
    build: Build,
    frames: Any = None,
    nodes: Sequence[str] | None = None,
    write_only: bool = False,
) -> None:
    """Write the project, run what is not done yet, write report/hls_synth.json.

    frames: (N, H, W, C), or of several inputs (``flows.run.inputs``); None: one frame of noise.
    nodes: only these (the network's name for the whole region). Raises FlowError where Vitis HLS is
    missing and where anything failed.
    """
    model = build.model(StepName.INSERT_STREAMS)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    if frames is None:
        frames = random_frames(emulator.graph, np.random.default_rng(1), 1)
    if len(frames) > MAX_FRAMES:
        raise FlowError(f"{len(frames)} frames of vectors; at most {MAX_FRAMES} are of use here")
    folder = build.paths.vitis
    check_space(folder)
    project = write_vitis_project(
        model,
        folder,
        build.top,
        build.device.part,
        build.config.clock_ns,
        len(frames),
        vectors(model, emulator, frames),
        _more(build, emulator, frames),
    )
    chosen = project.select(nodes)
    size = sum(path.stat().st_size for path in folder.glob("vectors/*")) / (1 << 20)
    operators = sum(unit.kind == OPERATORS for unit in project.units)
    has_camera = any(unit.kind == CAMERA for unit in project.units)
    beside = ", the camera path in front of it and behind it" if has_camera else ""
    print(
        f"HLS project: {folder} ({operators} operators and the network{beside}, "
        f"{len(frames)} frame(s), {size:.1f} MiB of vectors)"
    )
    if write_only:
        return
    build.results.remove(ResultName.HLS)
    tool = find_tool()
    pending = [unit for unit in chosen if unit.result()["status"] != "passed"]
    if tool is not None:
        _run(build, project, pending, tool, len(frames))
    results = _report(build, project, len(frames))
    _say_end(build, chosen, results, tool)


def _more(
    build: Build, emulator: Emulator, frames: Any
) -> Callable[[HlsProject], Sequence[MoreUnit]]:
    """The camera path's top levels, where the build has one."""

    def made(project: HlsProject) -> Sequence[MoreUnit]:
        tops = camera_tops(build, project, emulator)
        return () if tops is None else camera_units(tops, emulator.run(frames[0][None])[0])

    return made


def _run(
    build: Build, project: VitisProject, units: list[Unit], tool: list[str], frames: int
) -> None:
    for number, unit in enumerate(units, 1):
        print(f"[{number}/{len(units)}] {unit.name}: {Path(tool[0]).name} ...", flush=True)
        began = time.monotonic()
        entry = run_unit(unit, tool)
        said = entry["message"] or f"interval {_span(entry['interval_clocks'])} clocks a frame"
        seconds = time.monotonic() - began
        print(f"[{number}/{len(units)}] {unit.name}: {entry['status']} ({said}; {seconds:.0f} s)")
        _report(build, project, frames)


def _span(pair: list[int] | None) -> str:
    if pair is None:
        return "unknown"
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} to {pair[1]}"


def _report(build: Build, project: VitisProject, frames: int) -> dict[str, Any]:
    """Write report/hls_synth.json of all that is there; the entries by name."""
    found: dict[str, dict[str, Any]] = {OPERATORS: {}, REGION: {}}
    if any(unit.kind == CAMERA for unit in project.units):
        found[CAMERA] = {}
    for unit in project.units:
        entry = unit.result()
        if entry["ip"]:
            where = (unit.folder / entry["ip"]).relative_to(build.folder)
            entry["ip"] = str(where)
        found[unit.kind][unit.name] = entry
    entries = found[OPERATORS] | found[REGION] | found.get(CAMERA, {})
    versions = sorted({e["version"] for e in entries.values() if e["version"]})
    data = {
        "tool": f"Vitis HLS {', '.join(versions)}" if versions else None,
        "part": project.part,
        "clock_ns": project.clock_ns,
        "frames": frames,
        "complete": all(e["status"] == "passed" for e in entries.values()),
        "faults": [
            f"{name}: {e['message']}" for name, e in entries.items() if e["status"] == "failed"
        ],
        "not_run": [name for name, e in entries.items() if e["status"] == "not run"],
        **found,
    }
    build.results.write(ResultName.HLS, data)
    return entries


def _say_end(
    build: Build, chosen: list[Unit], entries: dict[str, Any], tool: list[str] | None
) -> None:
    folder = build.paths.vitis
    failed = [unit for unit in chosen if entries[unit.name]["status"] == "failed"]
    left = [unit for unit in chosen if entries[unit.name]["status"] != "passed"]
    if tool is None and left:
        raise FlowError(
            f"{missing_tool()}; {len(left)} of {len(chosen)} top levels are not synthesized. The "
            f"project is complete: copy {folder} to a machine with Vitis HLS, run `sh run_all.sh` "
            "in it, and copy it back; then this command reads the results. Without Vitis HLS "
            "`python -m flows cppsim` runs the same C++ against the emulator; all else works too"
        )
    if failed:
        unit = failed[0]
        raise FlowError(
            f"HLS: {len(failed)} of {len(chosen)} top levels failed; {unit.name}: "
            f"{entries[unit.name]['message']} (log: {unit.folder / 'run.log'})"
        )
    print(
        f"HLS: {len(chosen)} top levels synthesized, co-simulated with all beats equal, exported; "
        f"{build.paths.result(ResultName.HLS)}"
    )


def vectors(model: ModelWrapper, emulator: Emulator, frames: Any) -> Iterator[tuple[str, bytes]]:
    """(stream, packed beats of all frames) of the graph's inputs and behind every operator.

    What a layer of the integer graph gives is the emulator's; what stands between (padding,
    windows, pools before a quantizer) is the operator's integer meaning on that.
    """
    tensors = {b.stream: b.tensor for b in find_boundaries(model, emulator)}
    expected = [emulator.boundaries(frame) for frame in frames]
    values: dict[str, list[Any]] = {}
    for source in emulator.graph.inputs:
        values[source] = [arrays[source].astype(np.int64) for arrays in expected]
        reader = model.find_consumer(source)
        first, port = operator_of(reader), list(reader.input).index(source)
        beats = [first.input_beats(x) for x in values[source]]
        yield source, _packed(first.get_input_datatype(port), beats)
    for node in model.graph.node:
        op = operator_of(node)
        given = [values.pop(name) for name in list(node.input)[: op.stream_inputs()]]
        if role_of(node) is Role.FIFO:
            values[node.output[0]] = given[0]
            continue
        made: list[Any] | None = None
        for index, name in enumerate(node.output):
            stream = stream_name(node.name, index, len(node.output))
            if stream in tensors:
                values[name] = [arrays[tensors[stream]] for arrays in expected]
            else:
                made = made or _computed(model, op, given)
                values[name] = made
            beats = [op.output_beats(y) for y in values[name]]
            yield stream, _packed(op.get_output_datatype(index), beats)


def _computed(model: ModelWrapper, op: Operator, given: Sequence[Sequence[Any]]) -> list[Any]:
    """Integers that an operator makes of the frames of each stream, by its integer meaning."""
    constants = [model.get_initializer(name) for name in op.onnx_node.input]
    params = [np.rint(array).astype(np.int64) for array in constants if array is not None]
    shapes = [op.get_normal_input_shape(port) for port in range(len(given))]
    return [
        op.reference(*(x.reshape(shape) for x, shape in zip(frame, shapes, strict=True)), *params)
        for frame in zip(*given, strict=True)
    ]


def _packed(datatype: Any, beats: list[Any]) -> bytes:
    raw = pack(np.concatenate(beats), int(datatype.bitwidth()), bool(datatype.signed()))
    return raw.tobytes()
