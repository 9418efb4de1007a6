"""When a sliding window takes and gives beats (hw/rtl/sliding_window_parallel.sv, _serial.sv).

Parallel: every beat passes the line buffer, and each step of the window's columns takes one.
Serial: beats fill a buffer; a reader takes each window's and frees those that no later one needs.
"""

from dataclasses import replace

from hw.dataflow.machines import (
    PAIR,
    Block,
    Link,
    Machine,
    Parts,
    Segment,
    block,
    machine,
    take,
    through,
)
from hw.ops.sliding_window.shape import Loops, WindowShape


def parallel_machines(shape: WindowShape) -> Parts:
    """Of a window that leaves in one beat."""
    height, width, folding = shape.height, shape.width, shape.folding
    (out_h, out_w), (reach_h, reach_w), (stride_h, stride_w) = shape.out, shape.reach, shape.stride
    skipped = (width - reach_w) % stride_w
    columns = (
        block(1, take((reach_w - 1) * folding), Segment(folding)),
        block(out_w - 1, take((stride_w - 1) * folding), Segment(folding)),
        block(1, take(skipped * folding)),
    )
    lines = [block(1, take((reach_h - 1) * width * folding)), *columns]
    for _ in range(out_h - 1):
        lines += [block(1, take((stride_h - 1) * width * folding)), *columns]
    lines.append(block(1, take((height - reach_h) % stride_h * width * folding)))
    return [
        (through(height * width * folding), PAIR),
        (machine(*lines, always=True), Link(1, back=0)),
    ]


def serial_machines(shape: WindowShape) -> Parts:
    """Of a window that leaves beat by beat, from a buffer."""
    (out_h, out_w), loops, span = shape.out, shape.loops(), shape.span - 1
    next_col, next_row, next_frame = shape.advances()
    steps = [*[next_col] * (out_w - 1), next_row] * out_h
    steps[-1] = next_frame
    # the step from one window to the next moves the cursor of the next window's first beat
    blocks: list[Block] = []
    previous = 1  # of the first window of all: beat 0
    for advance, repeat in _runs(steps):
        for count, came in ((1, previous), (repeat - 1, advance - span)):
            blocks.append(block(count, *_serial_window(loops, came, advance)))
        previous = advance - span
    # the next frame's first window comes behind this frame's last
    reader = machine(*blocks, block(0))
    reader = _next_frame(reader, previous - 1)
    return [
        (through(shape.height * shape.width * shape.folding), Link(shape.depth)),
        (reader, Link(3, forth=2)),
    ]


def _serial_window(loops: Loops, came: int, advance: int) -> list[Segment]:
    """Reads of one window: came moves the cursor to it, the last read frees advance beats."""
    reads: list[Segment] = []
    for turn in range(loops.turns):
        for run in range(loops.runs):
            need = loops.jump if run else loops.turn if turn else came
            reads.append(Segment(1, need=need, frees=0))
            reads.append(Segment(loops.beats - 1, need=loops.step, frees=0))
    last = max(i for i, segment in enumerate(reads) if segment.count)
    reads[last] = replace(reads[last], count=reads[last].count - 1)
    need = reads[last].need
    return [*reads, Segment(1, need=need, frees=advance)]


def _runs(values: list[int]) -> list[tuple[int, int]]:
    """(value, how often in a row)."""
    found: list[tuple[int, int]] = []
    for value in values:
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1] + 1)
        else:
            found.append((value, 1))
    return found


def _next_frame(reader: Machine, extra: int) -> Machine:
    """Reader whose cursor at a frame's end stands where the next frame's first step expects it.

    The program's first step moves the cursor by 1 (beat 0 of a frame); behind another frame it
    has to move by 1 + extra. The difference is moved by a step of its own, which takes no clock.
    """
    back = Segment(1, need=extra, frees=0, gives=0, gap=0)
    return Machine((*reader.program, (1, (back,))), reader.always)
