"""Per-channel monotone functions of an integer, and the thresholds that replace them.

Between a convolution's integer accumulator and the quantizer behind it stand scales, biases,
batch normalization and activation functions. Each acts on every channel for itself and is
monotone, so the whole is replaced by integer thresholds. Here the thresholds are found by
bisection on the composed function itself, in float64 and with the quantizer's own rounding:
they are those at which the function really steps, ties included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, Literal, Protocol

import numpy as np
from qonnx.custom_op.general.intquant import max_int, min_int, resolve_rounding_mode

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

Kind = Literal["mul", "div", "add", "rsub", "max", "min", "leaky", "rising", "any"]


@dataclass(frozen=True)
class Step:
    """One channelwise function; value has shape (C, 1) or (1, 1).

    Of kinds "rising" and "any" function is what is done: each channel never falls or never rises,
    or nothing is known of it. All other kinds rise or fall throughout.
    """

    kind: Kind
    value: FloatArray
    function: Callable[[FloatArray], FloatArray] | None = None
    #: Why the map cannot be affine here, for whoever asks for that; "" where the function says it.
    reason: str = ""

    def __call__(self, x: FloatArray) -> FloatArray:
        v = self.value
        match self.kind:
            case "mul":
                return x * v
            case "div":
                return x / v
            case "add":
                return x + v
            case "rsub":
                return v - x
            case "max":
                return np.maximum(x, v)
            case "min":
                return np.minimum(x, v)
            case "leaky":
                return np.where(x < 0, x * v, x)
            case "rising" | "any":
                assert self.function is not None
                return self.function(x)
        raise AssertionError(self.kind)


@dataclass(frozen=True)
class ChannelMap:
    """Composition of steps, applied left to right to integers of shape (C, n)."""

    steps: tuple[Step, ...] = ()

    def then(self, kind: Kind, value: Any) -> "ChannelMap":
        """This map followed by one more step; value is a scalar or one number a channel."""
        column = np.asarray(value, dtype=np.float64).reshape(-1, 1)
        return ChannelMap((*self.steps, Step(kind, column)))

    def through(
        self, function: Callable[[FloatArray], FloatArray], rising: bool, reason: str = ""
    ) -> "ChannelMap":
        """This map followed by a function of arrays (C, n); rising: no channel turns.

        reason: what to say where the map would have to be affine.
        """
        step = Step("rising" if rising else "any", np.zeros((1, 1)), function, reason)
        return ChannelMap((*self.steps, step))

    @property
    def reason(self) -> str:
        """Why the map is not affine, where more is known of it than that; else ""."""
        return next((step.reason for step in self.steps if step.reason), "")

    @property
    def is_monotone(self) -> bool:
        """Whether each channel is known to rise or to fall throughout."""
        return all(step.kind != "any" for step in self.steps)

    def before(self, kind: Kind, value: Any) -> "ChannelMap":
        """This map preceded by one step."""
        return ChannelMap(ChannelMap().then(kind, value).steps + self.steps)

    def of_channels(self, channels: IntArray, count: int) -> "ChannelMap":
        """The map of some of count channels, each of them as it is here."""
        return ChannelMap(tuple(_of_channels(step, channels, count) for step in self.steps))

    def __call__(self, x: Any) -> FloatArray:
        result = np.asarray(x, dtype=np.float64)
        for step in self.steps:
            result = step(result)
        return result

    def affine(self) -> tuple[FloatArray, FloatArray] | None:
        """(scale, offset), each of shape (C,) or (1,), if the map is affine; None otherwise."""
        scale, offset = np.ones((1, 1)), np.zeros((1, 1))
        for step in self.steps:
            match step.kind:
                case "mul":
                    scale, offset = scale * step.value, offset * step.value
                case "div":
                    scale, offset = scale / step.value, offset / step.value
                case "add":
                    offset = offset + step.value
                case "rsub":
                    scale, offset = -scale, step.value - offset
                case _:
                    return None
        return scale.reshape(-1), offset.reshape(-1)

    def scalar_scale(self) -> float | None:
        """The scale s > 0 if the map is x -> s*x, equal for all channels; None otherwise."""
        affine = self.affine()
        if affine is None:
            return None
        scale, offset = affine
        if np.any(offset != 0) or np.any(scale != scale[0]) or scale[0] <= 0:
            return None
        return float(scale[0])

    def decreasing(self, lo: int, hi: int, channels: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Channels, shape (C,), in which the map falls from lo to hi."""
        values = self(np.tile(np.array([[lo, hi]], dtype=np.float64), (channels, 1)))
        result: np.ndarray[Any, np.dtype[np.bool_]] = values[:, 0] > values[:, 1]
        return result

    def ends(self, lo: int, hi: int, channels: int) -> FloatArray:
        """Least and greatest value of each channel over lo..hi, shape (C, 2)."""
        values = self(np.tile(np.array([[lo, hi]], dtype=np.float64), (channels, 1)))
        result: FloatArray = np.sort(values, axis=1)
        return result


def side_by_side(maps: Sequence[ChannelMap], sizes: Sequence[int], reason: str) -> ChannelMap:
    """The map of tensors behind each other, sizes channels of each.

    reason: what to say where the map would have to be affine.
    """
    ends = list(accumulate(sizes, initial=0))

    def whole(x: FloatArray) -> FloatArray:
        parts = [
            np.broadcast_to(part(x[low:high]), (high - low, x.shape[1]))
            for part, (low, high) in zip(maps, pairwise(ends), strict=True)
        ]
        found: FloatArray = np.concatenate(parts)
        return found

    return ChannelMap().through(whole, all(part.is_monotone for part in maps), reason)


