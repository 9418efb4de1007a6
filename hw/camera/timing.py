"""Clocks of the camera path: machines of its modules, as ``hw.dataflow`` has them of operators.

They follow the SystemVerilog of ``hw/camera/rtl``; tests/hw/camera/test_camera_timing.py holds them
against its simulation, clock by clock. All frames of a run are of one size. Memory that delivers a
word a clock is assumed: how a board's memory does is no property of the path.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from camera_path.frames import PixelFormat
from camera_path.resize import Placement, place
from hw.camera.steps import Step, paired_steps, single_steps
from hw.dataflow.engine import Times, run
from hw.dataflow.machines import (
    PAIR,
    Block,
    Link,
    Machine,
    Segment,
    block,
    converter,
    machine,
    widths_between,
)
from hw.synth.estimates import AUTO_DISTRIBUTED_ROWS

_SOURCE = Link(1, back=0)
#: Clocks from a frame's last beat to where the next one's first would be in step with its size,
#: less those of the size's division: the course of frame_read and of the pipeline behind it. And to
#: its first word, of a memory that takes a burst at once.
_NEXT_FRAME, _FIRST_WORD = 4, 14


@dataclass(frozen=True)
class Letterbox:
    """Parameters of ``letterbox``: lanes of a beat, side of the square, limits, beats held."""

    lanes: int = 2
    bits: int = 8
    max_old: int = 1920
    size: int = 512
    depth: int = 512


@dataclass
class _Graph:
    machines: list[Machine] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)

    def add(self, made: Machine, *tails: tuple[int, Link]) -> int:
        """Add a machine behind others: (machine, link behind it) of each of its ports."""
        self.machines.append(made)
        index = len(self.machines) - 1
        for before, link in tails:
            self.links.append(link)
            self.ends.append((before, index))
        return index


@dataclass(frozen=True)
class PictureTimes:
    """Clocks of pictures in a row, from the one on in which the first configuration is taken.

    first, last: of each picture, its first and its last pixel of the square at the output.
    """

    first: list[int]
    last: list[int]

    @property
    def interval(self) -> int:
        """Clocks from the last picture but one to the last one."""
        return self.last[-1] - self.last[-2]

    @property
    def latency(self) -> int:
        """Clocks to the first picture's last pixel."""
        return self.last[0]


def letterbox_clocks(
    unit: Letterbox, width: int, height: int, pictures: int = 3, out_lanes: int = 3
) -> PictureTimes:
    """Clocks of ``letterbox`` on pictures of one size whose pixels are there whenever wanted.

    out_lanes: channels of a beat of the network (3: a pixel, as the module gives it).
    """
    graph = _Graph()
    cfg = graph.add(_configurations())
    beats = height * _beats(unit, width)
    pixels = graph.add(machine(block(1, Segment(beats, need=0, frees=0))))
    placed = graph.add(machine(block(1, Segment(1))), (cfg, _SOURCE))
    last = _resize(graph, unit, place(width, height, unit.size), placed, (pixels, _SOURCE))
    return _run(graph, last, placed, unit, out_lanes, pictures)


def frame_clocks(
    unit: Letterbox,
    width: int,
    height: int,
    pixels: PixelFormat = PixelFormat.RGB,
    word_bytes: int = 8,
    out_lanes: int = 3,
    pictures: int = 3,
) -> PictureTimes:
    """Clocks of ``camera_frames``: reader, pixel format, letterbox, lanes of the network.

    Frames of one size and format, dense lines from a word's first byte on.
    """
    graph = _Graph()
    cfg = graph.add(_configurations())
    reader = graph.add(_reader(unit, width, height, pixels, word_bytes))
    placed = graph.add(machine(block(1, Segment(1))), (cfg, _SOURCE))
    where = place(width, height, unit.size)
    last = _resize(graph, unit, where, placed, (reader, Link(8, forth=7)))
    return _run(graph, last, placed, unit, out_lanes, pictures)


def _run(
    graph: _Graph, last: int, placed: int, unit: Letterbox, out_lanes: int, pictures: int
) -> PictureTimes:
    beats, link = unit.size * unit.size, PAIR
    if out_lanes != 3:
        for made, behind in converter(beats, widths_between(3, out_lanes)):
            last, link = graph.add(made, (last, link)), behind
        beats = beats * 3 // out_lanes
    sink = graph.add(machine(block(1, Segment(beats, gives=0))), (last, link))
    times: Times = run(graph.machines, graph.links, pictures, graph.ends)
    begin = times.first[placed][0]
    return PictureTimes(
        [clock - begin for clock in times.first[sink]], [c - begin for c in times.last[sink]]
    )


