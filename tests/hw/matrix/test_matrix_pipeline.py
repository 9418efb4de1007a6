"""Graphs of adders: the matrix' integers, in as many clocks as stated, in the bits stated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.matrix.adders import Kind, chain_luts, make_adders
from hw.matrix.search import PLANS, depth, find_pipeline, least_latency
from hw.matrix.stages import pipeline
from hw.matrix.sums import Plan, Term, share, signed_digits
from hw.matrix.table import cell_word, literal, term_word
from tests.hw.matrix.graphs import clocks, run

SEEDS = st.integers(0, 2**32 - 1)
#: Values of weights: signs, three levels, four levels without zero, any.
LEVELS = st.sampled_from([(-1, 1), (-2, 0, 2), (-3, -1, 1, 3), tuple(range(-128, 128)), (0,)])
RANGES = st.sampled_from([(0, 255), (0, 3), (-2, 1), (-128, 127), (0, 1), (-1, 0)])


def vectors(rng, low, high, inputs):
    """Random and extreme inputs."""
    x = rng.integers(low, high, (60, inputs), endpoint=True)
    x[:30] = np.where(x[:30] > (low + high) // 2, high, low)
    x[0], x[1] = low, high
    return x


@settings(deadline=None, max_examples=50)
@given(SEEDS, LEVELS, RANGES, st.integers(1, 40), st.integers(1, 12))
def test_pipeline_is_the_product(seed, levels, reach, inputs, rows):
    rng = np.random.default_rng(seed)
    matrix = rng.choice(levels, (inputs, rows))
    bits = max(1, int(np.abs(matrix).max()).bit_length() + 1)
    graph = find_pipeline(matrix, *reach, least_latency(inputs, bits))
    x = vectors(rng, *reach, inputs)
    assert np.array_equal(run(graph, x), x @ matrix)
    found = clocks(graph)
    for row in graph.rows:
        assert row is None or found[row.source] == graph.latency


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(1, 8), st.integers(1, 17), st.integers(1, 3))
def test_least_latency_is_enough_where_all_digits_are_negative(seed, bits, inputs, rows):
    """-5 = -4 - 1 and its like: twice the terms, and a sum that is negated at its end."""
    rng = np.random.default_rng(seed)
    levels = [-v for v in range(1, (1 << bits - 1) + 1) if (signed_digits(np.array(-v)) <= 0).all()]
    matrix = rng.choice(levels, (inputs, rows))
    graph = find_pipeline(matrix, 0, 3, least_latency(inputs, bits))
    x = vectors(rng, 0, 3, inputs)
    assert np.array_equal(run(graph, x), x @ matrix)


@pytest.mark.parametrize("plan", PLANS[::3])
def test_every_plan_is_exact(plan):
    rng = np.random.default_rng(3)
    matrix = rng.choice((-1, 0, 1), (30, 9))
    adders = make_adders(share(matrix, plan), 0, 15)
    graph = pipeline(adders, (depth(adders) + 1) // 2)
    x = vectors(rng, 0, 15, 30)
    assert np.array_equal(run(graph, x), x @ matrix)
    clocks(graph)


def test_sharing_takes_less_than_half():
    """16 rows of 27 signs: what the first layer is made of."""
    matrix = np.random.default_rng(1).choice((-1, 1), (27, 16))
    alone = chain_luts(make_adders(share(matrix, Plan()), 0, 255))
    shared = chain_luts(make_adders(share(matrix, Plan(1, 3, 2)), 0, 255))
    assert shared < alone / 2


def test_registers_are_few_for_a_chain_of_one():
    """Two inputs, one sum: it waits, not the inputs, where it is narrower than both."""
    adders = make_adders(share(np.ones((2, 1), int), Plan()), 0, 255)
    graph = pipeline(adders, 5)
    assert graph.registers == 5 * 9
    assert [cell.kind for cell in graph.cells] == [Kind.PARITY] + [Kind.REGISTER] * 5


def test_too_few_clocks_are_refused():
    matrix = np.random.default_rng(1).choice((-1, 1), (64, 2))
    with pytest.raises(HardwareError, match="no adders for a matrix of 64 x 2 within 2 clocks"):
        find_pipeline(matrix, 0, 3, 2)
    with pytest.raises(HardwareError, match=r"adders of \d chains do not fit 2 clocks"):
        pipeline(make_adders(share(matrix, Plan()), 0, 3), 2)


def test_words_of_the_table():
    assert term_word(None) == 0
    assert term_word(Term(5, 3, True)) == 5 | 3 << 16 | 1 << 22 | 1 << 23
    cell = make_adders(share(np.array([[1], [-1]]), Plan()), 0, 3).cells[0]
    # the example in the defaults of constant_matrix.sv
    assert f"{cell_word(cell):028x}" == "000000000000c00001800000003d"
    assert literal([1, 2], 8) == "{\n      8'h02,\n      8'h01}"
    assert term_word(Term(65535, 63)) == 65535 | 63 << 16 | 1 << 23
    with pytest.raises(HardwareError, match="value 65536 shifted by 0"):
        term_word(Term(1 << 16))
    with pytest.raises(HardwareError, match="value 1 shifted by 64"):
        term_word(Term(1, 64))


@pytest.mark.parametrize(
    ("weights", "high", "luts"),
    [
        # a + (b ^ c ^ d) of two bits, then twice the majority: three bits less the lowest
        ([1, 1, 1, 1], 1, 2 + 2),
        ([1, 1], 3, 3),  # 0..6
        ([1, 4], 3, 2),  # the lower two bits are those of the first value
        ([1], 3, 0),
    ],
)
def test_luts_of_chains_by_hand(weights, high, luts):
    matrix = np.array(weights)[:, np.newaxis]
    assert chain_luts(make_adders(share(matrix, Plan()), 0, high)) == luts


@pytest.mark.parametrize(
    ("elements", "bits", "expected"),
    # levels of four of the elements and of the bits, or of half of both and one more
    [(1, 1, 2), (4, 1, 2), (4, 2, 2), (4, 4, 3), (5, 1, 3), (16, 1, 3), (9, 8, 4), (17, 2, 4)],
)
def test_least_latency_by_hand(elements, bits, expected):
    assert least_latency(elements, bits) == expected


def test_a_graph_that_takes_all_the_clocks_fits():
    """Four values are one adder of four: both chains of the only clock."""
    assert find_pipeline(np.ones((4, 1), np.int64), 0, 3, 1).latency == 1
    with pytest.raises(HardwareError, match="no adders for a matrix of 5 x 1 within 1 clocks"):
        find_pipeline(np.ones((5, 1), np.int64), 0, 3, 1)


def test_the_cheaper_of_two_ways_is_taken_whichever_comes_first():
    matrix = np.random.default_rng(5).choice((-1, 1), (24, 16))
    plans = (PLANS[0], PLANS[2])
    made = [make_adders(share(matrix, plan), 0, 3) for plan in plans]
    assert chain_luts(made[0]) != chain_luts(made[1])
    cheaper = min(made, key=chain_luts)
    for order in (plans, plans[::-1]):
        found = find_pipeline(matrix, 0, 3, 6, order)
        chains = [cell for cell in found.cells if cell.kind != Kind.REGISTER]
        assert sorted(cell.bits for cell in chains) == sorted(cell.bits for cell in cheaper.cells)
