"""Thresholds by bisection against brute force over the whole range of integers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.channel_map import ChannelMap, Quantizer, thresholds
from tests.flows.qonnx_reference import quant_integers

#: Multiples of 1/8: sums of them fall exactly between two levels, again and again.
EIGHTHS = st.integers(-40, 40).map(lambda v: v / 8)
POSITIVE = st.integers(1, 24).map(lambda v: v / 8)
FREE = st.floats(-5, 5, allow_nan=False).map(lambda v: float(np.float32(v)))


@st.composite
def rising_maps(draw, channels):
    """Compositions of non-decreasing steps, written as functions of plain numpy as well."""
    channel_map, plain = ChannelMap(), []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["mul", "div", "add", "max", "min", "leaky"]))
        numbers = POSITIVE if kind in ("mul", "div") else st.one_of(EIGHTHS, FREE)
        size = draw(st.sampled_from([1, channels]))
        values = np.array(draw(st.lists(numbers, min_size=size, max_size=size)))
        if kind == "leaky":
            values = np.abs(values) / 8
        channel_map = channel_map.then(kind, values)
        plain.append((kind, values))
    return channel_map, plain


def apply_plain(plain, x, channel):
    """The same steps on one channel."""
    for kind, values in plain:
        v = values[channel % len(values)]
        x = {
            "mul": lambda x, v: x * v,
            "div": lambda x, v: x / v,
            "add": lambda x, v: x + v,
            "max": max,
            "min": min,
            "leaky": lambda x, v: x * v if x < 0 else x,
        }[kind](x, v)
    return x


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(-40, 5), st.integers(0, 60))
def test_thresholds_equal_brute_force(data, channels, lo, size):
    hi = lo + size
    channel_map, plain = data.draw(rising_maps(channels))
    bits, signed = data.draw(st.integers(1, 4)), data.draw(st.booleans())
    narrow = data.draw(st.booleans()) and bits > 1
    zero = data.draw(st.integers(-2, 2))
    mode = data.draw(st.sampled_from(["ROUND", "FLOOR", "CEIL"]))
    scale = np.array(data.draw(st.lists(POSITIVE, min_size=channels, max_size=channels)))
    quantizer = Quantizer.quant(scale, zero, bits, signed, narrow, mode)
    table = thresholds(channel_map, quantizer, lo, hi, channels)
    attrs = {"signed": signed, "narrow": narrow, "rounding_mode": mode.encode()}
    assert (np.diff(table, axis=1) >= 0).all()
    assert table.size == 0 or (table.min() >= lo and table.max() <= hi + 1)
    for channel in range(channels):
        for x in range(lo, hi + 1):
            real = apply_plain(plain, float(x), channel)
            expected = quant_integers(real, scale[channel], zero, bits, attrs)
            assert quantizer.lowest + (x >= table[channel]).sum() == expected


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(-30, 5), st.integers(0, 40))
def test_bipolar_thresholds_equal_brute_force(data, lo, size):
    channel_map, plain = data.draw(rising_maps(2))
    table = thresholds(channel_map, Quantizer.bipolar_quant(1.0), lo, lo + size, 2)
    assert table.shape == (2, 2)
    for channel in range(2):
        for x in range(lo, lo + size + 1):
            expected = 1 if apply_plain(plain, float(x), channel) >= 0 else -1
            assert -1 + (x >= table[channel]).sum() == expected


def test_round_half_even_moves_the_threshold_of_a_tie():
    quantizer = Quantizer.quant(2.0, 0, 2, False, False, "ROUND")
    # x / 2: 0.5 rounds to 0 and 1.5 to 2, 2.5 to 2
    assert thresholds(ChannelMap(), quantizer, 0, 7, 1).tolist() == [[2, 3, 6]]


def test_thresholds_that_are_never_or_always_reached():
    quantizer = Quantizer.quant(1.0, 0, 2, False, False, "ROUND")
    assert thresholds(ChannelMap().then("add", 100), quantizer, -3, 3, 1).tolist() == [[-3] * 3]
    assert thresholds(ChannelMap().then("add", -100), quantizer, -3, 3, 1).tolist() == [[4] * 3]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["mul", "div", "add", "rsub"]), POSITIVE), max_size=5))
def test_affine_is_the_map(steps):
    channel_map = ChannelMap()
    for kind, value in steps:
        channel_map = channel_map.then(kind, value)
    scale, offset = channel_map.affine()
    x = np.arange(-5.0, 6)[None]
    np.testing.assert_allclose(scale[:, None] * x + offset[:, None], channel_map(x), atol=1e-9)
    assert ChannelMap().then("max", 0).affine() is None


def test_decreasing_channels_and_scalar_scale():
    channel_map = ChannelMap().then("mul", [1.0, -2.0, 0.0]).then("add", 3.0)
    assert channel_map.decreasing(-5, 5, 3).tolist() == [False, True, False]
    assert ChannelMap().then("mul", 0.5).then("div", 2.0).scalar_scale() == 0.25
    for other in (("mul", 0.0), ("mul", -1.0), ("mul", [1.0, 2.0]), ("add", 1.0), ("max", 0.0)):
        assert ChannelMap().then(*other).scalar_scale() is None
