"""Parts of which every operator's behaviour, beat by beat, is put together, for ``engine``.

A machine is a fixed program of steps a frame; between two machines is a link, which holds beats.
One operator is one machine and the link behind it (its output FIFO), some are two: its method
``machines`` says which (hw.ops.base). They follow the SystemVerilog of hw/rtl;
tests/hw/dataflow holds them against its simulation.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import lcm

#: Every link into a machine.
ALL = -1


@dataclass(frozen=True)
class Segment:
    """``count`` equal steps.

    need: how far the number of beats that must have arrived moves on at each step; frees: beats
    given up; gives: 1 where a beat is given; gap: clocks from the step before. port: the link into
    the machine that need and frees are of; ALL: every one. also: further links of the same step,
    each with its own (port, need, frees).
    """

    count: int
    need: int = 1
    frees: int = 1
    gives: int = 1
    gap: int = 1
    port: int = ALL
    also: tuple[tuple[int, int, int], ...] = ()


#: Segments and how often they are repeated.
Block = tuple[int, tuple[Segment, ...]]


@dataclass(frozen=True)
class Machine:
    """Steps of a frame. always: every step waits for room behind it, not only those that give."""

    program: tuple[Block, ...]
    always: bool = False


@dataclass(frozen=True)
class Link:
    """Beats between two machines: at most capacity (0: without bound).

    forth: clocks from giving until a beat can be taken; back: from taking until its place can be
    reserved again. watched: its highest fill is wanted.
    """

    capacity: int
    forth: int = 1
    back: int = 1
    watched: bool = False


#: The two registers behind most operators (stream_fifo of depth 2).
PAIR = Link(2)
#: Machines of an operator, each with the link behind it.
Parts = list[tuple[Machine, Link]]


def block(repeat: int, *segments: Segment) -> Block:
    """Segments repeated; those of no step left out."""
    return repeat, tuple(s for s in segments if s.count)


def machine(*blocks: Block, always: bool = False) -> Machine:
    """A machine of blocks; those of no step left out."""
    return Machine(tuple(b for b in blocks if b[0] and b[1]), always)


def take(count: int) -> Segment:
    """Steps that take a beat each and give none."""
    return Segment(count, gives=0)


def through(beats: int) -> Machine:
    """One beat in, one out."""
    return machine(block(1, Segment(beats)))


def fifo(beats: int, depth: int, block_ram: bool) -> Parts:
    """A stream_fifo; depth 0: without bound."""
    return [(through(beats), Link(depth, forth=3 if block_ram else 1, watched=True))]


def widths_between(first: int, last: int) -> tuple[int, ...]:
    """Widths through which a width converter goes: first, [least common multiple,] last."""
    middle = lcm(first, last)
    return (first, last) if middle in (first, last) else (first, middle, last)


def converter(beats_in: int, widths: tuple[int, ...]) -> Parts:
    """stream_width_converter through widths (its input's first)."""
    parts: Parts = []
    for first, second in pairwise(widths):
        if first < second:
            ratio = second // first
            beats_in //= ratio
            parts.append((machine(block(beats_in, take(ratio - 1), Segment(1))), Link(1)))
        elif first > second:
            ratio = first // second
            rest = Segment(ratio - 1, need=0, frees=0)
            parts.append((machine(block(beats_in, Segment(1), rest)), PAIR))
            beats_in *= ratio
    return parts
