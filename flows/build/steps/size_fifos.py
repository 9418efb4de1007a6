"""Step size_fifos: the depth of every FIFO, from the timing model or by rule.

The model (hw.dataflow) knows at which clock each beat passes; from it come depths that keep the
interval of the slowest operator. By rule, one row of its input in front of each layer, and the next
vector in front of a matrix-vector unit: enough for the networks here, deeper than most need. Where
streams join, it is a frame, which the model brings down to a fraction.
"""

from collections.abc import Mapping
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.build.steps.set_folding import given_folding, write_folding
from flows.build.target import target_clocks
from hw.dataflow.bound import latency_bound
from hw.dataflow.graph import OUTSIDE, StreamGraph, place, unpacks
from hw.dataflow.machine_graph import MachineGraph, SettledGraph
from hw.dataflow.sizing import MAX_REPLAY, NO_FIFO, joins, real, size_fifos, slots
from hw.errors import HardwareError
from hw.ops.base import Role
from hw.tools.compiler import find_compiler
from outside.progress import Progress


def set_fifo_depths(
    model: ModelWrapper, overrides: Mapping[str, Mapping[str, Any]], automatic: bool
) -> dict[str, Any]:
    """Set inFIFODepths of model's nodes (abstract operators) in place; returns what to report.

    overrides: a folding file's entries; depths given there stay. automatic: by the model, which
    needs a C++ compiler; without one, or if False, by rule.
    """
    graph = StreamGraph.of_model(model)
    given = _given(graph, overrides)
    settled: SettledGraph | None = None
    how = "given or by rule"
    if automatic:
        try:
            find_compiler("sizing FIFOs by the timing model", "they are sized by rule without it")
        except HardwareError as error:
            print(f"size_fifos: {error}")
            automatic = False
    if automatic:
        with Progress(StepName.SIZE_FIFOS) as progress:
            sizing = size_fifos(graph, given, progress)
        depths, settled = sizing.depths, sizing.settled
        how = "given, or by the timing model"
    else:
        depths = {**real(_by_rule(graph, given)), **real(given)}
    for op in graph.ops:
        kept = overrides.get(op.name, {}).get("inFIFODepths", [NO_FIFO] * op.stream_inputs())
        places = [place(op.name, port) for port in range(op.stream_inputs())]
        found = [
            kept[port] if name in given else depths.get(name, NO_FIFO)
            for port, name in enumerate(places)
        ]
        op.set_nodeattr("inFIFODepths", found)
    report = {"depths": how, **(_timing(graph, depths, settled) if settled else {})}
    return {**report, "latency_bound": latency_bound(graph).as_dict()}


def _given(graph: StreamGraph, overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Depth of the FIFO in each place for which the folding file says one."""

    def says(index: int, key: str, number: int) -> int | None:
        entry = {} if index == OUTSIDE else overrides.get(graph.ops[index].name, {})
        return int(entry[key][number]) if key in entry else None

    given: dict[str, int] = {}
    for wire in graph.wires:
        if wire.target == OUTSIDE:
            continue
        before = says(wire.source, "outFIFODepths", wire.output) or 0
        behind = says(wire.target, "inFIFODepths", wire.port)
        if behind is not None or before > NO_FIFO:
            depth = max(before if before > NO_FIFO else 0, behind or 0)
            given[place(graph.ops[wire.target].name, wire.port)] = depth
    return given


def _by_rule(graph: StreamGraph, given: Mapping[str, int]) -> dict[str, int]:
    """A row in front of a layer, a vector in front of a matrix-vector unit, a frame at a join."""
    heads, inner = slots(graph, given)
    rows = {name: max(row, NO_FIFO) for name, row in heads.items()}
    for op in graph.ops:
        if op.name in heads and op.role is Role.UNIT:
            rows[op.name] = max(NO_FIFO, min(MAX_REPLAY, op.pixel_beats_in()))
    return {**rows, **inner, **joins(graph, given)}


def _timing(graph: StreamGraph, depths: dict[str, int], settled: SettledGraph) -> dict[str, Any]:
    """Clocks of the timing model with these depths, and the FIFOs."""
    widths = {}
    for wire in graph.wires:
        if wire.target == OUTSIDE:
            continue
        op, before = graph.ops[wire.target], graph.before(wire)
        width = int(op.get_instream_width(wire.port))
        if before is not None and unpacks(before, op, wire.output, wire.port):
            width = int(before.get_outstream_width(wire.output))  # in front of the converter
        widths[place(op.name, wire.port)] = width
    fills = settled.fills
    return {
        "clocks_per_frame": settled.interval,
        "first_output_clocks": settled.first_latency,
        "latency_clocks": settled.latency,
        "fifos": {
            name: {
                "depth": depth,
                "highest_fill": fills[name],
                "bits_of_a_beat": widths[name],
                "bits": depth * widths[name],
            }
            for name, depth in depths.items()
        },
    }


def modelled(model: ModelWrapper, frames: int) -> SettledGraph:
    """The timing model of a finished hardware graph, FIFOs and width converters as they are."""
    machines = MachineGraph.of(StreamGraph.of_model(model))
    return SettledGraph(machines, machines.run(frames), frames)


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    config = build.config
    report = set_fifo_depths(model, given_folding(config, model).folding, config.auto_fifo_depths)
    build.results.write(ResultName.FIFO_SIZING, report)
    clocks, wanted = report.get("clocks_per_frame", 0), target_clocks(config, model)
    if clocks > wanted:
        print(f"size_fifos: the network takes {clocks} clocks a frame, the target is {wanted}")
    write_folding(model, build.paths.folding)
    return model


STEP = Step(StepName.SIZE_FIFOS, _run)
