"""The smallest integer type that holds a range: the one place that counts its bits.

Streams and memories carry unsigned numbers where no value is below zero, else two's complement.
"""

from typing import Any

import numpy as np
from qonnx.core.datatype import BaseDataType, DataType


def signed_bits(low: int, high: int) -> int:
    """Bits of the smallest two's complement number that holds low and high."""
    return 1 + max(high.bit_length() if high >= 0 else 0, (-low - 1).bit_length() if low < 0 else 0)


def range_bits(low: int, high: int) -> tuple[int, bool]:
    """Bits that low..high take, at least one, and whether they are two's complement."""
    if low >= 0:
        return max(1, high.bit_length()), False
    return signed_bits(low, high), True


def integer_type(low: int, high: int) -> str:
    """Name of the smallest data type of QONNX for low..high: UINT of 1 bit up, INT of 2 bits up."""
    bits, signed = range_bits(int(low), int(high))
    return f"INT{max(2, bits)}" if signed else f"UINT{bits}"


def float_container(values: Any) -> Any:
    """Integers as QONNX keeps them: in float32, or in float64 where that does not hold each."""
    held = np.asarray(values).astype(np.float32)
    exact = np.array_equal(held.astype(np.float64), np.asarray(values).astype(np.float64))
    return held if exact else np.asarray(values).astype(np.float64)


def integer_datatype(low: int, high: int) -> BaseDataType:
    """The data type that ``integer_type`` names."""
    return DataType[integer_type(low, high)]
