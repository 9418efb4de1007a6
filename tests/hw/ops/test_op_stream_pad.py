"""StreamPad: reference, shapes, clocks, error texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op

sizes = st.integers(1, 5)
border = st.integers(0, 3)


@given(sizes, sizes, sizes, sizes, st.tuples(border, border, border, border),
       st.tuples(st.integers(1, 3), st.integers(1, 3)))  # fmt: skip
def test_shapes_and_reference(height, width, simd, folding, padding, stride):
    shape = (2, height, width, simd * folding)
    op = make_stream_op("StreamPad", shape, SIMD=simd, Padding=list(padding), Stride=list(stride))
    op.check()
    assert_shapes_agree(op)
    x = image(op)
    y = op.reference(x)
    top, left, bottom, right = padding
    rows = top + stride[0] * np.arange(height)
    columns = left + stride[1] * np.arange(width)
    assert (y[:, rows][:, :, columns] == x).all()
    assert np.abs(y).sum() == np.abs(x).sum()
    assert y.shape[1:3] == (rows[-1] + 1 + bottom, columns[-1] + 1 + right)
    assert op.get_exp_cycles() == y.shape[1] * y.shape[2] * folding


def test_padding_is_four_sizes():
    op = make_stream_op("StreamPad", (1, 4, 4, 2), Padding=[1, -1, 1, 1])
    text = r"node node: Padding = \[1, -1, 1, 1\] is not four sizes \(top, left, bottom, right\)"
    with pytest.raises(HardwareError, match=text):
        op.check()


def test_stride_is_two_sizes():
    op = make_stream_op("StreamPad", (1, 4, 4, 2), Padding=[1, 1, 1, 1], Stride=[0, 1])
    with pytest.raises(HardwareError, match=r"node node: Stride = \[0, 1\] is not two sizes"):
        op.check()


def test_type_without_zero():
    op = make_stream_op("StreamPad", (1, 4, 4, 2), "BIPOLAR", Padding=[1, 1, 1, 1])
    with pytest.raises(HardwareError, match="node node: BIPOLAR has no zero"):
        op.check()


def test_lanes_divide_channels():
    op = make_stream_op("StreamPad", (1, 4, 4, 4), Padding=[1, 1, 1, 1], SIMD=3)
    with pytest.raises(HardwareError, match="node node: input lanes = 3 does not divide 4"):
        op.check()


def test_body_names_the_parameters():
    op = make_stream_op("StreamPad", (1, 4, 5, 6), Padding=[1, 2, 3, 0], SIMD=2)
    body = op.rtl_body(None)
    for text in (
        ".Width(8)",
        ".Folds(3)",
        ".Height(4)",
        ".Cols(5)",
        ".Top(1)",
        ".Left(2)",
        ".Bottom(3)",
        ".Right(0)",
    ):
        assert text in body
