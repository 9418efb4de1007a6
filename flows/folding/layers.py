"""Options of a layer: padding and window, a width converter, the unit that computes on the windows.

The window may be narrower than the unit (a converter joins its beats), as long as the layer keeps
its clocks: the unit takes a vector while it makes its first row fold, and then takes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from flows.folding.options import Option, Pricer, pareto, price
from hw.dataflow.sizing import MAX_REPLAY, NO_FIFO
from hw.ops.base import Operator
from hw.ops.folding import Folding, divisors
from hw.ops.registry import copy_of

#: Share of a layer's clocks that rows, frames and converters may make it wait.
WAITING = 1 / 128
#: Share of the limit that a window with clocks to spare takes at most.
EASY = 0.9
#: Overrides: attributes that a folding file gives, by node.
Given = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Layer:
    """Operators (abstract) of a layer; pad and window are there or not."""

    pad: Operator | None
    window: Operator | None
    unit: Operator

    @property
    def name(self) -> str:
        """Of the matrix-vector unit."""
        return self.unit.name

    def copied(self) -> "Layer":
        """The same layer on copies of its nodes."""
        pad, window = (None if op is None else copy_of(op) for op in (self.pad, self.window))
        return Layer(pad, window, copy_of(self.unit))


@dataclass(frozen=True)
class _Beats:
    """sf, nf: beats of its input and output vector; vectors: of a frame, turns: of them of a pixel.

    windows: lanes of the windows that can stand in front.
    """

    sf: int
    nf: int
    vectors: int
    turns: int = 1
    windows: frozenset[int] = frozenset()


def layer_options(
    layer: Layer, limit: int, given: Given, pricer: Pricer, is_tied: bool = False
) -> tuple[list[Option], int]:
    """Options that take at most limit clocks, and the clocks of the fastest of all.

    Of those between the same widths, each is better than the others in price or in RAMB18. A unit
    whose PE and SIMD are both given may take longer, as long as it has to. is_tied: windows are as
    wide as their unit, and have clocks to spare where that can be had. The layer's nodes stay as
    they are: foldings are tried on copies.
    """
    layer = layer.copied()
    lanes = list(divisors(layer.window.input_shape()[-1])) if layer.window else []
    units = _unit_options(layer.unit, limit, given.get(layer.name, {}), pricer, lanes)
    if layer.window is None:
        fastest = min((unit.clocks for unit, _ in units), default=0)
        bound = max(limit, fastest) if _is_fixed(layer, given) else limit
        return _by_widths([unit for unit, _ in units if unit.clocks <= bound]), fastest
    windows = _window_options(layer, limit, given, pricer)
    if is_tied:
        quick = [(window, beats) for window, beats in windows if window.clocks <= EASY * limit]
        windows = quick or [entry for entry in windows if entry[0].clocks <= limit] or windows
    (attribute,) = layer.window.lane_attributes
    clocks = {
        (i, j): layer_clocks(window, beats, unit, of, 0)
        for i, (window, beats) in enumerate(windows)
        for j, (unit, of) in enumerate(units)
        if window.settings[layer.window.name][attribute] in of.windows
        and (not is_tied or window.width_out == unit.width_in)
    }
    deep = {
        (i, j): layer_clocks(windows[i][0], windows[i][1], *units[j], MAX_REPLAY)
        for (i, j), needed in clocks.items()
        if needed > limit
    }
    fastest = min([*deep.values(), *clocks.values()], default=0)
    bound = max(limit, fastest) if _is_fixed(layer, given) else limit
    joiner = _Joiner(layer, pricer)
    found = []
    for (i, j), needed in clocks.items():
        with_fifo = needed > bound
        if not with_fifo or deep.get((i, j), needed) <= bound:
            found.append((i, j, with_fifo))
    return joiner.join(windows, units, found), fastest


def layer_clocks(window: Option, beats: int, unit: Option, of: _Beats, fifo: int) -> int:
    """Clocks a frame of window and unit, with a FIFO of so many beats between them.

    beats: of a window. The unit takes the SF beats of a vector, then computes
    for (NF - 1) * SF clocks, while only what a FIFO holds can come. Beats of the unit's own width
    come as fast as they are taken. Otherwise a share of the clocks is added for what else waits.
    """
    beats = -(-beats // of.turns)  # for a vector
    own = max(window.clocks, unit.clocks)
    if window.width_out == unit.width_in and beats == of.sf:
        return own
    held = min(of.sf, fifo) if of.sf > NO_FIFO else 0  # size_fifos puts none there
    taking = max(of.sf, -(-beats * (of.sf - held) // of.sf))
    vector = max(beats, of.sf * of.nf, (of.nf - 1) * of.sf + taking)
    return max(own, int(vector * of.vectors * (1 + WAITING)))


class _Joiner:
    """Joins windows and units of a layer, with what stands between."""

    def __init__(self, layer: Layer, pricer: Pricer) -> None:
        self.layer, self.pricer = layer, pricer
        self.between: dict[tuple[int, int, int], tuple[float, float]] = {}

    def join(
        self,
        windows: list[tuple[Option, int]],
        units: list[tuple[Option, _Beats]],
        pairs: list[tuple[int, int, bool]],
    ) -> list[Option]:
        # by the widths on both sides, then by RAMB18 and DSP slices
        best: dict[
            tuple[int, int], dict[tuple[int, int], tuple[float, int, int, float, float]]
        ] = {}
        for i, j, with_fifo in pairs:
            window, (unit, of) = windows[i][0], units[j]
            depth = min(MAX_REPLAY, of.sf) if with_fifo else 0
            lut, ff = self._between(window.width_out, unit.width_in, depth)
            lut, ff = lut + window.lut + unit.lut, ff + window.ff + unit.ff
            blocks = window.bram18 + unit.bram18
            taken = (blocks, unit.dsp)
            cheapest = best.setdefault((window.width_in, unit.width_out), {})
            paid = price(lut, ff, blocks)
            if taken not in cheapest or paid < cheapest[taken][0]:
                cheapest[taken] = (paid, i, j, lut, ff)
        found = []
        for (first, last), by_blocks in best.items():
            options = [
                self._option(first, last, windows[i][0], units[j][0], lut, ff)
                for _, i, j, lut, ff in by_blocks.values()
            ]
            found += pareto(options)
        return found

    def _between(self, first: int, last: int, depth: int) -> tuple[float, float]:
        key = (first, last, depth)
        if key not in self.between:
            parts = [self.pricer.converter(first, last)]
            parts += [self.pricer.fifo(depth, last)] if depth > NO_FIFO else []
            self.between[key] = (sum(p[0] for p in parts), sum(p[1] for p in parts))
        return self.between[key]

    def _option(
        self, first: int, last: int, window: Option, unit: Option, lut: float, ff: float
    ) -> Option:
        assert self.layer.window is not None
        order = self.layer.window.stream_settings(window.settings[self.layer.window.name])
        settings = {**window.settings, self.layer.name: {**unit.settings[self.layer.name], **order}}
        clocks = max(window.clocks, unit.clocks)
        blocks = window.bram18 + unit.bram18
        return Option(first, last, clocks, lut, ff, blocks, settings, dsp=unit.dsp)


def _is_fixed(layer: Layer, given: Given) -> bool:
    return set(layer.unit.lane_attributes) <= set(given.get(layer.name, {}))


def _by_widths(options: list[Option]) -> list[Option]:
    """The Pareto sets of options between the same widths."""
    groups: dict[tuple[int, int], list[Option]] = {}
    for option in options:
        groups.setdefault((option.width_in, option.width_out), []).append(option)
    return [option for group in groups.values() for option in pareto(group)]


def _unit_options(
    op: Operator, limit: int, given: Mapping[str, Any], pricer: Pricer, lanes: list[int]
) -> list[tuple[Option, _Beats]]:
    """Every folding of the unit, its beats a vector, and the best styles of its memory.

    lanes: that a window in front can have.
    """
    vectors = prod(op.input_shape()[:-1])
    found = []
    for folding in op.foldings(limit, given):
        if not _agrees(folding, given):
            continue
        options = [pricer.set(op, settings) for settings in _styled(folding, given)]
        turns = op.turns()
        beats = _Beats(
            op.pixel_beats_in() // turns,
            op.pixel_beats_out() // turns,
            vectors * turns,
            turns,
            frozenset(n for n in lanes if op.takes_window(n)),
        )
        found += [(option, beats) for option in pareto(options)]
    return found


def _window_options(
    layer: Layer, limit: int, given: Given, pricer: Pricer
) -> list[tuple[Option, int]]:
    """Every folding of a window with its padding; clocks from a window to the next."""
    op = layer.window
    assert op is not None
    mine = given.get(op.name, {})
    found = []
    paddings: dict[int, Option | None] = {}
    for folding in op.foldings(limit, mine):
        if not _agrees(folding, mine):
            continue
        options = [pricer.set(op, settings) for settings in _styled(folding, mine)]
        lanes = op.lanes_in()
        if lanes not in paddings:
            paddings[lanes] = _pad_option(layer.pad, lanes, pricer)
        padding = paddings[lanes]
        if padding is not None:
            options = [_with_pad(padding, option) for option in options]
        found += [(option, op.pixel_beats_out()) for option in pareto(options)]
    return found


def _pad_option(pad: Operator | None, lanes: int, pricer: Pricer) -> Option | None:
    if pad is None:
        return None
    (attribute,) = pad.lane_attributes
    return pricer.set(pad, {attribute: lanes})


def _with_pad(pad: Option, window: Option) -> Option:
    return replace(
        window,
        clocks=max(pad.clocks, window.clocks),
        lut=pad.lut + window.lut,
        ff=pad.ff + window.ff,
        bram18=pad.bram18 + window.bram18,
        settings={**pad.settings, **window.settings},
    )


def _agrees(folding: Folding, given: Mapping[str, Any]) -> bool:
    """Whether a folding is as given where something is."""
    return all(given.get(key, value) == value for key, value in folding.settings.items())


def _styled(folding: Folding, given: Mapping[str, Any]) -> list[dict[str, int | str]]:
    """Settings of a folding with each style of the memory, or the one that is given."""
    if not folding.styles:
        return [dict(folding.settings)]
    styles = [str(given["ram_style"])] if "ram_style" in given else folding.styles
    return [{**folding.settings, "ram_style": style} for style in styles]
