"""Shapes inferred, and what is computed from constants alone computed, within limits of size."""

import math
import re
from typing import Any

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from flows.errors import FlowError
from flows.graph.integer_builder import where
from flows.graph.windows import windows_of, windows_of_node
from flows.importing import embedding
from flows.importing.limits import MAX_ELEMENTS
from flows.importing.operators import FOLDABLE

#: Operators on activations that may as well stand among constants.
ELEMENTWISE = frozenset(
    ["Add", "Sub", "Mul", "Div", "Relu", "LeakyRelu", "Clip", "Identity", "Concat"]
)
#: How often shapes are inferred anew because a shape was computed.
MAX_ROUNDS = 20

_CULPRIT = re.compile(r"\(op_type:([^,]+), node name: ([^)]*)\): (.*)")
_TAG = re.compile(r"\[[A-Za-z]*Error\] ")

Shapes = dict[str, tuple[int, ...]]


class ShapesFlowError(FlowError):
    """A shape that does not fit or is not known: where a node was refused it may come of that."""


def infer_shapes(model: ModelProto) -> Shapes:
    """Put shapes into the model's value_info; returns those that are fixed, by tensor.

    Raises FlowError for shapes that contradict each other or that are larger than the limit.
    """
    plain = _of_onnx_alone(model)
    if any(a.name == "ceil_mode" and a.i for node in plain.graph.node for a in node.attribute):
        for info in plain.graph.output:  # of which the first inference may say something else
            info.type.tensor_type.ClearField("shape")
    inferred = _inferred(plain)
    while _round_up(plain, _known(inferred)):
        inferred = _inferred(plain)
    graph = model.graph
    outputs = {info.name: info for info in inferred.graph.output}
    for info in graph.output:
        info.CopyFrom(outputs[info.name])
    del graph.value_info[:]
    graph.value_info.extend(inferred.graph.value_info)
    shapes = _known(model)
    for node in graph.node:
        for name in node.output:
            shape = shapes.get(name, ())
            if math.prod(shape) > MAX_ELEMENTS or any(size < 0 for size in shape):
                raise FlowError(
                    f"{where(node)}: its result has shape {shape}; expected at most "
                    f"{MAX_ELEMENTS} numbers"
                )
    return shapes


def guessed_shapes(model: ModelProto) -> dict[str, tuple[int, tuple[int, ...]]]:
    """(type, shape) of the tensors of which ONNX's inference says both, faults or no faults."""
    made = onnx.shape_inference.infer_shapes(_of_onnx_alone(model), data_prop=True)
    kinds = {
        info.name: info.type.tensor_type.elem_type
        for info in (*made.graph.input, *made.graph.value_info, *made.graph.output)
    }
    return {name: (kinds[name], shape) for name, shape in _known(made).items() if name in kinds}


def _of_onnx_alone(model: ModelProto) -> ModelProto:
    """A copy in which nodes of ONNX's own stand for QONNX's, and no shape within is stated."""
    plain = ModelProto()
    plain.CopyFrom(model)
    del plain.graph.value_info[:]
    for node in plain.graph.node:
        if node.domain:
            node.CopyFrom(of_same_shape(node))
    return plain


def _named(text: str) -> str:
    """The message of ONNX's inference, with the node that it names in front."""
    found = _CULPRIT.search(text)
    if found is None:
        return f"shapes cannot be inferred: {text}"
    op, name, reason = found.groups()
    return f"node {name} ({op}): its shapes do not fit: {_TAG.sub('', reason)}"


def _inferred(model: ModelProto) -> ModelProto:
    try:
        return onnx.shape_inference.infer_shapes(
            model, check_type=True, strict_mode=True, data_prop=True
        )
    except (onnx.shape_inference.InferenceError, RuntimeError, ValueError) as error:
        raise ShapesFlowError(_named(" ".join(str(error).split()))) from error


def _known(model: ModelProto) -> Shapes:
    """Shapes that are fixed, by tensor."""
    graph = model.graph
    shapes: Shapes = {i.name: tuple(i.dims) for i in graph.initializer}
    for info in (*graph.input, *graph.output, *graph.value_info):
        dims = info.type.tensor_type.shape.dim
        if info.type.tensor_type.HasField("shape") and all(d.HasField("dim_value") for d in dims):
            shapes[info.name] = tuple(d.dim_value for d in dims)
    return shapes


def _round_up(model: ModelProto, shapes: Shapes) -> bool:
    """Give the first pool of windows rounded up a border that gives as many rounded down.

    Where the last window would begin in the border, onnx's inference counts one more than ONNX's
    definition and onnxruntime have. Returns whether there was such a pool.
    """
    for node in model.graph.node:
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        size = shapes.get(node.input[0], ())[2:] if node.input else ()
        if not attrs.get("ceil_mode", 0) or len(size) not in (1, 2):
            continue
        pads = [int(pad) for pad in _fitting_pads(node, attrs, size)]
        kept = [a for a in node.attribute if a.name not in ("ceil_mode", "pads")]
        copies = [type(a).FromString(a.SerializeToString()) for a in kept]
        del node.attribute[:]
        node.attribute.extend([*copies, helper.make_attribute("pads", pads)])
        return True
    return False


