"""StreamFIFO: identity, FINN's attributes, window order, styles, error texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.errors import HardwareError
from tests.hw.ops.op_case import assert_shapes_agree, image, make_op


def fifo_op(depth=4, lanes=2, folding=3, datatype="INT3", **attrs):
    return make_op(
        "StreamFIFO",
        depth=depth,
        folded_shape=[1, 4, 5, folding, lanes],
        normal_shape=[1, 4, 5, folding * lanes],
        dataType=datatype,
        **attrs,
    )


@given(st.integers(1, 300), st.integers(1, 4), st.integers(1, 4))
def test_identity(depth, lanes, folding):
    op = fifo_op(depth, lanes, folding)
    op.check()
    assert_shapes_agree(op)
    x = image(op)
    assert (op.reference(x) == x).all()
    assert op.storage_bits() == depth * lanes * 3
    assert op.get_exp_cycles() == 20 * folding * (2 if depth == 1 else 1)


@pytest.mark.parametrize(
    ("depth", "style", "rtl", "built"),
    [
        (64, "auto", "auto", "distributed"),
        (65, "auto", "auto", "block"),
        (8, "block", "block", "block"),
        (4, "block", "block", "distributed"),
        (300, "distributed", "distributed", "distributed"),
        (300, "srl", "distributed", "distributed"),
        (300, "ultra", "block", "block"),
    ],
)
def test_ram_style(depth, style, rtl, built):
    op = fifo_op(depth, ram_style=style)
    assert op.rtl_ram_style() == rtl
    assert op.get_ram_style() == built
    assert (op.bram_estimation() > 0) == (built == "block")
    assert f'.RamStyle("{rtl}")' in op.rtl_body(None)
    assert f".Depth({depth})" in op.rtl_body(None)


def test_behind_a_parallel_window():
    # channels (tap, C) leave the window in the order (C / simd, tap, simd)
    op = fifo_op(lanes=4, folding=2, window_taps=4, window_simd=1)
    x = image(op)
    beats = op.input_beats(x)
    assert (beats[0] == x[0, 0, 0, 0::2]).all()
    assert (beats[1] == x[0, 0, 0, 1::2]).all()
    assert (op.output_beats(x) == beats).all()


def test_depth():
    with pytest.raises(HardwareError, match="node node: depth = 0 is less than 1"):
        make_op(
            "StreamFIFO", depth=0, folded_shape=[1, 2], normal_shape=[1, 2], dataType="INT3"
        ).check()
