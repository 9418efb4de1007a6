"""FIFO depths from the model: as few FIFOs as keep the network's interval, each as shallow.

FIFOs may stand in front of the operators that are slower or less even than what feeds them: a
padding or a window that is first of its layer, and a matrix-vector unit, which replays its vector.
With deep ones everywhere the network runs at the interval of its slowest operator. FIFOs between a
window and its matrix-vector unit are left out wherever that costs nothing; the others get a row of
their operator's input, more if that loses the interval; then each is given what it held at most, or
the next smaller size of a memory, as long as the interval is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hw.dataflow.chain import Chain, Settled
from hw.dataflow.graph import unpacks
from hw.errors import HardwareError
from hw.ops.base import Operator, Role

#: A FIFO of no more than this is none: operators hold two beats at their output by themselves.
NO_FIFO = 2
#: Share of the interval that leaving out or making smaller one or all FIFOs may cost.
TOLERANCE = 1 / 4096
#: Rows of the consumer's image that a FIFO holds before depths are sought.
ROWS = 4
#: The most beats that a FIFO between a window and its matrix-vector unit holds.
MAX_REPLAY = 64
#: Smaller sizes that are tried: none, LUT RAM, parts of a block RAM.
SIZES = (NO_FIFO, *(32 << power for power in range(20)))


@dataclass(frozen=True)
class Sizing:
    """depths: node -> depth of the FIFO in front of it, where it has one. settled: with these."""

    depths: dict[str, int]
    settled: Settled


@dataclass
class _Search:
    """The network, the FIFOs that are not to be changed, and the interval to be kept."""

    ops: Sequence[Operator]
    fixed: dict[str, int]
    limit: int = 0

    def run(self, depths: Mapping[str, int], strict: bool = True) -> Settled:
        return Chain.of(self.ops, {**real(depths), **self.fixed}).settled(strict=strict)

    def keeps(self, depths: Mapping[str, int], strict: bool = True) -> bool:
        return self.good(self.run(depths, strict))

    def good(self, found: Settled) -> bool:
        return not found.times.stuck and found.interval <= self.limit


def real(depths: Mapping[str, int]) -> dict[str, int]:
    """Depths of those that are FIFOs."""
    return {name: depth for name, depth in depths.items() if depth > NO_FIFO}


def size_fifos(ops: Sequence[Operator], given: Mapping[str, int]) -> Sizing:
    """Depths of the FIFOs in front of operators, whose order is the stream's.

    given: depths that stay as they are. Raises HardwareError, naming the node, where the network
    stands still whatever the depths.
    """
    search = _Search(ops, real(given))
    rows, inner = slots(ops, given)
    heads = _deep(rows)
    best = search.run({**heads, **inner}, strict=False)
    if best.times.stuck:
        raise HardwareError(f"node {best.stuck}: stands still whatever the depths of FIFOs")
    search.limit = best.interval + int(best.interval * TOLERANCE)
    names = sorted(inner, key=lambda name: -_bits(ops, name) * inner[name])
    inner = _without(search, heads, inner, names) if names else {}
    for factor in range(1, ROWS + 1):  # a row is enough for most
        heads = {name: factor * row for name, row in rows.items()}
        found = search.run({**heads, **inner})
        if search.good(found):
            break
    held = {name: found.fills.get(name, 0) for name in (*heads, *inner)}
    depths = {name: max(fill, NO_FIFO) for name, fill in held.items()}
    for name in depths:
        depths = _smaller(search, depths, name)
    settled = search.run(depths)
    held = {name: settled.fills.get(name, NO_FIFO) for name in depths}
    if held != depths and search.keeps(held):  # shallower ones before it can leave places empty
        depths, settled = held, search.run(held)
    return Sizing({**real(depths), **search.fixed}, settled)


def deep_interval(ops: Sequence[Operator]) -> int | None:
    """Clocks a frame with deep FIFOs wherever one may stand; None if it stands still even so."""
    rows, inner = slots(ops, {})
    settled = Chain.of(ops, {**_deep(rows), **inner}).settled(strict=False)
    return None if settled.times.stuck else settled.interval


def _deep(rows: Mapping[str, int]) -> dict[str, int]:
    return {name: ROWS * row + MAX_REPLAY for name, row in rows.items()}


def slots(
    ops: Sequence[Operator], given: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Where FIFOs may stand, less those given: operator -> beats.

    In front of the first operator of each layer, and of one that sees narrower pixels than come,
    with the beats of a row; in front of the other matrix-vector units, with those of a vector.
    """
    heads, inner = {}, {}
    for before, op in pairwise(ops):
        name, role, previous = op.name, op.role, before.role
        if name in given:
            continue
        _, _, width, channels = op.input_shape()
        row = int(width * channels // op.lanes_in())
        unpacking = unpacks(before, op)
        if unpacking:
            row = int(width * channels // before.lanes_out())
        first = role is Role.PADDING or (role is Role.WINDOW and previous is not Role.PADDING)
        if first or unpacking or (role is Role.UNIT and previous is not Role.WINDOW):
            heads[name] = row
        elif role is Role.UNIT and op.pixel_beats_in() > NO_FIFO:
            inner[name] = min(MAX_REPLAY, op.pixel_beats_in())
    return heads, inner


def _bits(ops: Sequence[Operator], name: str) -> int:
    return next(int(op.get_instream_width()) for op in ops if op.onnx_node.name == name)


def _without(
    search: _Search, heads: dict[str, int], inner: dict[str, int], names: list[str]
) -> dict[str, int]:
    """inner less those of names that the interval does not need, halves of them at a time."""
    rest = {name: depth for name, depth in inner.items() if name not in names}
    if search.keeps({**heads, **rest}, strict=False):
        return rest
    if len(names) < 2:
        return inner
    middle = len(names) // 2
    for half in (names[:middle], names[middle:]):
        inner = _without(search, heads, inner, half)
    return inner


def _smaller(search: _Search, depths: dict[str, int], name: str) -> dict[str, int]:
    """Depths with that of one FIFO brought down to the smallest of SIZES that is enough."""
    for size in reversed([size for size in SIZES if size < depths[name]]):
        trial = {**depths, name: size}
        if not search.keeps(trial):
            break
        depths = trial
    return depths
