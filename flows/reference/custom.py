"""One of QONNX's own operators, run as ``qonnx`` defines it, on any number of frames."""

from typing import Any

import numpy as np
from onnx import GraphProto, NodeProto, helper
from qonnx.core.execute_custom_node import execute_custom_node

from flows.importing.domains import CHANNELS_LAST


def annotate(graph: GraphProto) -> None:
    """Say of what type Im2Col's input is, where the file does not: QONNX's own asks for it."""
    known = {annotation.tensor_name for annotation in graph.quantization_annotation}
    for node in graph.node:
        if node.op_type == "Im2Col" and node.input[0] not in known:
            made = graph.quantization_annotation.add(tensor_name=node.input[0])
            made.quant_parameter_tensor_names.add(key="finn_datatype", value="FLOAT32")


def run_custom(node: NodeProto, given: dict[str, Any], graph: GraphProto, version: int) -> Any:
    """The result of a node of arrays by name, float32. Raises whatever ``qonnx`` raises."""
    image = given[node.input[0]]
    if node.op_type == "Im2Col" and len(image) != 1:  # of several, QONNX mixes the frames up
        each = [{**given, node.input[0]: image[i : i + 1]} for i in range(len(image))]
        return np.concatenate([run_custom(node, one, graph, version) for one in each])
    shape: tuple[int, ...] = (1,) * image.ndim if node.domain == CHANNELS_LAST else ()
    if node.op_type == "MaxPoolNHWC":
        shape = _pooled(node, image.shape)
    context = {**given, node.output[0]: np.zeros(shape, np.float32)}
    execute_custom_node(node, context, graph, version)
    return context[node.output[0]]


def _pooled(node: NodeProto, shape: tuple[int, ...]) -> tuple[int, ...]:
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    pads, up = attrs["pads"], attrs.get("ceil_mode", 0)
    sizes = []
    for axis in range(2):
        room = shape[1 + axis] + pads[axis] + pads[2 + axis] - attrs["kernel_shape"][axis]
        step = attrs["strides"][axis]
        sizes.append((-(-room // step) if up else room // step) + 1)
    return (shape[0], *sizes, shape[3])
