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


@pytest.mark.parametrize(
    ("scales", "a"), [((0.0, 1.0), (0, 3)), ((1.0, 0.0), (0, 3)), ((0.3, 1.0), (0, 1 << 22))]
)
def test_none_of_zero_scales_and_of_too_many_pairs(scales, a):
    assert in_order(*scales, a, (0, 1)) is None
