"""Whether a second network is the first one with other weights, and the first with them in it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.steps.to_hardware import to_hardware
from flows.errors import FlowError
from flows.graph.integer_graph import IntGraph, from_onnx
from flows.graph.weight_grids import write_grids
from hw.ops.base import Operator
from hw.ops.registry import operator_of
from hw.ops.weight_coding import WeightGrid
from hw.ops.writable import WRITABLE

#: Attributes that follow from the weights; of a writable node they are those of all that fit.
_OF_WEIGHTS = ("weightDataType", "accDataType", "weightCodeBits", "copyCodeBits")
_EXPECTED = "expected the same network with other weights and thresholds"


def second_graph(
    first: ModelWrapper, folded: ModelWrapper, pixels_per_clock: float, name: str
) -> ModelWrapper:
    """The dataflow graph of a second network's integer graph, of types as the first one's.

    first: the first network's dataflow graph after to_hardware; folded: the second one's integer
    graph after fold_duplicated_weights; name: of its file. Raises FlowError, naming the node, where
    it is another network, or where what differs is a constant of the hardware.
    """
    ops = [operator_of(node) for node in first.graph.node]
    writable = [op.name for op in ops if _is_writable(op)]
    if not writable:
        raise FlowError(
            f"no node has {WRITABLE} = 1: weights and thresholds are constants of the hardware; "
            f'expected it in a folding file, such as {{"Defaults": {{"{WRITABLE}": [1, ["all"]]}}}}'
        )
    _keep_grids(folded, ops)
    second = to_hardware(folded, pixels_per_clock, writable)
    _check_inputs(first, second, name)
    pairs = zip(first.graph.node, second.graph.node, strict=False)
    for mine, other in pairs:
        _check_node(first, second, (mine, other), name)
    count, found = len(first.graph.node), len(second.graph.node)
    if count != found:
        raise FlowError(f"{name}: has {found} nodes, the build {count}; {_EXPECTED}")
    return second


def with_parameters(built: ModelWrapper, second: ModelWrapper) -> ModelWrapper:
    """A copy of a build's graph with the weights and thresholds of ``second_graph``.

    Raises HardwareError, naming the node, where a weight is none that the hardware has room for.
    """
    made = ModelWrapper(built.model, make_deepcopy=True)
    values = {name: value for node in second.graph.node for name, value in _constants(second, node)}
    for node in made.graph.node:
        for name, _ in _constants(made, node):
            made.set_initializer(name, values[name])
        operator_of(node).infer_node_datatype(made)
    return made


def _is_writable(op: Operator) -> bool:
    return WRITABLE in op.get_nodeattr_types() and bool(op.get_nodeattr(WRITABLE))


def _constants(model: ModelWrapper, node: NodeProto) -> Iterator[tuple[str, Any]]:
    for name in node.input:
        value = model.get_initializer(name)
        if value is not None:
            yield name, value


def _keep_grids(folded: ModelWrapper, ops: list[Operator]) -> None:
    """Let the second network's layers have room for the weights that the first one's have."""
    graph: IntGraph = from_onnx(folded)
    grids = {}
    by_name = {op.name: op for op in ops if _is_writable(op)}
    for node in graph.nodes:
        op = by_name.get(f"{node.name}_mvau")
        if op is not None:
            sizes = op.ints_attr("copyGrid") or op.ints_attr("weightGrid")
            grids[node.origin] = WeightGrid(*sizes)
    write_grids(graph.metadata, grids)
    for key, text in graph.metadata.items():
        folded.set_metadata_prop(key, text)


def _check_inputs(first: ModelWrapper, second: ModelWrapper, name: str) -> None:
    for mine, other in zip(first.graph.input, second.graph.input, strict=False):
        shapes = first.get_tensor_shape(mine.name), second.get_tensor_shape(other.name)
        kinds = first.get_tensor_datatype(mine.name), second.get_tensor_datatype(other.name)
        if shapes[0] != shapes[1] or kinds[0] != kinds[1]:
            raise FlowError(
                f"{name}: its input is {shapes[1]} of {kinds[1].name}, the build's {shapes[0]} of "
                f"{kinds[0].name}; {_EXPECTED}"
            )


def _check_node(
    first: ModelWrapper, second: ModelWrapper, nodes: tuple[NodeProto, NodeProto], name: str
) -> None:
    mine, other = nodes
    what = f"{name}: node {other.name} ({other.op_type})"
    if (mine.op_type, mine.name) != (other.op_type, other.name):
        raise FlowError(f"{what} stands where the build has {mine.name} ({mine.op_type}); "
                        f"{_EXPECTED}")  # fmt: skip
    if list(mine.input) != list(other.input) or list(mine.output) != list(other.output):
        raise FlowError(f"{what}: reads or writes other tensors than in the build; {_EXPECTED}")
    op, new = operator_of(mine), operator_of(other)
    is_writable = _is_writable(op)
    for key in op.get_nodeattr_types():
        if is_writable and key in (*_OF_WEIGHTS, "weightGrid", "copyGrid", "outputDataType"):
            continue
        if not is_writable and key in _OF_WEIGHTS:
            continue  # the weights themselves are compared
        if not np.array_equal(op.get_nodeattr(key), new.get_nodeattr(key)):
            raise FlowError(
                f"{what}: {key} = {_text(new.get_nodeattr(key))}, the build has "
                f"{_text(op.get_nodeattr(key))}; {_EXPECTED}"
            )
    constants = zip(_constants(first, mine), _constants(second, other), strict=True)
    for (_, value), (_, found) in constants:
        rows = value.shape[-1:] if value.shape[0] == 1 or found.shape[0] == 1 else value.shape
        if found.shape[-len(rows) :] != rows:
            raise FlowError(f"{what}: parameters of shape {found.shape}, the build has "
                            f"{value.shape}; {_EXPECTED}")  # fmt: skip
        if not is_writable and not np.array_equal(value, found):
            raise FlowError(
                f"{what}: its weights or thresholds differ, and are constants of the hardware; "
                f"expected {WRITABLE} = 1 for it in the build's folding file"
            )


def _text(value: Any) -> str:
    return str(value.tolist() if isinstance(value, np.ndarray) else value)
