"""A network as a chain of machines: its operators, converters and FIFOs, a source and a sink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm, prod

from hw.dataflow.engine import Times, run
from hw.dataflow.machines import Link, Machine, Segment, block, converter, fifo, machine
from hw.ops.base import Operator, Role
from hw.ops.estimates import AUTO_DISTRIBUTED_ROWS

#: Frames after which a chain that has not settled is called unsettled.
MAX_FRAMES = 64


@dataclass
class Chain:
    """Machines, the links behind them (one fewer), and where each operator and FIFO stands.

    entrance: node -> its first machine; exit: node -> its last; fifos: name of the node behind
    a FIFO, or of the FIFO's own node -> its link.
    """

    machines: list[Machine] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    entrance: dict[str, int] = field(default_factory=dict)
    exit: dict[str, int] = field(default_factory=dict)
    fifos: dict[str, int] = field(default_factory=dict)

    def _add(self, found: Sequence[tuple[Machine, Link]]) -> None:
        for each, link in found:
            self.machines.append(each)
            self.links.append(link)

    def _add_fifo(self, name: str, beats: int, depths: Mapping[str, int] | None) -> None:
        """Add the FIFO in front of a node, of so many beats a frame, if depths says one."""
        if depths and name in depths:
            depth = depths[name]
            self.fifos[name] = len(self.machines)
            self._add(fifo(beats, depth, depth > AUTO_DISTRIBUTED_ROWS))

    @classmethod
    def of(cls, ops: Sequence[Operator], depths: Mapping[str, int] | None = None) -> "Chain":
        """Chain of operators (hw.ops) in their order.

        depths: node name -> depth of a FIFO in front of it; 0: without bound; nodes not named have
        none. It stands behind a width converter if there is one, but in front of one that unpacks
        pixels, which takes several clocks a beat and would hold up what comes.
        """
        chain = cls()
        first = ops[0]
        beats = prod(first.input_shape()[1:]) // int(first.lanes_in())
        # a source that delivers whenever it is taken
        source = machine(block(1, Segment(beats, need=0, frees=0)))
        chain._add([(source, Link(1, back=0))])
        width = int(first.get_instream_width())
        for before, op in zip((None, *ops[:-1]), ops, strict=True):
            name, wanted = op.onnx_node.name, int(op.get_instream_width())
            beats = prod(op.input_shape()[1:]) // int(op.lanes_in())
            come = beats * wanted // width
            early = unpacks(before, op)
            if early:
                chain._add_fifo(name, come, depths)
            if width != wanted:
                chain._add(converter(come, _through(width, wanted)))
            if not early:
                chain._add_fifo(name, beats, depths)
            chain.entrance[name] = len(chain.machines)
            chain._add(op.machines())
            chain.exit[name] = len(chain.machines) - 1
            if op.role is Role.FIFO:
                chain.fifos[name] = chain.exit[name]
            width = int(op.get_outstream_width())
        last = ops[-1]
        beats = prod(last.output_shape()[1:]) // int(last.lanes_out())
        chain.machines.append(machine(block(1, Segment(beats, gives=0))))
        return chain

    def run(self, frames: int) -> Times:
        """Clocks of frames."""
        return run(self.machines, self.links, frames)

    def settled(self, frames: int = 3, strict: bool = True) -> "Settled":
        """Run until every machine's frames follow each other at one distance.

        Where machines before the slowest one are only a little faster, that is when the FIFOs
        between are full, maybe many frames later. Not strict: until the output's frames follow each
        other at one distance, and no machine's at a greater one.
        """
        while True:
            times = self.run(frames)
            if times.stuck:
                return Settled(self, times, frames)
            now, before = ([last[-i] - last[-i - 1] for last in times.last] for i in (1, 2))
            alike = now == before and now[-1] == max(now)
            if (alike and (not strict or min(now) == max(now))) or frames >= MAX_FRAMES:
                return Settled(self, times, frames)
            frames *= 2


@dataclass(frozen=True)
class Settled:
    """What a chain does once it is in its rhythm."""

    chain: Chain
    times: Times
    frames: int

    @property
    def stuck(self) -> str:
        """The first node that stands still for ever, "" if none does."""
        for name, first in self.chain.entrance.items():
            if any(first <= at <= self.chain.exit[name] for at in self.times.stuck):
                return name
        return ""

    @property
    def interval(self) -> int:
        """Clocks between the ends of the last two frames at the output."""
        last = self.times.last[-1]
        return last[-1] - last[-2]

    @property
    def latency(self) -> int:
        """Clocks from the first beat in to the last one out of the first frame."""
        return self.times.last[-1][0] - self.times.first[1][0]

    @property
    def first_latency(self) -> int:
        """Clocks from the first beat in to the first one out."""
        return self.times.first[-1][0] - self.times.first[1][0]

    @property
    def fills(self) -> dict[str, int]:
        """The most beats that each FIFO held."""
        return {name: self.times.fills[at] for name, at in self.chain.fifos.items()}


def unpacks(before: Operator | None, op: Operator) -> bool:
    """Whether op sees the stream of the node before it (None: the input) as narrower pixels."""
    if before is None or op.get_instream_width() == before.get_outstream_width():
        return False
    return bool(prod(op.input_shape()[1:3]) > prod(before.output_shape()[1:3]))


def _through(first: int, last: int) -> tuple[int, ...]:
    """Widths through which a width converter goes."""
    middle = lcm(first, last)
    return (first, last) if middle in (first, last) else (first, middle, last)
