"""StreamMaxPool: reference, shapes, clocks, error texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op

kernels = st.integers(1, 3)


@given(
    st.tuples(kernels, kernels), st.tuples(st.integers(0, 5), st.integers(0, 5)), kernels, kernels
)
def test_shapes_and_reference(kernel, more, pe, folding):
    (kernel_h, kernel_w), (more_h, more_w) = kernel, more
    shape = (2, kernel_h + more_h, kernel_w + more_w, pe * folding)
    op = make_stream_op("StreamMaxPool", shape, KernelSize=[kernel_h, kernel_w], PE=pe)
    op.check()
    x = image(op)
    y = op.reference(x)
    assert y.shape == op.output_shape()
    for row in range(y.shape[1]):
        for col in range(y.shape[2]):
            window = x[:, row * kernel_h :, col * kernel_w :][:, :kernel_h, :kernel_w]
            assert (y[:, row, col] == window.max(axis=(1, 2))).all()
    assert op.get_exp_cycles() == shape[1] * shape[2] * folding


@given(st.sampled_from([(2, 2), (4, 2), (2, 4), (3, 3), (4, 1)]), kernels, kernels, kernels)
def test_packed_pixels_are_pooled_as_the_image_is(sizes, kernel_h, columns, channels):
    pixels, kernel_w = sizes
    width = columns * max(pixels, kernel_w)
    plain = make_stream_op(
        "StreamMaxPool", (2, 5, width, channels), KernelSize=[kernel_h, kernel_w]
    )
    shape = (2, 5, width // pixels, pixels * channels)
    packed = make_stream_op(
        "StreamMaxPool", shape, KernelSize=[kernel_h, kernel_w], Pixels=pixels, PE=shape[3]
    )
    packed.check()
    x = image(plain)
    y = packed.reference(x.reshape(shape))
    assert y.shape == packed.output_shape()
    assert (y.reshape(plain.output_shape()) == plain.reference(x)).all()
    assert packed.lanes_out() == packed.output_shape()[3]
    assert packed.get_exp_cycles() == 5 * width // pixels


def test_packed_windows_have_to_lie_in_a_beat():
    def packed(kernel, pe):
        return make_stream_op(
            "StreamMaxPool", (1, 4, 6, 8), KernelSize=[2, kernel], Pixels=4, PE=pe
        )

    packed(2, 4).check()
    with pytest.raises(HardwareError, match="node node: PE = 2 is no multiple of 4, the 2 pixels"):
        packed(2, 2).check()
    with pytest.raises(HardwareError, match="node node: windows of 3 columns lie across pixels"):
        packed(3, 8).check()


def test_interfaces_agree():
    # a kernel of one, so that input and output are permutations of the same values
    assert_shapes_agree(make_stream_op("StreamMaxPool", (1, 3, 4, 6), KernelSize=[1, 1], PE=2))


def test_sign_reaches_the_rtl():
    signed = make_stream_op("StreamMaxPool", (1, 4, 4, 2), "INT4", KernelSize=[2, 2])
    unsigned = make_stream_op("StreamMaxPool", (1, 4, 4, 2), "UINT4", KernelSize=[2, 2])
    assert ".IsSigned(1)" in signed.rtl_body(None)
    assert ".IsSigned(0)" in unsigned.rtl_body(None)


@pytest.mark.parametrize(
    ("datatype", "kernel", "text"),
    [
        ("INT4", [3, 5], "node node: kernel 3 x 5 is larger than the input 4 x 4"),
        ("INT4", [2], r"node node: KernelSize = \[2\] is not two sizes \(h, w\)"),
        ("BIPOLAR", [2, 2], "node node: BIPOLAR is neither an unsigned nor a two's complement"),
    ],
)
def test_errors(datatype, kernel, text):
    op = make_stream_op("StreamMaxPool", (1, 4, 4, 2), datatype, KernelSize=kernel)
    with pytest.raises(HardwareError, match=text):
        op.check()


def test_types_agree():
    op = make_stream_op("StreamMaxPool", (1, 4, 4, 2), KernelSize=[2, 2], outputDataType="INT5")
    with pytest.raises(HardwareError, match="node node: input and output data types differ"):
        op.check()
