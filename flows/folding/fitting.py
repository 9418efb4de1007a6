"""The folding that fits a part: within its block RAM and its DSP slices, where LUTs are least."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.errors import FlowError
from flows.folding.options import DSP_PRICES, Option, Pricer
from flows.folding.solve import Foldings, Seam, Solution, foldings_of
from hw.boards import Board
from hw.synth.cost.model import Cost

#: Shares of a part's block RAM that may be taken for fewer LUTs, tried one after the other; FIFOs
#: and what is around the network need some too.
BRAM_SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
#: How often the step between two prices of a DSP slice is halved, that none is left for nothing.
HALVINGS = 5
#: More RAMB18 than any part has.
ANY = 1 << 30
#: On the part beside the network.
NOTHING = Cost()


@dataclass(frozen=True)
class Room:
    """The part that a folding has to fit; None: any. limit: most DSP slices, None: the part's.

    taken: what else is on the part and large: the shell with a camera path.
    """

    board: Board | None = None
    limit: int | None = None
    taken: Cost = NOTHING

    @property
    def luts(self) -> int:
        """LUTs that may be taken."""
        return ANY if self.board is None else max(0, self.board.luts - round(self.taken.lut))

    @property
    def bram18(self) -> int:
        """RAMB18 that may be taken."""
        return ANY if self.board is None else max(0, 2 * self.board.bram36 - self.taken.bram18)

    @property
    def dsp(self) -> int:
        """DSP slices that may be taken."""
        has = ANY if self.board is None else max(0, self.board.multipliers - self.taken.dsp)
        return has if self.limit is None else min(has, self.limit)

    def beside(self, number: float) -> str:
        """In words: how many of a part's resources are taken already; "" if none are."""
        return f", {round(number)} of them for the camera path" if self.taken.lut else ""

    def __str__(self) -> str:
        if self.board is None or (self.limit is not None and self.dsp == self.limit):
            return f"dsp_limit is {self.limit}"
        return f"{self.board.part} has {self.board.multipliers}{self.beside(self.taken.dsp)}"


def _burden(found: Solution, board: Board) -> float:
    """Share of a part that is used: of its LUTs, plus of its block RAM."""
    shares = (found.lut / board.luts, found.bram18 / max(1, 2 * board.bram36))
    return sum(share / (1 - share) if share < 1 else ANY * share for share in shares)


def _affordable(
    tables: list[list[Option]],
    pricer: Pricer,
    most: int,
    slices: int,
    joined: list[bool] | None,
    seams: list[Seam] | None,
) -> tuple[Foldings, Solution | None, bool]:
    """Foldings at the least price of a DSP slice with which so many slices are enough.

    most: RAMB18. The cheapest of them, which at the highest price may still take more; and whether
    slices are left that a lower price takes too many of.
    """
    low = 0.0
    for high in DSP_PRICES:
        foldings = foldings_of(tables, pricer, most, joined, seams, high)
        found = foldings.within(most)
        if found is None or found.dsp <= slices:
            break
        low = high
    if not low or found is None or found.dsp >= slices:
        return foldings, found, False
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        between = foldings_of(tables, pricer, most, joined, seams, middle)
        tried = between.within(most)
        if tried is not None and tried.dsp <= slices:
            foldings, found, high = between, tried, middle
        else:
            low = middle
    return foldings, found, True


def _filled(
    tables: Sequence[Sequence[Option]], foldings: Foldings, most: int, slices: int
) -> Solution | None:
    """The folding of least price with the streams of the best of foldings, and at most slices.

    A price of a DSP slice reaches not every number of them: those that are left are given out here,
    stage by stage, for the widths of all streams stay. None: there is no folding within most
    RAMB18.
    """
    found, chosen = foldings.within(most), foldings.options_within(most)
    if found is None or chosen is None:
        return None
    price, ways = np.zeros(slices + 1), []
    for options, mine in zip(tables, chosen, strict=True):
        alike = [option for option in options if _streams(option) == _streams(mine)]
        costs = np.full((len(alike), slices + 1), np.inf)
        for row, option in zip(costs, alike, strict=True):
            if option.dsp <= slices:
                row[option.dsp :] = price[: slices + 1 - option.dsp] + option.price + option.dsp
        ways.append((alike, costs.argmin(axis=0)))
        price = costs.min(axis=0)
    left, better = slices, list[Option]()
    for alike, best in reversed(ways):
        better.append(alike[int(best[left])])
        left -= better[-1].dsp
    better.reverse()
    changed = list(zip(chosen, better, strict=True))
    settings = dict(found.settings)
    for _, option in changed:
        settings |= option.settings
    filled = Solution(
        settings,
        found.lut + sum(new.lut - old.lut for old, new in changed),
        found.ff + sum(new.ff - old.ff for old, new in changed),
        sum(option.bram18 for option in better),
        sum(option.dsp for option in better),
    )
    return filled if filled.bram18 <= most and filled.price < found.price else found


def _streams(option: Option) -> tuple[int, ...]:
    """Bits of all its streams."""
    return option.width_in, option.width_out, *option.further_in


def fitting(
    tables: list[list[Option]],
    pricer: Pricer,
    room: Room,
    target: str,
    joined: list[bool] | None,
    seams: list[Seam] | None = None,
) -> Solution:
    """The cheapest folding within a share of the board's block RAM, and within the DSP slices.

    The share is the one of BRAM_SHARES, or all of it, that burdens the part least. A DSP slice
    counts the least with which they are enough, of DSP_PRICES and between them; what is left of
    them is given out.
    """
    board, slices = room.board, room.dsp
    most = room.bram18
    foldings, found, are_left = _affordable(tables, pricer, most, slices, joined, seams)

    def within(bram18: int) -> Solution | None:
        return _filled(tables, foldings, bram18, slices) if are_left else foldings.within(bram18)

    found = within(most) if are_left else found
    if found is not None and board is not None:
        cheapest = found.price
        for share in BRAM_SHARES:
            tried = within(min(most, int(2 * share * board.bram36)))
            if tried is not None and tried.dsp > slices:
                continue
            if tried is not None and _burden(tried, board) < _burden(found, board):
                found = tried
            if tried is not None and tried.price <= cheapest:  # more block RAM changes nothing
                break
    if found is not None and found.dsp > slices:  # of what is given, for there are LUTs instead
        raise FlowError(
            f"folding: what is given (resType = dsp) takes {found.dsp} DSP slices, {room}; "
            "expected resType = lut, or smaller PE or SIMD"
        )
    if found is not None and found.lut <= room.luts:
        return found
    if board is None:
        raise FlowError("folding: the network has no stage")
    if found is None:
        raise FlowError(
            f"folding: line buffers and memories do not fit the {board.bram36} BRAM36 of "
            f"{board.part}{room.beside(room.taken.bram36)}, whatever the folding (estimate); "
            "choose another board"
        )
    raise FlowError(
        f"folding: the network needs some {round(found.lut)} LUT (estimate), {board.part} has "
        f"{board.luts}{room.beside(room.taken.lut)}; lower {target}, or choose another board"
    )
