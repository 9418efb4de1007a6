"""host_tail.onnx: from the accelerator's integers to the outputs of the model's file.

Input ``integers`` is (1, H, W, C) int32 (int64, where they need more), as the accelerator gives
them; of an accelerator with several outputs there is an input ``integers_<output>`` for each. A
scale and a bias for each channel make real numbers of them, in float64, they are laid out as in the
file, and in float32 the file's own nodes follow that the accelerator does not do
(``flows.importing.host_tail``).
"""

import json
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.errors import FlowError
from flows.graph.decodings import Decoding, decodings_of
from flows.graph.integer_graph import IntGraph
from flows.graph.layout import Layout
from flows.graph.layout_metadata import layouts_of

#: Name of the input.
INPUT = "integers"
#: Metadata of an integer graph: nodes of the host as text, and why they are the host's (JSON).
NODES, REASONS = "host_tail", "host_tail_reasons"
#: The same: sizes of the file's tensor of numbers of channels, where the integers are such (JSON).
DIMS = "argmax_dims"
#: The same: (batch, C, H, W)'s axes in the order of that tensor's, those that it lacks in front.
ORDER = "argmax_order"
#: The same: name of that tensor.
LABEL = "argmax_tensor"
#: Version of ONNX's operators where the file says none.
_OPSET = 18
_MAX_IR = 10
#: From this version on, axes are an input of Squeeze and Unsqueeze.
_AXES_ARE_INPUTS = 13

#: Operator, inputs behind the first, attributes.
_Step = tuple[str, list[str], dict[str, Any]]


def name_of(node: NodeProto) -> str:
    """Such as "softmax (Softmax)"."""
    return f"{node.name or node.output[0]} ({node.op_type})"


def host_nodes(metadata: dict[str, str]) -> list[str]:
    """Such as "softmax (Softmax)": the file's nodes that are the host's, by a graph's metadata."""
    return [str(name) for name in json.loads(metadata.get(NODES, "[]"))]


def reasons_of(metadata: dict[str, str]) -> dict[str, str]:
    """Why each of those nodes is the host's."""
    return {str(k): str(v) for k, v in json.loads(metadata.get(REASONS, "{}")).items()}


def input_name(graph: IntGraph, output: int) -> str:
    """Name of the model's input for an output of the graph, by its number."""
    return INPUT if len(graph.outputs) == 1 else f"{INPUT}_{graph.outputs[output]}"


def compose(graph: IntGraph, tail: ModelProto | None) -> ModelProto:
    """The model for the host. tail: the file's nodes behind the decoded tensors, or None.

    Raises FlowError where its nodes do not fit together.
    """
    decodings = decodings_of(graph.metadata)
    opsets = list(tail.opset_import) if tail is not None else []
    made = helper.make_model(
        helper.make_graph([], "host_tail", [], []),
        opset_imports=opsets or [helper.make_opsetid("", _OPSET)],
        ir_version=min(tail.ir_version or _MAX_IR, _MAX_IR) if tail is not None else _MAX_IR,
    )
    if tail is not None:
        made.graph.CopyFrom(tail.graph)
    taken = {n for node in made.graph.node for n in (*node.input, *node.output)}
    prefix = "accelerator"
    while any(other.startswith(prefix) for other in taken | {each.tensor for each in decodings}):
        prefix += "_"
    del made.graph.input[:]
    for index, output in enumerate(graph.outputs):
        shape = [1, f"H{index}", f"W{index}", graph.shape(output)[0]]
        name = input_name(graph, index)
        low, high = graph.range(output)
        narrow = -(1 << 31) <= low <= high < 1 << 31
        kind = TensorProto.INT32 if narrow else TensorProto.INT64
        made.graph.input.append(helper.make_tensor_value_info(name, kind, shape))
    version = next(o.version for o in made.opset_import if o.domain in ("", "ai.onnx"))
    nodes: list[NodeProto] = []
    for index, each in enumerate(decodings):
        own = f"{prefix}_{index}" if index else prefix
        decoding, constants = _decoding(graph, own, each, version)
        nodes += decoding
        made.graph.initializer.extend(constants)
    nodes += [NodeProto.FromString(n.SerializeToString()) for n in made.graph.node]
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    if tail is None:
        made.graph.output.extend(
            helper.make_tensor_value_info(each.tensor, TensorProto.FLOAT, None)
            for each in decodings
        )
    try:
        return onnx.shape_inference.infer_shapes(made)
    except (onnx.shape_inference.InferenceError, RuntimeError, ValueError) as error:
        raise FlowError(f"what is the host's is not valid ONNX: {error}") from error


def _decoding(
    graph: IntGraph, prefix: str, decoding: Decoding, version: int
) -> tuple[list[NodeProto], list[Any]]:
    """Nodes from the integers to a real tensor, and their constants.

    version: of ONNX's operators.
    """
    source, name = input_name(graph, decoding.output), decoding.tensor
    if DIMS in graph.metadata:
        dims = np.array(json.loads(graph.metadata[DIMS]), np.int64)
        order = json.loads(graph.metadata.get(ORDER, "[0, 1, 2, 3]"))
        numbers: list[_Step] = [
            ("Cast", [], {"to": TensorProto.INT64}),
            ("Transpose", [], {"perm": [(0, 3, 1, 2)[axis] for axis in order]}),
            ("Reshape", [f"{prefix}_dims"], {}),
        ]
        nodes = _nodes(numbers, prefix, source, str(graph.metadata[LABEL]))
        return nodes, [numpy_helper.from_array(dims, f"{prefix}_dims")]
    constants: list[Any] = []
    for key in ("scale", "bias"):
        values = np.array(getattr(decoding, key), np.float64)
        constants.append(numpy_helper.from_array(values, f"{prefix}_{key}"))
    steps: list[_Step] = [
        ("Cast", [], {"to": TensorProto.DOUBLE}),
        ("Mul", [f"{prefix}_scale"], {}),
        ("Add", [f"{prefix}_bias"], {}),
        ("Cast", [], {"to": TensorProto.FLOAT}),
        ("Transpose", [], {"perm": [0, 3, 1, 2]}),
    ]
    layout = layouts_of(graph.metadata).get(name)
    steps += _layout_steps(layout, prefix, constants, version) if layout is not None else []
    return _nodes(steps, prefix, source, name), constants


def _nodes(steps: list[_Step], prefix: str, source: str, name: str) -> list[NodeProto]:
    """Steps from the input source to the tensor name."""
    nodes = []
    for index, (op, others, attrs) in enumerate(steps):
        result = name if index == len(steps) - 1 else f"{prefix}_{index}"
        label = f"{prefix}_{op}_{index}"
        nodes.append(helper.make_node(op, [source, *others], [result], label, **attrs))
        source = result
    return nodes


def _layout_steps(layout: Layout, prefix: str, constants: list[Any], version: int) -> list[_Step]:
    """Operators from (1, C, H, W) to the file's tensor; their constants are appended."""
    steps: list[_Step] = []
    for kind, numbers in layout.steps:
        if kind == "transpose":
            steps.append(("Transpose", [], {"perm": list(numbers)}))
            continue
        operator = {"squeeze": "Squeeze", "unsqueeze": "Unsqueeze"}.get(kind, "Reshape")
        if operator != "Reshape" and version < _AXES_ARE_INPUTS:
            steps.append((operator, [], {"axes": list(numbers)}))
            continue
        name = f"{prefix}_layout_{len(steps)}"
        constants.append(numpy_helper.from_array(np.array(numbers, np.int64), name))
        steps.append((operator, [name], {}))
    return steps
