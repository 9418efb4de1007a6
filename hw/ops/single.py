"""Models of a single RTL operator: for benches, and for syntheses of operators by themselves."""

from collections.abc import Sequence
from typing import Any

from onnx import TensorProto, ValueInfoProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.basic import qonnx_make_model

from hw.datatypes import float_container
from hw.ops.base import IntArray
from hw.ops.registry import RTL, RTL_DOMAIN, kind_of, operator_of


def one_node_model(
    op_type: str,
    input_shape: Sequence[int],
    params: dict[str, Any],
    initializers: Sequence[tuple[IntArray, str]] = (),
) -> ModelWrapper:
    """Return a model of the single node ``<op_type>_rtl``.

    params: the node's attributes; ``inputShape`` is filled in where the operator has it.
    initializers: the further inputs, each with its data type's name. The graph's inputs are "x", or
    "x0", "x1" and so on, where the operator has several, and its outputs "y" likewise.
    """
    op_type = kind_of(op_type) + RTL
    constants = [f"param{i}" for i in range(len(initializers))]
    node = helper.make_node(
        op_type, [], [], name=op_type, domain=RTL_DOMAIN, backend="fpgadataflow", **params
    )
    op = operator_of(node)
    streams = _numbered("x", op.stream_inputs())
    results = _numbered("y", op.stream_outputs())
    node.input.extend([*streams, *constants])
    node.output.extend(results)
    if "inputShape" in op.get_nodeattr_types() and "inputShape" not in params:
        op.set_nodeattr("inputShape", list(input_shape))

    def infos(names: Sequence[str], shape_of: Any) -> list[ValueInfoProto]:
        return [
            helper.make_tensor_value_info(
                name, TensorProto.FLOAT, [int(size) for size in shape_of(index)]
            )
            for index, name in enumerate(names)
        ]

    graph = helper.make_graph(
        [node],
        "single",
        infos(streams, op.get_normal_input_shape),
        infos(results, op.get_normal_output_shape),
    )
    model = ModelWrapper(qonnx_make_model(graph))
    for index, name in enumerate(streams):
        model.set_tensor_datatype(name, op.get_input_datatype(index))
    for name, (values, datatype) in zip(constants, initializers, strict=True):
        model.set_initializer(name, float_container(values))
        model.set_tensor_datatype(name, DataType[datatype])
    # the node in the model is a copy
    operator_of(model.graph.node[0]).infer_node_datatype(model)
    return model


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}{index}" for index in range(count)]
