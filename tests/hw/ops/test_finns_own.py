"""FINN's own operators come back for a block, and this library's behind it."""

import finn.custom_op.fpgadataflow as finn_ops
import finn.custom_op.fpgadataflow.rtl as finn_rtl_ops
import pytest
from onnx import helper
from qonnx.custom_op.registry import getCustomOp, hasCustomOp

from hw.ops.finns_own import finns_own
from hw.ops.registry import DOMAIN, RTL_DOMAIN

#: Of names that FINN has too: abstract and in HLS, not in RTL.
SHARED = ["DuplicateStreams", "LabelSelect"]


def _module(name: str) -> str:
    """Where the class is from that FINN and QONNX find by a name."""
    made = finn_ops.custom_op[name]
    given = {"Labels": 3} if name == "LabelSelect" else {"PE": 1}
    node = helper.make_node(name, ["x"], ["y"], domain=DOMAIN, **given)
    assert type(getCustomOp(node)) is made
    return str(made.__module__)


@pytest.mark.parametrize("name", SHARED)
def test_shared_names_are_finns_for_a_block(name):
    assert _module(name).startswith("hw.ops.")
    with finns_own():
        assert _module(name).startswith("finn.custom_op.fpgadataflow.")
        assert not hasCustomOp(RTL_DOMAIN, f"{name}_rtl")
        assert f"{name}_rtl" not in finn_rtl_ops.custom_op
        assert "StreamPad" not in finn_ops.custom_op
        with finns_own():
            assert _module(name).startswith("finn.")
        assert _module(name).startswith("finn.")
    assert _module(name).startswith("hw.ops.")
    assert hasCustomOp(RTL_DOMAIN, f"{name}_rtl")


def test_an_error_in_the_block_puts_them_back():
    with pytest.raises(ValueError, match="x"), finns_own():
        raise ValueError("x")
    assert _module("DuplicateStreams").startswith("hw.ops.")
