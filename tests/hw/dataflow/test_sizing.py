"""Sizing: where FIFOs may stand, and that none is deeper or stands without need."""

import numpy as np
import pytest

from hw.dataflow.graph import StreamGraph
from hw.dataflow.machine_graph import MachineGraph
from hw.dataflow.sizing import NO_FIFO, deep_interval, joins, size_fifos, slots
from hw.errors import HardwareError
from tests.hw.dataflow.test_machines import TYPES, operator
from tests.hw.graph_models import GraphModel


def unit(name, shape, rows, pe, taps=0):
    """A matrix-vector unit that takes a pixel in one beat."""
    weights = np.ones((shape[3], rows))
    op = operator(
        "MultiLevelMVAU", shape, [(weights, "BIPOLAR")], MW=shape[3], MH=rows, SIMD=shape[3], PE=pe,
        noActivation=1, inputDataType="UINT2", weightDataType="INT2", accDataType="INT16",
        outputDataType="UINT2", weightCodeBits=1, window_taps=taps, window_simd=taps and 1,
    )  # fmt: skip
    op.onnx_node.name = name
    return op


def network(height=16, width=24):
    """Window, unit, pool; padding, window, unit of four clocks a pixel."""
    small = (1, height // 2, width // 2, 4)
    padded = (1, height // 2 + 2, width // 2 + 2, 4)
    window = {"KernelSize": [3, 3], "Stride": [1, 1], "parallel_window": 1}
    ops = [
        operator("StreamPad", (1, height, width, 1), Padding=[1] * 4, SIMD=1, **TYPES),
        operator("SlidingWindow", (1, height + 2, width + 2, 1), SIMD=1, **window, **TYPES),
        unit("first", (1, height, width, 9), 4, 4, 9),
        operator("StreamMaxPool", (1, height, width, 4), KernelSize=[2, 2], PE=4, **TYPES),
        operator("StreamPad", small, Padding=[1] * 4, SIMD=4, **TYPES),
        operator("SlidingWindow", padded, SIMD=4, **window, **TYPES),
        unit("second", (1, *small[1:3], 36), 4, 1, 9),
    ]
    for op, name in zip(ops, ("pad1", "window1", "first", "pool", "pad2", "window2", "second"),
                        strict=True):  # fmt: skip
        op.onnx_node.name = name
    return ops


def test_slots():
    heads, inner = slots(network(), {})
    assert heads == {"pad2": 12}
    assert inner == {}  # both units take a vector in one beat
    assert slots(network(), {"pad2": 5}) == ({}, {})


def test_a_row_is_counted_in_beats():
    """Of 12 pixels of 4 channels, two channels a beat."""
    pool = operator("StreamMaxPool", (1, 8, 24, 4), KernelSize=[2, 2], PE=4, **TYPES)
    pad = operator("StreamPad", (1, 4, 12, 4), Padding=[1] * 4, SIMD=2, **TYPES)
    pad.onnx_node.name = "pad"
    assert slots([pool, pad], {}) == ({"pad": 24}, {})


def test_depth_keeps_the_interval_and_half_of_it_does_not():
    ops = network()
    sizing = size_fifos(ops, {})
    assert set(sizing.depths) == {"pad2"}
    assert sizing.settled.interval == ops[0].get_exp_cycles() == 18 * 26
    assert sizing.settled.fills["pad2"] == sizing.depths["pad2"]
    half = MachineGraph.of(ops, {"pad2": sizing.depths["pad2"] // 2}).settled()
    none = MachineGraph.of(ops).settled()
    assert sizing.settled.interval < half.interval < none.interval


def test_given_depths_stay():
    ops = network()
    assert size_fifos(ops, {"pad2": 40}).depths == {"pad2": 40}
    assert size_fifos(ops, {"pad2": NO_FIFO}).depths == {}


def test_rows_that_are_wider_need_deeper_fifos():
    depths = [size_fifos(network(16, width), {}).depths["pad2"] for width in (16, 32, 64)]
    assert depths == sorted(set(depths))
    assert depths[2] <= 32 + 4  # of pixels, a row


def serial_layer(rows):
    """A pool, then padding, a window of a tap a clock and a unit of rows clocks a tap; 8 x 8."""
    window = {"KernelSize": [3, 3], "Stride": [1, 1], "parallel_window": 0}
    last = operator(
        "MultiLevelMVAU", (1, 8, 8, 9), [(np.ones((9, rows)), "BIPOLAR")], MW=9, MH=rows, SIMD=1,
        PE=1, noActivation=1, inputDataType="UINT2", weightDataType="INT2", accDataType="INT16",
        outputDataType="UINT2", weightCodeBits=1,
    )  # fmt: skip
    ops = [
        operator("StreamMaxPool", (1, 16, 16, 1), KernelSize=[2, 2], PE=1, **TYPES),
        operator("StreamPad", (1, 8, 8, 1), Padding=[1] * 4, SIMD=1, **TYPES),
        operator("SlidingWindow", (1, 10, 10, 1), SIMD=1, **window, **TYPES),
        last,
    ]
    for op, name in zip(ops, ("pool", "pad", "window", "unit"), strict=True):
        op.onnx_node.name = name
    return ops


def test_no_fifo_between_window_and_unit_where_one_in_front_of_the_layer_does():
    """One of a vector behind the window would do as well: the other is kept, by the rule."""
    sizing = size_fifos(serial_layer(4), {})
    assert set(sizing.depths) == {"pad"}
    assert sizing.settled.interval == 8 * 8 * 9 * 4  # the unit's


def faster_than_what_follows():
    """100 beats a frame, and a padding that makes 105 of them."""
    image = (1, 20, 5, 1)
    first = operator("StreamThresholding", image, [(np.arange(3)[None], "UINT2")], PE=1, **TYPES)
    pad = operator("StreamPad", image, Padding=[1, 0, 0, 0], SIMD=1, **TYPES)
    first.onnx_node.name, pad.onnx_node.name = "first", "pad"
    return [first, pad]


def test_a_fifo_that_is_full_without_need_is_left_out():
    """Whatever stands in front of the slower operator is full one day, and makes it no faster."""
    ops = faster_than_what_follows()
    sizing = size_fifos(ops, {})
    assert sizing.depths == {}
    assert sizing.settled.interval == 105


def test_a_graph_has_settled_when_its_fifos_are_full():
    """Five more beats come than go in each frame: not in the rhythm before 30 places are taken."""
    ops = faster_than_what_follows()
    settled = MachineGraph.of(ops, {"pad": 30}).settled()
    assert settled.fills == {"pad": 30}
    assert settled.frames > 30 // 5
    soon = MachineGraph.of(ops, {"pad": 30}).settled(strict=False)
    assert soon.interval == settled.interval == 105
    assert soon.fills["pad"] < 30


def residual(height=8, width=12, side=3):
    """x -> fork -> (sums of windows, identity) -> sum, and the places in front of it."""
    graph = GraphModel((1, height, width, 1))
    far, near = graph.fork("x", "dup")
    graph.window_sum(far, "far", side)
    return StreamGraph.of_model(graph.model(graph.join("far", near, "sum")))


def test_joins_may_have_a_fifo_at_each_input():
    assert joins(residual(), {}) == {"sum": 96, "sum.in1": 96}
    assert joins(residual(), {"sum.in1": 5}) == {"sum": 96}
    assert slots(residual(), {}) == ({"far_pad": 12}, {})


@pytest.mark.parametrize("side", [3, 5])
def test_the_short_branch_gets_the_least_depth(side):
    """A window of that many rows holds back half of them; one beat less loses the rate."""
    graph = residual(side=side)
    sizing = size_fifos(graph, {})
    free = MachineGraph.of(graph.ops[1:4]).settled().interval
    assert sizing.settled.interval == free == (8 + side - 1) * (12 + side - 1)
    depth = sizing.depths["sum.in1"]
    assert side // 2 * 12 < depth < side // 2 * 12 + 20
    assert set(sizing.depths) <= {"sum.in1", "far_pad"}
    less = MachineGraph.of(graph, {**sizing.depths, "sum.in1": depth - 1}).settled()
    assert less.stuck or less.interval > free
    assert MachineGraph.of(graph, {**sizing.depths, "sum.in1": 4}).settled().stuck == "dup"
    assert deep_interval(graph) == free


def test_a_branch_that_holds_back_more_than_a_frame():
    """Three windows as large as the image, one behind the other: more than a frame is inside."""
    graph = GraphModel((1, 4, 4, 1))
    far, near = graph.fork("x", "dup")
    for number in range(3):
        far = graph.window_sum(far, f"far{number}", 7)
    found = size_fifos(StreamGraph.of_model(graph.model(graph.join(far, near, "sum"))), {})
    assert found.depths["sum.in1"] > 16
    assert not found.settled.times.stuck


def test_a_given_depth_at_a_join_that_is_too_small_is_told():
    said = r"FIFO in front of sum\.in1: with the depth 5 that is given for it"
    with pytest.raises(HardwareError, match=said):
        size_fifos(residual(), {"sum.in1": 5})
