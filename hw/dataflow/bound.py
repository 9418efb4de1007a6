"""Least latency of a network: what its line buffers and its operators' own clocks imply.

An output pixel cannot leave before the last input pixel that it depends on has come (windows,
pools and padding say which one that is), and no operator is faster than its folding. Borders that
need no pixel cost nothing here; FIFOs, pipelines and waiting are no part of the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from hw.dataflow.dependency import Dependency
from hw.dataflow.graph import OUTSIDE, StreamGraph, Wire, as_graph
from hw.ops.base import Operator, Role

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class LatencyBound:
    """Clocks from the first beat in.

    rows, columns: of the input, before the last pixel that the first output pixel depends on
    (columns of packed pixels, where several come in one); of several inputs, of the one whose
    pixels take longest to come;
    line_buffers: clocks until that pixel has come. first, last: until the first beat of the output,
    and the last one of a frame, with the operators' own clocks (first: up to the last
    one whose first result needs a whole pixel, a matrix-vector unit; what is behind it may give a
    first beat before its first pixel is whole). Of several outputs they are of the last one.
    """

    rows: int
    columns: int
    line_buffers: int
    first: int
    last: int

    def as_dict(self) -> dict[str, int]:
        """For reports."""
        return {
            "rows": self.rows,
            "columns": self.columns,
            "line_buffer_clocks": self.line_buffers,
            "first_output_clocks": self.first,
            "latency_clocks": self.last,
        }


def latency_bound(ops: StreamGraph | Sequence[Operator]) -> LatencyBound:
    """Bound for a graph of operators, or for operators in a row.

    Of several outputs the one counts whose first pixel needs most, and the one that is last.
    """
    graph = as_graph(ops)
    needs = [op.dependency() for op in graph.ops]
    inputs = graph.out_of(OUTSIDE)
    corners = _corners(graph, needs)
    done: dict[Wire, IntArray] = {}
    buffers = []
    for wire in inputs:
        _, height, width, _ = graph.ops[wire.target].input_shape()
        per_pixel = graph.ops[wire.target].frame_beats(wire.port) // (height * width)
        buffers.append((corners[wire] + 1) * per_pixel - 1)
        done[wire] = np.arange(1, height * width + 1, dtype=np.int64) * per_pixel - 1
    firsts = dict.fromkeys(inputs, 0)  # beats of streams: not before
    for index, (op, need) in enumerate(zip(graph.ops, needs, strict=True)):
        come = [_seen(done[wire], graph, wire, needs) for wire in graph.into(index)]
        ready = np.maximum.reduce(come)
        beats = op.pixel_beats_out()
        alone = (beats - 1) * need.beat_clocks if need.is_whole else 0
        pace = np.arange(len(need.needs), dtype=np.int64) * (beats * need.beat_clocks)
        known = np.where(need.needs < 0, np.iinfo(np.int64).min // 2, ready[need.needs] + alone)
        made = np.maximum.accumulate(known - pace) + pace
        first = min(firsts[wire] for wire in graph.into(index))  # a join may give one side's
        if need.is_whole:
            first = int(made[0]) - alone
        done |= dict.fromkeys(graph.out_of(index), made)
        firsts |= dict.fromkeys(graph.out_of(index), first)
    slowest = inputs[buffers.index(max(buffers))]
    width = graph.ops[slowest.target].input_shape()[2]
    return LatencyBound(
        rows=corners[slowest] // width,
        columns=corners[slowest] % width,
        line_buffers=max(buffers),
        first=max(firsts[wire] for wire in graph.into(OUTSIDE)),
        last=max(int(done[wire][-1]) for wire in graph.into(OUTSIDE)),
    )


def _corners(graph: StreamGraph, needs: Sequence[Dependency]) -> dict[Wire, int]:
    """Index of the last pixel of each stream that the first output pixel depends on."""
    corners: dict[Wire, int] = dict.fromkeys(graph.into(OUTSIDE), 0)
    for index in reversed(range(len(graph.ops))):
        made = max(corners[wire] for wire in graph.out_of(index))
        need = max(int(needs[index].needs[made]), 0)  # a border of the first pixel alone
        for wire in graph.into(index):
            before = graph.before(wire)
            if before is not None:
                given, seen = _pixels(before, 1), _pixels(graph.ops[index], 0)
                last = (need + 1) * given // seen - 1  # of those that the reader sees as one
                corners[wire] = last if given > seen else need * given // seen
            else:
                corners[wire] = need
    return corners


def _pixels(op: Operator, side: int) -> int:
    """Pixels of a frame at a node's input (side 0) or output (side 1).

    A width converter, which may unpack pixels, takes them as it gives them.
    """
    shape = op.output_shape() if side or op.role is Role.CONVERTER else op.input_shape()
    return int(prod(shape[1:3]))


def _seen(done: IntArray, graph: StreamGraph, wire: Wire, needs: Sequence[Dependency]) -> IntArray:
    """When the pixels of a stream have come to its reader, from when they are done.

    They are others where the reader sees the same stream unpacked: then the pixels of one come one
    after another, unless they are in one beat. Where it sees several
    as one, the last of them counts.
    """
    op, before = graph.ops[wire.target], graph.before(wire)
    count = _pixels(op, 0)
    if before is None or count == _pixels(before, 1):
        return done
    if count < _pixels(before, 1):
        several = _pixels(before, 1) // count
        return done[several - 1 :: several]
    ratio = count // _pixels(before, 1)
    beats = before.pixel_beats_out()
    own = np.arange(1, ratio + 1)
    early: IntArray = (beats - -(-own * beats // ratio)) * needs[wire.source].beat_clocks
    return (done[:, None] - early).reshape(-1)
