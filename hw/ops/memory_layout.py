"""Rows of on-chip memories: packing, widths, thresholds."""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType

from hw.errors import HardwareError
from hw.ops.base import IntArray

FloatArray = np.ndarray[Any, np.dtype[np.floating[Any]]]


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
