"""Inputs of integers, as files of pictures have them: uint8 behind which stands a Cast.

Inside, an input is of float32 whose numbers are the file's integers: its scale is 1, and its type
that of the file, which goes with the model (metadata ``integer_inputs``). A DequantizeLinear of it
is a zero point taken away, and a scale.
"""

import json
from typing import Any

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.input_type import INTEGER_INPUTS
from flows.graph.integer_builder import where
from flows.importing import integer_range
from flows.importing.domains import QONNX
from flows.importing.embedding import index_tensors

#: Types of at most 16 bits, as QONNX calls them.
TYPES = {
    TensorProto.UINT8: "UINT8",
    TensorProto.INT8: "INT8",
    TensorProto.UINT16: "UINT16",
    TensorProto.INT16: "INT16",
}
#: Operators that move an input's integers, or choose some of them.
_MOVING = frozenset(
    [
        *("Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Slice"),
        *("Split", "Gather", "MaxPool", "DepthToSpace", "SpaceToDepth"),
    ]
)


def check_readers(graph: GraphProto, name: str) -> None:
    """FlowError unless an input of integers is cast to float32 or dequantized, perhaps moved."""
    waiting = [name]
    while waiting:
        source = waiting.pop()
        for node in graph.node:
            if source not in node.input:
                continue
            if _is_cast(node) or (node.op_type == "DequantizeLinear" and node.input[0] == source):
                continue
            if node.op_type not in _MOVING or node.input[0] != source:
                raise FlowError(
                    f"{where(node)}: reads integers of input {name}; expected a Cast to float32 "
                    "or a DequantizeLinear behind an input of integers"
                )
            waiting += [output for output in node.output if output]


def as_reals(model: ModelProto) -> None:
    """Let inputs of integers be of float32, with what is dequantized of them as sums and scales.

    Inputs that number the rows of a table stay as they are. Raises FlowError, naming the node, for
    a scale of each channel.
    """
    graph, found = model.graph, {}
    indices = index_tensors(graph)
    for info in graph.input:
        kind = info.type.tensor_type.elem_type
        if kind in TYPES and info.name not in indices:
            found[info.name] = TYPES[kind]
            info.type.tensor_type.elem_type = TensorProto.FLOAT
    kept = [prop for prop in graph.metadata_props if prop.key != INTEGER_INPUTS]
    props = [type(p).FromString(p.SerializeToString()) for p in kept]
    del graph.metadata_props[:]
    graph.metadata_props.extend(props)
    if not found:
        return
    graph.metadata_props.add(key=INTEGER_INPUTS, value=json.dumps(found))
    moved = dict(found)
    nodes: list[NodeProto] = []
    for node in graph.node:  # sorted
        kind = moved.get(node.input[0]) if node.input else None
        if kind is not None and node.op_type in _MOVING:
            moved.update(dict.fromkeys(node.output, kind))
        if kind is not None and node.op_type == "DequantizeLinear":
            nodes += _dequantized(graph, node, kind)
        else:
            nodes.append(node)
    copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)
    if all(opset.domain != QONNX for opset in model.opset_import):
        model.opset_import.add(domain=QONNX, version=1)


def _is_cast(node: NodeProto) -> bool:
    to_float = any(a.name == "to" and a.i == TensorProto.FLOAT for a in node.attribute)
    return node.op_type == "Cast" and to_float


def _dequantized(graph: GraphProto, node: NodeProto, kind: str) -> list[NodeProto]:
    """scale * (integer - zero point), in nodes of our own."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    taken = set(constants) | {n for each in graph.node for n in (*each.input, *each.output)}
    if any(name and name not in constants for name in node.input[1:]):
        raise FlowError(f"{where(node)}: its scale and zero point have to be constant")
    scale, *zeros = (numpy_helper.to_array(constants[n]) for n in node.input[1:] if n)
    zero = np.unique(zeros[0]) if zeros else np.zeros(1)
    if scale.size != 1 or zero.size != 1:
        raise FlowError(
            f"{where(node)}: its scale or zero point differs between channels of an input; "
            "expected one of each"
        )
    limits = np.iinfo(kind.lower())
    low, high = int(limits.min) - int(zero[0]), int(limits.max) - int(zero[0])

    def constant(what: str, value: Any) -> str:
        name = fresh_name(f"{node.output[0]}_{what}", taken)
        constants[name] = numpy_helper.from_array(np.asarray(value, np.float32), name)
        graph.initializer.append(constants[name])
        return name

    moved, levels = (fresh_name(f"{node.output[0]}_{what}", taken) for what in ("moved", "levels"))
    return [
        helper.make_node(
            "Sub", [node.input[0], constant("zero", zero[0])], [moved], f"{node.name}_zero"
        ),
        helper.make_node(
            integer_range.NAME,
            [moved, constant("one", 1.0)],
            [levels],
            f"{node.name}_levels",
            domain=QONNX,
            lowest=low,
            highest=high,
        ),
        helper.make_node(
            "Mul", [levels, constant("step", scale.reshape(()))], [node.output[0]], node.name
        ),
    ]
