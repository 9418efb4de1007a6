"""Moves of a frame's numbers: found from layouts, and done by numpy's own transposition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.layout import Layout, plain
from flows.graph.moves import Move, channels_at, move_between

#: A layout, and what torch would do to a tensor (1, C, H, W) of its shape.
LAYOUTS = [
    (Layout((4, 3, 2)).transposed((0, 3, 2, 1)), lambda x: x.transpose(0, 3, 2, 1)),
    (
        Layout((4, 3, 2)).reshaped((1, 4, 6)).transposed((0, 2, 1)),
        lambda x: x.reshape(1, 4, 6).transpose(0, 2, 1),
    ),
    (
        Layout((4, 6, 2)).reshaped((1, 2, 2, 6, 2)).transposed((0, 3, 1, 4, 2)),
        lambda x: x.reshape(1, 2, 2, 6, 2).transpose(0, 3, 1, 4, 2),
    ),
]


@pytest.mark.parametrize("number", range(len(LAYOUTS)))
def test_to_the_usual_order(number):
    layout, move = LAYOUTS[number]
    x = np.arange(np.prod(layout.shape)).reshape(1, *layout.shape)
    lies = move(x)
    dims = lies.shape if lies.ndim < 5 else (1, 12, 2, 2)
    wanted = plain(dims)
    found = move_between(layout.reshaped(dims), wanted)
    made = found.sources(x[0])
    assert made.shape == wanted.shape == found.shape
    assert np.array_equal(wanted.of_file(made[None]), lies.reshape(dims))


@given(st.permutations(range(6)), st.lists(st.integers(1, 3), min_size=6, max_size=6))
@settings(max_examples=30, deadline=None)
def test_any_transposition(perm, parts):
    """Parts of channels, rows and columns in any order; the same as frames (H, W, C)."""
    given_shape = tuple(np.prod(np.reshape(parts, (3, 2)), axis=1).tolist())
    layout = Layout(given_shape).reshaped((1, *parts)).transposed((0, *(p + 1 for p in perm)))
    behind = np.array(parts)[list(perm)].reshape(3, 2).prod(axis=1).tolist()
    usual = plain((1, *behind))
    found = move_between(layout.reshaped((1, *behind)), usual)
    x = np.arange(np.prod(parts)).reshape(given_shape)
    expected = x.reshape(parts).transpose(perm).reshape(behind)
    assert isinstance(found, Move) and np.array_equal(found.sources(x), expected)
    axes, order = found.streamed(given_shape)
    stream = x.transpose(1, 2, 0).reshape(axes).transpose(order)
    made = stream.reshape(behind[1], behind[2], behind[0]).transpose(2, 0, 1)
    assert np.array_equal(made, expected)


def test_two_transpositions_are_none():
    layout = Layout((6, 1, 1)).reshaped((2, 3)).transposed((1, 0)).reshaped((2, 3))
    again = layout.transposed((1, 0)).reshaped((1, 6))
    assert move_between(again, plain((1, 6))) is None


@pytest.mark.parametrize(
    ("dims", "axis"), [((1, 3, 4), 2), ((1, 3, 4), 1), ((1, 3, 4, 5), 2), ((1, 2, 3, 4, 5), -1),
                       ((3, 4, 2), 1), ((1, 7), 1)],
)  # fmt: skip
def test_channels_at_an_axis(dims, axis):
    layout = channels_at(dims, axis)
    x = np.random.default_rng(0).integers(0, 9, (1, *layout.shape))
    lies = layout.of_file(x)
    assert lies.shape == layout.dims == dims and layout.shape[0] == dims[axis]
    for channel in range(dims[axis]):
        assert np.array_equal(np.take(lies, channel, axis).reshape(-1), x[0, channel].reshape(-1))
