"""The engines of a shell: a DMA a stream of the accelerator, from one list.

The stream at port ``s_axis_<i>`` has the read engine ``idma<i>``, that at ``m_axis_<i>`` the write
engine ``odma<i>``; i goes by the order of the network's inputs and outputs. An
engine's number says where its registers lie in the shell's address space, which bit of the
interrupts is its own, and what its port to the memory is called: 2 i for ``idma<i>``, 2 i + 1 for
``odma<i>``, so that a further stream moves none of the others.

Where frames go in faster than one port of the memory gives them, an ``idma<i>`` has several.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hw.errors import HardwareError
from hw.shell.bus import Bus
from hw.shell.streams import frame_bytes
from hw.sim.design import INPUT, OUTPUT, Design, Stream

IDMA, ODMA = "idma", "odma"
#: Bytes of the shell's address space for each engine's registers.
BLOCK_BYTES = 0x1000
#: Streams of a kind at most: 16 engines are what one interconnect of Vivado joins.
MOST = 8
#: Engines of an accelerator with one stream of each kind.
ONE_OF_EACH = (f"{IDMA}0", f"{ODMA}0")
#: Read ports of all engines at most, where one has several: those of a Zynq to its memory.
READ_PORTS = 4


def number_of(name: str) -> int:
    """The number of an engine by its name, such as ``odma1``: 3."""
    kind, index = name[:4], name[4:]
    if kind not in (IDMA, ODMA) or not index.isdecimal():
        raise HardwareError(f"{name}: no engine of a shell; expected {IDMA}<i> or {ODMA}<i>")
    return 2 * int(index) + (kind == ODMA)


def base_of(name: str) -> int:
    """Where the registers of an engine begin in the shell's address space, by its name."""
    return BLOCK_BYTES * number_of(name)


@dataclass(frozen=True)
class Engine:
    """One DMA: its name, the stream of the accelerator that it serves, its ports to the memory."""

    name: str
    stream: Stream
    ports: int = 1

    @property
    def reads(self) -> bool:
        """Whether it reads memory, into an input of the accelerator."""
        return self.name.startswith(IDMA)

    @property
    def number(self) -> int:
        """Its block of registers, its interrupt, its memory port."""
        return number_of(self.name)


def engines_of(design: Design, bus: Bus | None = None) -> list[Engine]:
    """The engines of a design's streams, by rising number. bus: of each port to the memory.

    Raises HardwareError for a design without an input or an output, and for more than MOST.
    """
    found = []
    for kind, prefix in ((INPUT, IDMA), (OUTPUT, ODMA)):
        streams = sorted(design.of_kind(kind), key=_port)
        if not 1 <= len(streams) <= MOST:
            names = ", ".join(stream.name for stream in streams) or "none"
            raise HardwareError(
                f"design {design.top}: a board's shell takes 1 to {MOST} {kind} streams, not "
                f"{len(streams)} ({names})"
            )
        found += [Engine(f"{prefix}{index}", stream) for index, stream in enumerate(streams)]
    return sorted(_ported(design, found, bus or Bus()), key=lambda engine: engine.number)


def _ported(design: Design, engines: Sequence[Engine], bus: Bus) -> list[Engine]:
    """Engines with as many ports as their frames need; READ_PORTS of all that read at most."""
    ports = [_read_ports(design, engine, bus) for engine in engines]
    while sum(p for p, e in zip(ports, engines, strict=True) if e.reads) > READ_PORTS:
        if (most := max(ports)) == 1:
            break
        ports[ports.index(most)] = most // 2
    return [replace(engine, ports=p) for engine, p in zip(engines, ports, strict=True)]


def _read_ports(design: Design, engine: Engine, bus: Bus) -> int:
    """Ports that give the frames of an engine as fast as they go in: a power of two."""
    if not engine.reads:
        return 1
    ports, word = 1, bus.data_bits // 8
    frame = frame_bytes(engine.stream)
    while frame > ports * word * design.frame_clocks > 0 and 2 * ports <= bus.max_burst:
        ports *= 2
    return ports


def _port(stream: Stream) -> int:
    """Number of a stream's port: a design lists its streams as they come, not by their ports."""
    found = re.search(r"\d+$", stream.wire)
    return int(found[0]) if found else 0


def one_of_each(engines: Sequence[Engine]) -> bool:
    """Whether there is one input and one output."""
    return tuple(engine.name for engine in engines) == ONE_OF_EACH


def is_plain(engines: Sequence[Engine]) -> bool:
    """Whether there are one input and one output of a port each, as ``dma_shell`` has them."""
    return one_of_each(engines) and all(engine.ports == 1 for engine in engines)


def port_counts(engines: Sequence[Engine]) -> dict[str, int]:
    """Ports to the memory of each engine that has several, by its name."""
    return {engine.name: engine.ports for engine in engines if engine.ports > 1}
