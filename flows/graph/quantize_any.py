"""A quantizer behind a function of which it is not known whether it rises."""

from dataclasses import replace
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import Levels
from flows.graph.integer_builder import IntegerBuilder, Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.level_tables import LevelTable, look, rising_thresholds, two_sided
from flows.graph.many_levels import check_memory


def quantize_any(
    builder: IntegerBuilder, node: NodeProto, value: Value, quantizer: Levels
) -> Value:
    """Thresholds where every channel rises or falls, else twice as many rows, summed in pairs.

    Raises FlowError, naming the node, where a sum has too many integers to look at.
    """
    value = builder.emit_pools(value)
    table = _look(builder, node, value, quantizer)
    falling = table.falling()
    if falling.any() and not table.both:
        sign = np.where(falling, -1, 1)
        name = builder.negated(value.name, sign)
        value = replace(value, name=name, map=value.map.before("mul", sign))
        table = _look(builder, node, value, quantizer)
    lo, hi = builder.range(value.name)
    rescale = quantizer.rescaled()
    rows = builder.shape(value.name)[0] * (2 if table.both else 1)
    check_memory(node, rows, quantizer.highest - quantizer.lowest, lo, hi)
    if table.both:
        return Value(_pairs(builder, node, value, table, quantizer), rescale)
    steps = rising_thresholds(table, quantizer, lo, hi)
    made = _thresholds(value.name, node, builder.shape(value.name), steps, quantizer.lowest)
    return Value(builder.emit("act", made), rescale)


def _look(builder: IntegerBuilder, node: NodeProto, value: Value, quantizer: Levels) -> LevelTable:
    lo, hi = builder.range(value.name)
    table = look(value.map, quantizer, lo, hi, builder.shape(value.name)[0])
    if table is None:
        raise FlowError(
            f"{where(node)}: the sums in front of it have {hi - lo + 1:,} values, too many to look "
            "at each; expected a function that rises or falls throughout, or fewer bits"
        )
    return table


def _thresholds(
    source: str, node: NodeProto, shape: tuple[int, int, int], rows: Any, bias: int
) -> IntNode:
    if np.all(rows == rows[:1]):
        rows = rows[:1]
    high = bias + rows.shape[1]
    attrs, params = {"out_bias": bias}, {"thresholds": rows}
    return IntNode("MultiThreshold", "", [source], shape, bias, high, node.name, attrs, params)


def _pairs(
    builder: IntegerBuilder, node: NodeProto, value: Value, table: LevelTable, quantizer: Levels
) -> str:
    """Name of the sums of two rows each: one of the layer's weights, one of their negatives."""
    layer = builder.graph.maker(value.name)
    if layer is None or layer.op != "Conv" or "weights" not in layer.params:
        ones = np.ones((builder.shape(value.name)[0], 1), dtype=np.int64)
        layer = builder.graph.node(builder.weighted(value.name, ones))
    channels, height, width = layer.shape
    weights = layer.params["weights"]
    both = np.stack([weights, -weights], axis=1).reshape(-1, *weights.shape[1:])
    bound = max(abs(layer.lo), abs(layer.hi))
    doubled = replace(
        layer, shape=(2 * channels, height, width), params={"weights": both}, lo=-bound, hi=bound
    )
    sums = builder.emit("conv", doubled)
    rows, bias = two_sided(table, -bound, bound)
    counts = builder.emit("act", _thresholds(sums, node, doubled.shape, rows, bias))
    total = IntNode(
        "ChannelSum",
        "",
        [counts],
        layer.shape,
        quantizer.lowest,
        quantizer.highest,
        node.name,
        {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0], "group": channels},
        {"ones": np.ones((channels, 2, 1, 1), dtype=np.int64)},
    )
    return builder.emit("level", total)
