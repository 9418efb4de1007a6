"""The choice across all stages: exact, by dynamic programming over the streams' widths.

Costs add up, but for the width converters between stages, which depend on the widths on either side
alone. So the state behind a stage is the width of each stream that is open: given by a stage up to
this one, taken by a later one. In a chain that is one stream, in a graph of forks and joins as many
as branches lie side by side. Kept for each state are the partial foldings of which no other is
better in price or in RAMB18. That is every optimum, whatever the RAMB18 at hand. FIFOs between
layers are not part of it: their depths are found later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.folding.layers import Given, Layer, layer_options
from flows.folding.options import DSP_PRICES, Option, Pricer, Settings, pareto, price
from flows.folding.partial import Partials, Trail, all_of
from hw.dataflow.graph import OUTSIDE, StreamGraph, as_graph
from hw.errors import HardwareError
from hw.ops.base import Operator, Role
from hw.ops.registry import copy_of
from outside.progress import silent

#: One operator by itself, or a layer.
Stage = Layer | Operator
#: A limit is tight if some stage cannot be faster by this share.
TIGHT = 0.025
#: States that are kept behind a stage. Only where many branches lie side by side (a recurrent
#: layer written out) there are more; the folding found is then near the optimum, not always it.
MAX_STATES = 512
#: Extensions of a state that are held before the worse ones of them are dropped: large boards and
#: many branches would need tens of GB else.
HELD = 16


class MissedTargetError(Exception):
    """No folding of a node takes so few clocks."""

    def __init__(self, name: str, fastest: int) -> None:
        super().__init__(name)
        self.name, self.fastest = name, fastest


@dataclass(frozen=True)
class Solution:
    """A folding: attributes by node, and what it is estimated to take, width converters included"""

    settings: Settings
    lut: float
    ff: float
    bram18: int
    dsp: int = 0

    @property
    def price(self) -> float:
        """LUTs, and the others at their price."""
        return price(self.lut, self.ff, self.bram18)


@dataclass(frozen=True)
class Seam:
    """A stream from one stage to another (OUTSIDE: out of the graph). port: which input it is."""

    source: int
    target: int
    port: int = 0

    def width_in(self, option: Option) -> int:
        """Bits of a beat that an option of its reader takes."""
        return option.width_of(self.port)


def stages_of(ops: StreamGraph | Sequence[Operator]) -> list[Stage]:
    """Layers (padding, window, unit) and the operators between them, in the order of the streams.

    Padding and window are of the layer only where its unit stands behind them; else each is a
    stage.
    """
    return [stage for stage, _ in _parts(as_graph(ops))]


def _parts(graph: StreamGraph) -> list[tuple[Stage, list[int]]]:
    """Stages, each with the indices of its operators, in the order of their last ones."""

    def behind(index: int, role: Role) -> int | None:
        (wire, *others) = graph.out_of(index)
        found = not others and wire.target != OUTSIDE and graph.ops[wire.target].role is role
        return wire.target if found else None

    found: dict[int, tuple[Stage, list[int]]] = {}
    taken: set[int] = set()
    for index, op in enumerate(graph.ops):
        if index in taken:
            continue
        pad = index if op.role is Role.PADDING else None
        window = index if op.role is Role.WINDOW else None
        if pad is not None:
            window = behind(pad, Role.WINDOW)
        unit = index if op.role is Role.UNIT else None
        if window is not None:
            unit = behind(window, Role.UNIT)
        if unit is None:
            found[index] = (op, [index])
            continue
        parts = [at for at in (pad, window, unit) if at is not None]
        first, second = (None if at is None else graph.ops[at] for at in (pad, window))
        found[unit] = (Layer(first, second, graph.ops[unit]), parts)
        taken |= set(parts)
    return [found[last] for last in sorted(found)]


def seams_of(ops: StreamGraph | Sequence[Operator]) -> list[Seam]:
    """The streams between the stages of ``stages_of``, and out of the last ones."""
    graph = as_graph(ops)
    stage = {at: n for n, (_, parts) in enumerate(_parts(graph)) for at in parts}
    stage[OUTSIDE] = OUTSIDE
    seams = []
    for wire in graph.wires:
        if wire.source == OUTSIDE or stage[wire.source] == stage[wire.target]:
            continue
        port = 0 if wire.target == OUTSIDE else wire.port
        seams.append(Seam(stage[wire.source], stage[wire.target], port))
    return seams


def tables_of(
    stages: Sequence[Stage],
    limit: int,
    given: Given,
    pricer: Pricer,
    is_tied: bool = False,
    tell: Callable[[str], None] = silent,
) -> list[list[Option]]:
    """Options of each stage within limit clocks. tell: takes what is being done, in words.

    Where one stage can hardly be faster than limit (the border of the input, at a pixel a clock),
    no other is made slower than that one: limits beside each other do not add up to a slower frame.
    Raises MissedTargetError, or HardwareError where what is given cannot be built.
    """

    def within(clocks: int) -> list[tuple[list[Option], int]]:
        found = []
        for number, stage in enumerate(stages, 1):
            tell(f"options of {stage.name}, {number} of {len(stages)}")
            found.append(stage_options(stage, clocks, given, pricer, is_tied))
        return found

    found = within(limit)
    slowest = max(fastest for _, fastest in found)
    if slowest < limit < slowest * (1 + TIGHT):
        found = within(slowest)
    return [options for options, _ in found]


def followers(stages: Sequence[Stage]) -> list[bool]:
    """Which stages are not the first of a layer: pools, sums and thresholdings."""
    return [not isinstance(stage, Layer) for stage in stages]


def stage_options(
    stage: Stage, limit: int, given: Given, pricer: Pricer, is_tied: bool = False
) -> tuple[list[Option], int]:
    """Options of a stage within limit clocks, as layer_options, and the clocks of its fastest.

    The stage's nodes stay as they are: foldings are tried on copies.
    """
    if isinstance(stage, Layer):
        name = stage.name
        options, fastest = layer_options(stage, limit, given, pricer, is_tied)
        parts = [op for op in (stage.pad, stage.window, stage.unit) if op is not None]
    else:
        name = stage.name
        options, fastest = _single(copy_of(stage), limit, given, pricer)
        parts = [stage]
    if not fastest:  # what is given divides nothing: the operators say what
        for op in parts:
            _refuse(copy_of(op), given)
        if not is_tied:  # else one that is not tied may be there
            _refuse_together(parts, given)
    if not options:
        raise MissedTargetError(name, fastest)
    return options, fastest


@dataclass(frozen=True)
class Foldings:
    """The foldings of all stages that are worth anything, whatever the RAMB18 at hand.

    ends: of each state behind the last stage; options, before: those of each stage, and the states
    behind the one before it.
    """

    ends: Sequence[Partials]
    options: Sequence[Sequence[Option]]
    before: Sequence[Sequence[Trail]]

    def within(self, bram18: int) -> Solution | None:
        """The one of least price that takes at most bram18; None: none does."""
        found = self._best(bram18)
        if found is None:
            return None
        end, place = found
        settings: Settings = {}
        for option in self._path(end, place):
            settings |= option.settings
        return Solution(
            settings,
            float(end.lut[place]),
            float(end.ff[place]),
            int(end.bram18[place]),
            int(end.dsp[place]),
        )

    def options_within(self, bram18: int) -> list[Option] | None:
        """The option of each stage in that one."""
        found = self._best(bram18)
        return None if found is None else self._path(*found)

    def _best(self, bram18: int) -> tuple[Partials, int] | None:
        """Where it stands."""
        best: tuple[float, Partials, int] | None = None
        for end in self.ends:
            fits = np.flatnonzero(end.bram18 <= bram18)
            if fits.size and (best is None or end.price[fits[0]] < best[0]):
                best = (float(end.price[fits[0]]), end, int(fits[0]))  # the cheapest comes first
        return None if best is None else best[1:]

    def _path(self, end: Partials, place: int) -> list[Option]:
        """The options of a folding of all stages, in their order."""
        chosen, found = [], end.trail()
        for options, states in zip(reversed(self.options), reversed(self.before), strict=True):
            chosen.append(options[int(found.option[place])])
            found, place = states[int(found.state[place])], int(found.place[place])
        return chosen[::-1]


def solve(
    tables: Sequence[Sequence[Option]],
    pricer: Pricer,
    bram18: int,
    joined: Sequence[bool] | None = None,
    seams: Sequence[Seam] | None = None,
) -> Solution | None:
    """The folding of least price within bram18, from the options of each stage; None: none fits.

    joined, seams: as ``foldings_of`` takes them.
    """
    return foldings_of(tables, pricer, bram18, joined, seams).within(bram18)


def foldings_of(
    tables: Sequence[Sequence[Option]],
    pricer: Pricer,
    bram18: int,
    joined: Sequence[bool] | None = None,
    seams: Sequence[Seam] | None = None,
    dsp_price: float = DSP_PRICES[0],
) -> Foldings:
    """The best foldings for every number of RAMB18 up to bram18, from the options of each stage.

    joined: stages in front of which there is to be no width converter, where they can do without.
    seams: the streams between stages; default: each stage behind the one before. dsp_price: LUTs
    that a DSP slice counts.
    """
    if seams is None:
        seams = [Seam(n, n + 1 if n + 1 < len(tables) else OUTSIDE) for n in range(len(tables))]
    states: dict[tuple[int, ...], Partials] = {(): Partials.none_yet(dsp_price)}
    still: list[Seam] = []  # open, in the order of a state's widths
    before = []
    for number, options in enumerate(tables):
        before.append([partials.trail() for partials in states.values()])
        ins = [(at, seam) for at, seam in enumerate(still) if seam.target == number]
        kept = [at for at, seam in enumerate(still) if seam.target != number]
        outs = [seam for seam in seams if seam.source == number]
        tied = [
            {seam.width_in(option) for option in options} if joined and joined[number] else set()
            for _, seam in ins
        ]
        found: dict[tuple[int, ...], list[Partials]] = {}
        # of the states that are left none may go without a converter: then some do with one
        untied: list[set[int]] = [set() for _ in tied]
        for ties in (tied, untied):
            for index, option in enumerate(options):
                wanted = [seam.width_in(option) for _, seam in ins]
                taken = (option.lut, option.ff, option.bram18, option.dsp)
                for state, (widths, partials) in enumerate(states.items()):
                    pairs = [(widths[at], want) for (at, _), want in zip(ins, wanted, strict=True)]
                    if any(
                        width in same and width != want
                        for (width, want), same in zip(pairs, ties, strict=True)
                    ):
                        continue
                    costs = [pricer.converter(width, want) for width, want in pairs]
                    in_front = (sum(cost[0] for cost in costs), sum(cost[1] for cost in costs))
                    key = (*(widths[at] for at in kept), *[option.width_out] * len(outs))
                    more = partials.extended(in_front, taken, index, state)
                    parts = found.setdefault(key, [])
                    parts.append(more)
                    if len(parts) > HELD:
                        parts[:] = [all_of(parts).best(bram18)]
            if found:
                break
        states = _cheapest({widths: all_of(parts).best(bram18) for widths, parts in found.items()})
        still = [*(still[at] for at in kept), *outs]
    return Foldings(list(states.values()), tables, before)


def _cheapest(states: dict[tuple[int, ...], Partials]) -> dict[tuple[int, ...], Partials]:
    """The states that are kept: all, or the MAX_STATES whose cheapest foldings are cheapest."""
    if len(states) <= MAX_STATES:
        return states
    prices = [partials.price[0] if len(partials.lut) else np.inf for partials in states.values()]
    kept = set(np.argsort(prices, kind="stable")[:MAX_STATES].tolist())
    return {widths: partials for at, (widths, partials) in enumerate(states.items()) if at in kept}


def _single(op: Operator, limit: int, given: Given, pricer: Pricer) -> tuple[list[Option], int]:
    """Options of an operator by itself, and the clocks of the fastest."""
    mine = given.get(op.name, {})
    found: list[Option] = []
    for folding in op.foldings(limit, mine):
        if any(mine.get(name, value) != value for name, value in folding.settings.items()):
            continue
        for name, value in folding.settings.items():
            op.set_nodeattr(name, value)
        try:
            op.check()
        except HardwareError:  # not every divisor can be built (group sums, packed pixels)
            continue
        found.append(pricer.option(op, dict(folding.settings)))
    fastest = min((option.clocks for option in found), default=0)
    bound = max(limit, fastest) if set(op.lane_attributes) <= set(mine) else limit
    groups: dict[tuple[int, int], list[Option]] = {}
    for option in found:
        if option.clocks <= bound:
            groups.setdefault((option.width_in, option.width_out), []).append(option)
    return [option for group in groups.values() for option in pareto(group)], fastest


def _refuse_together(parts: Sequence[Operator], given: Given) -> None:
    """HardwareError: each operator could be what is given, but not beside the others."""
    texts = []
    for op in parts:
        lanes = given.get(op.name, {})
        said = ", ".join(f"{key} = {lanes[key]}" for key in op.lane_attributes if key in lanes)
        texts += [f"node {op.name} ({said})"] if said else []
    if texts:
        raise HardwareError(
            f"{' and '.join(texts)}: no folding of the layer is like that; leave some of it out"
        )


def _refuse(op: Operator, given: Mapping[str, Mapping[str, Any]]) -> None:
    """Let the operator's own check name what is wrong with the attributes given."""
    for key, value in given.get(op.name, {}).items():
        op.set_nodeattr(key, value)
    op.check()
