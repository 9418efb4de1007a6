"""Laying out the dataflow graph: chains, forks, joins, shortcuts; nothing on top of another."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.report.layout import Laid, Size, lay_out

SIZE = Size(100, 30)


def _check(laid: Laid, sizes: dict[str, Size], edges: list[tuple[str, str]]) -> None:
    """Boxes are in the drawing and apart, edges lead downwards from box to box."""
    for one, other in combinations(sizes, 2):
        beside = abs(laid.centres[one].x - laid.centres[other].x)
        below = abs(laid.centres[one].y - laid.centres[other].y)
        apart = beside >= (sizes[one].width + sizes[other].width) / 2
        assert apart or below >= (sizes[one].height + sizes[other].height) / 2, (one, other)
    for name, size in sizes.items():
        assert laid.centres[name].x - size.width / 2 >= -0.01
        assert laid.centres[name].x + size.width / 2 <= laid.width + 0.01
        assert laid.centres[name].y + size.height / 2 <= laid.height + 0.01
    for (source, target), path in zip(edges, laid.paths, strict=True):
        assert (path[0].x, path[-1].x) == (laid.centres[source].x, laid.centres[target].x)
        ys = [point.y for point in path]
        assert ys == sorted(ys)
        assert ys[0] < ys[-1]


def test_a_chain_is_a_column() -> None:
    sizes = dict.fromkeys("abc", SIZE)
    edges = [("a", "b"), ("b", "c")]
    laid = lay_out(sizes, edges)
    assert {centre.x for centre in laid.centres.values()} == {50.0}
    assert laid.width == 100
    _check(laid, sizes, edges)


def test_a_residual_block_has_its_shortcut_beside_the_branch() -> None:
    sizes = dict.fromkeys(["fork", "conv1", "conv2", "conv3", "add"], SIZE)
    edges = [("fork", "conv1"), ("conv1", "conv2"), ("conv2", "conv3"), ("conv3", "add")]
    edges.append(("fork", "add"))
    laid = lay_out(sizes, edges)
    _check(laid, sizes, edges)
    shortcut = laid.paths[-1]
    assert len(shortcut) == 5  # a bend at each layer that it passes
    for point, name in zip(shortcut[1:-1], ["conv1", "conv2", "conv3"], strict=True):
        assert point.y == laid.centres[name].y
        assert abs(point.x - laid.centres[name].x) > SIZE.width / 2


def test_parts_stand_side_by_side() -> None:
    sizes = dict.fromkeys("abcd", SIZE)
    edges = [("a", "b"), ("c", "d")]
    _check(lay_out(sizes, edges), sizes, edges)


def test_two_streams_between_the_same_boxes() -> None:
    sizes = dict.fromkeys(["fork", "add"], SIZE)
    edges = [("fork", "add"), ("fork", "add")]
    assert len(lay_out(sizes, edges).paths) == 2


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_graph_without_circles(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    names = [f"n{index}" for index in range(count)]
    sizes = {name: Size(data.draw(st.integers(40, 220)), 30) for name in names}
    pairs = list(combinations(names, 2))
    edges = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    _check(lay_out(sizes, edges), sizes, edges)


def test_a_long_network() -> None:
    names = [f"n{index}" for index in range(400)]
    sizes = dict.fromkeys(names, SIZE)
    edges = list(pairwise(names))
    assert lay_out(sizes, edges).height == pytest.approx(400 * 30 + 399 * 18, rel=0.01)
