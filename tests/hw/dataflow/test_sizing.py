"""Sizing: where FIFOs may stand, and that none is deeper or stands without need."""

import numpy as np

from hw.dataflow.chain import Chain
from hw.dataflow.sizing import NO_FIFO, size_fifos, slots
from tests.hw.dataflow.test_machines import TYPES, operator


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
    half = Chain.of(ops, {"pad2": sizing.depths["pad2"] // 2}).settled()
    none = Chain.of(ops).settled()
    assert sizing.settled.interval < half.interval < none.interval


def test_given_depths_stay():
    ops = network()
    assert size_fifos(ops, {"pad2": 40}).depths == {"pad2": 40}
    assert size_fifos(ops, {"pad2": NO_FIFO}).depths == {}


def test_rows_that_are_wider_need_deeper_fifos():
    depths = [size_fifos(network(16, width), {}).depths["pad2"] for width in (16, 32, 64)]
    assert depths == sorted(set(depths))
    assert depths[2] <= 32 + 4  # of pixels, a row
