"""Partial foldings as columns of numbers, so that millions of them can be weighed in a second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.folding.options import BRAM18_PRICE, FF_PRICE

Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Trail:
    """Where foldings came from, of Partials, which are large: their option, state, place."""

    option: np.ndarray[Any, np.dtype[np.int32]]
    state: np.ndarray[Any, np.dtype[np.int32]]
    place: np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True)
class Partials:
    """Foldings of the stages so far, one a place in each array.

    lut, ff, bram18, dsp: what they take. option: index of the last stage's option; state, place:
    the folding without that option, as the index of the state behind the stage before, and its
    place in the Partials of that state. dsp_price: LUTs that a DSP slice counts.
    """

    lut: Floats
    ff: Floats
    bram18: Integers
    dsp: Integers
    option: Integers
    state: Integers
    place: Integers
    dsp_price: float

    def trail(self) -> Trail:
        """The columns by which the way back is found."""
        option, state, place = self.option, self.state, self.place
        return Trail(option.astype(np.int32), state.astype(np.int32), place.astype(np.int32))

    @classmethod
    def none_yet(cls, dsp_price: float) -> "Partials":
        """The folding of no stage."""
        nothing = np.zeros(1, np.int64)
        places = (nothing, nothing, nothing)
        return cls(np.zeros(1), np.zeros(1), nothing, nothing, *places, dsp_price)

    @property
    def price(self) -> Floats:
        """Price of each (flows.folding.options.price), which is minimized."""
        found: Floats = self.lut + FF_PRICE * self.ff + BRAM18_PRICE * self.bram18
        return found + self.dsp_price * self.dsp if self.dsp.any() else found

    def extended(
        self,
        costs: tuple[float, float],
        taken: tuple[float, float, int, int],
        option: int,
        state: int,
    ) -> "Partials":
        """These with an option of the next stage.

        costs: LUT and FF of what stands in front of it; taken: LUT, FF, RAMB18, DSP of the option;
        option, state: indices of the option, and of the state that these are of.
        """
        count = len(self.lut)
        return Partials(
            self.lut + costs[0] + taken[0],
            self.ff + costs[1] + taken[1],
            self.bram18 + taken[2],
            self.dsp + taken[3],
            np.full(count, option),
            np.full(count, state),
            np.arange(count),
            self.dsp_price,
        )

    def best(self, bram18: int) -> "Partials":
        """Those within bram18 of which no other is as good in price and in RAMB18, cheapest first.

        Of equal ones the first stays.
        """
        order = np.lexsort((self.bram18, self.price))
        blocks = self.bram18[order]
        order, blocks = order[blocks <= bram18], blocks[blocks <= bram18]
        least = np.minimum.accumulate(blocks)
        return self._of(order[np.append(True, blocks[1:] < least[:-1])[: len(order)]])

    def _of(self, places: Integers) -> "Partials":
        return Partials(
            self.lut[places],
            self.ff[places],
            self.bram18[places],
            self.dsp[places],
            self.option[places],
            self.state[places],
            self.place[places],
            self.dsp_price,
        )


def all_of(parts: Sequence[Partials]) -> Partials:
    """All of several, one behind the other."""
    return Partials(
        np.concatenate([part.lut for part in parts]),
        np.concatenate([part.ff for part in parts]),
        np.concatenate([part.bram18 for part in parts]),
        np.concatenate([part.dsp for part in parts]),
        np.concatenate([part.option for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.place for part in parts]),
        parts[0].dsp_price,
    )
