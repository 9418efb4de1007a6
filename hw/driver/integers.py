"""The integers that an accelerator takes, and how real numbers become such: numpy alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import AcceleratorError
from .fields import Fields

#: Rounding modes of QONNX's Quant.
ROUNDINGS: dict[str, Callable[[Any], Any]] = {
    "ROUND": np.rint,
    "HALF_EVEN": np.rint,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "UP": lambda x: np.sign(x) * np.ceil(np.abs(x)),
    "DOWN": np.trunc,
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
}
#: Largest number that a field may hold.
MAX_INTEGER = 1 << 31


@dataclass(frozen=True)
class Integers:
    """Integers low, low + step, ..., high. step: 2 where there are two of them, else 1.

    A real number x becomes round(clip(x / scale + zero_point)) - zero_point, where clip keeps it
    within low + zero_point and high + zero_point, and round is QONNX's mode ``rounding``. With step
    2 it becomes high where x / scale + zero_point is not below zero, else low.
    """

    low: int
    high: int
    step: int = 1
    zero_point: int = 0
    rounding: str = "ROUND"

    def quantize(self, real: Any, scale: float) -> Any:
        """Real numbers, an array of any shape -> integers, int64."""
        array = np.asarray(real, dtype=np.float64)
        if not np.all(np.isfinite(array)):
            raise AcceleratorError("a frame holds a number that is not finite")
        units = array / scale + self.zero_point
        if self.step == 2:
            return np.where(units >= 0, self.high, self.low).astype(np.int64)
        low, high = self.low + self.zero_point, self.high + self.zero_point
        found = ROUNDINGS[self.rounding](np.clip(units, low, high))
        return found.astype(np.int64) - self.zero_point

    def check(self, frame: Any) -> None:
        """AcceleratorError for an array that holds another integer."""
        if frame.dtype.kind not in "iu":
            raise AcceleratorError(f"a frame of {frame.dtype}; expected integers")
        kind = np.iinfo(frame.dtype)
        if (kind.min, kind.max, self.step) == (self.low, self.high, 1):
            return
        bad = (frame < self.low) | (frame > self.high)
        if self.step == 2:
            bad |= (frame != self.low) & (frame != self.high)
        if bad.any():
            between = "or" if self.step == 2 else "to"
            raise AcceleratorError(
                f"a frame holds {frame[bad][0]}; the network takes {self.low} {between} {self.high}"
            )

    def random(self, rng: Any, shape: tuple[int, ...]) -> Any:
        """Such integers of the whole range, int64. rng: a numpy RandomState."""
        found = rng.randint(0, (self.high - self.low) // self.step + 1, shape, dtype=np.int64)
        found *= self.step  # in place, for the board's memory
        found += self.low
        return found

    def to_json(self) -> dict[str, Any]:
        """Fields for ``accelerator.json``."""
        return {
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "zero_point": self.zero_point,
            "rounding": self.rounding,
        }

    @classmethod
    def from_fields(cls, data: Fields) -> Integers:
        """Inverse of ``to_json``; FieldError for what cannot be."""
        low = data.integer("low", -MAX_INTEGER, MAX_INTEGER)
        high = data.integer("high", low + 1, MAX_INTEGER)
        step = data.integer("step", 1, 2)
        if step == 2 and high != low + 2:
            raise data.wrong("high", f"{low + 2}, as the step is 2")
        zero_point = data.integer("zero_point", -MAX_INTEGER, MAX_INTEGER)
        rounding = data.text("rounding")
        if rounding not in ROUNDINGS:
            raise data.wrong("rounding", f"one of {', '.join(ROUNDINGS)}")
        return cls(low, high, step, zero_point, rounding)
