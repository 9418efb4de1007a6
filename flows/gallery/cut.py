"""The front part of a network: its file up to the quantizer behind one of its layers."""

from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from flows.errors import FlowError
from flows.files import write_file

LAYERS = ("Conv", "Gemm", "MatMul", "ConvTranspose")
QUANTIZERS = ("Quant", "BipolarQuant", "IntQuant", "MultiThreshold", "QuantizeLinear")


def cut(source: Path, layers: int, target: Path) -> str:
    """Write the nodes that the quantizer behind so many layers needs; returns its name.

    Layers are counted in the order of the file. FlowError where it has no such quantizer.
    """
    model = onnx.load(source)
    graph = model.graph
    node = _quantizer(graph, layers)
    if node is None:
        raise FlowError(f"{source}: no quantizer behind layer {layers}")
    kept = _needed(graph, node)
    nodes = [each for each in graph.node if set(each.output) & kept]
    used = {name for each in nodes for name in each.input}
    values = [value for value in graph.value_info if value.name == node.output[0]]
    output = values[0] if values else helper.make_tensor_value_info(
        node.output[0], TensorProto.FLOAT, None
    )  # fmt: skip
    initializers = [each for each in graph.initializer if each.name in used]
    others = [each for each in graph.value_info if each.name in used]
    for field, new in (
        (graph.node, nodes),
        (graph.initializer, initializers),
        (graph.value_info, others),
        (graph.output, [output]),
    ):
        copies = [_copy(each) for each in new]
        del field[:]
        field.extend(copies)
    write_file(target, lambda file: file.write(model.SerializeToString()))
    return str(node.name or node.output[0])


def _copy(message: Any) -> Any:
    made = type(message)()
    made.CopyFrom(message)
    return made


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


def _needed(graph: Any, last: Any) -> set[str]:
    """Names of the tensors that ``last`` is made of, its own output among them."""
    makers = {name: node for node in graph.node for name in node.output}
    found, todo = set(last.output), [last]
    while todo:
        for name in todo.pop().input:
            if name and name not in found:
                found.add(name)
                if name in makers:
                    todo.append(makers[name])
    return found
