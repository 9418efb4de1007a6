"""StreamPool: reference against torch's pools, shapes, clocks, error texts."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from hw.errors import HardwareError
from hw.ops.stream_pool import joined_datatype
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


def pool(shape, function="MaxPool", datatype="INT4", **attrs):
    kernel = attrs["KernelSize"]
    attrs = {key: list(value) if key != "PE" else value for key, value in attrs.items()}
    op = make_stream_op("StreamPool", shape, datatype, Function=function, **attrs)
    made = joined_datatype(op.get_input_datatype(), function, kernel[0] * kernel[-1])
    op.set_nodeattr("outputDataType", made.name)
    return op


@given(pairs, pairs, pairs, st.sampled_from(["MaxPool", "AccPool"]), st.integers(0, 6))
def test_shapes_and_reference(kernel, stride, dilation, function, more):
    spans = [(size - 1) * step + 1 for size, step in zip(kernel, dilation, strict=True)]
    op = pool(
        (1, spans[0] + more, spans[1] + more // 2, 4), function, PE=2, KernelSize=kernel,
        Stride=stride, Dilation=dilation,
    )  # fmt: skip
    op.check()
    x = image(op)
    planes = torch.from_numpy(x.transpose(0, 3, 1, 2).astype(np.float32))
    if function == "MaxPool":
        expected = functional.max_pool2d(planes, kernel, stride, dilation=dilation)
    else:
        ones = torch.ones(4, 1, *kernel)
        expected = functional.conv2d(planes, ones, None, stride, 0, dilation, 4)
    y = op.reference(x)
    assert (y == expected.numpy().transpose(0, 2, 3, 1)).all()
    assert y.shape == op.output_shape()
    assert op.get_exp_cycles() == x.shape[1] * x.shape[2] * 2
    assert y.min() >= op.get_output_datatype().min() and y.max() <= op.get_output_datatype().max()


def test_interfaces_agree():
    assert_shapes_agree(pool((1, 3, 4, 6), PE=2, KernelSize=(1, 1)))


def test_parameters_of_the_module():
    body = pool((1, 7, 9, 4), "AccPool", PE=2, KernelSize=(4, 3), Dilation=(2, 1)).rtl_body(None)
    for text in (
        ".Bits(4)", ".MidBits(6)", ".OutBits(8)", ".IsSigned(1)", ".IsSum(1)", ".Folds(2)",
        ".KernelH(4)", ".KernelW(3)", ".DilationH(2)", ".DilationW(1)", ".Cols(9)",
    ):  # fmt: skip
        assert text in body


@pytest.mark.parametrize(
    ("attrs", "text"),
    [
        ({"KernelSize": (3, 5)}, "node node: a window of 3 x 5 is larger than the input 4 x 4"),
        ({"KernelSize": (2, 2), "Dilation": (1, 4)}, "node node: a window of 2 x 5 is larger"),
        ({"KernelSize": (2,)}, r"node node: KernelSize = \[2\] is not two sizes \(h, w\)"),
        ({"KernelSize": (2, 2), "Stride": (0, 1)}, r"node node: Stride = \[0, 1\] is not two"),
    ],
)
def test_errors(attrs, text):
    with pytest.raises(HardwareError, match=text):
        pool((1, 4, 4, 2), **attrs).check()


def test_types():
    bipolar = pool((1, 4, 4, 2), "AccPool", "BIPOLAR", KernelSize=(2, 2))
    with pytest.raises(HardwareError, match="node node: BIPOLAR is neither an unsigned nor"):
        bipolar.check()
    op = pool((1, 4, 4, 2), "AccPool", "UINT4", KernelSize=(3, 3))
    op.set_nodeattr("outputDataType", "UINT7")
    text = "node node: outputDataType = UINT7; the AccPool of UINT4 is UINT8"
    with pytest.raises(HardwareError, match=text):
        op.check()
