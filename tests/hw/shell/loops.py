"""The boards of the shell's benches: most have an accelerator that gives back what it takes.

Plain data, which the benches inside the simulator read as well.
"""

from dataclasses import dataclass, field

from hw.shell.bus import Bus
from hw.shell.streams import container_bytes


@dataclass(frozen=True)
class Loop:
    """A board: its stream's form, its bus, beats that the accelerator holds."""

    name: str
    lanes: int
    bits: int
    signed: bool
    frame_beats: int
    bus: Bus = field(default_factory=Bus)
    separate_clock: bool = False
    depth: int = 2

    @property
    def container(self) -> int:
        """Bytes of an element in memory."""
        return container_bytes(self.bits)

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame in memory."""
        return self.lanes * self.container * self.frame_beats


#: One a kind: pixels with odd frames; a depth of one burst; beats wider than a word; two clocks;
#: the longest bursts on a wide bus.
LOOPS = {
    loop.name: loop
    for loop in (
        Loop("pixels", 3, 8, False, 35),
        Loop("tight", 1, 10, True, 13, Bus(32, 64, 2, 4, 1, 4)),
        Loop("wide", 25, 3, True, 6, Bus(40, 32, 1, 16, 2, 32)),
        Loop("clocks", 1, 8, False, 301, Bus(32, 64, 1, 16, 4, 64), separate_clock=True),
        Loop("long", 2, 20, True, 100, Bus(64, 128, 1, 256, 2, 512)),
    )
}

#: The board of operator_model: 6 lanes of 3 bits in, 5 lanes of 16 bits out.
OPERATOR = Loop("operator", 6, 3, False, 12)
BOARDS = {**LOOPS, OPERATOR.name: OPERATOR}
