"""What every operator does beat by beat, as machines for ``engine``.

A machine is a fixed program of steps a frame; between two machines is a link, which holds beats.
One operator is one machine and the link behind it (its output FIFO), some are two. The programs
follow the SystemVerilog of hw/rtl; tests/hw/dataflow holds them against its simulation.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, prod
from typing import Any

from hw.errors import HardwareError


@dataclass(frozen=True)
class Segment:
    """``count`` equal steps.

    need: how far the number of beats that must have arrived moves on at each step; frees: beats
    given up; gives: 1 where a beat is given; gap: clocks from the step before.
    """

    count: int
    need: int = 1
    frees: int = 1
    gives: int = 1
    gap: int = 1


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


def _fifo(op: Any) -> Parts:
    depth = op.int_attr("depth")
    return fifo(_beats(op), depth, op.get_ram_style() == "block" and depth > 4)


def _beats(op: Any) -> int:
    return int(prod(op.input_shape()[1:]) // op.lanes_in())


def _pad(op: Any) -> Parts:
    _, _, width, _ = op.input_shape()
    _, _, pad_width, _ = op.output_shape()
    top, left, bottom, right = op.ints_attr("Padding")
    height, folds = op.input_shape()[1], op.folds()
    zeros = [Segment(pixels * folds, need=0, frees=0) for pixels in (left, right)]
    row = block(height, zeros[0], Segment(width * folds), zeros[1])
    above, below = (Segment(rows * pad_width * folds, need=0, frees=0) for rows in (top, bottom))
    if not top * pad_width + left:
        return [(machine(row, block(1, below)), PAIR)]
    # the first beat waits for the image's without taking it
    first = Segment(1, need=1, frees=0)
    if top:
        rest = replace(above, count=above.count - 1)
        start = machine(block(1, first, rest))
        line = block(1, replace(zeros[0]), Segment(1, need=0), Segment(width * folds - 1), zeros[1])
    else:
        rest = replace(zeros[0], count=zeros[0].count - 1)
        start = machine()
        line = block(1, first, rest, Segment(1, need=0), Segment(width * folds - 1), zeros[1])
    others = (height - 1, row[1])
    return [(machine(*start.program, line, others, block(1, below)), PAIR)]


def _window(op: Any) -> Parts:
    beats, folds = _beats(op), op.folds()
    _, height, width, _ = op.input_shape()
    _, out_h, out_w, _ = op.output_shape()
    kernel_h, kernel_w = op.ints_attr("KernelSize")
    stride_h, stride_w = op.ints_attr("Stride")
    if op.is_parallel():
        skipped = (width - kernel_w) % stride_w
        columns = (
            block(1, take((kernel_w - 1) * folds), Segment(folds)),
            block(out_w - 1, take((stride_w - 1) * folds), Segment(folds)),
            block(1, take(skipped * folds)),
        )
        lines = [block(1, take((kernel_h - 1) * width * folds)), *columns]
        for _ in range(out_h - 1):
            lines += [block(1, take((stride_h - 1) * width * folds)), *columns]
        lines.append(block(1, take((height - kernel_h) % stride_h * width * folds)))
        return [(through(beats), PAIR), (machine(*lines, always=True), Link(1, back=0))]
    run = kernel_w * folds
    span = ((kernel_h - 1) * width + kernel_w) * folds - 1
    jump = (width - kernel_w) * folds + 1
    next_row = (stride_h * width - (out_w - 1) * stride_w) * folds
    all_rows = (out_h - 1) * stride_h * width + (out_w - 1) * stride_w
    steps = [*[stride_w * folds] * (out_w - 1), next_row] * out_h
    steps[-1] = (height * width - all_rows) * folds
    # the step from one window to the next moves the cursor of the next window's first beat
    blocks: list[Block] = []
    previous = 1  # of the first window of all: beat 0
    for advance, repeat in _runs(steps):
        for count, came in ((1, previous), (repeat - 1, advance - span)):
            blocks.append(block(count, *_serial_window(run, kernel_h, jump, came, advance)))
        previous = advance - span
    # the next frame's first window comes behind this frame's last
    reader = machine(*blocks, block(0))
    reader = _next_frame(reader, previous - 1)
    return [
        (through(beats), Link(op.serial_depth())),
        (reader, Link(3, forth=2)),
    ]


def _serial_window(run: int, rows: int, jump: int, came: int, advance: int) -> list[Segment]:
    """Reads of one window: came and jump move the cursor, the last read frees advance beats."""
    reads: list[Segment] = []
    for row in range(rows):
        reads.append(Segment(1, need=jump if row else came, frees=0))
        reads.append(Segment(run - 1, frees=0))
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


def _pool(op: Any) -> Parts:
    _, height, width, _ = op.input_shape()
    _, out_h, out_w, _ = op.output_shape()
    kernel_h, kernel_w = op.stream_kernel()
    folds = op.folds()
    waits = block(out_w, take((kernel_w - 1) * folds), Segment(folds))
    dropped = block(1, take((width - out_w * kernel_w) * folds))
    row = (block(1, take((kernel_h - 1) * width * folds)), waits, dropped)
    below = block(1, take((height - out_h * kernel_h) * width * folds))
    inside: Parts = [(through(_beats(op)), PAIR)] if op.side() > 1 else []
    if inside and (kernel_h, kernel_w) == (1, 1):
        return inside
    return [*inside, (machine(*row * out_h, below), PAIR)]


def _sum(op: Any) -> Parts:
    beats = max(1, op.int_attr("Group") // op.lanes_in())
    return [(machine(block(_beats(op) // beats, take(beats - 1), Segment(1))), PAIR)]


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


def _converter(op: Any) -> Parts:
    return converter(_beats(op), op.widths())


def _tree(lanes: int) -> int:
    """Latency of adder_tree: a level joins four lanes. A signed_tree's is the same."""
    return ((lanes - 1).bit_length() + 1) // 2


