"""Constants that differ by place in the image, as integers beside those of the tensor.

A position embedding, a mask, a mean image: real = gain * integer + offset, with a gain and an
offset of each channel, row and column. As long as functions of each number follow, nothing is
settled (``PlaceMap``). A quantizer behind them asks for the order of the sums alone: gains and
offsets are rounded to as many bits as its thresholds need, and no more. Whatever else reads the
tensor needs gains and offsets that are integers of one unit a channel.
"""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import NodeProto

from flows.errors import FlowError
from flows.graph.channel_map import ChannelMap, FloatArray, IntArray, Levels
from flows.graph.integer_builder import IntegerBuilder, PlaceMap, Value, where
from flows.graph.integer_graph import IntNode
from flows.graph.scales import MAX_MULTIPLE

#: Relative distance of an integer up to which a number is it: files compute in float32.
IN_FLOAT32 = 2.0**-22
#: The greatest factor by which gains and offsets are multiplied before they are rounded.
MOST_PRECISE = 1 << 30
#: Parts of an integer by which offsets are moved before they are rounded, and up to how many steps
#: of all places the others are tried.
PHASES, MOST_PHASED = (0.0, 0.25, 0.5, 0.75), 1 << 20
#: Numbers that are looked at at once.
_CHUNK = 1 << 21


@dataclass(frozen=True)
class IntegerForm:
    """factor * integer + summands, or gains * integer + summands: (C, H, W) each, or None."""

    factor: int
    gains: IntArray | None
    summands: IntArray

    def emit(self, builder: IntegerBuilder, name: str, origin: str) -> str:
        """Its nodes behind a tensor; the name of the last."""
        shape, (lo, hi) = builder.shape(name), builder.range(name)
        whole = np.full(shape, self.factor) if self.gains is None else self.gains
        ends = np.stack([whole * lo, whole * hi])
        if self.gains is not None:
            made = IntNode(
                "PlaceProduct", "", [name], shape, int(ends.min()), int(ends.max()), origin, {},
                {"gains": self.gains[None]},
            )  # fmt: skip
            name = builder.emit("placed", made)
        elif self.factor != 1:
            name = builder.product(name, self.factor, origin)
        if self.gains is not None and not np.any(self.summands):
            return name
        ends = ends + self.summands
        made = IntNode(
            "PlaceSum", "", [name], shape, int(ends.min()), int(ends.max()), origin, {},
            {"summands": self.summands[None]},
        )  # fmt: skip
        return builder.emit("placed", made)


def placed(node: NodeProto, value: Value, kind: str, constant: Any, shape: Any) -> Value:
    """A value, real = scale * integer + offset, and a constant (1, C, H, W) that differs by place.

    kind: "add", "rsub" (constant less value), "mul" or "div". shape: (C, H, W) of the value.
    """
    affine = value.map.affine()
    if affine is None:
        raise FlowError(
            value.map.reason
            or f"{where(node)}: its constant differs by place, and a function that is not affine "
            "stands in front of it; expected a quantizer in front of it"
        )
    scale, shift = (part.reshape(-1, 1, 1) for part in affine)
    known = value.places or PlaceMap(np.ones(shape), np.zeros(shape), "")
    gain, offset = known.gain * scale, known.offset * scale + shift
    numbers = np.broadcast_to(constant, (1, *shape))[0]
    match kind:
        case "add":
            offset = offset + numbers
        case "rsub":
            gain, offset = -gain, numbers - offset
        case "mul":
            gain, offset = gain * numbers, offset * numbers
        case "div":
            gain, offset = gain / numbers, offset / numbers
    origin = known.origin or node.name
    return replace(value, map=ChannelMap(), places=PlaceMap(gain, offset, origin))


def settled(builder: IntegerBuilder, node: NodeProto | None, value: Value) -> Value:
    """The value as integers times a scale of each channel, plus an offset.

    node: that which reads it, None of the network's output. Raises FlowError where gains and
    offsets of the places are no small multiples of one unit in each channel.
    """
    places, affine = value.places, value.map.affine()
    assert places is not None
    if affine is None:
        reader = where(node) if node is not None else f"node {places.origin}"
        raise FlowError(
            f"{reader}: a function that is not affine stands between it and a constant that "
            f"differs by place (node {places.origin}); expected a quantizer in front of it"
        )
    scale, shift = (part.reshape(-1, 1, 1) for part in affine)
    found = _exact(places.gain * scale, places.offset * scale + shift)
    if found is None:
        raise FlowError(
            f"node {places.origin}: its constant differs by place, and its values are no multiples "
            f"of one unit (at most {MAX_MULTIPLE} of them in the scale of what it is laid over); "
            "expected a quantizer behind it, or a constant that is quantized with that scale"
        )
    form, unit, base = found
    known = ChannelMap().then("mul", unit if np.ptp(unit) else unit[:1])
    if np.any(base != 0):
        known = known.then("add", base)
    return Value(form.emit(builder, value.name, places.origin), known)


