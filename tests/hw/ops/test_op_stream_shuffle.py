"""StreamShuffle: reference against numpy by indices, orders, shapes, clocks, error texts."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.ops.stream_shuffle import Order
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op


def shuffle(shape, parts, perm, made, **attrs):
    attrs = {"transpose_in_shape": parts, "perm": perm, "out_shape": made, **attrs}
    return make_stream_op("StreamShuffle", shape, **attrs)


def test_reference_number_by_number():
    op = shuffle((1, 2, 3, 4), (2, 3, 2, 2), (2, 1, 0, 3), (1, 2, 3, 4))
    op.check()
    x = image(op)
    y = op.reference(x)
    for a, b, c, d in product(range(2), range(3), range(2), range(2)):
        assert y[0, c, b, 2 * a + d] == x[0, a, b, 2 * c + d]


@given(st.permutations(range(4)), st.lists(st.integers(1, 4), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_order_is_numpys(perm, parts):
    order = Order.of(tuple(parts), tuple(perm))
    places = np.arange(np.prod(parts)).reshape(parts).transpose(perm).reshape(order.blocks, -1)
    expected = order.places() + np.arange(order.blocks)[:, None] * order.size
    assert np.array_equal(places, expected)
    for lanes in [d for d in range(1, order.run + 1) if order.run % d == 0]:
        beats = order.in_beats(lanes).places()
        assert np.array_equal(beats, order.places()[::lanes] // lanes)
        assert len(beats) * lanes == order.size


def test_axes_that_stay_side_by_side_are_one():
    assert Order.of((2, 3, 4, 5), (2, 3, 0, 1)) == Order(((20, 1), (6, 20)), 1)
    assert Order.of((7, 3, 4, 5), (0, 2, 1, 3)) == Order(((4, 5), (3, 20), (5, 1)), 7)
    assert Order.of((2, 3), (0, 1)) == Order((), 6)


def test_clocks_and_lanes():
    op = shuffle((1, 3, 4, 6), (3, 4, 6), (1, 0, 2), (1, 4, 3, 6), SIMD=3)
    op.check()
    assert op.get_exp_cycles() == 3 * 4 * 2
    assert [each.settings["SIMD"] for each in op.foldings(10**6, {})] == [1, 2, 3, 6]
    assert_shapes_agree(op)
    needs = op.dependency()
    assert needs.is_whole and set(needs.needs.tolist()) == {11}  # the whole frame


def test_blocks_need_their_own_pixels():
    """Two columns and channels of each row: a row is a block."""
    op = shuffle((1, 4, 2, 6), (4, 2, 6), (0, 2, 1), (1, 4, 6, 2))
    assert op.dependency().needs.reshape(4, 6).tolist() == [[2 * row + 1] * 6 for row in range(4)]


@pytest.mark.parametrize(
    ("parts", "perm", "made", "attrs", "said"),
    [
        ((2, 3), (1, 0), (1, 3, 1, 2), {}, "do not hold the numbers of"),
        ((6, 4), (1, 0), (2, 4, 1, 3), {}, "do not hold the numbers of|has not the input's 1"),
        ((6, 4), (1, 1), (1, 4, 1, 6), {}, r"perm = \[1, 1\] does not name each of 2 axes once"),
        ((6, 4), (0, 1), (1, 4, 1, 6), {}, r"perm = \[0, 1\] moves nothing"),
        ((6, 4), (1, 0), (1, 4, 1, 6), {"SIMD": 2}, "SIMD = 2 does not divide the 1 numbers"),
        ((6, 4), (1, 0), (1, 4, 1, 6), {"outputDataType": "INT5"}, "data types differ"),
    ],
)
def test_errors(parts, perm, made, attrs, said):
    with pytest.raises(HardwareError, match=f"node node: .*{said}"):
        shuffle((1, 2, 3, 4), parts, perm, made, **attrs).check()
