"""A detector's head in integers: what is made of its scales, biases and anchors, and two tables.

The network's integer ``acc`` of a channel stands for t = scale * acc + bias. Here it becomes
acc * factor + offset, of FRACTION_BITS fractional bits, and that the address of a table:

- t_x, t_y, t_o, t_f: t itself, of SIGMOID_BITS fractional bits and limited to just below 8 in
  magnitude. The table has the logistic function of 0 and more; of t < 0 it is 1 less that of -t.
- t_w, t_h: t * log2(e) + log2(half the anchor in units of a box), so that 2 to the power of it is
  half the box's side: the part behind the point is a table's address, that before it a shift.

Errors against real numbers: of the logistic function 0.001 at most, of a side 0.02 % and a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import CameraPathError

#: Channels of an anchor: t_x, t_y, t_w, t_h, t_o, t_f.
OUTPUTS = 6
#: Which of them are sides.
SIDES = (2, 3)
#: Fractional bits of factor * acc + offset.
FRACTION_BITS = 20
#: Fractional bits of the address of each table.
SIGMOID_BITS, POWER_BITS = 7, 11
#: Bits of a score and of the logistic function: 1 would be 2 ** 16.
SCORE_BITS = 16
#: Fractional bits of a box's coordinates: a unit is 1/16 of a pixel of the frame.
BOX_BITS = 4
#: Coordinates are limited to 16 bits, two's complement; half a side to 15 bits.
LOWEST, HIGHEST = -(1 << 15), (1 << 15) - 1
#: Bits of a factor and of an offset, two's complement.
FACTOR_BITS, OFFSET_BITS = 25, 32
#: Frames may be as large: their coordinates have to fit.
LARGEST_FRAME = 1 << 10

_POSITIVE = np.arange(8 << SIGMOID_BITS) / (1 << SIGMOID_BITS)
#: The logistic function of t = i / 2 ** SIGMOID_BITS, of SCORE_BITS fractional bits; (1024,).
SIGMOID = np.rint((1 << SCORE_BITS) / (1 + np.exp(-_POSITIVE))).astype(np.int64)
#: 2 ** (i / 2 ** POWER_BITS) of 16 fractional bits, less its leading 1; (2048,).
POWER = np.rint((1 << 16) * (np.exp2(np.arange(1 << POWER_BITS) / (1 << POWER_BITS)) - 1)).astype(
    np.int64
)


@dataclass(frozen=True)
class HeadIntegers:
    """The constants of a head. factors, offsets: one for each channel.

    stride: pixels of the frame a cell of the output.
    """

    factors: tuple[int, ...]
    offsets: tuple[int, ...]
    stride: int

    @property
    def anchors(self) -> int:
        """Number of anchors."""
        return len(self.factors) // OUTPUTS

    @classmethod
    def make(
        cls,
        anchors: Sequence[Sequence[float]],
        scale: float | Sequence[float],
        bias: Sequence[float] | None = None,
        stride: int = 32,
    ) -> HeadIntegers:
        """Of a head in real numbers.

        anchors: (width, height) of each, in cells. scale: of the network's integers, one for all or
        one for each channel. bias: one for each channel, none for 0.

        Raises CameraPathError where the constants do not fit their bits.
        """
        channels = OUTPUTS * len(anchors)
        scales = np.broadcast_to(np.asarray(scale, float), (channels,)).copy()
        biases = np.zeros(channels) if bias is None else np.asarray(bias, float).copy()
        if biases.shape != (channels,) or not channels or stride < 1:
            raise CameraPathError(
                f"{biases.size} biases, {len(anchors)} anchors, stride {stride}; expected "
                f"{OUTPUTS} biases for each of one anchor or more, and a stride of 1 or more"
            )
        sides = np.asarray(anchors, float)
        if sides.shape != (len(anchors), 2) or not (sides > 0).all():
            raise CameraPathError(
                f"anchors {anchors}; expected a width and a height above 0 of each"
            )
        half = np.log2(sides * stride / 2 * (1 << BOX_BITS))
        for axis, channel in enumerate(SIDES):
            scales[channel::OUTPUTS] *= np.log2(np.e)
            biases[channel::OUTPUTS] *= np.log2(np.e)
            biases[channel::OUTPUTS] += half[:, axis]
        factors, offsets = (np.rint(v * (1 << FRACTION_BITS)) for v in (scales, biases))
        for name, values, bits in (("scale", factors, FACTOR_BITS), ("bias", offsets, OFFSET_BITS)):
            if not (np.abs(values) < 1 << (bits - 1)).all():
                most = (1 << (bits - 1)) / (1 << FRACTION_BITS)
                raise CameraPathError(
                    f"a {name} of the head is too large or no number; expected less than {most:g} "
                    "(of sides after a factor of log2(e))"
                )
        return cls(tuple(map(int, factors)), tuple(map(int, offsets)), int(stride))


def sigmoid(fixed: Any) -> Any:
    """Numbers of FRACTION_BITS fractional bits -> their logistic function, of SCORE_BITS."""
    address = np.clip(
        _rounded(fixed, FRACTION_BITS - SIGMOID_BITS), 1 - len(SIGMOID), len(SIGMOID) - 1
    )
    table = SIGMOID[np.abs(address)]
    return np.where(address < 0, (1 << SCORE_BITS) - table, table)


def half_side(fixed: Any) -> Any:
    """Numbers of FRACTION_BITS fractional bits -> 2 to the power of each, to the nearest integer.

    Limited to 32757, that of just below 15.
    """
    address = np.clip(
        _rounded(fixed, FRACTION_BITS - POWER_BITS), -2 << POWER_BITS, (15 << POWER_BITS) - 1
    )
    power, place = address >> POWER_BITS, address & ((1 << POWER_BITS) - 1)
    mantissa = (1 << 16) + POWER[place]
    return _rounded(mantissa, 16 - power)


def _rounded(values: Any, bits: Any) -> Any:
    """Integers / 2 ** bits to the nearest integer, halves up; bits is 1 or more."""
    return (values + (np.int64(1) << (bits - 1))) >> bits
