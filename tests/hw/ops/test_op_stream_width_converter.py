"""StreamWidthConverter: identity, widths on the way, error texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_op


def converter_op(lanes_in, lanes_out, channels, bits=3):
    return make_op(
        "StreamWidthConverter",
        inShape=[1, 3, 2, channels],
        outShape=[1, 3, 2, channels],
        inWidth=lanes_in * bits,
        outWidth=lanes_out * bits,
        dataType=f"INT{bits}",
    )


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 2))
def test_identity(lanes_in, lanes_out, times):
    op = converter_op(lanes_in, lanes_out, int(np.lcm(lanes_in, lanes_out)) * times)
    op.check()
    assert_shapes_agree(op)
    x = image(op)
    assert (op.reference(x) == x).all()
    assert op.get_exp_cycles() == x.size // min(lanes_in, lanes_out)


@pytest.mark.parametrize(
    ("lanes", "widths", "instances"),
    [
        ((2, 6), (6, 18), 1),
        ((6, 2), (18, 6), 1),
        ((4, 4), (12, 12), 1),
        ((4, 6), (12, 36, 18), 2),
        ((6, 4), (18, 36, 12), 2),
    ],
)
def test_widths(lanes, widths, instances):
    op = converter_op(*lanes, 24)
    assert op.widths() == widths
    assert op.rtl_body(None).count("stream_width_converter #(") == instances


def test_beats_may_span_pixels():
    op = converter_op(2, 4, 6)
    op.check()
    assert op.output_beats(image(op)).shape == (9, 4)


def test_width_is_a_multiple_of_the_type():
    op = converter_op(2, 4, 8)
    op.set_nodeattr("inWidth", 7)
    with pytest.raises(HardwareError, match="node node: stream width = 7 is no multiple of 3 bits"):
        op.check()


def test_lanes_divide_the_tensor():
    with pytest.raises(HardwareError, match="node node: output lanes = 7 does not divide 48"):
        converter_op(2, 7, 8).check()
