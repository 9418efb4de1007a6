"""Random levels in place of what activation quantizers give, on both sides of the comparison.

A picture leaves some channels at one level, and then a weight behind them could be anything. With
levels of their own, drawn from all that the thresholds allow, every weight takes part.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.graph.correspondence import Counterpart
from flows.graph.integer_graph import LEVEL_KEEPING, IntGraph, IntNode
from flows.reference.ranges import channel_ranges


class RandomLevels:
    """Callable that replaces quantizers' outputs, and the names of those that it replaced.

    known: counterpart of each quantizer's output. Quantizers that one tensor of integers stands
    for get the same levels.
    """

    def __init__(self, graph: IntGraph, known: dict[str, Counterpart], seed: int) -> None:
        self.graph, self.known = graph, known
        self.ranges = channel_ranges(graph)
        self.rng = np.random.default_rng(seed)
        self.drawn: dict[str, Any] = {}
        self.replaced: set[str] = set()

    def __call__(self, node: NodeProto, values: Any) -> Any:
        """Output of a quantizer -> random ones, where thresholds stand for it."""
        name = node.output[0]
        thresholds = self._thresholds(name)
        if thresholds is None:
            return values
        self.replaced.add(name)
        integers = self.known[name].integers
        if integers not in self.drawn:
            shape = self.known[name].canonical(values).shape
            self.drawn[integers] = self._draw(thresholds, shape)
        return self.known[name].decode(self.drawn[integers]).astype(values.dtype)

    def _thresholds(self, tensor: str) -> IntNode | None:
        if tensor not in self.known:
            return None
        name = self.known[tensor].integers
        while name not in self.graph.inputs and self.graph.node(name).op in LEVEL_KEEPING:
            name = self.graph.node(name).inputs[0]
        node = self.graph.maker(name)
        return node if node is not None and node.op == "MultiThreshold" else None

    def _draw(self, thresholds: IntNode, shape: Sequence[int]) -> Any:
        """Integers of the levels that each channel can take, all of them equally often."""
        table = thresholds.params["thresholds"]
        rows = np.broadcast_to(table, (shape[1], table.shape[1]))
        low, high = self.ranges[thresholds.inputs[0]]
        result = np.empty(shape)
        for channel, row in enumerate(rows):
            reached = row[(row > low[channel]) & (row <= high[channel])]
            sums = np.unique(np.append(reached, low[channel]))
            levels = thresholds.attrs["out_bias"] + (sums[:, None] >= row).sum(axis=1)
            result[:, channel] = self.rng.choice(levels, (shape[0], *shape[2:]))
        return result
