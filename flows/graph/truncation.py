"""QONNX's Trunc, and the shift of QuantAvgPool2d: levels of a sum, its lowest bits left out.

Both are quantizers of the real values in front of them, and so become thresholds as all of them do.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
from onnx import NodeProto, helper
from qonnx.custom_op.general.intquant import max_int, min_int, resolve_rounding_mode

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray, Levels
from flows.graph.integer_builder import Value, where
from flows.graph.many_levels import MAX_LEVELS
from flows.graph.pools import Pools
from flows.graph.windows import windows_of


@dataclass(frozen=True)
class Truncation:
    """round((round(x / given + zero_point) / 2^shift)) less the rest of the zero point.

    given: scale of what comes in, (1,). scale: of a level, (1,). low, high: limits in front of the
    last rounding (None: none). rounding: the last one, by QONNX's name. lowest, highest: of the
    levels that can be reached, ``step`` apart.
    """

    given: FloatArray
    scale: FloatArray
    zero_point: int
    shift: int
    rest: int
    low: float | None
    high: float | None
    rounding: str
    lowest: int = 0
    highest: int = 0
    step: int = 1

    def __call__(self, x: FloatArray) -> FloatArray:
        """Reals of shape (C, n) -> integers (float64)."""
        units = np.round(x / self.given.reshape(-1, 1) + self.zero_point) / 2.0**self.shift
        if self.low is not None and self.high is not None:
            units = np.clip(units, self.low, self.high)
        result: FloatArray = resolve_rounding_mode(self.rounding)(units) - self.rest
        return result

    def rescaled(self) -> ChannelMap:
        """From levels back to reals."""
        return ChannelMap().then("mul", self.scale)


class Truncations(Pools, ABC):
    """Part of the walk, as Elementwise."""

    @abstractmethod
    def _quantize(self, node: NodeProto, value: Value, quantizer: Levels) -> Value:
        """Thresholds of a quantizer of a value: of the walk."""

    def _on_trunc(self, node: NodeProto) -> Value:
        """Five inputs: the first version, whose levels have the scale of what comes in. Six: the
        second, which has a scale of its own and a type."""
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        numbers = [self._one(node, index) for index in range(1, len(node.input))]
        scale, zero, bits = numbers[0], numbers[1], numbers[-1]
        is_second = len(numbers) == 5
        unit = numbers[3] if is_second else scale
        if scale <= 0 or unit <= 0 or zero != int(zero) or bits != int(bits):
            raise FlowError(
                f"{where(node)}: scale {scale:g}, zero point {zero:g} and {bits:g} bits; expected "
                "a positive scale and whole numbers"
            )
        shift = float(np.round(np.log2(unit / scale))) if is_second else numbers[2] - bits
        if shift != int(shift) or not 0 <= shift <= 32:
            raise FlowError(f"{where(node)}: leaves out {shift:g} bits; expected 0 to 32")
        rest = zero / 2**shift if is_second else zero
        if rest != int(rest):
            raise FlowError(
                f"{where(node)}: zero point {zero:g} is no multiple of {2**shift:g}, by which it "
                "divides"
            )
        low = high = None
        if is_second:
            signed, narrow = (bool(attrs.get(*pair)) for pair in (("signed", 1), ("narrow", 0)))
            low = float(min_int(signed, narrow, int(bits)))
            high = float(max_int(signed, narrow, int(bits)))
        rounding = attrs.get("rounding_mode", b"FLOOR").decode()
        try:
            resolve_rounding_mode(rounding)
        except ValueError as error:
            raise FlowError(f"{where(node)}: rounding mode {rounding} is not known") from error
        made = Truncation(
            np.array([scale]), np.array([unit]), int(zero), int(shift), int(rest), low, high,
            rounding,
        )  # fmt: skip
        return self._truncate(node, self._value(node), made)

    def _on_quantavgpool2d(self, node: NodeProto) -> Value:
        """QONNX's: the sum of integers, shifted to as many bits as the node says."""
        attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if attrs.get("data_layout", b"NCHW") != b"NCHW":
            raise FlowError(f"{where(node)}: its channels are last; expected data_layout NCHW")
        value, size, stride = self._value(node), attrs["kernel"], attrs["stride"]
        if value.map.scalar_scale() != 1:
            raise FlowError(f"{where(node)}: expected integers as its input (a scale of 1)")
        windows = windows_of(
            {"kernel_shape": (size, size), "strides": (stride, stride)}, self._pooled(value)[1:]
        )
        summed = self._sum_pool(node, value, windows)
        bits = ((2 ** attrs["ibits"] - 1) * size * size).bit_length()
        one, shift = np.ones(1), max(0, bits - attrs["obits"])
        made = Truncation(one, one, 0, shift, 0, None, None, "FLOOR")
        return self._truncate(node, summed, made)

    def _one(self, node: NodeProto, index: int) -> float:
        value = self._constant(node, index)
        if value.size != 1:
            raise FlowError(f"{where(node)}: input {index} has to be one number")
        return float(value.reshape(()))

    def _truncate(self, node: NodeProto, value: Value, made: Truncation) -> Value:
        if not value.map.is_monotone:
            raise FlowError(
                f"{where(node)}: truncates a function that may fall and rise; expected a quantizer "
                "in front of it"
            )
        value = self.builder.make_rising(value, *self.builder.range(value.name))
        ends = value.map.ends(*self.builder.range(value.name), self._shape(value)[0])
        levels = made(ends)
        lowest, highest = int(levels.min()), int(levels.max())
        if highest - lowest >= MAX_LEVELS:
            raise FlowError(
                f"{where(node)}: leaves {highest - lowest + 1} levels; expected at most "
                f"{MAX_LEVELS} (16 bits): more bits have to be left out"
            )
        limited = replace(made, lowest=lowest, highest=max(highest, lowest + 1))
        return self._quantize(node, value, limited)
