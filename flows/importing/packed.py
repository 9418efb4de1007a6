"""Integers of 2 and 4 bits (ONNX's int4, uint4, int2, uint2) as integers of 8 bits.

Nothing but quantizers, casts and views reads such integers, to all of which the wider ones are the
same. A QuantizeLinear that ends at 4 bits (by its zero point's type, or said) ends at 8 bits then;
a Clip behind it keeps its levels.
"""

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from flows.graph.fresh_name import fresh_name
from flows.importing.tensors import PACKED, all_tensors, check_tensor

#: Least and greatest integer of each type, and the type in its place.
RANGES = {
    TensorProto.INT4: (-8, 7, TensorProto.INT8),
    TensorProto.UINT4: (0, 15, TensorProto.UINT8),
    TensorProto.INT2: (-2, 1, TensorProto.INT8),
    TensorProto.UINT2: (0, 3, TensorProto.UINT8),
}


def widen(model: ModelProto) -> None:
    """Rewrite constants and quantizers of such types; inputs and outputs of them stay.

    Raises FlowError for a constant without the data that its shape asks for.
    """
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    makers = {name: node for node in model.graph.node for name in node.output if name}
    for place, tensor in all_tensors(model):
        if tensor.data_type in PACKED:
            check_tensor(place, tensor)
            kind, shape = (
                helper.tensor_dtype_to_np_dtype(RANGES[tensor.data_type][2]),
                tensor.dims[:],
            )
            tensor.dims[:] = shape or [1]  # onnx cannot unpack a scalar of 2 bits
            values = numpy_helper.to_array(tensor).astype(kind).reshape(shape)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for node, kind in [(node, _levels(node, kinds, makers)) for node in model.graph.node]:
        if kind in RANGES:
            _end_by_clip(model, node, kind)


def _levels(node: NodeProto, kinds: dict[str, int], makers: dict[str, NodeProto]) -> int:
    """The type of the levels that a QuantizeLinear of ONNX gives; 0 for any other node."""
    if node.op_type != "QuantizeLinear" or node.domain not in ("", "ai.onnx"):
        return 0
    zero = node.input[2] if len(node.input) > 2 else ""
    if zero in makers:
        return next((a.t.data_type for a in makers[zero].attribute if a.name == "value"), 0)
    return kinds.get(zero, next((a.i for a in node.attribute if a.name == "output_dtype"), 0))


def _end_by_clip(model: ModelProto, node: NodeProto, kind: int) -> None:
    """Let a quantizer end at 8 bits, and a Clip behind it where it ended."""
    graph = model.graph
    low, high, wide = RANGES[kind]
    taken = {tensor.name for tensor in (*graph.initializer, *graph.input)}
    taken |= {name for each in graph.node for name in each.output}
    for attribute in node.attribute:
        if attribute.name == "output_dtype":
            attribute.i = wide
    made, bounds = fresh_name(f"{node.output[0]}_wide", taken), []
    for what, bound in (("least", low), ("greatest", high)):
        bounds.append(fresh_name(f"{node.output[0]}_{what}", taken))
        value = np.array(bound, helper.tensor_dtype_to_np_dtype(wide))
        graph.initializer.append(numpy_helper.from_array(value, bounds[-1]))
    clip = helper.make_node("Clip", [made, *bounds], [node.output[0]], name=f"{node.name}_levels")
    node.output[0] = made
    graph.node.insert(list(graph.node).index(node) + 1, clip)
