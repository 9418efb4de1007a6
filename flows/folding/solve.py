"""The choice across all stages: exact, by dynamic programming over the stream's width.

Costs add up, but for the width converters between stages, which depend on the widths on either side
alone. So the state behind a stage is its output's width; kept for each are the partial foldings of
which no other is better in price or in RAMB18. That is every optimum, whatever the RAMB18 at hand.
FIFOs between layers are not part of it: their depths are found later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.folding.layers import Given, Layer, layer_options
from flows.folding.options import Option, Pricer, Settings, pareto, price
from hw.errors import HardwareError
from hw.ops.base import Operator, Role

#: One operator by itself, or a layer.
Stage = Layer | Operator
#: A limit is tight if some stage cannot be faster by this share.
TIGHT = 0.025


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

    @property
    def price(self) -> float:
        """LUTs, and the others at their price."""
        return price(self.lut, self.ff, self.bram18)


@dataclass(frozen=True)
class _Label:
    """A partial folding: its last option, and the one before."""

    lut: float
    ff: float
    bram18: int
    option: Option
    before: "_Label | None"

    @property
    def price(self) -> float:
        return price(self.lut, self.ff, self.bram18)


def stages_of(ops: Sequence[Operator]) -> list[Stage]:
    """Layers (padding, window, unit) and the operators between them, in order.

    Padding and window are of the layer only where its unit stands behind them; else each is a
    stage.
    """
    stages: list[Stage] = []
    index = 0
    while index < len(ops):
        three = ops[index : index + 3]
        match [op.role for op in three]:
            case [Role.PADDING, Role.WINDOW, Role.UNIT]:
                stage: Stage = Layer(*three)
                index += 3
            case [Role.WINDOW, Role.UNIT, *_]:
                stage = Layer(None, *three[:2])
                index += 2
            case [role, *_]:
                stage = Layer(None, None, three[0]) if role is Role.UNIT else three[0]
                index += 1
        stages.append(stage)
    return stages


def tables_of(
    stages: Sequence[Stage], limit: int, given: Given, pricer: Pricer, is_tied: bool = False
) -> list[list[Option]]:
    """Options of each stage within limit clocks.

    Where one stage can hardly be faster than limit (the border of the input, at a pixel a clock),
    no other is made slower than that one: limits beside each other do not add up to a slower frame.
    Raises MissedTargetError, or HardwareError where what is given cannot be built.
    """
    found = [stage_options(stage, limit, given, pricer, is_tied) for stage in stages]
    slowest = max(fastest for _, fastest in found)
    if slowest < limit < slowest * (1 + TIGHT):
        found = [stage_options(stage, slowest, given, pricer, is_tied) for stage in stages]
    return [options for options, _ in found]


def followers(stages: Sequence[Stage]) -> list[bool]:
    """Which stages are not the first of a layer: pools, sums and thresholdings."""
    return [not isinstance(stage, Layer) for stage in stages]


def stage_options(
    stage: Stage, limit: int, given: Given, pricer: Pricer, is_tied: bool = False
) -> tuple[list[Option], int]:
    """Options of a stage within limit clocks, as layer_options, and the clocks of its fastest."""
    if isinstance(stage, Layer):
        name = stage.name
        options, fastest = layer_options(stage, limit, given, pricer, is_tied)
        parts = [op for op in (stage.pad, stage.window, stage.unit) if op is not None]
    else:
        name = stage.name
        options, fastest = _single(stage, limit, given, pricer)
        parts = [stage]
    if not fastest:  # what is given divides nothing: the operators say what
        for op in parts:
            _refuse(op, given)
    if not options:
        raise MissedTargetError(name, fastest)
    return options, fastest


def solve(
    tables: Sequence[Sequence[Option]],
    pricer: Pricer,
    bram18: int,
    joined: Sequence[bool] | None = None,
) -> Solution | None:
    """The folding of least price within bram18, from the options of each stage; None: none fits.

    joined: stages in front of which there is to be no width converter, where they can do without.
    """
    states: dict[int, list[_Label]] = {}
    for number, options in enumerate(tables):
        found: dict[int, list[_Label]] = {}
        taken = {option.width_in for option in options} if joined and joined[number] else set()
        for option in options:
            before = states.items() if number else ((option.width_in, [None]),)
            for width, labels in before:
                if width in taken and width != option.width_in:
                    continue
                lut, ff = pricer.converter(width, option.width_in)
                found.setdefault(option.width_out, []).extend(
                    _extended(label, option, lut, ff) for label in labels
                )
        states = {width: _pareto(labels, bram18) for width, labels in found.items()}
    ends = [label for labels in states.values() for label in labels]
    if not ends:
        return None
    best = min(ends, key=lambda label: label.price)
    settings: Settings = {}
    label: _Label | None = best
    while label is not None:
        settings |= label.option.settings
        label = label.before
    return Solution(settings, best.lut, best.ff, best.bram18)


def _extended(label: _Label | None, option: Option, lut: float, ff: float) -> _Label:
    if label is None:
        return _Label(option.lut, option.ff, option.bram18, option, None)
    return _Label(
        label.lut + lut + option.lut,
        label.ff + ff + option.ff,
        label.bram18 + option.bram18,
        option,
        label,
    )


def _pareto(labels: Sequence[_Label], bram18: int) -> list[_Label]:
    best: list[_Label] = []
    for label in sorted(labels, key=lambda entry: (entry.price, entry.bram18)):
        if label.bram18 <= bram18 and (not best or label.bram18 < best[-1].bram18):
            best.append(label)
    return best


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


def _refuse(op: Operator, given: Mapping[str, Mapping[str, Any]]) -> None:
    """Let the operator's own check name what is wrong with the attributes given."""
    for key, value in given.get(op.name, {}).items():
        op.set_nodeattr(key, value)
    op.check()
