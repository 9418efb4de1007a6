"""Operators on two or more activations: sums, differences and concatenations along channels."""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap
from flows.graph.elementwise import Elementwise
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.scales import MAX_MULTIPLE, pairs


class Joins(Elementwise):
    """Part of the walk, as Elementwise. What comes in has to be integers times scales."""

    def _on_concat(self, node: NodeProto) -> Value:
        axis = next(a.i for a in node.attribute if a.name == "axis")
        if axis not in (1, -3):
            raise FlowError(
                f"{where(node)}: concatenates along axis {axis}; expected 1, the channels"
            )
        values = [self._operand(node, index) for index in range(len(node.input))]
        shapes = [self.builder.shape(value.name) for value in values]
        if any(shape[1:] != shapes[0][1:] for shape in shapes):
            raise FlowError(f"{where(node)}: images of {_sizes(shapes)}; expected one size")
        if len(values) == 1:
            return values[0]
        ranges = [self.builder.range(value.name) for value in values]
        made = IntNode(
            "Concat",
            "",
            [value.name for value in values],
            (sum(shape[0] for shape in shapes), *shapes[0][1:]),
            min(low for low, _ in ranges),
            max(high for _, high in ranges),
            node.name,
            {"axis": 1},
        )
        name = self.builder.emit("concat", made)
        parts = [self._affine(value) for value in values]
        scale, offset = (np.concatenate(part) for part in zip(*parts, strict=True))
        joined = ChannelMap().then("mul", scale if np.ptp(scale) else scale[:1])
        if np.any(offset != 0):
            joined = joined.then("add", offset)
        return Value(name, joined)

    def _on_add(self, node: NodeProto) -> Value:
        if node.input[0] in self.values and node.input[1] in self.values:
            return self._function(node) if self._is_one_function(node) else self._sum(node, 1)
        return self._with_constant(node, "add")

    def _on_sub(self, node: NodeProto) -> Value:
        if node.input[0] in self.values and node.input[1] in self.values:
            return self._function(node) if self._is_one_function(node) else self._sum(node, -1)
        return super()._on_sub(node)

    def _operand(self, node: NodeProto, index: int) -> Value:
        """Input of a node; FlowError unless it is integers times scales, plus an offset."""
        value = self._value(node, index)
        if value.map.affine() is None:
            raise FlowError(
                f"{where(node)}: input {index} ({node.input[index]}) is not quantized: a function "
                "that is not affine stands behind its integers; expected a quantizer behind it"
            )
        return self.builder.emit_pools(value, where(node))

    def _affine(self, value: Value) -> tuple[Any, Any]:
        """(scale, offset) of each channel, shape (C,)."""
        channels = self._shape(value)[0]
        affine = value.map.affine()
        assert affine is not None  # _operand looked
        scale, offset = (np.broadcast_to(part, (channels,)) for part in affine)
        return scale, offset

    def _sum(self, node: NodeProto, sign: int) -> Value:
        """The first activation plus sign times the second."""
        a, b = (self._operand(node, index) for index in range(2))
        shapes = [self.builder.shape(value.name) for value in (a, b)]
        if shapes[0] != shapes[1]:
            raise FlowError(
                f"{where(node)}: tensors of {_sizes(shapes)}; expected one shape: an activation "
                "is not laid over another one"
            )
        (scale_a, offset_a), (scale_b, offset_b) = self._affine(a), self._affine(b)
        found = pairs(scale_a, sign * scale_b)
        if found is None:
            raise FlowError(
                f"{where(node)}: scales {_text(scale_a)} and {_text(scale_b)} of its inputs: one "
                f"is not the other times a ratio of integers of at most {MAX_MULTIPLE}; quantize "
                "both with one scale"
            )
        units, p, q = found
        first, second = self._times(node, a.name, p), self._times(node, b.name, q)
        (lo_a, hi_a), (lo_b, hi_b) = self.builder.range(first), self.builder.range(second)
        made = IntNode("Add", "", [first, second], shapes[0], lo_a + lo_b, hi_a + hi_b, node.name)
        added = ChannelMap().then("mul", units if np.ptp(units) else units[:1])
        offset = offset_a + sign * offset_b
        if np.any(offset != 0):
            added = added.then("add", offset)
        return Value(self.builder.emit("add", made), added)

    def _times(self, node: NodeProto, name: str, factors: Any) -> str:
        """A tensor times integers (C,): for all channels one, or in a convolution's weights."""
        if np.all(factors == 1):
            return name
        if np.all(factors == factors[0]):
            return self.builder.product(name, int(factors[0]), node.name)
        made = self.builder.scaled_rows(name, factors)
        if made is None:
            raise FlowError(
                f"{where(node)}: the ratio of its inputs' scales differs between channels, and no "
                "convolution's weights can take it; quantize both with one scale"
            )
        return made


def _sizes(shapes: list[tuple[int, int, int]]) -> str:
    return " and ".join(" x ".join(map(str, shape)) for shape in shapes)


def _text(scale: Any) -> str:
    least, most = float(np.min(scale)), float(np.max(scale))
    return f"{least:.9g}" if least == most else f"{least:.9g} to {most:.9g}"
