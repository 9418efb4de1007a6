"""Latency bound: receptive fields that are known, and never more than the timing model's clocks."""

import pytest

from hw.dataflow.bound import latency_bound
from hw.dataflow.graph import StreamGraph
from hw.dataflow.machine_graph import MachineGraph
from tests.hw.dataflow.test_machines import TYPES, operator, random_operators
from tests.hw.dataflow.test_sizing import unit
from tests.hw.graph_models import GraphModel


def layer(height, width, parallel=1):
    """A padded 3 x 3 window and a 2 x 2 pool of it, of a channel."""
    types = TYPES
    pad = operator("StreamPad", (1, height, width, 1), Padding=[1] * 4, SIMD=1, **types)
    window = operator(
        "SlidingWindow", (1, height + 2, width + 2, 1), KernelSize=[3, 3], Stride=[1, 1], SIMD=1,
        parallel_window=parallel, **types,
    )  # fmt: skip
    pool = operator("StreamMaxPool", (1, height, width, 9), KernelSize=[2, 2], PE=9, **types)
    return [pad, window, pool] if parallel else [pad, window]


def test_rows_and_columns_that_come_first():
    """A 3 x 3 window with border waits for a row and a pixel, the pool behind it for as much."""
    bound = latency_bound(layer(8, 10))
    assert (bound.rows, bound.columns) == (2, 2)
    assert bound.line_buffers == 2 * 10 + 2


def test_a_serial_window_gives_a_tap_a_clock():
    bound = latency_bound(layer(8, 10, parallel=0))
    assert (bound.rows, bound.columns) == (1, 1)
    assert bound.last >= 8 * 10 * 9 - 1


@pytest.mark.parametrize("parallel", [0, 1])
def test_it_is_reached_within_the_latency_of_the_operators(parallel):
    ops = layer(8, 10, parallel)
    last, settled = latency_bound(ops).last, MachineGraph.of(ops).settled()
    assert last <= settled.latency <= last + 12


@pytest.mark.parametrize("seed", range(8))
def test_no_operator_is_faster(seed):
    for op in random_operators(seed):
        bound, settled = latency_bound([op]), MachineGraph.of([op]).settled()
        if "MVAU" in op.onnx_node.op_type:
            assert 0 < bound.first + 1 <= settled.first_latency
        assert bound.last <= settled.latency, op.onnx_node.op_type


def test_a_unit_by_hand():
    """Four vectors, a beat each, rows in four beats: 3 clocks to the last one, then 4 a vector."""
    bound = latency_bound([unit("u", (1, 2, 2, 4), 4, 1)])
    assert (bound.line_buffers, bound.first, bound.last) == (0, 0, 15)
    bound = latency_bound([unit("u", (1, 2, 2, 4), 4, 4)])
    assert (bound.first, bound.last) == (0, 3)


def test_a_join_waits_for_the_branch_that_depends_on_more():
    """The 3 x 3 window's branch; with an identity beside it, first and last pixel are the same."""
    for swap in (False, True):
        graph = GraphModel((1, 8, 10, 1))
        far, near = graph.fork("x", "dup")
        branches = [graph.window_sum(far, "far"), near]
        graph.join(*(reversed(branches) if swap else branches), "sum")
        bound = latency_bound(StreamGraph.of_model(graph.model("sum")))
        assert (bound.rows, bound.columns, bound.line_buffers) == (1, 1, 11)
        assert bound.last == latency_bound(layer(8, 10)[:2]).last


def test_several_inputs_and_outputs():
    """The greatest of what outputs need; rows and columns are of the first input."""
    graph = GraphModel((1, 4, 6, 1), inputs=("a", "b"))
    first, second = graph.fork("a", "dup")
    graph.window_sum(first, "far")
    graph.join(second, "b", "sum")
    bound = latency_bound(StreamGraph.of_model(graph.model("sum", "far")))
    assert (bound.rows, bound.columns, bound.line_buffers) == (1, 1, 7)


def test_a_unit_that_sees_all_pixels_as_one():
    """It waits for the last of 2 x 3 pixels, each of which takes the unit in front two clocks."""
    whole = unit("whole", (1, 1, 1, 12), 2, 2)
    bound = latency_bound([unit("front", (1, 2, 3, 4), 2, 1), whole])
    assert (bound.rows, bound.columns, bound.line_buffers) == (1, 2, 5)
    assert (bound.first, bound.last) == (11, 11)
