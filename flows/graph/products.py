"""Products, maxima and minima of two activations, number by number.

A product of integers times scales is the product of the integers times that of the scales. An
offset that is a multiple of its scale, as in (1 - z) * n, adds a multiple of the other one. The
greater one of two is known by their integers where both count one unit: scales that are small
multiples of it are made so, as for sums.
"""

from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray
from flows.graph.integer_builder import Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.joins import Joins, scales_text
from flows.graph.scales import MAX_MULTIPLE, pairs, ratio


class Products(Joins):
    """Part of the walk, as Joins."""

    def _on_mul(self, node: NodeProto) -> Value:
        if not self._of_two(node) or self._of_same_sums(node):
            return super()._on_mul(node)
        a, b = self._operands(node)
        (scale_a, offset_a), (scale_b, offset_b) = self._affine(a), self._affine(b)
        if np.any(offset_a) and not np.any(offset_b):
            a, b, scale_a, offset_a, scale_b, offset_b = b, a, scale_b, offset_b, scale_a, offset_a
        more = _whole(offset_b, scale_b)
        if np.any(offset_a) or more is None:
            raise FlowError(
                f"{where(node)}: one of its inputs has an offset (real = scale * integer + offset) "
                "behind its quantizer; expected a quantizer whose levels are multiples of its "
                "scale at the end of both"
            )
        (lo_a, hi_a), (lo_b, hi_b) = self.builder.range(a.name), self.builder.range(b.name)
        ends = [one * other for one in (lo_a, hi_a) for other in (lo_b, hi_b)]
        sources, shape = [a.name, b.name], self._shape(a)
        made = IntNode("Product", "", sources, shape, min(ends), max(ends), node.name)
        scale = scale_a * scale_b
        mapped = ChannelMap().then("mul", scale if np.ptp(scale) else scale[:1])
        name = self.builder.emit("product", made)
        if more:  # a * (b + more): what the offset adds is a multiple of a
            several = self.builder.product(a.name, more, node.name)
            (lo, hi), (lo_m, hi_m) = self.builder.range(name), self.builder.range(several)
            # the ends of the whole product are nearer than those of its two parts
            ends = [one * (other + more) for one in (lo_a, hi_a) for other in (lo_b, hi_b)]
            low, high = max(lo + lo_m, min(ends)), min(hi + hi_m, max(ends))
            both = IntNode("Add", "", [name, several], shape, low, high, node.name)
            name = self.builder.emit("add", both)
        return Value(name, mapped)

    def _on_max(self, node: NodeProto) -> Value:
        return self._choice(node, "Max")

    def _on_min(self, node: NodeProto) -> Value:
        return self._choice(node, "Min")

    def _of_same_sums(self, node: NodeProto) -> bool:
        """Whether a node's two activations are functions of the same sums."""
        a, b = (self.values[name] for name in node.input[:2])
        return (a.name, a.pools) == (b.name, b.pools)

    def _choice(self, node: NodeProto, op: str) -> Value:
        """The greater, or the smaller one of two numbers."""
        if len(node.input) != 2 or not self._of_two(node) or self._of_same_sums(node):
            return self._function(node)
        a, b = self._operands(node)
        (scale_a, offset_a), (scale_b, offset_b) = self._affine(a), self._affine(b)
        if np.any(offset_a != offset_b):
            raise FlowError(
                f"{where(node)}: its inputs have different offsets (real = scale * integer + "
                "offset); quantize both alike"
            )
        found = pairs(scale_a, scale_b)
        if found is None or np.ptp(np.sign(found[0])):
            raise FlowError(
                f"{where(node)}: scales {scales_text(scale_a)} and {scales_text(scale_b)} of its "
                f"inputs: one is not the other times a ratio of integers of at most {MAX_MULTIPLE} "
                "that is positive in all channels; quantize both with one scale"
            )
        units, *factors = found
        sign = int(np.sign(units[0]))  # what is counted in has to be above zero
        first, second = (
            self._times(node, value.name, sign * factor)
            for value, factor in zip((a, b), factors, strict=True)
        )
        ranges = [self.builder.range(name) for name in (first, second)]
        choose: Any = max if op == "Max" else min
        lo, hi = (choose(part) for part in zip(*ranges, strict=True))
        made = IntNode(op, "", [first, second], self._shape(a), lo, hi, node.name)
        units = sign * units
        mapped = ChannelMap().then("mul", units if np.ptp(units) else units[:1])
        if np.any(offset_a != 0):
            mapped = mapped.then("add", offset_a)
        return Value(self.builder.emit(op.lower(), made), mapped)


def _whole(offset: FloatArray, scale: FloatArray) -> int | None:
    """offset / scale where it is one whole number, as in 1 - z of a GRU; else None."""
    found = {ratio(*pair) for pair in zip(offset.tolist(), scale.tolist(), strict=True)}
    if len(found) != 1:
        return None
    (number,) = found
    return int(number) if number is not None and number.denominator == 1 else None
