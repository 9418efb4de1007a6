"""The ArgMax or TopK behind the last quantized tensor, taken from the host into the integer graph.

Only the order of a pixel's channels matters to it. So it may be computed of the integers where all
channels have one positive scale and one bias. Of equal channels the first counts, on both sides.
"""

import json
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.decodings import Decoding, decodings_of, write_decodings
from flows.graph.host_tail import DIMS, LABEL, name_of
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.layout_metadata import layouts_of

#: Name of the node in the integer graph.
NAME = "label"


def take_argmax(graph: IntGraph, tail: ModelProto | None) -> ModelProto:
    """Append it to the graph; returns the tail without it.

    tail: the file's nodes behind the graph's output. Raises FlowError where the accelerator cannot.
    """
    decodings = decodings_of(graph.metadata)
    if len(decodings) != 1:
        names = ", ".join(each.tensor for each in decodings)
        raise FlowError(
            f"argmax_in_hardware: the host reads the tensors {names}; expected one, which an "
            "ArgMax or TopK reads; leave it out of the configuration"
        )
    name = decodings[0].tensor
    readers = [n for n in tail.graph.node if name in n.input] if tail is not None else []
    if tail is None or len(readers) != 1 or readers[0].op_type not in ("ArgMax", "TopK"):
        raise FlowError(
            "argmax_in_hardware: no ArgMax or TopK alone reads the last quantized tensor "
            f"{name}; leave it out of the configuration"
        )
    node = readers[0]
    layout = layouts_of(graph.metadata).get(name)
    channels, height, width = graph.shape(graph.output)
    dims = list(layout.dims) if layout is not None else [1, channels, height, width]
    axes = layout.axes() if layout is not None else (0, 1, 2, 3)
    axis, keeps, index = _settings(node, tail)
    if axes is None or axes[axis % len(dims)] != 1:
        raise FlowError(f"{_place(node)}: is not along the channels; expected axis {_of(axes)}")
    scale, bias = decodings[0].scale, decodings[0].bias
    if len(set(scale)) != 1 or scale[0] <= 0 or len(set(bias)) != 1:
        raise FlowError(
            f"{_place(node)}: the channels in front of it differ in scale or bias; expected one "
            "positive scale and one bias for all, so that their integers are in order"
        )
    dims[axis] = 1
    if not keeps:
        del dims[axis]
    graph.nodes.append(
        IntNode(
            "ArgMax", NAME, [graph.output], (1, height, width), 0, max(1, channels - 1),
            node.name or node.output[0], {"axis": 1, "keepdims": 1},
        )
    )  # fmt: skip
    graph.output = NAME
    write_decodings(graph.metadata, [Decoding(name, 0, (1.0,), (0.0,))])
    graph.metadata |= {DIMS: json.dumps(dims), LABEL: index}
    rest = ModelProto()
    rest.CopyFrom(tail)
    rest.graph.node.remove(node)
    rest.graph.input[0].CopyFrom(helper.make_tensor_value_info(index, TensorProto.INT64, None))
    return rest


def _settings(node: NodeProto, tail: ModelProto) -> tuple[int, bool, str]:
    """(axis, whether the axis is kept, name of the number); FlowError for what is not the first."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "ArgMax":
        if attrs.get("select_last_index", 0):
            raise FlowError(f"{_place(node)}: takes the last of equal channels; expected the first")
        return int(attrs.get("axis", 0)), bool(attrs.get("keepdims", 1)), str(node.output[0])
    count = next((_value(t) for t in tail.graph.initializer if t.name == node.input[1]), None)
    for other in tail.graph.node:
        if other.op_type == "Constant" and other.output[0] == node.input[1]:
            count = next((_value(a.t) for a in other.attribute if a.name == "value"), None)
    read = {n for other in tail.graph.node for n in other.input} | {
        o.name for o in tail.graph.output
    }
    if count != 1 or not attrs.get("largest", 1) or node.output[0] in read:
        raise FlowError(
            f"{_place(node)}: expected the number of the one greatest channel (k = 1, largest, "
            "its value not used)"
        )
    return int(attrs.get("axis", -1)), True, str(node.output[1])


def _value(tensor: TensorProto) -> Any:
    values = np.asarray(numpy_helper.to_array(tensor)).reshape(-1)
    return int(values[0]) if values.size == 1 else None


def _place(node: NodeProto) -> str:
    return f"argmax_in_hardware: node {name_of(node)}"


def _of(axes: tuple[int | None, ...] | None) -> str:
    return str(axes.index(1)) if axes is not None and 1 in axes else "of the channels"
