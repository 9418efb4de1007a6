"""The engines of a shell: a DMA a stream of the accelerator, from one list.

The stream at port ``s_axis_<i>`` has the read engine ``idma<i>``, that at ``m_axis_<i>`` the write
engine ``odma<i>``; i goes by the order of the network's inputs and outputs. An
engine's number says where its registers lie in the shell's address space, which bit of the
interrupts is its own, and what its port to the memory is called: 2 i for ``idma<i>``, 2 i + 1 for
``odma<i>``, so that a further stream moves none of the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hw.errors import HardwareError
from hw.sim.design import INPUT, OUTPUT, Design, Stream

IDMA, ODMA = "idma", "odma"
#: Bytes of the shell's address space for each engine's registers.
BLOCK_BYTES = 0x1000
#: Streams of a kind at most: 16 engines are what one interconnect of Vivado joins.
MOST = 8
#: Engines of an accelerator with one stream of each kind.
ONE_OF_EACH = (f"{IDMA}0", f"{ODMA}0")


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
    """One DMA: its name, and the stream of the accelerator that it serves."""

    name: str
    stream: Stream

    @property
    def reads(self) -> bool:
        """Whether it reads memory, into an input of the accelerator."""
        return self.name.startswith(IDMA)

    @property
    def number(self) -> int:
        """Its block of registers, its interrupt, its memory port."""
        return number_of(self.name)


def engines_of(design: Design) -> list[Engine]:
    """The engines of a design's streams, by rising number.

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
    return sorted(found, key=lambda engine: engine.number)


def _port(stream: Stream) -> int:
    """Number of a stream's port: a design lists its streams as they come, not by their ports."""
    found = re.search(r"\d+$", stream.wire)
    return int(found[0]) if found else 0


def one_of_each(engines: Sequence[Engine]) -> bool:
    """Whether there is one input and one output, as the module ``dma_shell`` has them."""
    return tuple(engine.name for engine in engines) == ONE_OF_EACH
