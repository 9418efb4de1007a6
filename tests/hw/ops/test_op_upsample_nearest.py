"""UpsampleNearestNeighbour: reference against torch, shapes, clocks, error texts."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_stream_op

sizes = st.integers(1, 4)


def upsample(shape, rows, columns, **attrs):
    return make_stream_op("UpsampleNearestNeighbour", shape, HO=rows, WO=columns, **attrs)


@given(sizes, sizes, sizes, sizes)
def test_shapes_and_reference(height, width, scale_h, scale_w):
    op = upsample((1, height, width, 4), height * scale_h, width * scale_w, SIMD=2)
    op.check()
    x = image(op)
    planes = torch.from_numpy(x.transpose(0, 3, 1, 2).astype(np.float32))
    expected = functional.interpolate(planes, scale_factor=(scale_h, scale_w), mode="nearest")
    assert (op.reference(x) == expected.numpy().transpose(0, 2, 3, 1)).all()
    assert op.output_shape() == (1, height * scale_h, width * scale_w, 4)
    assert op.get_exp_cycles() == height * scale_h * width * scale_w * 2
    needs = op.dependency().needs
    assert len(needs) == height * scale_h * width * scale_w and needs[-1] == height * width - 1
    assert (np.diff(needs) >= 0).all()


def test_interfaces_agree():
    assert_shapes_agree(upsample((1, 3, 4, 6), 3, 4, SIMD=3))


@pytest.mark.parametrize(
    ("rows", "columns", "text"),
    [
        (7, 8, "node node: HO = 7 is no multiple of the input's 3 rows"),
        (6, 2, "node node: WO = 2 is no multiple of the input's 4 columns"),
    ],
)
def test_errors(rows, columns, text):
    with pytest.raises(HardwareError, match=text):
        upsample((1, 3, 4, 2), rows, columns).check()


def test_types_agree():
    op = upsample((1, 3, 4, 2), 6, 8, outputDataType="INT5")
    with pytest.raises(HardwareError, match="node node: input and output data types differ"):
        op.check()
