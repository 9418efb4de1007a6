"""Every operator has an HLS variant beside its RTL, of the same attributes, and a header for it."""

import pytest
from finn.util.fpgadataflow import is_fpgadataflow_node, is_hls_node
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.ops.hls_base import hls_variant
from hw.ops.registry import HLS_DOMAIN, RTL_DOMAIN
from tests.hw.hls.compiling import HEADERS
from tests.hw.ops.test_op_registry import KINDS

#: Attributes of FINN's RTLBackend.
RTL_ONLY = {"gen_top_module"}


@pytest.mark.parametrize("name", KINDS)
def test_variant(name):
    rtl = helper.make_node(f"{name}_rtl", ["x"], ["y"], domain=RTL_DOMAIN, backend="fpgadataflow")
    hls = helper.make_node(f"{name}_hls", ["x"], ["y"], domain=HLS_DOMAIN, backend="fpgadataflow")
    assert is_fpgadataflow_node(hls)
    assert is_hls_node(hls)
    op = hls_variant(rtl)
    assert type(op) is type(getCustomOp(hls))
    assert type(op).__name__ == f"{name}_hls"
    assert rtl.op_type == f"{name}_rtl", "the node itself is left as it is"
    assert {*getCustomOp(rtl).get_nodeattr_types()} - RTL_ONLY <= {*op.get_nodeattr_types()}


@pytest.mark.parametrize("parallel", [0, 1])
@pytest.mark.parametrize("name", KINDS)
def test_header(name, parallel):
    attrs = {
        "SlidingWindow": {"parallel_window": parallel},
        "StreamingConcat": {"ChannelsPerStream": [2, 2], "SIMD": 4 if parallel else 2},
    }.get(name, {})
    node = helper.make_node(f"{name}_hls", ["x"], ["y"], domain=HLS_DOMAIN, **attrs)
    function = getCustomOp(node).hls_function()
    assert f"void {function}(" in (HEADERS / f"{function}.hpp").read_text()


def test_no_variant():
    node = helper.make_node("Unknown_rtl", ["x"], ["y"], name="node7", domain=RTL_DOMAIN)
    with pytest.raises(HardwareError, match=r"node node7: Unknown_rtl has no HLS variant"):
        hls_variant(node)
