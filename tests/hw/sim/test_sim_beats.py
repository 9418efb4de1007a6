"""Packing of beats: what the simulator reads is what the integers say, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.sim.beats import pack, unpack, value_range


@st.composite
def streams(draw):
    bits = draw(st.integers(1, 40))
    signed = draw(st.booleans()) and bits > 1
    shape = (draw(st.integers(0, 5)), draw(st.integers(1, 40)))
    low, high = value_range(bits, signed)
    seed = draw(st.integers(0, 2**32 - 1))
    values = np.random.default_rng(seed).integers(low, high, size=shape, endpoint=True)
    return values, bits, signed


@given(streams())
def test_round_trip(stream):
    values, bits, signed = stream
    raw = pack(values, bits, signed)
    assert raw.shape == (len(values), (values.shape[1] * bits + 7) // 8)
    assert np.array_equal(unpack(raw, values.shape[1], bits, signed), values)


@given(streams())
def test_lane_zero_is_least_significant(stream):
    values, bits, signed = stream
    raw = pack(values, bits, signed)
    for row, lanes in zip(raw, values.tolist(), strict=True):
        word = sum((lane & ((1 << bits) - 1)) << (bits * i) for i, lane in enumerate(lanes))
        assert int.from_bytes(row.tobytes(), "little") == word


def test_many_beats_are_handled_in_chunks():
    values = np.random.default_rng(0).integers(-2, 2, size=(300_000, 36))
    assert np.array_equal(unpack(pack(values, 2, True), 36, 2, True), values)


def test_value_that_does_not_fit():
    with pytest.raises(HardwareError, match="values 0 to 4 do not fit a lane of 0 to 3"):
        pack(np.array([[0, 4]]), 2, False)
    with pytest.raises(HardwareError, match="values -1 to 3 do not fit a lane of 0 to 3"):
        pack(np.array([[-1, 3]]), 2, False)
    with pytest.raises(HardwareError, match="values -9 to 7 do not fit a lane of -8 to 7"):
        pack(np.array([[7, -9]]), 4, True)
    assert unpack(pack(np.array([[7, -8]]), 4, True), 2, 4, True).tolist() == [[7, -8]]
