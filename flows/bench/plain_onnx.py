"""A QONNX network in operators of ONNX alone, for plain onnxruntime: real numbers, no integers.

Quantizers of weights become their constants; those of activations are written out as division,
rounding to even, clipping and multiplication in float32.
"""

from typing import Any

import numpy as np
from onnx import helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.fold_constants import FoldConstants

from flows.errors import FlowError

#: Largest opset that the pinned onnxruntime is used with.
OPSET, IR_VERSION = 18, 10


def plain_onnx(model: ModelWrapper) -> Any:
    """ModelProto in standard operators. FlowError for a quantizer that is not written out here."""
    model = model.transform(FoldConstants(exclude_op_types=[]))  # quantizers of weights too
    graph = model.graph
    nodes: list[Any] = []
    constants = list(graph.initializer)

    def constant(name: str, value: Any) -> str:
        constants.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
        return name

    for node in graph.node:
        if node.domain == "":
            nodes.append(node)
            continue
        scale, low, high = _levels(model, node)
        name = node.output[0]
        step = constant(f"{name}_step", scale)
        ends = [constant(f"{name}_{end}", value) for end, value in (("lo", low), ("hi", high))]
        nodes += [
            helper.make_node("Div", [node.input[0], step], [f"{name}_real"]),
            helper.make_node("Round", [f"{name}_real"], [f"{name}_round"]),
            helper.make_node("Clip", [f"{name}_round", *ends], [f"{name}_levels"]),
            helper.make_node("Mul", [f"{name}_levels", step], [name]),
        ]
    made = helper.make_graph(nodes, "plain", list(graph.input), list(graph.output), constants)
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(made, opset_imports=opset, ir_version=IR_VERSION)


def _levels(model: ModelWrapper, node: Any) -> tuple[Any, int, int]:
    """Step and least and greatest level of a Quant node that rounds to even, zero point 0."""
    values = [model.get_initializer(name) for name in node.input[1:]]
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    mode = attrs.get("rounding_mode", b"ROUND")
    known = node.op_type == "Quant" and mode == b"ROUND" and all(v is not None for v in values)
    if not known or np.any(values[1]):
        raise FlowError(f"node {node.name} ({node.op_type}): not written out for plain onnxruntime")
    bits, narrow = int(values[2]), int(attrs.get("narrow", 0))
    if attrs.get("signed", 1):
        return values[0], -(1 << bits - 1) + narrow, (1 << bits - 1) - 1
    return values[0], 0, (1 << bits) - 1 - narrow
