"""Models of a single RTL operator: for benches, and for syntheses of operators by themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

from hw.ops.base import IntArray
from hw.ops.registry import RTL, RTL_DOMAIN, kind_of


def one_node_model(
    op_type: str,
    input_shape: Sequence[int],
    params: dict[str, Any],
    initializers: Sequence[tuple[IntArray, str]] = (),
) -> ModelWrapper:
    """Return a model of the single node ``<op_type>_rtl``.

    params: the node's attributes; ``inputShape`` is filled in where the operator has it.
    initializers: the further inputs, each with its data type's name.
    """
    op_type = kind_of(op_type) + RTL
    inputs = ["x", *(f"param{i}" for i in range(len(initializers)))]
    node = helper.make_node(
        op_type, inputs, ["y"], name=op_type, domain=RTL_DOMAIN, backend="fpgadataflow", **params
    )
    op = getCustomOp(node)
    if "inputShape" in op.get_nodeattr_types() and "inputShape" not in params:
        op.set_nodeattr("inputShape", list(input_shape))
    shape_out = [int(size) for size in op.get_normal_output_shape()]
    graph = helper.make_graph(
        [node],
        "single",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(input_shape))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape_out)],
    )
    model = ModelWrapper(qonnx_make_model(graph))
    model.set_tensor_datatype("x", op.get_input_datatype())
    for name, (values, datatype) in zip(inputs[1:], initializers, strict=True):
        model.set_initializer(name, np.asarray(values, np.float32))
        model.set_tensor_datatype(name, DataType[datatype])
    # the node in the model is a copy
    getCustomOp(model.graph.node[0]).infer_node_datatype(model)
    return model
