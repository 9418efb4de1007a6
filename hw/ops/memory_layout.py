"""Rows of on-chip memories: packing, widths, thresholds."""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType

from hw.datatypes import signed_bits
from hw.errors import HardwareError
from hw.ops.base import IntArray
from hw.ops.rtl_base import Memory

FloatArray = np.ndarray[Any, np.dtype[np.floating[Any]]]

#: More thresholds than this are searched by halving (hw/rtl/threshold_count.sv).
PARALLEL_THRESHOLDS = 15


def pack_rows(values: IntArray, bits: int) -> list[int]:
    """(rows, n) integers -> one word a row, value 0 in the lowest bits, two's complement."""
    mask = (1 << bits) - 1
    words = []
    for row in values.tolist():
        word = 0
        for i, value in enumerate(row):
            word |= (value & mask) << (i * bits)
        words.append(word)
    return words


def integer_values(node: str, what: str, values: FloatArray | None) -> IntArray:
    """Initializer as int64. Raises HardwareError where it is missing or not of integers."""
    if values is None:
        raise HardwareError(f"node {node}: {what} have no initializer")
    rounded = np.rint(values)
    if not np.array_equal(rounded, values):
        raise HardwareError(f"node {node}: {what} are not integers")
    return rounded.astype(np.int64)


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


def check_input_datatype(name: str, datatype: BaseDataType) -> None:
    """Raise HardwareError unless values of datatype are integers as a stream carries them."""
    if datatype == DataType["BIPOLAR"]:
        raise HardwareError(
            f"node {name}: input data type BIPOLAR is not supported: streams are unsigned or two's "
            "complement, and {-1, +1} in one bit is neither; use BINARY or INT2"
        )
    if not datatype.is_integer() or datatype == DataType["TERNARY"]:
        raise HardwareError(
            f"node {name}: input data type {datatype.name} is not supported: it must be UINT, INT "
            "or BINARY"
        )


def check_output_datatype(name: str, datatype: BaseDataType, low: int, high: int) -> None:
    """Raise HardwareError unless datatype is integer and holds low..high."""
    if datatype == DataType["BIPOLAR"] or not (datatype.allowed(low) and datatype.allowed(high)):
        raise HardwareError(
            f"node {name}: output data type {datatype.name} does not hold {low} to {high}"
        )


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
