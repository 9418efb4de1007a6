"""Layouts of a file's tensors: against numpy's own transpose and reshape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto

from flows.errors import FlowError
from flows.graph.layout import Layout, plain
from flows.graph.layout_metadata import layouts_of, write_layouts


@st.composite
def moved(draw):
    """(layout, numbers of (1, C, H, W), the same moved as numpy does it)."""
    shape = tuple(draw(st.integers(1, 4)) for _ in range(3))
    layout = Layout(shape)
    values = np.arange(np.prod(shape)).reshape(1, *shape)
    found = values
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            order = (0, *draw(st.permutations(range(1, found.ndim))))
            layout, found = layout.transposed(order), found.transpose(order)
            continue
        rest = list(found.shape[1:])
        match draw(st.sampled_from(["merge", "split", "one", "less"])):
            case "merge" if len(rest) > 1:
                place = draw(st.integers(0, len(rest) - 2))
                rest[place : place + 2] = [rest[place] * rest[place + 1]]
            case "split":
                place = draw(st.integers(0, len(rest) - 1))
                rest[place : place + 1] = [2, rest[place] // 2] if rest[place] % 2 == 0 else [
                    1, rest[place]]  # fmt: skip
            case "one":
                rest.insert(draw(st.integers(0, len(rest))), 1)
            case "less":
                rest = [size for size in rest if size != 1] or [1]
        layout, found = layout.reshaped((1, *rest)), found.reshape((1, *rest))
    return layout, values, found


@settings(max_examples=60, deadline=None)
@given(moved())
def test_as_numpy_moves(case):
    layout, values, found = case
    assert layout.dims == found.shape
    np.testing.assert_array_equal(layout.of_file(values), found)
    np.testing.assert_array_equal(layout.canonical(found), values)
    np.testing.assert_array_equal(layout.places(), found)
    several = np.concatenate([values, values + 1000])
    np.testing.assert_array_equal(layout.of_file(several), np.concatenate([found, found + 1000]))
    np.testing.assert_array_equal(layout.canonical(layout.of_file(several)), several)
    axes = layout.axes()
    if axes is not None:
        for place, axis in enumerate(axes):
            assert found.shape[place] == (1 if axis is None else values.shape[axis])


def test_two_ways_to_the_same_are_the_same():
    one = Layout((3, 4, 5)).transposed((0, 2, 3, 1)).transposed((0, 3, 1, 2))
    assert one == Layout((3, 4, 5))
    flat = Layout((6, 1, 1)).reshaped((1, 6))
    assert flat == plain((1, 6))
    assert flat.reshaped((1, 2, 3)).reshaped((1, 6)) == flat
    assert Layout((6, 1, 1)).reshaped((1, 6)).is_same_as(Layout((6, 1, 1)).reshaped((1, 6)))
    assert not Layout((2, 1, 3)).reshaped((1, 6)).is_same_as(flat)


def test_other_sizes_go_through_a_transposition_alone():
    last = Layout((3, 4, 5)).transposed((0, 2, 3, 1))
    assert last.of_file(np.zeros((2, 3, 9, 8))).shape == (2, 9, 8, 3)
    flat = Layout((3, 4, 5)).reshaped((1, 60))
    with pytest.raises(FlowError, match="does not fit the layout"):
        flat.of_file(np.zeros((1, 3, 9, 8)))
    without_batch = Layout((3, 1, 1)).reshaped((3,))
    assert without_batch.of_file(np.zeros((1, 3, 1, 1))).shape == (3,)
    assert without_batch.canonical(np.zeros(3)).shape == (1, 3, 1, 1)
    with pytest.raises(FlowError, match="more than one frame"):
        without_batch.of_file(np.zeros((2, 3, 1, 1)))


def test_metadata_keep_them():
    layouts = {"a": Layout((3, 4, 5)).transposed((0, 2, 3, 1)), "b": Layout((6, 1, 1)),
               "c": Layout((6, 1, 2)).reshaped((1, 12))}  # fmt: skip
    model = ModelProto()
    write_layouts(model, layouts)
    found = layouts_of({p.key: p.value for p in model.metadata_props})
    assert found == {"a": layouts["a"], "c": layouts["c"]}
