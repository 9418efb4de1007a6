"""The ArgMax, ArgMin or TopK behind the last quantized tensor, taken into the integer graph.

Only the order of a pixel's channels matters to it. So it may be computed of the integers where all
channels have one positive scale and one bias. Of equal channels the first counts, on both sides.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.decodings import Decoding, decodings_of, write_decodings
from flows.graph.host_tail import DIMS, LABEL, ORDER, name_of
from flows.graph.integer_graph import IntGraph, IntNode
from flows.graph.layout_metadata import layouts_of

#: Name of the node in the integer graph.
NAME = "label"
#: Operators of a file that give numbers of channels.
OPERATORS = ("ArgMax", "ArgMin", "TopK")


@dataclass(frozen=True)
class _Settings:
    """One node's request. axis: of the file's tensor; count: numbers of a pixel, of the greatest
    or the least; keeps: the axis; index: the tensor of the numbers.
    """

    axis: int
    index: str
    count: int = 1
    keeps: bool = True
    least: bool = False


def take_argmax(graph: IntGraph, tail: ModelProto | None) -> ModelProto:
    """Append it to the graph; returns the tail without it.

    tail: the file's nodes behind the graph's output. Raises FlowError where the accelerator cannot.
    """
    decodings = decodings_of(graph.metadata)
    if len(decodings) != 1:
        names = ", ".join(each.tensor for each in decodings)
        raise FlowError(
            f"argmax_in_hardware: the host reads the tensors {names}; expected one, which an "
            "ArgMax, ArgMin or TopK reads; leave it out of the configuration"
        )
    name = decodings[0].tensor
    readers = [n for n in tail.graph.node if name in n.input] if tail is not None else []
    if tail is None or len(readers) != 1 or readers[0].op_type not in OPERATORS:
        raise FlowError(
            "argmax_in_hardware: no ArgMax, ArgMin or TopK alone reads the last quantized tensor "
            f"{name}; leave it out of the configuration"
        )
    node = readers[0]
    layout = layouts_of(graph.metadata).get(name)
    channels, height, width = graph.shape(graph.output)
    dims = list(layout.dims) if layout is not None else [1, channels, height, width]
    axes = layout.axes() if layout is not None else (0, 1, 2, 3)
    asked = _settings(node, tail)
    if not -len(dims) <= asked.axis < len(dims) or axes is None or axes[asked.axis] != 1:
        raise FlowError(f"{_place(node)}: is not along the channels; expected axis {_of(axes)}")
    if asked.count > channels:
        raise FlowError(f"{_place(node)}: k = {asked.count} greatest channels of {channels}")
    scale, bias = decodings[0].scale, decodings[0].bias
    if len(set(scale)) != 1 or scale[0] <= 0 or len(set(bias)) != 1:
        raise FlowError(
            f"{_place(node)}: the channels in front of it differ in scale or bias; expected one "
            "positive scale and one bias for all, so that their integers are in order"
        )
    ends = [scale[0] * end + bias[0] for end in graph.range(graph.output)]
    if scale[0] <= 2 * np.spacing(np.float32(np.abs(ends).max())):
        raise FlowError(
            f"{_place(node)}: in front of it are numbers up to {np.abs(ends).max():g}, of which "
            f"float32 does not keep steps of {scale[0]:g} apart; expected fewer bits"
        )
    dims[asked.axis] = asked.count
    if not asked.keeps:
        del dims[asked.axis]
    graph.nodes.append(_node(asked, graph.output, node, (channels, height, width)))
    graph.output = NAME
    write_decodings(graph.metadata, [Decoding(name, 0, (1.0,), (0.0,))])
    order = [axis for axis in axes if axis is not None]
    order = [axis for axis in range(4) if axis not in order] + order  # those of one that are gone
    graph.metadata |= {
        DIMS: json.dumps(dims), ORDER: json.dumps(order), LABEL: asked.index
    }  # fmt: skip
    rest = ModelProto()
    rest.CopyFrom(tail)
    rest.graph.node.remove(node)
    rest.graph.input[0].CopyFrom(
        helper.make_tensor_value_info(asked.index, TensorProto.INT64, None)
    )
    return rest


def _node(asked: _Settings, source: str, node: NodeProto, shape: tuple[int, int, int]) -> IntNode:
    """The node of the integer graph. shape: (C, H, W) of the tensor source, which it reads."""
    channels, height, width = shape
    made = IntNode(
        "TopK", NAME, [source], (asked.count, height, width), 0, max(1, channels - 1),
        node.name or node.output[0], {"axis": 1, "largest": int(not asked.least)},
        {"k": np.array([asked.count], np.int64)},
    )  # fmt: skip
    if asked.count == 1:
        made.op = "ArgMin" if asked.least else "ArgMax"
        made.attrs, made.params = {"axis": 1, "keepdims": 1}, {}
    return made


def _settings(node: NodeProto, tail: ModelProto) -> _Settings:
    """The request of a node; FlowError for what is not in order, or more than numbers."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type != "TopK":
        if attrs.get("select_last_index", 0):
            raise FlowError(f"{_place(node)}: takes the last of equal channels; expected the first")
        keeps, least = bool(attrs.get("keepdims", 1)), node.op_type == "ArgMin"
        return _Settings(int(attrs.get("axis", 0)), str(node.output[0]), 1, keeps, least)
    count = int(attrs["k"]) if "k" in attrs else _count(node, tail)
    read = {n for other in tail.graph.node for n in other.input} | {
        o.name for o in tail.graph.output
    }
    if node.output[0] in read:
        raise FlowError(
            f"{_place(node)}: its values are used; expected the numbers of the channels alone, "
            "which the accelerator gives"
        )
    if count is None or count < 1 or (count > 1 and not attrs.get("sorted", 1)):
        raise FlowError(f"{_place(node)}: expected a constant k of 1 or more, and sorted = 1")
    least = not attrs.get("largest", 1)
    return _Settings(int(attrs.get("axis", -1)), str(node.output[1]), count, True, least)


def _count(node: NodeProto, tail: ModelProto) -> int | None:
    """k of a TopK; None where it is no constant number."""
    for name, tensor in ((t.name, t) for t in tail.graph.initializer):
        if name == node.input[1]:
            return _value(tensor)
    for other in tail.graph.node:
        if other.op_type == "Constant" and other.output[0] == node.input[1]:
            return next((_value(a.t) for a in other.attribute if a.name == "value"), None)
    return None


def _value(tensor: TensorProto) -> int | None:
    values: Any = np.asarray(numpy_helper.to_array(tensor)).reshape(-1)
    return int(values[0]) if values.size == 1 else None


def _place(node: NodeProto) -> str:
    return f"argmax_in_hardware: node {name_of(node)}"


def _of(axes: tuple[int | None, ...] | None) -> str:
    return str(axes.index(1)) if axes is not None and 1 in axes else "of the channels"
