"""Chains of operators for the tests of HLS projects: small, and with FIFOs where told."""

from typing import Any

from onnx import TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.util.basic import qonnx_make_model

import hw.ops  # noqa: F401 (registers the operators)
from hw.ops.registry import HLS_DOMAIN, RTL_DOMAIN

SHAPE = (1, 3, 4, 4)


def fifo(name: str, shape: Any, lanes: int, datatype: str, depth: int) -> tuple[str, str, Any]:
    """One StreamFIFO for ``chain``."""
    folded = [*shape[:-1], shape[-1] // lanes, lanes]
    attrs = {"depth": depth, "folded_shape": folded, "normal_shape": list(shape)}
    return "StreamFIFO_rtl", name, {**attrs, "dataType": datatype}


def group_sum(name: str, shape: Any, simd: int, types: tuple[str, str], kind: str = "rtl") -> Any:
    """One GroupSum of pairs of channels for ``chain``."""
    attrs = {"inputShape": list(shape), "inputDataType": types[0], "outputDataType": types[1]}
    return f"GroupSum_{kind}", name, {**attrs, "Group": 2, "SIMD": simd}


def chain(*parts: tuple[str, str, Any], tensor: str = "x") -> ModelWrapper:
    """Model of operators one behind the other: (op_type, name, attributes) each."""
    tensors = [tensor, *(f"{name}_out" for _, name, _ in parts)]
    nodes = [
        helper.make_node(
            op_type,
            [tensors[index]],
            [tensors[index + 1]],
            name=name,
            domain=HLS_DOMAIN if op_type.endswith("_hls") else RTL_DOMAIN,
            backend="fpgadataflow",
            **attrs,
        )
        for index, (op_type, name, attrs) in enumerate(parts)
    ]
    ops = [getCustomOp(node) for node in nodes]
    shapes = [ops[0].get_normal_input_shape(), ops[-1].get_normal_output_shape()]
    infos = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [int(size) for size in shape])
        for name, shape in zip((tensors[0], tensors[-1]), shapes, strict=True)
    ]
    model = ModelWrapper(qonnx_make_model(helper.make_graph(nodes, "chain", infos[:1], infos[1:])))
    model.set_tensor_datatype(tensors[0], ops[0].get_input_datatype())
    for name, op in zip(tensors[1:], ops, strict=True):
        model.set_tensor_datatype(name, op.get_output_datatype())
    return model


def sums(first: str = "sum1", second: str = "sum2", **names: str) -> ModelWrapper:
    """GroupSum, FIFO of 5, FIFO of 2, GroupSum (an HLS node), FIFO of 9: INT3 to INT5."""
    half, last = (*SHAPE[:-1], 2), (*SHAPE[:-1], 1)
    return chain(
        group_sum(first, SHAPE, 2, ("INT3", "INT4")),
        fifo(f"{first}_fifo", half, 1, "INT4", 5),
        fifo(f"{first}_fifo2", half, 1, "INT4", 2),
        group_sum(second, half, 1, ("INT4", "INT5"), "hls"),
        fifo(f"{second}_fifo", last, 1, "INT5", 9),
        **names,
    )
