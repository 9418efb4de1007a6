"""Functions of a file's own operators, in float64 as ONNX's reference evaluator computes them.

They act on each number for itself, with constants that are one number a channel. Some rise
throughout; of the others nothing is taken for granted (``level_tables``).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper
from onnx.reference import ReferenceEvaluator

from flows.errors import FlowError
from flows.graph.channel_map import FloatArray
from flows.graph.integer_builder import where

#: Operators of one activation that never fall, whatever their attributes.
RISING = frozenset(
    [
        *("Sigmoid", "Tanh", "Selu", "Softplus", "Softsign", "Erf", "Exp", "Floor", "Ceil"),
        *("Round", "Sign", "HardSigmoid", "Celu", "Elu"),
    ]
)
#: Attributes that have to be above zero for that.
SLOPES = {"HardSigmoid": "alpha", "Celu": "alpha", "Elu": "alpha", "Selu": "gamma"}

Function = Callable[[FloatArray], FloatArray]


def operator(node: NodeProto, inputs: list[Any], opset: int) -> Function:
    """The function x -> node(inputs), on arrays (C, n) of float64.

    inputs: for each input of the node a function of x, a constant (C, 1) or (1, 1), or None where
    the input is left out. Raises FlowError, when it is called, where a result is no number.
    """
    names = [f"i{index}" if value is not None else "" for index, value in enumerate(inputs)]
    made = helper.make_node(node.op_type, names, ["y"], name=node.name)
    made.attribute.extend(node.attribute)
    infos = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, None) for n in names if n]
    output = helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)
    graph = helper.make_graph([made], "function", infos, [output])
    opsets = [helper.make_opsetid("", opset)]
    evaluator = ReferenceEvaluator(helper.make_model(graph, opset_imports=opsets))

    def function(x: FloatArray) -> FloatArray:
        feeds = {
            name: value(x) if callable(value) else value
            for name, value in zip(names, inputs, strict=True)
            if name
        }
        with np.errstate(all="ignore"):
            result = np.asarray(evaluator.run(None, feeds)[0], np.float64)
        if np.any(np.isnan(result)):
            place = int(np.flatnonzero(np.isnan(np.broadcast_to(result, x.shape)).any(axis=1))[0])
            raise FlowError(
                f"{where(node)}: gives no number for values that channel {place} may have"
            )
        return np.broadcast_to(result, x.shape)

    return function


def rises(node: NodeProto) -> bool:
    """Whether an operator of one activation never falls."""
    if node.op_type not in RISING:
        return False
    slope = SLOPES.get(node.op_type)
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return slope is None or float(given.get(slope, 1.0)) >= 0
