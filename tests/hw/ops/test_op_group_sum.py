"""GroupSum: reference, output type, both foldings, error texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qonnx.core.datatype import DataType

from hw.errors import HardwareError
from hw.ops.group_sum import sum_datatype
from tests.hw.ops.op_case import image, make_stream_op


def sum_op(channels, group, simd, datatype="UINT2", out=None):
    out = out or sum_datatype(DataType[datatype], group).name
    return make_stream_op(
        "GroupSum", (2, 3, 2, channels), datatype, Group=group, SIMD=simd, outputDataType=out
    )


@st.composite
def sums(draw):
    group, times = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    divisors = [d for d in range(1, group + 1) if group % d == 0]
    simd = draw(st.sampled_from([*divisors, group * times]))
    datatype = draw(st.sampled_from(["UINT1", "UINT2", "UINT8", "INT2", "INT5", "TERNARY"]))
    return sum_op(group * times, group, simd, datatype)


@given(sums())
def test_reference_and_shapes(op):
    op.check()
    x, group = image(op), op.int_attr("Group")
    y = op.reference(x)
    assert y.shape == op.output_shape() == tuple(op.get_normal_output_shape())
    for channel in range(y.shape[-1]):
        wanted = x[..., channel * group : (channel + 1) * group].sum(axis=-1)
        assert (y[..., channel] == wanted).all()
    assert np.prod(op.get_folded_output_shape()) == y.size
    assert op.output_beats(y).shape == (y.size // op.lanes_out(), op.lanes_out())
    assert op.get_exp_cycles() == x[0].size // op.lanes_in()


@given(st.sampled_from(["UINT1", "UINT2", "INT2", "INT8", "TERNARY"]), st.integers(1, 64))
def test_smallest_type(name, group):
    datatype = DataType[name]
    found = sum_datatype(datatype, group)
    low, high = datatype.min() * group, datatype.max() * group
    assert found.min() <= low
    assert found.max() >= high
    assert found.signed() == (low < 0)
    if found.bitwidth() > (2 if low < 0 else 1):
        smaller = DataType[f"{'INT' if low < 0 else 'UINT'}{found.bitwidth() - 1}"]
        assert smaller.min() > low or smaller.max() < high


def test_type_of_dupnet_layers():
    names = [sum_datatype(DataType["UINT2"], group).name for group in (1, 4, 8, 64)]
    assert names == ["UINT2", "UINT4", "UINT5", "UINT8"]


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (
            (12, 4, 6),
            "node node: SIMD = 6 is neither a multiple nor a divisor of Group = 4",
        ),
        ((12, 5, 1), "node node: Group = 5 does not divide 12"),
        ((12, 4, 8), "node node: SIMD = 8 does not divide 12"),
        (
            (12, 4, 4, "UINT2", "UINT3"),
            r"node node: outputDataType = UINT3 cannot hold the sum of 4 UINT2 \(UINT4 can\)",
        ),
        (
            (12, 4, 4, "INT2", "UINT8"),
            r"node node: outputDataType = UINT8 cannot hold the sum of 4 INT2 \(INT4 can\)",
        ),
        ((12, 4, 4, "UINT2", "INT8"), "node node: UINT2 and INT8 differ in their sign"),
    ],
)
def test_errors(op, text):
    with pytest.raises(HardwareError, match=text):
        sum_op(*op).check()