def _fitting_pads(node: NodeProto, attrs: dict[str, Any], size: tuple[int, ...]) -> list[int]:
    """Border of windows rounded up; of one dimension as of an image of one row."""
    if len(size) == 2:
        return list(windows_of_node(node, (size[0], size[1])).fitting_pads)
    names = [name for name in ("kernel_shape", "strides", "dilations") if name in attrs]
    row: dict[str, Any] = {name: [1, *attrs[name]] for name in names}
    left, right = attrs.get("pads", [0, 0])
    windows = windows_of({**row, "pads": [0, left, 0, right], "ceil_mode": 1}, (1, size[0]))
    return [windows.fitting_pads[1], windows.fitting_pads[3]]


def of_same_shape(node: NodeProto) -> NodeProto:
    """A node of ONNX's own operators that gives the shape of one of QONNX's."""
    if node.op_type == embedding.NAME:
        return embedding.shaped_alike(node)
    kind: str = "Identity"
    attrs: dict[str, Any] = {}  # a quantizer: of the shape of what it quantizes
    if node.op_type == "DequantizeLinear":
        kind, attrs = "Cast", {"to": TensorProto.FLOAT}
    if node.op_type == "QuantAvgPool2d":
        given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        kind = "AveragePool"
        attrs = {
            name: [given.get(source, 1)] * 2
            for name, source in (("kernel_shape", "kernel"), ("strides", "stride"))
        }
    return helper.make_node(kind, node.input[:1], node.output[:1], name=node.name, **attrs)


def fold_constants(model: ModelProto) -> None:
    """Replace what depends on constants alone by its values; quantizers stay."""
    total = 0
    for _ in range(MAX_ROUNDS):
        shapes = infer_shapes(model)
        constants = {i.name: i for i in model.graph.initializer}
        kept, unknown = [], []
        for node in model.graph.node:
            value = None
            if node.op_type in ("Shape", "Size") and node.input[0] in shapes:
                value = _shape(node, shapes[node.input[0]])
            elif _is_constant(node, constants):
                if node.op_type != "Constant" and node.output[0] not in shapes:
                    unknown.append(node)
                else:
                    value = _evaluate(model, node, constants)
            if value is None:
                kept.append(node)
                continue
            total += value.size
            if total > MAX_ELEMENTS:
                raise FlowError(f"{where(node)}: constants of more than {MAX_ELEMENTS} numbers")
            tensor = numpy_helper.from_array(value, node.output[0])
            constants[node.output[0]] = tensor
            model.graph.initializer.append(tensor)
        if len(kept) == len(model.graph.node):
            break
        copies = [NodeProto.FromString(node.SerializeToString()) for node in kept]
        del model.graph.node[:]
        model.graph.node.extend(copies)
    if unknown:
        raise FlowError(f"{where(unknown[0])}: the shape of its result cannot be inferred")


def _is_constant(node: NodeProto, constants: dict[str, Any]) -> bool:
    known = node.op_type in FOLDABLE or node.op_type in ELEMENTWISE
    names = [name for name in node.input if name]
    return not node.domain and known and all(name in constants for name in names)


def _shape(node: NodeProto, shape: tuple[int, ...]) -> Any:
    if node.op_type == "Size":
        return np.array(math.prod(shape), np.int64)
    ends = {attribute.name: attribute.i for attribute in node.attribute}
    return np.array(shape, np.int64)[ends.get("start", 0) : ends.get("end", len(shape))]


def _evaluate(model: ModelProto, node: NodeProto, constants: dict[str, Any]) -> Any:
    """The value of a node's only output."""
    if len(node.output) != 1:
        raise FlowError(f"{where(node)}: has {len(node.output)} outputs that are constant; "
                        "expected one")  # fmt: skip
    names = list(dict.fromkeys(name for name in node.input if name))
    inputs = [
        helper.make_tensor_value_info(n, constants[n].data_type, constants[n].dims) for n in names
    ]
    output = helper.make_empty_tensor_value_info(node.output[0])
    graph = helper.make_graph([node], "constants", inputs, [output])
    made = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    feeds = {name: numpy_helper.to_array(constants[name]) for name in names}
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(ReferenceEvaluator(made).run(None, feeds)[0])
    except Exception as error:  # whatever an operator says of values that it cannot take
        raise FlowError(f"{where(node)}: cannot be computed: {error}") from error
    if value.dtype.kind not in "fiub":
        raise FlowError(f"{where(node)}: its result is no number")
    return value


def separate_constants(graph: GraphProto) -> None:
    """Every reader gets a copy of a constant of its own: passes behind this change them."""
    constants = {i.name: i for i in graph.initializer}
    taken = set(constants) | {name for node in graph.node for name in node.output}
    read: set[str] = set()
    for node in graph.node:
        for index, name in enumerate(node.input):
            if name not in constants:
                continue
            if name in read:
                count = index
                while (fresh := f"{name}_{node.name}_{count}") in taken:
                    count += 1
                copy = graph.initializer.add()
                copy.CopyFrom(constants[name])
                copy.name = node.input[index] = fresh
                taken.add(fresh)
            read.add(name)
