"""The smallest type of a range, against QONNX's own data types and values by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qonnx.core.datatype import DataType

from hw.datatypes import integer_datatype, integer_type, range_bits, signed_bits


@settings(deadline=None)
@given(st.integers(-5000, 5000), st.integers(0, 5000))
def test_integer_type_is_the_smallest_that_holds_the_range(low, size):
    high = low + size
    dtype = DataType[integer_type(low, high)]
    assert dtype == integer_datatype(low, high)
    assert dtype.allowed(low)
    assert dtype.allowed(high)
    assert dtype.signed() == (low < 0)
    bits = dtype.bitwidth()
    if bits > (2 if low < 0 else 1):
        smaller = DataType[f"{'INT' if low < 0 else 'UINT'}{bits - 1}"]
        assert not (smaller.allowed(low) and smaller.allowed(high))


@settings(deadline=None)
@given(st.integers(-300, 300), st.integers(0, 300))
def test_bits_hold_a_range(low, size):
    bits, signed = range_bits(low, low + size)
    least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    assert least <= low <= low + size <= most
    assert signed == (low < 0)
    assert bits == 1 or not (least // 2 <= low and low + size <= most // 2)


@pytest.mark.parametrize(
    ("low", "high", "name", "signed"),
    [
        (0, 0, "UINT1", 1),
        (0, 255, "UINT8", 9),
        (0, 256, "UINT9", 10),
        (-1, 0, "INT2", 1),  # a sign alone is no type of a stream
        (-1, 1, "INT2", 2),
        (-128, 127, "INT8", 8),
        (-129, 0, "INT9", 9),
        (-5, -3, "INT4", 4),
    ],
)
def test_by_hand(low, high, name, signed):
    assert (integer_type(low, high), signed_bits(low, high)) == (name, signed)
