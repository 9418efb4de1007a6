"""Modules that RTL operators name are there (those that they instantiate as well)."""

import pytest
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

from hw import RTL_DIR
from hw.ops.registry import RTL_DOMAIN, operators


@pytest.mark.parametrize("kind", [each.kind for each in operators()])
def test_modules_exist(kind):
    chosen = {
        "SlidingWindow": {"parallel_window": 1},
        "StreamMaxPool": {"KernelSize": [2, 2], "Pixels": 2},
    }
    rtl = helper.make_node(f"{kind}_rtl", ["x"], ["y"], domain=RTL_DOMAIN, **chosen.get(kind, {}))
    for module in getCustomOp(rtl).rtl_modules():
        assert f"module {module} " in (RTL_DIR / f"{module}.sv").read_text()
