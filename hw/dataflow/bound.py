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

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class LatencyBound:
    """Clocks from the first beat in.

    rows, columns: of the input, before the last pixel that the first output pixel depends on
    (columns of packed pixels, where several come in one);
    line_buffers: clocks until that pixel has come. first, last: until the first beat of the output,
    and the last one of a frame, with the operators' own clocks (first: up to the last
    matrix-vector unit, whose first result needs its whole vector; what is behind it may give a
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


def latency_bound(ops: Sequence[Any]) -> LatencyBound:
    """Bound for operators in the stream's order."""
    _, height, width, channels = ops[0].input_shape()
    per_pixel = channels // int(ops[0].lanes_in())
    corner: IntArray = np.zeros(1, np.int64)
    for op, behind in zip(reversed(ops), (None, *reversed(ops[1:])), strict=True):
        if behind is not None:
            corner = corner * _pixels(op, 1) // _pixels(behind, 0)
        corner = np.maximum(_source(op)[corner], 0)  # a border of the first pixel alone
    line_buffers = int(corner[0] + 1) * per_pixel - 1
    done: IntArray = np.arange(1, height * width + 1, dtype=np.int64) * per_pixel - 1
    first = 0
    before = None
    for op in ops:
        done = done if before is None else _seen(done, before, op)
        before = op
        source, clocks = _source(op), _clocks(op)
        pace = np.arange(len(source), dtype=np.int64) * clocks
        known = np.where(source < 0, np.iinfo(np.int64).min // 2, done[source] + _alone(op))
        done = np.maximum.accumulate(known - pace) + pace
        if _kind(op) == "MultiLevelMVAU":
            first = int(done[0]) - _alone(op)
    return LatencyBound(
        rows=int(corner[0]) // width,
        columns=int(corner[0]) % width,
        line_buffers=line_buffers,
        first=first,
        last=int(done[-1]),
    )


def _kind(op: Any) -> str:
    return str(op.onnx_node.op_type).removesuffix("_rtl").removesuffix("_hls")


def _is_converter(op: Any) -> bool:
    return _kind(op) == "StreamWidthConverter"


def _pixels(op: Any, side: int) -> int:
    """Pixels of a frame at a node's input (side 0) or output (side 1).

    A width converter, which may unpack pixels, takes them as it gives them.
    """
    shape = op.output_shape() if side or _is_converter(op) else op.input_shape()
    return int(prod(shape[1:3]))


def _seen(done: IntArray, before: Any, op: Any) -> IntArray:
    """When op's input pixels have come, from when those of before's output are done.

    They are others where op sees the same stream unpacked: then the pixels of one come one after
    another, unless they are in one beat.
    """
    count, packed = _pixels(op, 0), _pixels(before, 1)
    if count == packed:
        return done
    ratio = count // packed
    beats = int(before.output_shape()[3]) // int(before.lanes_out())
    pace = int(before.folds()[0]) if _kind(before) == "MultiLevelMVAU" else 1
    own = np.arange(1, ratio + 1)
    early: IntArray = (beats - -(-own * beats // ratio)) * pace
    return (done[:, None] - early).reshape(-1)


def _source(op: Any) -> IntArray:
    """For each output pixel the index of the last input pixel that it needs; -1: of none."""
    _, out_h, out_w, _ = op.output_shape()
    _, in_h, in_w, _ = op.output_shape() if _is_converter(op) else op.input_shape()
    rows, columns = np.arange(out_h)[:, None], np.arange(out_w)[None, :]
    if _kind(op) == "StreamPad":
        top, left, _, _ = op.ints_attr("Padding")
        index = (rows - top) * in_w + np.clip(columns - left, -1, in_w - 1)
        found: IntArray = np.clip(index, -1, in_h * in_w - 1).reshape(-1)
        return found
    if _kind(op) in ("SlidingWindow", "StreamMaxPool"):
        is_pool = _kind(op) == "StreamMaxPool"
        kernel = op.stream_kernel() if is_pool else op.ints_attr("KernelSize")
        stride = kernel if is_pool else op.ints_attr("Stride")
        rows, columns = rows * stride[0] + kernel[0] - 1, columns * stride[1] + kernel[1] - 1
    found = (rows * in_w + columns).reshape(-1)
    return found


def _clocks(op: Any) -> int:
    """Clocks from a pixel of the output to the next, at least."""
    if _kind(op) == "MultiLevelMVAU":
        return int(prod(op.folds()))
    return int(op.output_shape()[3]) // int(op.lanes_out())


def _alone(op: Any) -> int:
    """Clocks from the last input beat of a pixel to its last output beat, at least."""
    if _kind(op) == "MultiLevelMVAU":
        sf, nf = op.folds()
        return int((nf - 1) * sf)
    return 0
