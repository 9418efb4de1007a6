"""The network's input: pixels 0 to 255 times a scale, never below zero."""

from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, TensorAnnotation, helper, numpy_helper
from qonnx.custom_op.general.intquant import min_int

from flows.errors import FlowError
from flows.graph.integer_builder import where

UNSIGNED = ("", "FLOAT32", "BINARY", *(f"UINT{bits}" for bits in range(1, 9)))
#: Operators behind which numbers below zero are still below zero.
KEEP_SIGN = frozenset(["Identity", "MaxPool", "Mul", "Div", "LeakyRelu", "PRelu", "Clip", "Concat"])


def check_shape(graph: GraphProto) -> None:
    """FlowError unless the model takes one image of fixed size."""
    constants = {i.name for i in graph.initializer}
    inputs = [info for info in graph.input if info.name not in constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise FlowError(
            f"the model has {len(inputs)} inputs and {len(graph.output)} outputs; expected one "
            "image in, one tensor out"
        )
    dims = inputs[0].type.tensor_type.shape.dim
    shape = [d.dim_value or d.dim_param or "?" for d in dims]
    if len(dims) != 4 or dims[0].dim_value != 1 or not all(d.dim_value > 0 for d in dims):
        raise FlowError(
            f"input {inputs[0].name} has shape {shape}; expected (1, C, H, W), all fixed"
        )


def check_annotation(graph: GraphProto) -> None:
    """FlowError if a data type is annotated to the input that is not one of pixels.

    Annotations of other tensors say nothing that the quantizers do not say; they are removed.
    """
    names = {info.name for info in graph.input} - {i.name for i in graph.initializer}
    for annotation in graph.quantization_annotation:
        kinds = {entry.key: entry.value for entry in annotation.quant_parameter_tensor_names}
        kind = kinds.get("finn_datatype", "")
        if annotation.tensor_name in names and kind not in UNSIGNED:
            raise FlowError(
                f"input {annotation.tensor_name} is annotated as {kind}; expected an unsigned "
                "type of at most 8 bits: inputs are pixels of 0 to 255"
            )
    kept = [a for a in graph.quantization_annotation if a.tensor_name in names]
    copies = [TensorAnnotation.FromString(a.SerializeToString()) for a in kept]
    del graph.quantization_annotation[:]
    graph.quantization_annotation.extend(copies)


def check_image_input(graph: GraphProto) -> None:
    """FlowError for a quantizer at the input that keeps numbers below zero.

    At the input means with nothing between that would move pixels below zero, as a normalization
    does by subtracting the mean. Constants of quantizers are settled.
    """
    constants = {i.name: i for i in graph.initializer}
    reached = {info.name for info in graph.input} - set(constants)
    for node in graph.node:
        if not reached.intersection(node.input):
            continue
        if node.op_type in ("Quant", "BipolarQuant") and node.input[0] in reached:
            lowest = -1
            if node.op_type == "Quant":
                attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
                zero, bits = (_numbers(constants, node, i).item() for i in (2, 3))
                lowest = min_int(attrs["signed"], attrs["narrow"], int(bits)) - zero
            if lowest < 0:
                raise FlowError(
                    f"{where(node)}: quantizes the input to numbers below zero; inputs are pixels "
                    "of 0 to 255 times the input's scale, signed inputs are not supported"
                )
        elif node.op_type in KEEP_SIGN and _keeps(constants, node, reached):
            reached.update(node.output)


def _numbers(constants: dict[str, Any], node: NodeProto, index: int) -> Any:
    return numpy_helper.to_array(constants[node.input[index]])


def _keeps(constants: dict[str, Any], node: NodeProto, reached: set[str]) -> bool:
    others = [name for name in node.input if name and name not in reached]
    if node.op_type in ("Mul", "Div"):
        values = [numpy_helper.to_array(constants[n]) for n in others if n in constants]
        return len(values) == len(others) and all(bool(np.all(v > 0)) for v in values)
    if node.op_type == "Clip":
        low = next((a.f for a in node.attribute if a.name == "min"), -np.inf)
        if len(node.input) > 1 and node.input[1] in constants:
            low = _numbers(constants, node, 1).reshape(-1)[0]
        return bool(low < 0)
    return True