def _count_latency(steps: int) -> int:
    """Latency of threshold_count."""
    return steps.bit_length() if steps > 15 else 2 if steps else 0


def _steps(op: Any) -> int:
    return 0 if op.int_attr("noActivation") else 2 ** op.get_output_datatype().bitwidth() - 1


def _mvau(op: Any) -> Parts:
    sf, nf = op.folds()
    vectors = prod(op.input_shape()[1:-1])
    folds = Segment(nf - 1, need=0, frees=0, gap=sf)
    count = _count_latency(_steps(op))
    trees = 2 + max(1, _tree(op.tree_lanes())) + _tree(op.weight_bits())
    push = (op.matrix_latency() or trees) + 1 + count
    depth = ceil((push + 2) / sf) + 1
    program = block(vectors, take(sf - 1), Segment(1), folds)
    return [(machine(program), Link(depth, forth=push + 1))]


def _thresholding(op: Any) -> Parts:
    folds = op.input_shape()[3] // op.lanes_in()
    push = (2 if folds > 1 else 1) + _count_latency(op.steps())
    return [(through(_beats(op)), Link(push + 2, forth=push + 1))]


_PARTS: dict[str, Callable[[Any], Parts]] = {
    "StreamPad": _pad,
    "SlidingWindow": _window,
    "StreamMaxPool": _pool,
    "GroupSum": _sum,
    "MultiLevelMVAU": _mvau,
    "StreamThresholding": _thresholding,
    "StreamWidthConverter": _converter,
    "StreamFIFO": _fifo,
}


def parts(op: Any) -> Parts:
    """Machines of an operator of hw.ops, each with the link behind it."""
    op_type = str(op.onnx_node.op_type).removesuffix("_rtl").removesuffix("_hls")
    if op_type not in _PARTS:
        raise HardwareError(f"node {op.onnx_node.name}: no timing model of {op_type}")
    return _PARTS[op_type](op)
