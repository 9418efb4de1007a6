"""Whether the network of another size is the hardware of a build with other limits of counters."""

from itertools import zip_longest
from typing import Any

import numpy as np
from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from hw.ops.registry import operator_of, rtl_of
from hw.ops.sizes import DYNAMIC, GREATEST, SIZES, SizedOp

#: Attributes that are of a size.
_OF_SIZE = ("inputShape", GREATEST, "HO", "WO", "folded_shape", "normal_shape", "shape",
            "numInputVectors", "lhs_shape", "rhs_shape", "out_shape")  # fmt: skip
_EXPECTED = "expected the same network of another size"


def of_hardware(built: ModelWrapper, other: ModelWrapper, size: str) -> ModelWrapper:
    """A copy of the graph of another size whose nodes are those of the built hardware.

    built, other: graphs after generate_rtl. Raises FlowError, naming the node, where the RTL is
    another than that of the build but for its tables of sizes, HardwareError where a node cannot
    take the size.
    """
    made = ModelWrapper(other.model, make_deepcopy=True)
    for mine, node in zip_longest(built.graph.node, made.graph.node):
        if mine is None or node is None or (mine.name, mine.op_type) != (node.name, node.op_type):
            found, wanted = (
                "nothing" if each is None else f"{each.name} ({each.op_type})"
                for each in (node, mine)
            )
            raise FlowError(f"at {size}: {found} stands where the build has {wanted}; {_EXPECTED}")
        op = operator_of(node)
        if isinstance(op, SizedOp):
            op.set_greatest(operator_of(mine))
            op.check()
        _check(built, mine, made, node, size)
    return made


def _check(
    built: ModelWrapper, mine: NodeProto, made: ModelWrapper, node: NodeProto, size: str
) -> None:
    first, second = rtl_of(mine), rtl_of(node)
    if first.wrapper(built) == second.wrapper(made) and _constants(built, mine) == _constants(
        made, node
    ):
        return
    what = f"node {node.name}: at {size} its hardware is another"
    for key in first.get_nodeattr_types():
        if key in _OF_SIZE:
            continue
        here, there = (op.get_nodeattr(key) for op in (second, first))
        if not np.array_equal(here, there):
            raise FlowError(f"{what}: {key} = {_text(here)}, the build has {_text(there)}; "
                            f"{_EXPECTED}")  # fmt: skip
    raise FlowError(f"{what}, for it counts rows, columns or pixels and has no {DYNAMIC}; "
                    f"{_EXPECTED}")  # fmt: skip


def _constants(model: ModelWrapper, node: NodeProto) -> list[tuple[str, list[int]]]:
    return [
        (memory.name, memory.words)
        for memory in rtl_of(node).memories(model)
        if memory.kind != SIZES
    ]


def _text(value: Any) -> str:
    return str(value.tolist() if isinstance(value, np.ndarray) else value)
