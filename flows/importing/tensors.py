"""The constants of a model: all of them, and whether each holds what it says."""

import math
from collections.abc import Iterator
from typing import Any

from onnx import GraphProto, ModelProto, TensorProto

from flows.errors import FlowError
from flows.importing.limits import MAX_AXES, MAX_ELEMENTS

#: Types of numbers of less than a byte, and the bits of each: several lie in one byte.
PACKED = {TensorProto.INT4: 4, TensorProto.UINT4: 4, TensorProto.INT2: 2, TensorProto.UINT2: 2}
#: Types of numbers that constants may have: bytes each, and the field that holds them where
#: they are not raw.
TYPES = {
    TensorProto.FLOAT: (4, "float_data"),
    TensorProto.DOUBLE: (8, "double_data"),
    TensorProto.FLOAT16: (2, "int32_data"),
    TensorProto.BFLOAT16: (2, "int32_data"),
    TensorProto.INT8: (1, "int32_data"),
    TensorProto.INT16: (2, "int32_data"),
    TensorProto.INT32: (4, "int32_data"),
    TensorProto.INT64: (8, "int64_data"),
    TensorProto.UINT8: (1, "int32_data"),
    TensorProto.UINT16: (2, "int32_data"),
    TensorProto.UINT32: (4, "uint64_data"),
    TensorProto.UINT64: (8, "uint64_data"),
    TensorProto.BOOL: (1, "int32_data"),
}


def all_tensors(model: ModelProto) -> Iterator[tuple[str, Any]]:
    """(what it is of, TensorProto) for each initializer and each attribute that is a tensor.

    Those of graphs that nodes have (Scan, Loop) are among them.
    """
    yield from _of_graph(model.graph)


def _of_graph(graph: GraphProto) -> Iterator[tuple[str, Any]]:
    for tensor in graph.initializer:
        yield f"initializer {tensor.name}", tensor
    for node in graph.node:
        for attribute in node.attribute:
            place = f"node {node.name or (node.output or [''])[0]} ({node.op_type})"
            if attribute.HasField("t"):
                yield f"{place}, {attribute.name}", attribute.t
            for tensor in attribute.tensors:
                yield f"{place}, {attribute.name}", tensor
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _of_graph(inner)


def tensor_bytes(place: str, tensor: Any) -> int:
    """Bytes that a tensor's shape and type ask for; FlowError for a type or shape of no use."""
    if tensor.data_type not in TYPES and tensor.data_type not in PACKED:
        known = dict(zip(TensorProto.DataType.values(), TensorProto.DataType.keys(), strict=True))
        name = known.get(tensor.data_type, str(tensor.data_type)).lower()
        raise FlowError(f"{place}: type {name} is not supported; expected numbers")
    if len(tensor.dims) > MAX_AXES:
        raise FlowError(f"{place}: {len(tensor.dims)} axes; expected at most {MAX_AXES}")
    large = any(not 0 <= size <= MAX_ELEMENTS for size in tensor.dims)
    if large or math.prod(tensor.dims) > MAX_ELEMENTS:
        raise FlowError(
            f"{place}: shape {tuple(tensor.dims)}; expected at most {MAX_ELEMENTS} numbers"
        )
    if tensor.data_type in PACKED:
        return -(-int(math.prod(tensor.dims)) * PACKED[tensor.data_type] // 8)
    return int(math.prod(tensor.dims)) * TYPES[tensor.data_type][0]


def check_tensors(model: ModelProto) -> None:
    """Every constant has the data that its shape asks for; FlowError names the one without."""
    for place, tensor in all_tensors(model):
        check_tensor(place, tensor)


def check_tensor(place: str, tensor: Any) -> None:
    """FlowError, naming the place, for a constant without the data that its shape asks for."""
    expected = tensor_bytes(place, tensor)
    if tensor.HasField("segment"):
        raise FlowError(f"{place}: data in segments is not supported")
    if tensor.HasField("raw_data"):
        found, unit = len(tensor.raw_data), "bytes"
    elif tensor.data_type in PACKED:
        found, unit = len(tensor.int32_data), "bytes"
    else:
        found, unit = len(getattr(tensor, TYPES[tensor.data_type][1])), "numbers"
        expected = math.prod(tensor.dims)
    if found != expected:
        raise FlowError(
            f"{place}: has {found} {unit} of data; shape {tuple(tensor.dims)} asks for {expected}"
        )