def _is_whole(values: Any) -> bool:
    near = np.abs(values - np.rint(values)) <= IN_FLOAT32 * (np.abs(values) + 2.0**-8)
    return bool(np.all(near) and np.all(np.abs(values) < 2**31))


def _exact(
    gain: FloatArray, offset: FloatArray
) -> tuple[IntegerForm, FloatArray, FloatArray] | None:
    """(form, unit of each channel, offset of each channel); None where there is no such form."""
    flat, moved = gain.reshape(len(gain), -1), offset.reshape(len(gain), -1)
    is_alike = bool(np.all(np.ptp(flat, axis=1) == 0) and np.all(flat[:, 0] != 0))
    unit = flat[:, 0] if is_alike else np.abs(flat).max(axis=1)
    bases = [moved[:, 0]] if np.all(np.ptp(moved, axis=1) == 0) else [0 * moved[:, 0], moved[:, 0]]
    for base in bases:
        rest = moved - base[:, None]
        most = np.abs(rest).max(axis=1)
        own = np.where(unit != 0, unit, np.where(most != 0, most, np.abs(unit).max()))
        own = np.where(own != 0, own, 1.0)  # a channel of zeros
        for units in (own,) if is_alike else (np.full_like(own, own.max()), own):
            ratios = np.concatenate([flat, rest], axis=1) / units[:, None]
            factor = _whole_at(ratios)
            if factor:
                whole = np.rint(factor * ratios).astype(np.int64)
                gains, summands = (part.reshape(gain.shape) for part in np.split(whole, 2, axis=1))
                form = IntegerForm(factor, None if is_alike else gains, summands)
                return form, units / factor, base
    return None


