"""Embeddings: a constant table, rows of which the network's input numbers (ONNX's Gather).

In imported models an operator of our own stands for the Gather: indices (1, 1, H, W) and a table
(N, D) become (1, D, H, W). It stands in imported models alone.
"""

import math
from typing import Any

from onnx import GraphProto, NodeProto, TensorProto, helper
from qonnx.custom_op.base import CustomOp
from qonnx.custom_op.registry import add_op_to_domain

from flows.graph.fresh_name import fresh_name
from flows.importing.domains import QONNX

NAME = "Embedding"
#: Sizes of tensors, by name.
Shapes = dict[str, tuple[int, ...]]
#: Rows of a table at most, as many as an input of 16 bits numbers.
MOST_ROWS = 1 << 16
#: Operators between an input and what looks up by it, which change no index.
_HANDING_ON = frozenset(
    [
        *("Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Cast"),
        *("Slice", "Split", "Gather"),
    ]
)


class Embedding(CustomOp):  # type: ignore[misc]
    """As far as QONNX asks: its shape."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        return {"elements": ("i", True, 0)}

    def make_shape_compatible_op(self, model: Any) -> Any:
        return shaped_alike(self.onnx_node)

    def infer_node_datatype(self, model: Any) -> None:
        pass

    def execute_node(self, context: Any, graph: Any) -> None:
        raise NotImplementedError(f"{NAME} stands in for nodes of the file, which are executed")

    def verify_node(self) -> None:
        pass


add_op_to_domain(QONNX, Embedding)


def shaped_alike(node: NodeProto) -> NodeProto:
    """A node of ONNX's own that gives as many channels as an Embedding."""
    (elements,) = (a.i for a in node.attribute if a.name == "elements")
    return helper.make_node(
        "Concat", [node.input[0]] * elements, node.output[:1], name=node.name, axis=1
    )


def index_tensors(graph: GraphProto) -> set[str]:
    """Names of the tensors that are rows' numbers: read by Gathers of constants as such.

    Those are among them of which they are made by moving, taking parts and casting alone.
    """
    makers = {name: node for node in graph.node for name in node.output if name}
    varying = {info.name for info in graph.input} - {tensor.name for tensor in graph.initializer}
    for node in graph.node:  # sorted
        if varying.intersection(node.input):
            varying.update(name for name in node.output if name)
    waiting = [
        node.input[1]
        for node in graph.node
        if node.op_type == "Gather" and len(node.input) > 1 and node.input[0] not in varying
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in varying:
            continue
        found.add(name)
        maker = makers.get(name)
        if maker is not None and maker.op_type in _HANDING_ON:
            waiting.append(maker.input[0])
    return found


def is_integral(kind: int) -> bool:
    """Whether a type of ONNX is one of integers."""
    return kind in (
        TensorProto.INT8, TensorProto.INT16, TensorProto.INT32, TensorProto.INT64,
        TensorProto.UINT8, TensorProto.UINT16, TensorProto.UINT32, TensorProto.UINT64,
    )  # fmt: skip


def dequantize_first(graph: GraphProto, shapes: Shapes) -> None:
    """Let a table that is dequantized behind the Gather be dequantized in front of it.

    Each number is for itself, so the results are the same. Scales that are not one for all have to
    be along the last axis of the table; others stay, and are refused where they are read.
    """
    constants = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output if name}
    taken = {name for node in graph.node for name in (*node.input, *node.output)} | set(constants)
    nodes: list[NodeProto] = []
    for node in graph.node:
        gather = makers.get(node.input[0]) if node.input else None
        if node.op_type != "DequantizeLinear" or not _is_row_by_row(
            node, gather, constants, shapes
        ):
            nodes.append(node)
            continue
        assert gather is not None
        first, second = NodeProto(), NodeProto()
        first.CopyFrom(node)
        second.CopyFrom(gather)
        middle = fresh_name(f"{node.output[0]}_table", taken)
        first.input[0], first.output[0] = gather.input[0], middle
        kept = [a for a in node.attribute if a.name != "axis"]
        last = max(0, len(constants[gather.input[0]]) - 1)
        del first.attribute[:]
        first.attribute.extend([*kept, helper.make_attribute("axis", last)])
        second.name = f"{gather.name}_of_{node.name}"
        second.input[0], second.output[0] = middle, node.output[0]
        nodes += [first, second]
    copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def _is_row_by_row(
    node: NodeProto, gather: NodeProto | None, constants: dict[str, Any], shapes: Shapes
) -> bool:
    """Whether a DequantizeLinear of a Gather's rows does the same to each of them."""
    if gather is None or gather.op_type != "Gather" or gather.input[0] not in constants:
        return False
    scale, table = constants.get(node.input[1]), constants[gather.input[0]]
    if scale is None or math.prod(scale) == 1:
        return scale is not None
    axes = len(shapes.get(node.output[0], ()))
    axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
    return len(table) > 1 and scale == table[-1:] and axis in (axes - 1, -1)
