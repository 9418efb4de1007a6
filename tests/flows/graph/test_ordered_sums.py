"""Sums of two scales of any ratio: their order, by exact fractions over all pairs."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.ordered_sums import in_order, reals_of

SCALES = st.floats(2.0**-12, 4.0, width=32)
ENDS = st.tuples(st.integers(-9, 9), st.integers(1, 12)).map(lambda e: (e[0], e[0] + e[1]))


def sums(factors, a, b):
    pairs = [(x, y) for x in range(a[0], a[1] + 1) for y in range(b[0], b[1] + 1)]
    return [factors[0] * x + factors[1] * y for x, y in pairs]


@settings(max_examples=60, deadline=None)
@given(SCALES, SCALES, st.sampled_from([1, -1]), ENDS, ENDS)
def test_order_of_all_pairs(first, second, sign, a, b):
    second *= sign
    factors = in_order(first, second, a, b)
    exact = sums((Fraction(first), Fraction(second)), a, b)
    ours = sums(factors, a, b)
    by_ours = sorted(range(len(ours)), key=lambda i: ours[i])
    for i, j in pairwise(by_ours):
        assert exact[i] < exact[j] if ours[i] < ours[j] else exact[i] == exact[j]
    bound = 2 * max(a[1] - a[0], b[1] - b[0])
    assert max(map(abs, factors)) <= bound


def test_reals_of_sums_and_of_those_between():
    """3 a + 5 b stand for 0.3 a + 0.49 b; 4 is no sum of a, b in 0..1: it is 3's."""
    known = reals_of((3, 5), (0.3, 0.49), [(0, 1), (0, 1)], "")
    found = known(np.array([[0, 3, 4, 5, 8, 9]]))
    np.testing.assert_allclose(found, [[0, 0.3, 0.3, 0.49, 0.79, 0.79]], rtol=1e-12)
    assert known.is_monotone
    assert known.affine() is None


@settings(max_examples=40, deadline=None)
@given(SCALES, SCALES, st.sampled_from([1, -1]), ENDS, ENDS, st.data())
def test_reals_are_of_the_greatest_sum_below(first, second, sign, a, b, data):
    scales = first, sign * second
    factors = in_order(*scales, a, b)
    known = dict(zip(sums(factors, a, b), sums(scales, a, b), strict=True))
    least, most = min(known), max(known)
    n = data.draw(st.lists(st.integers(least - 5, most + 5), min_size=1, max_size=9))
    found = reals_of(factors, scales, (a, b), "")(np.array([n, n]))
    expected = [known[max((s for s in known if s <= i), default=least)] for i in n]
    np.testing.assert_allclose(found, [expected, expected], rtol=1e-9, atol=1e-9)


def test_a_sum_of_a_layer_and_of_eight_bits():
    """An accumulator of 17 bits and a quantized tensor: of a sum and the next, the right order."""
    ends, scales = ((0, 255), (-40_000, 60_000)), (2**0.5, 3**-0.5)
    p, q = in_order(*scales, *ends)
    found = reals_of((p, q), scales, ends, "")
    a, b = np.array([[255, 77, 0, 3]]), np.array([[60_000, -1_234, 59_999, -40_000]])
    sums_ = p * a + q * b
    np.testing.assert_allclose(found(sums_), scales[0] * a + scales[1] * b, rtol=1e-9)
    assert np.all(found(sums_ - 1) < found(sums_))


@pytest.mark.parametrize(
    ("scales", "a"), [((0.0, 1.0), (0, 3)), ((1.0, 0.0), (0, 3)), ((1e-4, 1.0), (0, 5_000))]
)
def test_none_of_zero_scales_and_of_great_factors(scales, a):
    assert in_order(*scales, a, (0, 5_000)) is None


def test_none_of_two_layers():
    assert in_order(2**0.5, 3**-0.5, (-3_000, 3_000), (-3_000, 3_000)) is None
