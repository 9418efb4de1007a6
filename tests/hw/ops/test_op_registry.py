"""Importing hw.ops registers every operator with FINN, abstract and RTL."""

import pytest
from finn.util.fpgadataflow import is_fpgadataflow_node, is_rtl_node
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

import hw.ops  # noqa: F401 (registers the operators)
from hw import RTL_DIR
from hw.ops.registry import DOMAIN, RTL_DOMAIN

OPERATORS = (
    "MultiLevelMVAU",
    "StreamPad",
    "SlidingWindow",
    "GroupSum",
    "StreamMaxPool",
    "StreamThresholding",
    "StreamWidthConverter",
    "StreamFIFO",
)


@pytest.mark.parametrize("name", OPERATORS)
def test_registered(name):
    abstract = helper.make_node(name, ["x"], ["y"], domain=DOMAIN, backend="fpgadataflow")
    rtl = helper.make_node(f"{name}_rtl", ["x"], ["y"], domain=RTL_DOMAIN, backend="fpgadataflow")
    assert type(getCustomOp(abstract)).__name__ == name
    assert type(getCustomOp(rtl)).__name__ == f"{name}_rtl"
    assert is_fpgadataflow_node(abstract)
    assert is_rtl_node(rtl)
    assert isinstance(getCustomOp(rtl), type(getCustomOp(abstract)))


@pytest.mark.parametrize("name", OPERATORS)
def test_modules_exist(name):
    chosen = {
        "SlidingWindow": {"parallel_window": 1},
        "StreamMaxPool": {"KernelSize": [2, 2], "Pixels": 2},
    }
    attrs = chosen.get(name, {})
    rtl = helper.make_node(f"{name}_rtl", ["x"], ["y"], domain=RTL_DOMAIN, **attrs)
    for module in getCustomOp(rtl).rtl_modules():
        assert f"module {module} " in (RTL_DIR / f"{module}.sv").read_text()
