"""Step insert_streams: width converters and FIFOs between operators, by FINN's passes.

Nodes keep readable names. What the network is estimated to take is written here.
"""

import logging
from math import prod
from typing import Any

from finn.transformation.fpgadataflow.insert_dwc import InsertDWC
from finn.transformation.fpgadataflow.insert_fifo import InsertFIFO
from finn.util.logging import log
from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import ResultName, StepName
from flows.build.step import Step
from flows.build.steps.specialize import specialize
from flows.build.target import target_clocks
from hw.errors import HardwareError
from hw.ops.base import Role
from hw.ops.registry import operator_of, role_of, the_one
from hw.sim.design import stream_name
from hw.synth.cost.model import Cost, load_cost_model

#: FINN's inserted operators -> ours, which have RTL that simulates with open tools.
OURS = {
    "StreamingDataWidthConverter": (the_one(Role.CONVERTER).kind, "_dwc"),
    "StreamingFIFO": (the_one(Role.FIFO).kind, "_fifo"),
}


def insert_streams(model: ModelWrapper, part: str, style: str = "rtl") -> ModelWrapper:
    """Insert width converters and FIFOs where streams differ or are to be buffered (FINN's).

    A FIFO stands behind the converter of its stream; in front of one that unpacks pixels, which
    takes several clocks a beat.
    """
    model = model.transform(InsertDWC())
    model = specialize(_rename(model), part, style)
    for node in model.graph.node:
        consumer = model.find_consumer(node.output[0])
        if consumer is not None and _unpacks(node):
            behind, port = operator_of(consumer), list(consumer.input).index(node.output[0])
            depths = list(behind.get_nodeattr("inFIFODepths"))
            operator_of(node).set_nodeattr("inFIFODepths", [depths[port]])
            depths[port] = 2
            behind.set_nodeattr("inFIFODepths", depths)
    level = log.level
    log.setLevel(logging.ERROR)  # FINN warns of shallow FIFOs at the edges, which are none here
    try:
        model = model.transform(InsertFIFO())
    finally:
        log.setLevel(level)
    return specialize(_rename(model), part)


def _unpacks(node: NodeProto) -> bool:
    """Whether a node is a width converter to more pixels."""
    if role_of(node) is not Role.CONVERTER:
        return False
    op = operator_of(node)
    return bool(prod(op.output_shape()[1:3]) > prod(op.input_shape()[1:3]))


def _rename(model: ModelWrapper) -> ModelWrapper:
    """Give FINN's inserted nodes our operator's type, a name, and an output tensor of that name."""
    for node in model.graph.node:
        if node.op_type not in OURS:
            continue
        op_type, suffix = OURS[node.op_type]
        producer = model.find_producer(node.input[0])
        consumer = model.find_consumer(node.output[0])
        base = node.input[0]
        if producer is not None:
            index = list(producer.output).index(node.input[0])
            base = stream_name(producer.name, index, len(producer.output))
        if consumer is None and node.output[0] in {tensor.name for tensor in model.graph.output}:
            suffix = f"_out{suffix}"
        node.op_type = op_type
        node.name = f"{base}{suffix}"
        if consumer is not None:
            model.rename_tensor(node.output[0], node.name)
    return model


def _costs(model: ModelWrapper) -> dict[str, Cost]:
    """Cost of each node by the model fitted to yosys; none if it lacks an operator."""
    try:
        return load_cost_model().by_node(model)
    except HardwareError:
        return {}


def _fitted(own: dict[str, Any], cost: Cost) -> dict[str, Any]:
    """FINN's entry of a node, with the cost model's LUT, block RAM and DSP for its own.

    BRAM_efficiency is left out where the operator itself expects no block RAM.
    """
    entry = {**own, "LUT": round(cost.lut), "BRAM_18K": cost.bram18, "DSP": cost.dsp}
    if not own["BRAM_18K"] and cost.bram18:
        del entry["BRAM_efficiency"]
    elif cost.bram18:
        entry["BRAM_efficiency"] = own["BRAM_efficiency"] * own["BRAM_18K"] / cost.bram18
    else:
        entry["BRAM_efficiency"] = 1
    return entry


def _write_estimates(build: Build, model: ModelWrapper) -> None:
    """Clocks, resources and counts of each node, and of the network; none is from a synthesis."""
    config, results = build.config, build.results
    cycles: dict[str, int] = {}
    resources: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    costs = _costs(model)
    for node in model.graph.node:
        op = operator_of(node)
        cycles[node.name] = int(op.get_exp_cycles())
        own = op.node_res_estimation(config.device.part)
        resources[node.name] = _fitted(own, costs[node.name]) if node.name in costs else own
        counts[node.name] = op.get_op_and_param_counts()
    total: dict[str, float] = {}
    for entry in resources.values():
        for key in ("LUT", "BRAM_18K", "URAM", "DSP"):
            total[key] = total.get(key, 0) + entry[key]
    slowest = max(cycles, key=lambda name: cycles[name])
    results.write(ResultName.LAYER_CYCLES, cycles)
    results.write(ResultName.LAYER_RESOURCES, {**resources, "total": total})
    results.write(ResultName.COUNTS, counts)
    performance = {
        "max_cycles": cycles[slowest],
        "max_cycles_node_name": slowest,
        "estimated_throughput_fps": 1e9 / config.clock_ns / cycles[slowest],
        "clock_ns": config.clock_ns,
        "target_clocks_per_frame": target_clocks(config, model),
    }
    results.write(ResultName.PERFORMANCE, performance)


def _run(model: ModelWrapper, build: Build) -> ModelWrapper:
    model = insert_streams(model, build.device.part, build.config.impl_style)
    _write_estimates(build, model)
    return model


STEP = Step(StepName.INSERT_STREAMS, _run)
