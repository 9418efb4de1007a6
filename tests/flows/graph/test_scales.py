"""Scales as multiples of one number, and ratios of two."""

from fractions import Fraction

import numpy as np
import pytest

from flows.graph.scales import multiples, pairs, ratio


def test_ratio():
    assert ratio(0.75, 0.5) == Fraction(3, 2)
    assert ratio(-0.25, 0.5) == Fraction(-1, 2)
    assert ratio(1.0, 3.0) == Fraction(1, 3)  # to the last bit of float64
    assert ratio(1024.0, 1.0) == 1024
    assert ratio(1025.0, 1.0) is None
    assert ratio(float(np.float32(0.3)), float(np.float32(0.1))) is None  # 2.99999999...


@pytest.mark.parametrize(
    ("scales", "unit", "integers"),
    [
        ([0.5, 0.25, 1.0], 0.25, [2, 1, 4]),
        ([0.75, 0.5], 0.25, [3, 2]),
        ([0.5, 0.0, -1.5], 0.5, [1, 0, -3]),
        ([0.1], 0.1, [1]),
        ([6.0, 4.0, 10.0], 2.0, [3, 2, 5]),
    ],
)
def test_multiples(scales, unit, integers):
    found = multiples(scales)
    assert found is not None
    assert found[0] == unit
    assert found[1].tolist() == integers


@pytest.mark.parametrize("scales", [[1.0, 3.14159], [1.0, 2048.0], [0.0, 0.0]])
def test_no_multiples(scales):
    assert multiples(scales) is None


def test_pairs():
    first, second = np.array([1.0, 0.75, 0.1]), np.array([0.5, 0.5, -0.1])
    units, p, q = pairs(first, second)
    assert p.tolist() == [2, 3, 1]
    assert q.tolist() == [1, 2, -1]
    assert units.tolist() == [0.5, 0.25, 0.1]
    assert np.array_equal(units * p, first)
    assert pairs(np.array([1.0]), np.array([np.pi])) is None
    assert pairs(np.array([0.0]), np.array([1.0])) is None