def _of_channels(step: Step, channels: IntArray, count: int) -> Step:
    """A step for some channels: its numbers, and what its function says of them alone."""
    value = step.value[channels] if len(step.value) > 1 else step.value
    function = step.function
    if function is None:
        return replace(step, value=value)
    whole = function

    def some(x: FloatArray) -> FloatArray:
        found = np.empty_like(x)
        for place, channel in enumerate(channels):
            rows = np.broadcast_to(x[place], (count, x.shape[1]))
            found[place] = whole(rows)[channel]
        return found

    return replace(step, value=value, function=some)


@dataclass(frozen=True)
class Quantizer:
    """QONNX's Quant or BipolarQuant as a function from reals to integers.

    scale: shape (C,) or (1,). The integer meant is (quantized - zero_point), so that the value is
    scale * integer; levels run from ``lowest`` in ``step``s to ``highest``. bipolar: there are two
    levels, 2 apart, of which the upper one is taken from zero on.
    """

    scale: FloatArray
    zero_point: int
    lowest: int
    highest: int
    step: int
    rounding: str
    bipolar: bool = False
    #: Of MultiThreshold: thresholds (C, n) or (1, n), ascending; the value that level 0 stands for.
    table: FloatArray | None = None
    offset: float = 0.0

    @staticmethod
    def bipolar_quant(scale: Any) -> "Quantizer":
        """BipolarQuant: -1 below zero, +1 from zero on."""
        column = np.asarray(scale, dtype=np.float64).reshape(-1)
        return Quantizer(column, 0, -1, 1, 2, "FLOOR", bipolar=True)

    @staticmethod
    def quant(
        scale: Any, zero_point: int, bits: int, signed: bool, narrow: bool, rounding: str
    ) -> "Quantizer":
        """Quant: round(clip(x / scale + zero_point)) less the zero point.

        Signed quantizers of one bit have the levels -1 and +1, and take the sign of
        x / scale + zero_point whatever the rounding: so QONNX executes them.
        """
        if signed and bits == 1:
            column = np.asarray(scale, dtype=np.float64).reshape(-1)
            levels = (-1 - zero_point, 1 - zero_point)
            return Quantizer(column, zero_point, *levels, 2, "FLOOR", bipolar=True)
        lowest = int(min_int(signed, narrow, bits)) - zero_point
        highest = int(max_int(signed, narrow, bits)) - zero_point
        column = np.asarray(scale, dtype=np.float64).reshape(-1)
        return Quantizer(column, zero_point, lowest, highest, 1, rounding)

    @staticmethod
    def multi_threshold(table: Any, scale: float, bias: float) -> "Quantizer":
        """MultiThreshold: scale * (number of thresholds reached) + bias, scale not 0."""
        rows = np.sort(np.asarray(table, dtype=np.float64), axis=1)
        zero = bias / scale
        whole = zero == int(zero) and abs(zero) < 1 << 20
        lowest = int(zero) if whole else 0
        column = np.array([scale], dtype=np.float64)
        highest = lowest + rows.shape[1]
        offset = 0.0 if whole else bias
        return Quantizer(column, 0, lowest, highest, 1, "FLOOR", table=rows, offset=offset)

    @staticmethod
    def integer_range(scale: Any, lowest: int, highest: int) -> "Quantizer":
        """round(x / scale) within lowest and highest, as ONNX's QuantizeLinear has it."""
        column = np.asarray(scale, dtype=np.float64).reshape(-1)
        return Quantizer(column, 0, lowest, highest, 1, "ROUND")

    def rescaled(self) -> ChannelMap:
        """From levels back to reals."""
        found = ChannelMap().then("mul", self.scale)
        return found.then("add", self.offset) if self.offset else found

    def __call__(self, x: FloatArray) -> FloatArray:
        """Reals of shape (C, n) -> integers (float64)."""
        if self.table is not None:
            rows = np.broadcast_to(self.table, (len(x), self.table.shape[1]))
            found = [np.searchsorted(r, v, side="right") for r, v in zip(rows, x, strict=True)]
            return np.array(found, np.float64) + self.lowest
        units = x / self.scale.reshape(-1, 1) + self.zero_point
        if self.bipolar:
            return np.where(units >= 0, float(self.highest), float(self.lowest))
        clipped = np.clip(units, self.lowest + self.zero_point, self.highest + self.zero_point)
        rounded: FloatArray = resolve_rounding_mode(self.rounding)(clipped) - self.zero_point
        return rounded


class Levels(Protocol):
    """A quantizer: reals of shape (C, n) -> integers from lowest in steps to highest."""

    @property
    def lowest(self) -> int: ...
    @property
    def highest(self) -> int: ...
    @property
    def step(self) -> int: ...

    def __call__(self, x: FloatArray) -> FloatArray: ...

    def rescaled(self) -> ChannelMap:
        """From levels back to reals."""


def thresholds(
    function: ChannelMap, quantizer: Levels, lo: int, hi: int, channels: int
) -> IntArray:
    """Integer thresholds of quantizer(function(x)) for non-decreasing function.

    Returns (C, n) ascending integers T with quantized(x) = lowest + sum(x >= T), for every integer
    x in lo..hi; lo stands for "always reached", hi + 1 for "never". A step of 2 (bipolar) shows as
    two equal thresholds.
    """
    levels = np.arange(quantizer.lowest + quantizer.step, quantizer.highest + 1, quantizer.step)
    low = np.full((channels, len(levels)), lo, dtype=np.int64)
    high = np.full_like(low, hi + 1)
    while np.any(low < high):
        middle = (low + high) >> 1
        reached = quantizer(function(middle)) >= levels
        active = low < high  # what is settled stays, hi + 1 among it
        high = np.where(active & reached, middle, high)
        low = np.where(active & ~reached, middle + 1, low)
    return np.repeat(low, quantizer.step, axis=1)
