"""Models of the drawn operators, and operators of a network to draw from."""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

import hw.ops  # noqa: F401 (registers the operators)
from hw.ops.registry import kind_of, operator_of, operators, registered
from hw.ops.single import one_node_model
from hw.synth.cost.sampling import Drawn

#: Kinds that the cost model tells apart, in the order of tables.
KINDS = tuple(kind for each in operators() if each.abstract.sampling for kind in each.cost_kinds)


def model_of(drawn: Drawn) -> ModelWrapper:
    """The operator in RTL, alone, with its weights and thresholds. HardwareError: no such one."""
    sampling = registered(drawn.kind).abstract.sampling
    rng = np.random.default_rng(drawn.seed)
    initializers = sampling.initializers(drawn, rng) if sampling else []
    return one_node_model(drawn.kind, drawn.shape, drawn.attrs, initializers)


def kind_of_drawn(drawn: Drawn) -> str:
    """Which kind of the cost model a drawn operator is of."""
    return operator_of(model_of(drawn).graph.node[0]).cost_kind()


def harvest(model: ModelWrapper) -> dict[str, Drawn]:
    """The operators of a hardware graph by node, weights and thresholds replaced by drawn ones.

    Those of which no samples are drawn are left out.
    """
    found = {}
    for number, node in enumerate(model.graph.node):
        op, kind = operator_of(node), kind_of(node)
        if op.sampling is None:
            continue
        attrs = {name: _plain(op.get_nodeattr(name)) for name in op.sampling.attributes}
        usual = op.get_nodeattr_types()
        for name in op.sampling.optional:
            value = _plain(op.get_nodeattr(name))
            if value != usual[name][2]:
                attrs[name] = value
        levels, steps = op.drawn_contents(model)
        shape = tuple(int(size) for size in op.get_normal_input_shape())
        found[op.name] = Drawn(kind, shape, attrs, levels, steps, number, "network")
    return found


def _plain(value: Any) -> Any:
    """An attribute as JSON has it."""
    if isinstance(value, (int, float, str)):
        return value
    return [item if isinstance(item, str) else int(item) for item in value]
