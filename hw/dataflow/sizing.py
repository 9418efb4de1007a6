"""FIFO depths from the model: as few FIFOs as keep the network's interval, each as shallow.

FIFOs may stand in front of the operators that are slower or less even than what feeds them: a
padding or a window that is first of its layer, and a matrix-vector unit, which replays its vector.
With deep ones everywhere the network runs at the interval of its slowest operator. FIFOs between a
window and its matrix-vector unit are left out wherever that costs nothing; the others get a row of
their operator's input, more if that loses the interval; then each is given what it held at most, or
the next smaller size of a memory, as long as the interval is kept.

Where streams join, the branch that is quicker has to hold what the other one holds back, or the
network stands still. Each input of a join may have a FIFO, of the least depth that keeps the
interval, found last.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hw.dataflow.graph import OUTSIDE, StreamGraph, Wire, as_graph, place, unpacks
from hw.dataflow.machine_graph import MachineGraph, SettledGraph
from hw.errors import HardwareError
from hw.ops.base import Operator, Role
from outside.progress import silent

#: A FIFO of no more than this is none: operators hold two beats at their output by themselves.
NO_FIFO = 2
#: Share of the interval that leaving out or making smaller one or all FIFOs may cost.
TOLERANCE = 1 / 4096
#: Rows of the consumer's image that a FIFO holds before depths are sought.
ROWS = 4
#: The most beats that a FIFO between a window and its matrix-vector unit holds.
MAX_REPLAY = 64
#: How many frames a branch in front of a join may hold at most.
MOST_FRAMES = 64
#: Smaller sizes that are tried: none, LUT RAM, parts of a block RAM.
SIZES = (NO_FIFO, *(32 << power for power in range(20)))


@dataclass(frozen=True)
class Sizing:
    """depths: place (hw.dataflow.graph.place) -> depth of the FIFO there, where there is one.

    settled: with these.
    """

    depths: dict[str, int]
    settled: SettledGraph


@dataclass
class _Search:
    """The network, the FIFOs that are not to be changed, and the interval to be kept.

    tell: takes what is tried; runs: of the timing model so far.
    """

    graph: StreamGraph
    fixed: dict[str, int]
    limit: int = 0
    tell: Callable[[str], None] = silent
    runs: int = 0

    def run(self, depths: Mapping[str, int], strict: bool = True, limit: int = 0) -> SettledGraph:
        self.runs += 1
        self.tell(f"{len(real(depths))} FIFOs, run {self.runs} of the timing model")
        machines = MachineGraph.of(self.graph, {**real(depths), **self.fixed})
        return machines.settled(strict=strict, limit=limit)

    def keeps(self, depths: Mapping[str, int], strict: bool = True) -> bool:
        return self.good(self.run(depths, strict, self.limit))

    def good(self, found: SettledGraph) -> bool:
        return not found.times.stuck and found.interval <= self.limit


def real(depths: Mapping[str, int]) -> dict[str, int]:
    """Depths of those that are FIFOs."""
    return {name: depth for name, depth in depths.items() if depth > NO_FIFO}


def size_fifos(
    ops: StreamGraph | Sequence[Operator],
    given: Mapping[str, int],
    tell: Callable[[str], None] = silent,
) -> Sizing:
    """Depths of the FIFOs in front of the operators of a graph, or of operators in a row.

    given: depths that stay as they are, by place. tell: takes what is tried, in words. Raises
    HardwareError, naming the node or the depth, where the network stands still whatever the others.
    """
    graph = as_graph(ops)
    search = _Search(graph, real(given), tell=tell)
    rows, inner = slots(graph, given)
    heads = _deep(rows)
    best, branches = _deep_run(search, {**heads, **inner}, joins(graph, given))
    if best.times.stuck:
        _refuse_shallow(graph, given)
        raise HardwareError(f"node {best.stuck}: stands still whatever the depths of FIFOs")
    search.limit = best.interval + int(best.interval * TOLERANCE)
    names = sorted(inner, key=lambda name: -_bits(graph, name) * inner[name])
    inner = _without(search, {**heads, **branches}, inner, names) if names else {}
    for factor in range(1, ROWS + 1):  # a row is enough for most
        heads = {name: factor * row for name, row in rows.items()}
        found = search.run({**heads, **inner, **branches})
        if search.good(found):
            break
    held = {name: found.fills.get(name, 0) for name in (*heads, *inner)}
    depths = {name: max(fill, NO_FIFO) for name, fill in held.items()} | branches
    if search.good(found) and not search.keeps(depths):  # a beat's place is free a clock later
        depths |= {name: fill + 1 for name, fill in held.items()}
    for name in held:
        depths = _smaller(search, depths, name)
    settled = search.run(depths)
    held = {name: settled.fills.get(name, NO_FIFO) for name in held}
    # shallower ones before it can leave places empty
    if held != {name: depths[name] for name in held} and search.keeps({**depths, **held}):
        depths |= held
        settled = search.run(depths)
    # those that hold little come first: a shallow FIFO is quicker, and the deep ones see it
    for name in sorted(branches, key=lambda name: settled.fills.get(name, NO_FIFO)):
        depths[name] = _least(search, depths, name, settled.fills.get(name, NO_FIFO))
        settled = search.run(depths)
    return Sizing({**real(depths), **search.fixed}, settled)


def _refuse_shallow(graph: StreamGraph, given: Mapping[str, int]) -> None:
    """HardwareError where a depth that is given, by itself, makes the network stand still."""
    for name, depth in given.items():
        others = {other: beats for other, beats in given.items() if other != name}
        rows, inner = slots(graph, others)
        search = _Search(graph, real(others))
        found, _ = _deep_run(search, {**_deep(rows), **inner}, joins(graph, others))
        if not found.times.stuck:
            raise HardwareError(
                f"FIFO in front of {name}: with the depth {depth} that is given for it the network "
                "stands still; give more, or leave it out"
            )


def deep_interval(ops: StreamGraph | Sequence[Operator]) -> int | None:
    """Clocks a frame with deep FIFOs wherever one may stand; None if it stands still even so."""
    graph = as_graph(ops)
    rows, inner = slots(graph, {})
    settled, _ = _deep_run(_Search(graph, {}), {**_deep(rows), **inner}, joins(graph, {}))
    return None if settled.times.stuck else settled.interval


def _deep(rows: Mapping[str, int]) -> dict[str, int]:
    return {name: ROWS * row + MAX_REPLAY for name, row in rows.items()}


def _deep_run(
    search: _Search, others: Mapping[str, int], frames: Mapping[str, int]
) -> tuple[SettledGraph, dict[str, int]]:
    """A run with as many frames in front of joins as it takes to go on, and these depths.

    frames: beats of a frame of each; others: depths of all other FIFOs.
    """
    factor = 1
    while True:
        branches = {name: factor * beats + MAX_REPLAY for name, beats in frames.items()}
        found = search.run({**others, **branches}, strict=False)
        if not found.times.stuck or not frames or factor >= MOST_FRAMES:
            return found, branches
        factor *= 4


def _inside(graph: StreamGraph) -> list[Wire]:
    """Streams from one operator to another."""
    return [wire for wire in graph.wires if OUTSIDE not in (wire.source, wire.target)]


def joins(graph: StreamGraph, given: Mapping[str, int]) -> dict[str, int]:
    """Places in front of operators of several streams in, less those given -> beats of a frame."""
    found = {}
    for wire in _inside(graph):
        op = graph.ops[wire.target]
        name = place(op.name, wire.port)
        if op.stream_inputs() > 1 and name not in given:
            found[name] = op.frame_beats(wire.port)
    return found


def slots(
    ops: StreamGraph | Sequence[Operator], given: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Where else FIFOs may stand, less those given: place -> beats.

    In front of the first operator of each layer, and of one that sees narrower pixels than come,
    with the beats of a row; in front of the other matrix-vector units, with those of a vector.
    """
    graph = as_graph(ops)
    heads, inner = {}, {}
    for wire in _inside(graph):
        before, op = graph.ops[wire.source], graph.ops[wire.target]
        name, role, previous = place(op.name, wire.port), op.role, before.role
        if name in given or op.stream_inputs() > 1:
            continue
        _, _, width, channels = op.input_shape()
        row = int(width * channels // op.lanes_in())
        unpacking = unpacks(before, op, wire.output, wire.port)
        if unpacking:
            row = int(width * channels // before.lanes_out())
        first = role is Role.PADDING or (role is Role.WINDOW and previous is not Role.PADDING)
        if first or unpacking or (role is Role.UNIT and previous is not Role.WINDOW):
            heads[name] = row
        elif role is Role.UNIT and op.pixel_beats_in() > NO_FIFO:
            inner[name] = min(MAX_REPLAY, op.pixel_beats_in())
    return heads, inner


def _bits(graph: StreamGraph, name: str) -> int:
    return next(int(op.get_instream_width()) for op in graph.ops if op.name == name)


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


def _least(search: _Search, depths: Mapping[str, int], name: str, fill: int) -> int:
    """The least depth of one FIFO that keeps the interval. fill: the most beats that it held."""
    enough = min(depths[name], fill + 1)
    if not search.keeps({**depths, name: enough}):
        enough = depths[name]
    if search.keeps({**depths, name: NO_FIFO}):
        return NO_FIFO
    short = NO_FIFO
    while enough - short > 1:
        middle = (enough + short) // 2
        if search.keeps({**depths, name: middle}):
            enough = middle
        else:
            short = middle
    return enough
