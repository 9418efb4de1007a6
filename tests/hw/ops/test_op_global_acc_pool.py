"""GlobalAccPool: sums by hand, shapes, clocks, error texts."""

import numpy as np
import pytest

from hw.errors import HardwareError
from tests.hw.ops.op_case import image, make_stream_op


def test_meaning():
    op = make_stream_op("GlobalAccPool", (1, 2, 2, 2), "INT4", PE=2, outputDataType="INT6")
    op.check()
    x = np.array([[[[1, -8], [2, -8]], [[3, -8], [-7, 0]]]])
    assert op.reference(x).tolist() == [[[[-1, -24]]]]
    assert op.output_shape() == (1, 1, 1, 2)
    assert op.minimal_output_datatype().name == "INT6"
    assert op.reference(image(op)).shape == op.output_shape()
    assert op.get_exp_cycles() == 4


@pytest.mark.parametrize(
    ("given", "made", "text"),
    [
        ("UINT4", "UINT6", "node node: outputDataType = UINT6 cannot hold the sum of 9 UINT4"),
        ("INT4", "UINT8", "node node: INT4 and UINT8 differ in their sign"),
        ("BIPOLAR", "INT5", "node node: BIPOLAR is neither an unsigned nor a two's complement"),
    ],
)
def test_errors(given, made, text):
    op = make_stream_op("GlobalAccPool", (1, 3, 3, 2), given, outputDataType=made)
    with pytest.raises(HardwareError, match=text):
        op.check()


def test_lanes_divide_channels():
    op = make_stream_op("GlobalAccPool", (1, 2, 2, 4), "UINT2", PE=3, outputDataType="UINT4")
    with pytest.raises(HardwareError, match="node node: input lanes = 3 does not divide 4"):
        op.check()
