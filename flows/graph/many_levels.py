"""Quantizers of more than 256 levels: a multiplication and a shift, or thresholds in memories."""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import Levels, thresholds
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.multiply_shift import multiply_shift
from hw.datatypes import signed_bits

#: Levels that thresholds are taken for without a question, and the most that there may be.
FEW_LEVELS, MAX_LEVELS = 256, 1 << 16
#: Most bits that the thresholds of a tensor may take.
MEMORY_BITS = 1 << 22
#: Integers of all channels that are looked at at once.
_CHUNK = 1 << 20


def many_levels(builder: IntegerBuilder, node: NodeProto, value: Value, quantizer: Levels) -> Value:
    """The levels of a rising value, exactly.

    Raises FlowError, naming the node, where they are on no line and their thresholds are too many.
    """
    lo, hi = builder.range(value.name)
    channels, height, width = builder.shape(value.name)
    rescale = quantizer.rescaled()
    if (quantizer.lowest, quantizer.highest) == (lo, hi) and _is_same(
        value, quantizer, lo, hi, channels
    ):
        return Value(value.name, rescale, value.pools)
    shape = (channels, height, width)
    form = multiply_shift(value.map, quantizer, lo, hi, channels)
    if form is not None:
        return Value(
            builder.emit("act", form.node(value.name, shape, node.name)), rescale, value.pools
        )
    check_memory(node, channels, quantizer.highest - quantizer.lowest, lo, hi)
    table = thresholds(value.map, quantizer, lo, hi, channels)
    made = IntNode(
        "MultiThreshold", "", [value.name], shape, quantizer.lowest, quantizer.highest, node.name,
        {"out_bias": quantizer.lowest},
        {"thresholds": table[:1] if np.all(table == table[:1]) else table},
    )  # fmt: skip
    return Value(builder.emit("act", made), rescale, value.pools)


def check_memory(node: NodeProto, rows: int, count: int, lo: int, hi: int) -> None:
    """FlowError where rows of so many thresholds of sums lo..hi are too many to store."""
    bits = rows * count * signed_bits(lo, hi + 1)
    if count >= FEW_LEVELS and bits > MEMORY_BITS:
        raise FlowError(
            f"{where(node)}: {count + 1:,} levels of {rows:,} channels, which do not lie on one "
            f"straight line a channel: their thresholds would take {bits:,} bits of memory; "
            f"expected at most {MEMORY_BITS:,}, or a straight line between two limits"
        )


def _is_same(value: Value, quantizer: Levels, lo: int, hi: int, channels: int) -> bool:
    """Whether each integer in lo..hi is its own level."""
    piece = max(1, _CHUNK // channels)
    for first in range(lo, hi + 1, piece):
        x: Any = np.arange(first, min(first + piece, hi + 1), dtype=np.float64)
        if not np.all(quantizer(value.map(np.tile(x, (channels, 1)))) == x):
            return False
    return True
