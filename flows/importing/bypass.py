"""Operators that pass their input on: Identity, and Dropout outside of training."""

from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, numpy_helper

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.importing.limits import MAX_OPERATORS


def bypass(graph: GraphProto) -> None:
    """Let readers of such an operator read its input instead (one that makes an output stays).

    Raises FlowError for a Dropout in training.
    """
    outputs = {info.name for info in graph.output}
    instead: dict[str, str] = {}
    kept = []
    for node in graph.node:  # sorted: what a node reads was looked at before
        for index, name in enumerate(node.input):
            node.input[index] = instead.get(name, name)
        if node.op_type == "Dropout":
            _check_dropout(graph, node)
        passes = node.op_type in ("Identity", "Dropout") and not node.domain
        if passes and len(node.output) == 1 and node.output[0] not in outputs:
            instead[node.output[0]] = node.input[0]
        else:
            kept.append(node)
    if len(kept) < len(graph.node):
        copies = [NodeProto.FromString(node.SerializeToString()) for node in kept]
        del graph.node[:]
        graph.node.extend(copies)
    if len(graph.node) > MAX_OPERATORS:
        raise FlowError(
            f"the model has {len(graph.node)} operators; expected at most {MAX_OPERATORS}"
        )


def _check_dropout(graph: GraphProto, node: NodeProto) -> None:
    if len(node.input) < 3 or not node.input[2]:
        return
    training = _constant(graph, node.input[2])
    if training is None or np.any(training):
        raise FlowError(
            f"{where(node)}: training_mode is {'not constant' if training is None else 'true'}: "
            "drops numbers by chance; export the network for inference"
        )


def _constant(graph: GraphProto, name: str) -> Any:
    for tensor in graph.initializer:
        if tensor.name == name:
            return numpy_helper.to_array(tensor)
    for node in graph.node:
        if name in node.output and node.op_type == "Constant":
            tensors = [a.t for a in node.attribute if a.name == "value"]
            return numpy_helper.to_array(tensors[0]) if tensors else None
    return None
