"""Steps specialize and insert_streams: FINN's passes on our operators, node names kept readable."""

import logging
from math import prod

from finn.transformation.fpgadataflow.insert_dwc import InsertDWC
from finn.transformation.fpgadataflow.insert_fifo import InsertFIFO
from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers
from finn.util.logging import log
from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from hw.ops.registry import DOMAIN

#: FINN's inserted operators -> ours, which have RTL that simulates with open tools.
OURS = {
    "StreamingDataWidthConverter": ("StreamWidthConverter", "_dwc"),
    "StreamingFIFO": ("StreamFIFO", "_fifo"),
}


def specialize(model: ModelWrapper, part: str, style: str = "rtl") -> ModelWrapper:
    """Turn every abstract operator into its RTL or HLS variant (FINN's SpecializeLayers).

    style: "rtl" or "hls", for nodes without a preferred_impl_style of their own. FIFOs are always
    RTL: in HLS C++ they are no operators, but the depth of a stream.
    """
    names = {node.output[0]: node.name for node in model.graph.node}
    for node in model.graph.node:
        if node.domain != DOMAIN:
            continue
        op = getCustomOp(node)
        wanted = str(op.get_nodeattr("preferred_impl_style")) or style
        op.set_nodeattr("preferred_impl_style", "rtl" if node.op_type == "StreamFIFO" else wanted)
    model = model.transform(SpecializeLayers(part))
    for node in model.graph.node:
        node.name = names[node.output[0]]
    return model


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
            behind = getCustomOp(consumer)
            getCustomOp(node).set_nodeattr("inFIFODepths", behind.get_nodeattr("inFIFODepths"))
            behind.set_nodeattr("inFIFODepths", [2])
    level = log.level
    log.setLevel(logging.ERROR)  # FINN warns of shallow FIFOs at the edges, which are none here
    try:
        model = model.transform(InsertFIFO())
    finally:
        log.setLevel(level)
    return specialize(_rename(model), part)


def _unpacks(node: NodeProto) -> bool:
    """Whether a node is a width converter to more pixels."""
    if not node.op_type.startswith("StreamWidthConverter"):
        return False
    op = getCustomOp(node)
    return bool(prod(op.output_shape()[1:3]) > prod(op.input_shape()[1:3]))


def _rename(model: ModelWrapper) -> ModelWrapper:
    """Give FINN's inserted nodes our operator's type, a name, and an output tensor of that name."""
    for node in model.graph.node:
        if node.op_type not in OURS:
            continue
        op_type, suffix = OURS[node.op_type]
        producer = model.find_producer(node.input[0])
        consumer = model.find_consumer(node.output[0])
        base = producer.name if producer is not None else "input"
        if consumer is None and node.output[0] == model.graph.output[0].name:
            suffix = f"_out{suffix}"
        node.op_type = op_type
        node.name = f"{base}{suffix}"
        if consumer is not None:
            model.rename_tensor(node.output[0], node.name)
    return model
