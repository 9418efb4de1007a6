"""Thresholds of the operators that have some: order, bits, memory, latency and cost."""

import numpy as np

from hw.datatypes import signed_bits
from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.memory_layout import pack_rows
from hw.ops.rtl_base import Memory
from hw.synth.cost.features import Numbers

#: More thresholds than this are searched by halving (hw/rtl/threshold_count.sv).
PARALLEL_THRESHOLDS = 15


def channel_thresholds(node: str, thresholds: IntArray, channels: int) -> IntArray:
    """(channels or 1, n) thresholds -> (channels, n), checked to be ascending.

    Raises HardwareError, naming the node, for another shape or a row out of order.
    """
    if thresholds.ndim != 2 or thresholds.shape[0] not in (1, channels) or not thresholds.size:
        raise HardwareError(
            f"node {node}: thresholds of shape {thresholds.shape}, not ({channels} or 1, n)"
        )
    unsorted = np.flatnonzero((np.diff(thresholds, axis=1) < 0).any(axis=1))
    if unsorted.size:
        raise HardwareError(f"node {node}: thresholds of row {unsorted[0]} are not ascending")
    return np.broadcast_to(thresholds, (channels, thresholds.shape[1]))


def clamp_thresholds(thresholds: IntArray, low: int, high: int) -> IntArray:
    """Thresholds of values low..high in as few bits as can be, with the same meaning.

    Those that every value reaches become low, those that none reaches high + 1.
    """
    return np.clip(thresholds, low, high + 1)


def count_thresholds(values: IntArray, thresholds: IntArray) -> IntArray:
    """How many thresholds each value reaches (threshold <= value): MultiThreshold of QONNX.

    values: (..., channels); thresholds: (channels or 1, n).
    """
    count = np.zeros(values.shape, dtype=np.int64)
    for i in range(thresholds.shape[1]):
        count += values >= thresholds[:, i]
    return count


def count_latency(steps: int) -> int:
    """Clocks of hw/rtl/threshold_count.sv for so many thresholds a channel."""
    return steps.bit_length() if steps > PARALLEL_THRESHOLDS else 2 if steps else 0


def threshold_bits(thresholds: IntArray) -> int:
    """Bits of a stored threshold, two's complement."""
    return signed_bits(int(thresholds.min()), int(thresholds.max()))


def threshold_memory(name: str, thresholds: IntArray, lanes: int) -> Memory:
    """Memory of (channels, n) thresholds: row = fold, (lane, i) at lane*n + i."""
    bits = threshold_bits(thresholds)
    rows = thresholds.reshape(thresholds.shape[0] // lanes, -1)
    width = rows.shape[1] * bits
    return Memory(
        f"{name}_thresholds", pack_rows(rows, bits), width, "thresholds", len(rows) * width
    )


def comparators(
    lanes: int, steps: int, value_bits: int, threshold_bits: int, is_constant: bool
) -> tuple[Numbers, Numbers]:
    """LUT and FF features of a threshold_count for each lane.

    steps: thresholds a channel; is_constant: they are constants of the logic.
    """
    if steps == 0:
        return {}, {}
    bits = max(value_bits, threshold_bits)
    count = (steps + 1 - 1).bit_length()
    if steps > PARALLEL_THRESHOLDS:
        moved = lanes * bits * (2**count - 1)
        return (
            {"search": lanes * bits * count, "search_move": moved},
            {"search": lanes * bits * (2**count - 1 + count)},
        )
    name = "compare_constant" if is_constant else "compare"
    used = 2 if steps == 3 and is_constant else steps
    return {name: lanes * used * bits}, {"compare": lanes * (steps + count)}