def _whole_at(ratios: FloatArray) -> int:
    """The least factor, at most MAX_MULTIPLE, that makes integers of all ratios (C, n); 0: none."""
    few = ratios[:, :: max(1, ratios.shape[1] // 64)]
    for factor in range(1, MAX_MULTIPLE + 1):
        if _is_whole(factor * few) and _is_whole(factor * ratios):
            return factor
    return 0


# --- a quantizer behind it ------------------------------------------------------------------


def quantized(
    builder: IntegerBuilder, node: NodeProto, value: Value, quantizer: Levels
) -> tuple[str, IntArray] | None:
    """(integers, thresholds (C, n) of them) of a quantizer behind a constant that differs by place.

    None where no rounding of gains and offsets is fine enough for all thresholds.
    """
    places = value.places
    assert places is not None
    name, gain, offset = value.name, places.gain, places.offset
    falls = _direction(builder, value)
    if np.all(np.ptp(gain.reshape(len(gain), -1), axis=1) == 0):
        sign = np.where(gain[:, 0, 0] * falls < 0, -1, 1)
        if np.ptp(sign):  # one factor is of all channels
            name, gain = builder.negated(name, sign), gain * sign[:, None, None]
    found = _Steps(gain, offset, falls, builder.range(name), value.map, quantizer).form()
    if found is None:
        return None
    form, table = found
    return form.emit(builder, name, places.origin), table


def _direction(builder: IntegerBuilder, value: Value) -> IntArray:
    """1 of a channel whose map rises, -1 of one whose map falls, (C, )."""
    places = value.places
    assert places is not None
    ends = [places.gain * end + places.offset for end in builder.range(value.name)]
    reals = np.stack(ends).reshape(2, len(places.gain), -1)
    made = value.map(np.stack([reals.min(axis=(0, 2)), reals.max(axis=(0, 2))], axis=1))
    return np.where(made[:, 0] > made[:, 1], -1, 1)


class _Steps:
    """Where the levels of a quantizer begin, at each place, and integers that keep them apart.

    direction: 1 where the map rises, -1 where it falls, of each channel. Inside, integers whose
    gain falls are counted from above: levels then rise with all of them.
    """

    def __init__(
        self,
        gain: FloatArray,
        offset: FloatArray,
        direction: IntArray,
        ends: tuple[int, int],
        function: ChannelMap,
        quantizer: Levels,
    ) -> None:
        self.gain, self.offset, self.direction = gain, offset, direction
        self.function, self.quantizer = function, quantizer
        pairs = np.stack([gain, offset], axis=-1).reshape(len(gain), -1, 2)
        kinds = [np.unique(rows, axis=0) for rows in pairs]
        most = max(map(len, kinds))
        each = np.stack([rows[np.minimum(np.arange(most), len(rows) - 1)] for rows in kinds])
        self.gains, self.offsets = each[..., 0], each[..., 1]  # (C, kinds of places)
        self.sign = np.where(self.gains * direction[:, None] < 0, -1, 1)
        self.low = np.where(self.sign > 0, ends[0], -ends[1])
        self.high = np.where(self.sign > 0, ends[1], -ends[0])
        piece = max(1, _CHUNK // (len(gain) * (quantizer.highest - quantizer.lowest)))
        parts = [slice(first, first + piece) for first in range(0, most, piece)]
        self.steps = np.concatenate([self._found(part) for part in parts], axis=1)

    def _found(self, part: slice) -> IntArray:
        """(C, kinds, n): the least integer of each level; one above the greatest: of none."""
        levels = np.arange(
            self.quantizer.lowest + self.quantizer.step,
            self.quantizer.highest + 1,
            self.quantizer.step,
        )
        shape = (*self.low[:, part].shape, len(levels))
        low = np.broadcast_to(self.low[:, part, None], shape).copy()
        high = np.broadcast_to(self.high[:, part, None] + 1, shape).copy()
        gains, offsets, sign = (
            numbers[:, part, None] for numbers in (self.gains, self.offsets, self.sign)
        )
        while np.any(low < high):
            middle = (low + high) >> 1
            reals = gains * (sign * middle) + offsets
            made = self.quantizer(self.function(reals.reshape(len(reals), -1)))
            reached, active = made.reshape(shape) >= levels, low < high
            high = np.where(active & reached, middle, high)
            low = np.where(active & ~reached, middle + 1, low)
        return low

    def form(self) -> tuple[IntegerForm, IntArray] | None:
        """The coarsest integers that all levels can be told by, and the thresholds (C, n)."""
        flat = self.gain.reshape(len(self.gain), -1)
        is_alike = bool(np.all(np.ptp(flat, axis=1) == 0) and np.all(flat[:, 0] != 0))
        most = np.abs(flat).max(axis=1)
        unit: FloatArray = np.where(most != 0, most, 1.0) * self.direction
        base = self.offset.reshape(len(flat), -1)[:, 0]
        ratios = flat / unit[:, None]
        start = _whole_at(ratios) or 1
        factors = {first << shift for first in (1, start) for shift in range(31)}
        phases = PHASES if self.steps.size < MOST_PHASED else PHASES[:1]
        for factor, phase in itertools.product(sorted(factors), phases):
            if factor > MOST_PRECISE:
                break
            table = self._thresholds(factor, unit, base - phase * unit / factor)
            if table is None:
                continue
            gains, summands = (
                np.rint(factor * part / unit[:, None, None]).astype(np.int64)
                for part in (self.gain, self.offset - (base - phase * unit / factor)[:, None, None])
            )
            one = int(gains.flat[0])
            form = IntegerForm(one, None if is_alike else gains, summands)
            return form, np.repeat(table, self.quantizer.step, axis=1)
        return None

    def _thresholds(self, factor: int, unit: FloatArray, base: FloatArray) -> IntArray | None:
        """(C, n) with all steps of each level on one side, and what is below on the other."""
        gains, summands = (
            np.rint(factor * part / unit[:, None])[..., None]
            for part in (np.abs(self.gains) * self.direction[:, None], self.offsets - base[:, None])
        )
        steps = self.steps
        never, always = np.inf, -np.inf
        at = np.where(steps <= self.high[..., None], gains * steps + summands, never).min(axis=1)
        below = np.where(steps > self.low[..., None], gains * (steps - 1) + summands, always)
        under = below.max(axis=1)
        if not np.all(at > under):
            return None
        found: IntArray = np.where(np.isfinite(at), at, under + 1).astype(np.int64)
        return found
