"""Sums of a matrix: signed digits, rows from other rows, shared pairs; nothing lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.matrix.sums import Plan, Term, references, share, signed_digits, weight_of

SEEDS = st.integers(0, 2**32 - 1)
PLANS = st.builds(Plan, st.integers(0, 3), st.integers(0, 4), st.integers(2, 3))


def coefficients(sums):
    """(values, inputs) what every value is of the inputs, and (rows, inputs) the rows."""
    found = list(np.eye(sums.inputs, dtype=np.int64))

    def of(term):
        return found[term.source] * (-1 if term.negative else 1) << term.shift

    for terms in sums.sums:
        assert len(terms) > 1
        found.append(np.sum([of(term) for term in terms], axis=0))
    zeros = np.zeros(sums.inputs, np.int64)
    return found, np.stack([zeros if row is None else of(row) for row in sums.rows])


@settings(deadline=None)
@given(st.integers(-(2**20), 2**20))
def test_signed_digits_are_canonical(value):
    digits = signed_digits(np.array(value))
    assert int((digits << np.arange(len(digits))).sum()) == value
    assert not np.any(digits[1:] * digits[:-1])  # no two neighbours


@settings(deadline=None)
@given(SEEDS, st.integers(1, 9), st.integers(1, 7), st.integers(1, 40), PLANS)
def test_rows_are_the_matrix(seed, inputs, rows, reach, plan):
    matrix = np.random.default_rng(seed).integers(-reach, reach, (inputs, rows), endpoint=True)
    _, found = coefficients(share(matrix, plan))
    assert np.array_equal(found, matrix.T)


def test_a_pair_of_all_rows_is_made_once():
    matrix = np.array([[1, 1, -1], [-1, -1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    sums = share(matrix, Plan(0, 1, 2))
    assert sums.sums[0] == (Term(0), Term(1, 0, True))
    assert [len(terms) for terms in sums.sums] == [2, 2, 2, 2]


def test_pairs_that_too_few_rows_have_stay():
    matrix = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]])
    assert len(share(matrix, Plan(0, 1, 2)).sums[0]) == 2
    assert share(matrix, Plan(0, 1, 3)).sums[0] == (Term(0), Term(1), Term(2))


def test_equal_and_opposite_rows_are_one_sum():
    row = np.array([1, 1, -1, 1])
    sums = share(np.stack([row, -row, 2 * row, np.zeros(4, int)], axis=1), Plan())
    assert len(sums.sums) == 2  # an all-negative row is the negative of a sum, others are not
    sums = share(np.stack([row, -row, 2 * row, np.zeros(4, int)], axis=1), Plan(chains=1))
    assert len(sums.sums) == 1
    assert sums.rows == (Term(4), Term(4, 0, True), Term(4, 1), None)


def test_a_row_is_written_with_its_nearest():
    rows = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, -1], [-1, -1, -1, -1, 1, 0]])
    assert references(rows, 0) == [(-1, 0)] * 3
    found = references(rows, 2)
    assert [each for each in found if each != (-1, 0)]
    for row, (ref, sign) in zip(rows, found, strict=True):
        if sign:
            assert weight_of(row - sign * rows[ref]) + 1 < weight_of(row)


@pytest.mark.parametrize("chains", range(4))
def test_chains_of_rows_are_bounded(chains):
    rows = np.tril(np.ones((8, 8), np.int64))
    found = references(rows, chains)

    def length(row):
        return 0 if found[row][1] == 0 else 1 + length(found[row][0])

    assert max(length(row) for row in range(8)) == min(chains, 3 if chains < 4 else 8)
