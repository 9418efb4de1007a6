"""A network as a graph of machines: its operators, converters and FIFOs, sources and sinks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from hw.dataflow.engine import Times, Until, run
from hw.dataflow.graph import OUTSIDE, StreamGraph, Wire, as_graph, place, unpacks
from hw.dataflow.machines import (
    Link,
    Machine,
    Segment,
    block,
    converter,
    fifo,
    machine,
    widths_between,
)
from hw.ops.base import Operator, Role
from hw.synth.estimates import AUTO_DISTRIBUTED_ROWS

#: Frames after which a graph that has not settled is called unsettled.
MAX_FRAMES = 64


#: An end of what is built so far: a machine, the link behind it, the name of the FIFO that it is.
_Tail = tuple[int, Link, str]
#: A machine, the link behind it, and the name of the FIFO that it is, or "".
_Part = tuple[Machine, Link, str]


@dataclass
class MachineGraph:
    """Machines, the links between them, and where each operator and FIFO stands.

    ends: of each link the machines before and behind it. sources, sinks: machines that give the
    graph's inputs and take its outputs. entrance: node -> its first machine; exit: node -> its
    last; fifos: name of the place that a FIFO stands in (hw.dataflow.graph.place), or of the FIFO's
    own node -> its link.
    """

    machines: list[Machine] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    sinks: list[int] = field(default_factory=list)
    entrance: dict[str, int] = field(default_factory=dict)
    exit: dict[str, int] = field(default_factory=dict)
    fifos: dict[str, int] = field(default_factory=dict)

    def _add(self, added: Machine, tails: Sequence[_Tail]) -> int:
        """Add a machine behind the ends of what is there."""
        index = len(self.machines)
        self.machines.append(added)
        for before, link, name in tails:
            if name:
                self.fifos[name] = len(self.links)
            self.links.append(link)
            self.ends.append((before, index))
        return index

    def _row(self, tails: Sequence[_Tail], found: Sequence[_Part]) -> _Tail:
        """Add machines one behind the other, the first of them behind tails."""
        for added, link, name in found:
            tails = [(self._add(added, tails), link, name)]
        return tails[0]

    @classmethod
    def of(
        cls, ops: StreamGraph | Sequence[Operator], depths: Mapping[str, int] | None = None
    ) -> "MachineGraph":
        """Machines of a graph of operators (hw.ops), or of operators in a row.

        depths: place (hw.dataflow.graph.place) -> depth of a FIFO there; 0: without bound; places
        not named have none. It stands behind a width converter if there is one, but in front of one
        that unpacks pixels, which takes several clocks a beat and would hold up what comes.
        """
        graph, made, depths = as_graph(ops), cls(), depths or {}
        tails: dict[Wire, _Tail] = {}
        for wire in graph.out_of(OUTSIDE):
            beats = graph.ops[wire.target].frame_beats(wire.port)
            # a source that delivers whenever it is taken
            source = made._add(machine(block(1, Segment(beats, need=0, frees=0))), [])
            made.sources.append(source)
            tails[wire] = (source, Link(1, back=0), "")
        for index, op in enumerate(graph.ops):
            name = op.onnx_node.name
            ready = [
                made._row([tails[wire]], _between(graph, wire, depths))
                for wire in graph.into(index)
            ]
            made.entrance[name] = len(made.machines)
            own = name if op.role is Role.FIFO else ""
            tail = made._row(ready, [(*part, own) for part in op.machines()])
            made.exit[name] = len(made.machines) - 1
            for wire in graph.out_of(index):
                tails[wire] = tail
        for wire in graph.into(OUTSIDE):
            last = graph.ops[wire.source]
            beats = prod(last.output_shape()[1:]) // int(last.lanes_out())
            sink = made._add(machine(block(1, Segment(beats, gives=0))), [tails[wire]])
            made.sinks.append(sink)
        return made

    def run(self, frames: int | Until) -> Times:
        """Clocks of frames."""
        return run(self.machines, self.links, frames, self.ends)

    def settled(
        self, frames: int = 3, strict: bool = True, skips: bool = True, limit: int = 0
    ) -> "SettledGraph":
        """Run until every machine's frames follow each other at one distance.

        Where machines before the slowest one are only a little faster, that is when the FIFOs
        between are full, maybe many frames later. Not strict: until the output's frames follow each
        other at one distance, and no machine's at a greater one. skips, limit: as of Until.
        """
        times = self.run(Until(frames, MAX_FRAMES, tuple(self.sinks), strict, skips, limit))
        return SettledGraph(self, times, times.frames)


@dataclass(frozen=True)
class SettledGraph:
    """A run of a graph of machines that ends when frames follow each other at one distance."""

    graph: MachineGraph
    times: Times
    frames: int

    @property
    def stuck(self) -> str:
        """The first node that stands still for ever, "" if none does."""
        for name, first in self.graph.entrance.items():
            if any(first <= at <= self.graph.exit[name] for at in self.times.stuck):
                return name
        return ""

    @property
    def interval(self) -> int:
        """Clocks between the ends of the last two frames at the outputs, of the slowest."""
        lasts = [self.times.last[sink] for sink in self.graph.sinks]
        return max(last[-1] - last[-2] for last in lasts)

    @property
    def _begin(self) -> int:
        """Clock of the first beat in."""
        takers = [to for source, to in self.graph.ends if source in self.graph.sources]
        return min(self.times.first[taker][0] for taker in takers)

    @property
    def latency(self) -> int:
        """Clocks from the first beat in to the last one out of the first frame."""
        return max(self.times.last[sink][0] for sink in self.graph.sinks) - self._begin

    @property
    def first_latency(self) -> int:
        """Clocks from the first beat in to the first one out, of the output that begins last."""
        return max(self.times.first[sink][0] for sink in self.graph.sinks) - self._begin

    @property
    def fills(self) -> dict[str, int]:
        """The most beats that each FIFO held."""
        return {name: self.times.fills[at] for name, at in self.graph.fifos.items()}


def _between(graph: StreamGraph, wire: Wire, depths: Mapping[str, int]) -> list[_Part]:
    """Machines in a stream: FIFO, where depths says one, and width converter."""
    op, before = graph.ops[wire.target], graph.before(wire)
    wanted = int(op.get_instream_width(wire.port))
    width = wanted if before is None else int(before.get_outstream_width(wire.output))
    beats = op.frame_beats(wire.port)
    come = beats * wanted // width
    name = place(op.onnx_node.name, wire.port)

    def buffer(count: int) -> list[_Part]:
        if name not in depths:
            return []
        depth = depths[name]
        return [(*part, name) for part in fifo(count, depth, depth > AUTO_DISTRIBUTED_ROWS)]

    converters: list[_Part] = []
    if width != wanted:
        converters = [(*part, "") for part in converter(come, widths_between(width, wanted))]
    if unpacks(before, op, wire.output, wire.port):
        return [*buffer(come), *converters]
    return [*converters, *buffer(beats)]
