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
from hw.ops.base import Operator, Role

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class LatencyBound:
    """Clocks from the first beat in.

    rows, columns: of the input, before the last pixel that the first output pixel depends on
    (columns of packed pixels, where several come in one);
    line_buffers: clocks until that pixel has come. first, last: until the first beat of the output,
    and the last one of a frame, with the operators' own clocks (first: up to the last
    one whose first result needs a whole pixel, a matrix-vector unit; what is behind it may give a
    first beat before its first pixel is whole).
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


def latency_bound(ops: Sequence[Operator]) -> LatencyBound:
    """Bound for operators in the stream's order."""
    _, height, width, channels = ops[0].input_shape()
    per_pixel = channels // ops[0].lanes_in()
    needs = [op.dependency() for op in ops]
    corner: IntArray = np.zeros(1, np.int64)
    for index in reversed(range(len(ops))):
        if index + 1 < len(ops):
            corner = corner * _pixels(ops[index], 1) // _pixels(ops[index + 1], 0)
        corner = np.maximum(needs[index].needs[corner], 0)  # a border of the first pixel alone
    line_buffers = int(corner[0] + 1) * per_pixel - 1
    done: IntArray = np.arange(1, height * width + 1, dtype=np.int64) * per_pixel - 1
    first = 0
    for index, (op, need) in enumerate(zip(ops, needs, strict=True)):
        if index:
            done = _seen(done, ops[index - 1], needs[index - 1], op)
        beats = op.pixel_beats_out()
        alone = (beats - 1) * need.beat_clocks if need.is_whole else 0
        pace = np.arange(len(need.needs), dtype=np.int64) * (beats * need.beat_clocks)
        known = np.where(need.needs < 0, np.iinfo(np.int64).min // 2, done[need.needs] + alone)
        done = np.maximum.accumulate(known - pace) + pace
        if need.is_whole:
            first = int(done[0]) - alone
    return LatencyBound(
        rows=int(corner[0]) // width,
        columns=int(corner[0]) % width,
        line_buffers=line_buffers,
        first=first,
        last=int(done[-1]),
    )


def _pixels(op: Operator, side: int) -> int:
    """Pixels of a frame at a node's input (side 0) or output (side 1).

    A width converter, which may unpack pixels, takes them as it gives them.
    """
    shape = op.output_shape() if side or op.role is Role.CONVERTER else op.input_shape()
    return int(prod(shape[1:3]))


def _seen(done: IntArray, before: Operator, need: Dependency, op: Operator) -> IntArray:
    """When op's input pixels have come, from when those of before's output are done.

    They are others where op sees the same stream unpacked: then the pixels of one come one after
    another, unless they are in one beat.
    """
    count, packed = _pixels(op, 0), _pixels(before, 1)
    if count == packed:
        return done
    ratio = count // packed
    beats = before.pixel_beats_out()
    own = np.arange(1, ratio + 1)
    early: IntArray = (beats - -(-own * beats // ratio)) * need.beat_clocks
    return (done[:, None] - early).reshape(-1)
