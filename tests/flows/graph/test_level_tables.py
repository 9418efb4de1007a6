"""Quantized functions that fall and rise: against the function itself, integer by integer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.channel_map import ChannelMap, Quantizer
from flows.graph.level_tables import look, rising_thresholds, two_sided


def table_of(levels, lo, quantizer):
    """levels (C, n) of the integers from lo on."""

    def function(x):
        return np.take_along_axis(levels, (x - lo).astype(int), axis=1).astype(float)

    whole = ChannelMap().through(function, rising=False)
    hi = lo + levels.shape[1] - 1
    return look(whole, quantizer, lo, hi, len(levels)), hi


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_both_sides_give_the_levels(data):
    quantizer = Quantizer.quant(1.0, 0, 3, True, False, "ROUND")
    channels, count = data.draw(st.integers(1, 3)), data.draw(st.integers(2, 12))
    level = st.integers(quantizer.lowest, quantizer.highest)
    levels = np.array([[data.draw(level) for _ in range(count)] for _ in range(channels)])
    lo = data.draw(st.integers(-6, 3))
    table, hi = table_of(levels, lo, quantizer)
    assert table.both == any(
        (np.diff(row) > 0).any() and (np.diff(row) < 0).any() for row in levels
    )
    bound = max(abs(lo), abs(hi))
    rows, bias = two_sided(table, -bound, bound)
    assert (np.diff(rows, axis=1) >= 0).all()
    for channel, row in enumerate(levels):
        for x, expected in zip(range(lo, hi + 1), row, strict=True):
            found = 2 * bias + (x >= rows[2 * channel]).sum() + (-x >= rows[2 * channel + 1]).sum()
            assert found == expected


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_rising_ones_are_plain_thresholds(data):
    quantizer = Quantizer.quant(1.0, 0, 2, False, False, "ROUND")
    levels = np.sort([[data.draw(st.integers(0, 3)) for _ in range(6)] for _ in range(2)])
    table, hi = table_of(levels, -2, quantizer)
    assert not table.both
    rows = rising_thresholds(table, quantizer, -2, hi)
    found = (np.arange(-2, hi + 1)[:, None] >= rows[:, None]).sum(axis=2)
    np.testing.assert_array_equal(found, levels)


def test_a_channel_that_only_falls_is_told():
    quantizer = Quantizer.quant(1.0, 0, 2, False, False, "ROUND")
    table, _ = table_of(np.array([[3, 1, 0], [0, 1, 1]]), 0, quantizer)
    assert table.falling().tolist() == [True, False]


def test_too_many_integers_are_not_looked_at():
    quantizer = Quantizer.quant(1.0, 0, 2, False, False, "ROUND")
    assert look(ChannelMap(), quantizer, -(1 << 30), 1 << 30, 1) is None


@pytest.mark.parametrize(("scale", "bias", "lowest"), [(0.5, -2.0, -4), (2.0, 1.0, 0)])
def test_multithreshold_counts(scale, bias, lowest):
    """Levels are multiples of the scale where the bias is one, else they count from 0."""
    quantizer = Quantizer.multi_threshold([[3.0, 1.0, 1.0]], scale, bias)
    x = np.array([[0.0, 1.0, 2.5, 3.0]])
    reals = quantizer.rescaled()(quantizer(x))
    np.testing.assert_array_equal(reals, scale * np.array([[0, 2, 2, 3]]) + bias)
    assert quantizer.lowest == lowest
