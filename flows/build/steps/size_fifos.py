"""Step size_fifos: the depth of every FIFO, from the timing model or by rule.

The model (hw.dataflow) knows at which clock each beat passes; from it come depths that keep the
interval of the slowest operator. By rule, one row of its input in front of each layer, and the next
vector in front of a matrix-vector unit: enough for the networks here, deeper than most need.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.build.steps.set_folding import given_folding, write_folding
from flows.build.target import target_clocks
from hw.dataflow.bound import latency_bound
from hw.dataflow.chain import Chain, Settled
from hw.dataflow.graph import unpacks
from hw.dataflow.sizing import MAX_REPLAY, NO_FIFO, real, size_fifos, slots
from hw.errors import HardwareError
from hw.ops.base import Operator, Role
from hw.ops.registry import operator_of
from hw.tools.compiler import find_compiler


def set_fifo_depths(
    model: ModelWrapper, overrides: Mapping[str, Mapping[str, Any]], automatic: bool
) -> dict[str, Any]:
    """Set inFIFODepths of model's nodes (abstract operators) in place; returns what to report.

    overrides: a folding file's entries; depths given there stay. automatic: by the model, which
    needs a C++ compiler; without one, or if False, by rule.
    """
    ops = [operator_of(node) for node in model.graph.node]
    given = _given(ops, overrides)
    settled: Settled | None = None
    how = "given or by rule"
    if automatic:
        try:
            find_compiler("sizing FIFOs by the timing model", "they are sized by rule without it")
        except HardwareError as error:
            print(f"size_fifos: {error}")
            automatic = False
    if automatic:
        sizing = size_fifos(ops, given)
        depths, settled = sizing.depths, sizing.settled
        how = "given, or by the timing model"
    else:
        depths = {**real(_by_rule(ops, given)), **real(given)}
    for op in ops:
        name = op.onnx_node.name
        mine = overrides.get(name, {}).get("inFIFODepths")
        kept = mine if mine is not None else [NO_FIFO]
        op.set_nodeattr("inFIFODepths", kept if name in given else [depths.get(name, NO_FIFO)])
    report = {"depths": how, **(_timing(ops, depths, settled) if settled else {})}
    return {**report, "latency_bound": latency_bound(ops).as_dict()}


def _given(ops: list[Operator], overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Depth of the FIFO in front of each node for which the folding file says one."""
    given: dict[str, int] = {}
    behind = 0
    for op in ops:
        entry = overrides.get(op.onnx_node.name, {})
        if "inFIFODepths" in entry or behind:
            given[op.onnx_node.name] = max(behind, int(entry.get("inFIFODepths", [0])[0]))
        behind = int(entry.get("outFIFODepths", [0])[0])
        behind = behind if behind > NO_FIFO else 0
    return given


def _by_rule(ops: list[Operator], given: Mapping[str, int]) -> dict[str, int]:
    """A row in front of a layer, a vector in front of a matrix-vector unit."""
    heads, inner = slots(ops, given)
    rows = {name: max(row, NO_FIFO) for name, row in heads.items()}
    for op in ops:
        if op.onnx_node.name in heads and op.role is Role.UNIT:
            rows[op.onnx_node.name] = max(NO_FIFO, min(MAX_REPLAY, op.pixel_beats_in()))
    return {**rows, **inner}


def _timing(ops: list[Operator], depths: dict[str, int], settled: Settled) -> dict[str, Any]:
    """Clocks of the timing model with these depths, and the FIFOs."""
    widths = {op.onnx_node.name: int(op.get_instream_width()) for op in ops}
    for before, op in pairwise(ops):
        if unpacks(before, op):  # the FIFO stands in front of the converter
            widths[op.onnx_node.name] = int(before.get_outstream_width())
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


def modelled(model: ModelWrapper, frames: int) -> Settled:
    """The timing model of a finished hardware graph, FIFOs and width converters as they are."""
    chain = Chain.of([operator_of(node) for node in model.graph.node])
    return Settled(chain, chain.run(frames), frames)


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    config = build.config
    report = set_fifo_depths(model, given_folding(config), config.auto_fifo_depths)
    build.results.write(ResultName.FIFO_SIZING, report)
    clocks, wanted = report.get("clocks_per_frame", 0), target_clocks(config, model)
    if clocks > wanted:
        print(f"size_fifos: the network takes {clocks} clocks a frame, the target is {wanted}")
    write_folding(model, build.paths.folding)
    return model


STEP = Step(StepName.SIZE_FIFOS, _run)