def _beats(unit: Letterbox, width: int) -> int:
    return -(-width // unit.lanes)


def _configurations() -> Machine:
    return machine(block(1, Segment(1, need=0, frees=0)))


def _divisions(unit: Letterbox) -> int:
    """Bits of the division of letterbox_place, one a clock."""
    return (unit.max_old * unit.size + unit.max_old // 2).bit_length()


def _reader(
    unit: Letterbox, width: int, height: int, pixels: PixelFormat, word_bytes: int
) -> Machine:
    """line_beats, of words that come one a clock and lines that begin with one."""
    beats, bytes_ = _beats(unit, width), unit.lanes * pixels.pixel_bytes
    held = (3 * unit.lanes + 2 * word_bytes - 2) // word_bytes
    # Clocks between beats: a word is pushed where the window's first one is no more needed
    gaps: list[int] = []
    place, clock, before = held * word_bytes, 0, 0
    while len(gaps) < beats:
        clock += 1
        if place < word_bytes:
            gaps.append(clock - before)
            before, place = clock, place + bytes_
        if place >= word_bytes:
            place -= word_bytes
    line = [Segment(len(list(same)), need=0, frees=0, gap=gap) for gap, same in groupby(gaps)]
    # a frame's size is handed on, and its words are asked for, when the one before has been read
    begin = max(_divisions(unit) + _NEXT_FRAME, held + _FIRST_WORD)
    first = [Segment(1, need=0, frees=0, gap=begin)]
    rest = [Segment(len(list(same)), need=0, frees=0, gap=gap) for gap, same in groupby(gaps[1:])]
    return machine(block(1, *first, *rest), block(height - 1, *line))


def _resize(
    graph: _Graph, unit: Letterbox, where: Placement, placed: int, pixels: tuple[int, Link]
) -> int:
    """Add the machines from a picture's beats to the square's pixels; the last one."""
    beats = _beats(unit, where.width)
    # letterbox_place: kept until each of three has taken it
    size = (placed, Link(1, forth=_divisions(unit) + 2))
    rows = graph.add(_rows(where, beats), pixels, size)
    steps = paired_steps(where.width, where.columns, unit.lanes > 1)
    pairs = graph.add(_pairs(len(steps) * where.rows), size)
    # the sum of a line's weights: there with its first beat, kept for two lines
    columns = graph.add(
        _columns(where, steps, beats, unit.lanes),
        (rows, Link(unit.depth, forth=7 if unit.depth > AUTO_DISTRIBUTED_ROWS else 5)),
        (pairs, Link(1, back=0)),
        (rows, Link(2 * beats)),
    )
    quotients = Link(unit.bits + 8, forth=unit.bits + 6)
    return graph.add(_pad(unit, where), (columns, quotients), size)


def _rows(where: Placement, beats: int) -> Machine:
    """A configuration (port 1), then a pass a step over beats (port 0)."""
    program: list[Block] = [block(1, Segment(1, gives=0, port=1))]
    # a line of one beat is read again when it has been written
    gap = 4 if beats == 1 else 3
    for step, same in groupby(single_steps(where.height, where.rows)):
        taken = step.takes
        one = Segment(1, taken, taken, int(step.gives), gap=gap, port=0)
        rest = Segment(beats - 1, taken, taken, int(step.gives), port=0)
        program.append(block(len(list(same)), one, rest))
    return machine(*program)


def _pairs(steps: int) -> Machine:
    # sizes; what is the same for all lines; then a step a clock
    first = Segment(1, need=0, frees=0, gap=2)
    return machine(block(1, Segment(1, gives=0), first, Segment(steps - 1, need=0, frees=0)))


def _columns(where: Placement, steps: Sequence[Step], beats: int, lanes: int) -> Machine:
    """Ports: 0 beats of sums, 1 steps, 2 totals, which go with as many beats as a line has."""
    segments = []
    taken = waited = totals = 0
    for number, step in enumerate(steps):
        taken += step.takes
        need = -(-taken // lanes)
        is_last = number == len(steps) - 1
        wanted = beats if is_last else 1
        segments.append(
            Segment(
                1,
                need - waited,
                need - waited,
                int(step.gives),
                port=0,
                also=((1, 1, 1), (2, wanted - totals, beats if is_last else 0)),
            )
        )
        waited, totals = need, wanted
    joined: list[Segment] = []
    for segment, same in groupby(segments):
        joined.append(
            Segment(
                len(list(same)), segment.need, segment.frees, segment.gives, segment.gap, 0,
                segment.also,
            )
        )  # fmt: skip
    return machine(block(where.rows, *joined))


def _pad(unit: Letterbox, where: Placement) -> Machine:
    """A configuration (port 1), then a pixel of the square a clock, of the picture (port 0)."""
    size = unit.size

    def border(pixels: int) -> Segment:
        return Segment(pixels, need=0, frees=0, port=0)

    right, below = size - where.left - where.columns, size - where.top - where.rows
    line = (border(where.left), Segment(where.columns, port=0), border(right))
    return machine(
        block(1, Segment(1, gives=0, port=1)),
        block(1, border(where.top * size)),
        block(where.rows, *line),
        block(1, border(below * size)),
    )
