"""Rows of a table that the network's input numbers, and quantizers behind them. Part of the walk.

A quantizer behind a table is done to the table: whatever stands between, each of its numbers is
known. Of a table of reals the integers are at first the places of each channel's numbers in their
order; a quantizer behind makes levels of them.
"""

from dataclasses import replace

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray, IntArray, Levels
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.integer_graph import EMBEDDING, IntNode
from flows.graph.shuffles import Shuffles

#: Integers of a table are of 16 bits at most.
MOST = 1 << 15


class Embeddings(Shuffles):
    """Part of the walk, as Shuffles."""

    def _on_embedding(self, node: NodeProto) -> Value:
        index, table = self._value(node), self._constant(node, 1)
        low, high = self.builder.range(index.name)
        if index.pools or index.map.scalar_scale() != 1.0 or low < 0:
            raise FlowError(
                f"{where(node)}: looks rows of its table up by what is no integer of 0 to "
                f"{len(table) - 1}; expected an input of its own, of input_scale 1 and such "
                "integers"
            )
        table = table[: high + 1]  # no other row is looked up
        _, height, width = self.builder.shape(index.name)
        integers, known = _integers(np.asarray(table, np.float64))
        made = _node(node, index.name, integers, (table.shape[1], height, width))
        return Value(self.builder.emit("lookup", made), known)


def _integers(table: FloatArray) -> tuple[IntArray, ChannelMap]:
    """Integers (N, D), and what they stand for."""
    rounded = np.rint(table)
    if np.array_equal(rounded, table) and table.min() >= -MOST and table.max() < 2 * MOST:
        return rounded.astype(np.int64), ChannelMap()
    columns = [np.unique(column) for column in table.T]
    places = [np.searchsorted(c, t) for c, t in zip(columns, table.T, strict=True)]

    def number(x: FloatArray) -> FloatArray:
        at = [np.clip(row, 0, len(c) - 1).astype(int) for c, row in zip(columns, x, strict=True)]
        return np.stack([c[place] for c, place in zip(columns, at, strict=True)])

    return np.stack(places, axis=1).astype(np.int64), ChannelMap().through(number, rising=True)


def _node(node: NodeProto, source: str, table: IntArray, shape: tuple[int, int, int]) -> IntNode:
    low, high = int(table.min()), int(table.max())
    return IntNode(EMBEDDING, "", [source], shape, low, high, node.name, {}, {"table": table})


def quantized_table(
    builder: IntegerBuilder, node: NodeProto, value: Value, quantizer: Levels
) -> Value | None:
    """The levels that a quantizer makes of a table's rows, as a table; None: there is none."""
    made = builder.graph.maker(value.name)
    if made is None or made.op != EMBEDDING:
        return None
    levels = quantizer(value.map(made.params["table"].T)).T.astype(np.int64)
    found = _node(node, made.inputs[0], levels, made.shape)
    return replace(value, name=builder.emit("lookup", found), map=quantizer.rescaled())
