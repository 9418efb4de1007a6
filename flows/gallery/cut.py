"""The front part of a network: its file up to the quantizer behind one of its layers."""

from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, ValueInfoProto

from flows.errors import FlowError
from flows.files import write_model
from flows.importing.unused import remove_unused
from flows.reference.quantizers import QUANTIZERS

LAYERS = ("Conv", "Gemm", "MatMul", "ConvTranspose")


def cut(source: Path, layers: int, target: Path) -> str:
    """Write the nodes that the quantizer behind so many layers needs; returns its name.

    Layers are counted in the order of the file. FlowError where it has no such quantizer.
    """
    model = onnx.load(source)
    graph = model.graph
    node = _quantizer(graph, layers)
    if node is None:
        raise FlowError(f"{source}: no quantizer behind layer {layers}")
    known = [value for value in graph.value_info if value.name == node.output[0]]
    output = ValueInfoProto()
    output.CopyFrom(known[0] if known else ValueInfoProto(name=node.output[0]))
    if not known:
        output.type.tensor_type.elem_type = TensorProto.FLOAT
    del graph.output[:]
    graph.output.append(output)
    remove_unused(graph)
    write_model(target, model)
    return str(node.name or node.output[0])


def _quantizer(graph: Any, layers: int) -> Any:
    """The first quantizer of what layer number ``layers`` makes, or None."""
    reached: set[str] = {value.name for value in graph.input}
    behind: set[str] = set()
    count = 0
    for node in graph.node:
        if not reached & set(node.input):
            continue  # of weights alone
        reached |= set(node.output)
        if node.op_type in LAYERS:
            count += 1
            if count == layers:
                behind = set(node.output)
                continue
        if behind & set(node.input):
            if node.op_type in QUANTIZERS:
                return node
            behind |= set(node.output)
    return None
