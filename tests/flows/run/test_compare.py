"""Comparison of two tensors: where they differ first, by how much and how often."""

import numpy as np
import pytest

from flows.errors import FlowError
from flows.run.compare import compare_boundaries, first_difference


def test_the_first_integer_that_differs_is_named():
    expected = np.arange(24).reshape(2, 3, 4)
    found = expected.copy()
    found[0, 2, 1] = -5
    found[1, 0, 3] += 1
    found[1, 2, 2] += 1
    assert str(first_difference("act3", 7, expected, found)) == (
        "act3: frame 7, pixel (row 0, column 2), channel 1: expected 9, found -5 "
        "(3 of 24 integers differ)"
    )


def test_a_single_difference_is_one():
    expected = np.zeros((2, 3, 4), np.int64)
    found = expected.copy()
    found[1, 0, 3] = 1
    difference = first_difference("a", 0, expected, found)
    assert difference is not None
    place = (difference.row, difference.column, difference.channel)
    assert (place, difference.count, difference.total) == ((1, 0, 3), 1, 24)


def test_equal_tensors_do_not_differ():
    assert first_difference("a", 0, np.ones((2, 3, 4)), np.ones((2, 3, 4), np.int64)) is None


@pytest.mark.parametrize("shape", [(1, 3, 4), (2, 3, 1), (3, 2, 4), (2, 3, 4, 1)])
def test_another_shape_is_refused(shape):
    with pytest.raises(FlowError, match=r"^a: shape .*, expected \(2, 3, 4\)$"):
        first_difference("a", 0, np.zeros((2, 3, 4)), np.zeros(shape))


def test_every_boundary_that_was_found_is_compared_in_its_order():
    expected = {name: np.zeros((1, 1, 2), np.int64) for name in "abcd"}
    found = {"c": expected["c"] + 1, "a": expected["a"], "b": expected["b"] + 2}
    differences = compare_boundaries(3, expected, found)
    assert [(d.boundary, d.frame, d.found) for d in differences] == [("c", 3, 1), ("b", 3, 2)]
