"""SlidingWindow: reference, both stream orders, buffer sizes, clocks, error texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op


def window_op(shape, kernel, stride=(1, 1), simd=1, parallel=0, dilation=(1, 1), depthwise=0):
    return make_stream_op(
        "SlidingWindow",
        shape,
        KernelSize=list(kernel),
        Stride=list(stride),
        SIMD=simd,
        parallel_window=parallel,
        Dilation=list(dilation),
        depthwise=depthwise,
    )


@st.composite
def windows(draw):
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    reach = [(size - 1) * gap + 1 for size, gap in zip(kernel, dilation, strict=True)]
    height, width = (draw(st.integers(size, size + 4)) for size in reach)
    simd, folding = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    shape = (draw(st.integers(1, 2)), height, width, simd * folding)
    kind = draw(st.integers(0, 1)), dilation, draw(st.integers(0, 1))
    return window_op(shape, kernel, stride, simd, *kind)


@given(windows())
def test_shapes(op):
    op.check()
    assert_shapes_agree(op)


@given(windows())
def test_reference_is_im2col(op):
    x = image(op)
    y = op.reference(x)
    kernel_h, kernel_w = op.ints_attr("KernelSize")
    stride_h, stride_w = op.ints_attr("Stride")
    gap_h, gap_w = op.ints_attr("Dilation")
    batch, out_h, out_w, _ = op.output_shape()
    for n in range(batch):
        for row in range(out_h):
            for col in range(out_w):
                top, left = row * stride_h, col * stride_w
                rows = top + gap_h * np.arange(kernel_h)
                window = x[n, rows][:, left + gap_w * np.arange(kernel_w)]
                assert (y[n, row, col] == window.reshape(-1)).all()


def test_parallel_beats_hold_all_taps_of_one_fold():
    op = window_op((1, 3, 3, 4), (2, 2), simd=2, parallel=1)
    y = op.reference(image(op))
    beats = op.output_beats(y)
    assert beats.shape == (4 * 2, 8)
    natural = y.reshape(4, 4, 2, 2)  # window, tap, fold, channel of the fold
    for window in range(4):
        for fold in range(2):
            expected = natural[window, :, fold].reshape(-1)
            assert (beats[window * 2 + fold] == expected).all()


def test_depthwise_beats_are_fold_by_fold():
    op = window_op((1, 3, 3, 4), (2, 2), simd=2, depthwise=1)
    y = op.reference(image(op))
    natural = y.reshape(4, 4, 2, 2)  # window, tap, fold, channel of the fold
    expected = [natural[w, t, f] for w in range(4) for f in range(2) for t in range(4)]
    assert (op.output_beats(y) == np.array(expected)).all()


def test_serial_beats_are_natural():
    op = window_op((1, 3, 3, 4), (2, 2), simd=2)
    y = op.reference(image(op))
    assert (op.output_beats(y) == y.reshape(-1, 2)).all()


@pytest.mark.parametrize(
    ("parallel", "bits"),
    [
        # (2 lines + 3 pixels, and 3 pixels of slack) x 2 beats x 2 channels x 4 bits
        (0, ((2 * 10 + 3) + 3) * 2 * 8),
        # 2 lines of 10 pixels x 2 beats, and 2 x 2 + 1 columns of 3 pixels, of 8 bits
        (1, (2 * 10 * 2 + 5 * 3) * 8),
    ],
)
def test_line_buffer_bits(parallel, bits):
    op = window_op((1, 8, 10, 4), (3, 3), simd=2, parallel=parallel)
    assert op.line_buffer_bits() == bits


def test_slack_grows_with_vertical_stride():
    assert window_op((1, 8, 10, 1), (2, 2), (2, 2)).serial_depth() == 10 + 2 + 2 + 10


def test_clocks():
    # parallel: input beats
    assert window_op((1, 8, 10, 4), (3, 3), simd=2, parallel=1).get_exp_cycles() == 160
    # serial, more input than output
    assert window_op((1, 9, 9, 2), (1, 1), (2, 2)).get_exp_cycles() == 162
    # serial: output beats, and 92 clocks at the start of a frame (measured: 7149)
    assert window_op((1, 16, 16, 4), (3, 3)).get_exp_cycles() == 14 * 14 * 36 + 92


def test_kernel_larger_than_input():
    op = window_op((1, 2, 2, 1), (3, 3))
    text = "node node: kernel 3 x 3 is larger than the input 2 x 2"
    with pytest.raises(HardwareError, match=text):
        op.check()


def test_dilated_kernel_larger_than_input():
    op = window_op((1, 4, 5, 1), (3, 3), dilation=(2, 2))
    text = "node node: kernel 3 x 3 dilated by 2 x 2 is larger than the input 4 x 5"
    with pytest.raises(HardwareError, match=text):
        op.check()


def test_dilated_line_buffer():
    # 4 lines of 10 pixels, and 3 columns of 4 more pixels of 3 taps
    op = window_op((1, 8, 10, 1), (3, 3), parallel=1, dilation=(2, 2))
    assert op.line_buffer_bits() == (4 * 10 + 5 * 3) * 4
    assert window_op((1, 8, 10, 1), (3, 3), dilation=(2, 2)).serial_depth() == 4 * 10 + 5 + 5


def test_stride_is_two_sizes():
    op = window_op((1, 4, 4, 1), (3, 3), (0, 1))
    with pytest.raises(HardwareError, match=r"node node: Stride = \[0, 1\] is not two sizes"):
        op.check()


def test_modules():
    assert "sliding_window_serial" in window_op((1, 4, 4, 1), (3, 3)).rtl_modules()
    parallel = window_op((1, 4, 4, 1), (3, 3), parallel=1)
    assert parallel.rtl_modules() == ("sliding_window_parallel",)
    assert "Depth" not in parallel.rtl_body(None)


def test_kernel_of_one_needs_no_line_memory():
    op = window_op((1, 100, 100, 1), (1, 1), parallel=1)
    assert op.bram_estimation() == 0
    assert np.prod(op.output_shape()) == 10000
