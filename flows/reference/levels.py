"""Random levels in place of what activation quantizers give, on both sides of the comparison.

A picture leaves some channels at one level, and then a weight behind them could be anything. With
levels of their own, drawn from all that the thresholds allow, every weight takes part.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.graph.correspondence import Counterpart
from flows.graph.integer_graph import IntGraph, IntNode
from flows.reference.giving import giver, level_at, steps_of
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
        return giver(self.graph, self.known[tensor].integers) if tensor in self.known else None

    def _draw(self, thresholds: IntNode, shape: Sequence[int]) -> Any:
        """Integers of the levels that each channel can take, all of them equally often."""
        low, high = self.ranges[thresholds.inputs[0]]
        table = steps_of(thresholds)
        found: list[Any] = []
        for channel, row in enumerate(table.T):
            reached = row[(row > low[channel]) & (row <= high[channel])]
            found.append(np.unique(np.append(reached, low[channel])))
        sums = np.stack([self.rng.choice(f, (shape[0], *shape[2:])) for f in found], axis=1)
        flat = np.moveaxis(sums, 1, -1).reshape(-1, shape[1])
        levels = level_at(thresholds, flat).reshape(shape[0], *shape[2:], shape[1])
        return np.moveaxis(levels, -1, 1).astype(float)
