"""Operators on two or more activations: sums, differences and concatenations along channels.

Of two activations the smaller one may be laid over the larger one as ONNX says: rows and columns
of one are repeated, and a single channel goes through a convolution of ones to as many as needed.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, side_by_side
from flows.graph.elementwise import Elementwise
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.ordered_sums import in_order, reals_of
from flows.graph.scales import MAX_MULTIPLE, pairs


class Joins(Elementwise):
    """Part of the walk, as Elementwise. What comes in has to be integers times scales."""

    def _on_concat(self, node: NodeProto) -> Value:
        axis = next(a.i for a in node.attribute if a.name == "axis")
        if axis not in (1, -3):
            raise FlowError(
                f"{where(node)}: concatenates along axis {axis}; expected 1, the channels"
            )
        values = [self._value(node, index) for index in range(len(node.input))]
        values = [self.builder.emit_pools(value) for value in values]
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
        for index, value in enumerate(values):
            if value.map.affine() is None:  # as Relu in front of one quantizer for all
                reason = self._not_quantized(node, index, value)
                maps, sizes = [value.map for value in values], [shape[0] for shape in shapes]
                return Value(name, side_by_side(maps, sizes, reason))
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
            raise FlowError(self._not_quantized(node, index, value))
        return self.builder.emit_pools(value)

    def _not_quantized(self, node: NodeProto, index: int, value: Value) -> str:
        return (
            value.map.reason
            or f"{where(node)}: input {index} ({node.input[index]}) is not quantized: a "
            "function that is not affine stands behind its integers; expected a quantizer "
            "behind it"
        )

    def _affine(self, value: Value) -> tuple[Any, Any]:
        """(scale, offset) of each channel, shape (C,)."""
        channels = self._shape(value)[0]
        affine = value.map.affine()
        assert affine is not None  # _operand looked
        scale, offset = (np.broadcast_to(part, (channels,)) for part in affine)
        return scale, offset

    def _sum(self, node: NodeProto, sign: int) -> Value:
        """The first activation plus sign times the second."""
        a, b = self._operands(node)
        (scale_a, offset_a), (scale_b, offset_b) = self._affine(a), self._affine(b)
        found = pairs(scale_a, sign * scale_b)
        if found is not None:
            units, p, q = found
            added = ChannelMap().then("mul", units if np.ptp(units) else units[:1])
        else:
            p, q, added = self._in_order(node, (a, b), scale_a, sign * scale_b)
        first, second = self._times(node, a.name, p), self._times(node, b.name, q)
        (lo_a, hi_a), (lo_b, hi_b) = self.builder.range(first), self.builder.range(second)
        shape = self._shape(a)
        made = IntNode("Add", "", [first, second], shape, lo_a + lo_b, hi_a + hi_b, node.name)
        offset = offset_a + sign * offset_b
        if np.any(offset != 0):
            added = added.then("add", offset)
        return Value(self.builder.emit("add", made), added)

    def _in_order(
        self, node: NodeProto, values: tuple[Value, Value], scale_a: Any, scale_b: Any
    ) -> tuple[Any, Any, ChannelMap]:
        """Factors of two activations whose scales have no ratio of small integers, and the sum.

        Only its order is known by integers, which is what a quantizer behind it asks for.
        """
        ends = [self.builder.range(value.name) for value in values]
        alike = not (np.ptp(scale_a) or np.ptp(scale_b))
        scales = float(scale_a[0]), float(scale_b[0])
        inputs = f"scales {scales_text(scale_a)} and {scales_text(scale_b)} of its inputs"
        reason = (
            f"{where(node)}: {inputs}: one is not the other times a ratio of integers of at most "
            f"{MAX_MULTIPLE}; quantize both with one scale"
        )
        if not alike or scales[0] <= 0:
            raise FlowError(reason)
        found = in_order(*scales, *ends)
        if found is None:
            spans = " and ".join(f"{low:,} to {high:,}" for low, high in ends)
            raise FlowError(
                f"{where(node)}: {inputs}: one is not the other times a ratio of integers of at "
                f"most {MAX_MULTIPLE}, and no two such integers keep the order of the sums of "
                f"{spans}; put a quantizer behind each of the tensors"
            )
        channels = self._shape(values[0])[0]
        p, q = (np.full(channels, factor) for factor in found)
        return p, q, reals_of(found, scales, ends, f"{reason}, or their sum")

    def _operands(self, node: NodeProto) -> list[Value]:
        """Both activations, of one shape; FlowError where they cannot be laid over each other."""
        values = [self._operand(node, index) for index in range(2)]
        shapes = [self._shape(value) for value in values]
        made = [max(sizes) for sizes in zip(*shapes, strict=True)]
        for shape in shapes:
            if any(size not in (1, whole) for size, whole in zip(shape, made, strict=True)):
                raise FlowError(
                    f"{where(node)}: tensors of {_sizes(shapes)}; expected one shape, or channels, "
                    "rows and columns of one in the tensor that is laid over the other"
                )
        return [self._laid_over(node, value, (made[0], made[1], made[2])) for value in values]

    def _laid_over(self, node: NodeProto, value: Value, shape: tuple[int, int, int]) -> Value:
        """A tensor repeated along its axes of one, to that shape."""
        channels, height, width = self._shape(value)
        name, (lo, hi) = value.name, self.builder.range(value.name)
        if channels < shape[0]:
            attrs = {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0] * 4, "group": 1}
            ones = np.ones((shape[0], 1, 1, 1), dtype=np.int64)
            size = (shape[0], height, width)
            low, high = min(lo, 0), max(hi, 0)
            made = IntNode("Conv", "", [name], size, low, high, node.name, attrs, {"weights": ones})
            name = self.builder.emit("conv", made)
        if (height, width) != shape[1:]:
            scales = np.array([1, 1, shape[1] // height, shape[2] // width], dtype=np.int64)
            made = IntNode(
                "Upsample", "", [name], shape, *self.builder.range(name), node.name, {},
                {"scales": scales},
            )  # fmt: skip
            name = self.builder.emit("upsample", made)
        return replace(value, name=name)

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


def scales_text(scale: Any) -> str:
    """One scale, or the least and the greatest, for messages."""
    least, most = float(np.min(scale)), float(np.max(scale))
    return f"{least:.9g}" if least == most else f"{least:.9g} to {most:.9g}"
