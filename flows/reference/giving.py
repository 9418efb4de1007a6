"""Nodes of an integer graph that give levels: thresholds, or a multiplication and a shift."""

from typing import Any

import numpy as np

from flows.graph.integer_graph import LEVEL_GIVING, LEVEL_KEEPING, IntGraph, IntNode
from flows.graph.multiply_shift import MultiplyShift

#: Steps of all channels of a multiplication and shift that are held against the file.
MOST_STEPS = 1 << 18


def giver(graph: IntGraph, name: str) -> IntNode | None:
    """The node whose levels a tensor holds, perhaps pooled or repeated; None: there is none."""
    while (node := graph.maker(name)) is not None and node.op in LEVEL_KEEPING:
        name = node.inputs[0]
    return node if node is not None and node.op in LEVEL_GIVING else None


def steps_of(node: IntNode, most: int = MOST_STEPS) -> Any:
    """The least integers in front of a node at which levels are reached, (n, C), ascending.

    Of a multiplication and shift, which may have 65,535 of a channel, about most of all channels:
    the first, the last, and neighbours from all over.
    """
    channels = node.shape[0]
    if node.op == "MultiThreshold":
        table = node.params["thresholds"]
        return np.broadcast_to(table, (channels, table.shape[1])).T
    form = MultiplyShift.of_node(node)
    levels = np.arange(form.low + 1, form.high + 1)
    count = max(8, most // channels)
    if len(levels) > count:
        some = np.linspace(0, len(levels) - 2, count // 2).astype(np.int64)
        levels = levels[np.unique([*some, *(some + 1)])]
    return form.steps(levels).T


def level_at(node: IntNode, sums: Any) -> Any:
    """Levels of integers (n, C) in front of a node."""
    if node.op == "MultiThreshold":
        table = steps_of(node)
        columns = [
            np.searchsorted(row, column, side="right")
            for row, column in zip(table.T, sums.T, strict=True)
        ]
        return node.attrs["out_bias"] + np.stack(columns, axis=1)
    return MultiplyShift.of_node(node)(sums.astype(np.int64).T).T
