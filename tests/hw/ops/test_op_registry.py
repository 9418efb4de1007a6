"""Importing hw.ops registers every operator with FINN, abstract, RTL and HLS, and in our list."""

from pathlib import Path

import pytest
from finn.util.fpgadataflow import is_fpgadataflow_node, is_hls_node, is_rtl_node
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

import hw.ops
from hw.errors import HardwareError
from hw.ops.base import Role
from hw.ops.registry import (
    DOMAIN,
    HLS_DOMAIN,
    RTL_DOMAIN,
    is_inserted,
    kind_of,
    operator_of,
    operators,
    the_one,
)

KINDS = [each.kind for each in operators()]


def _node(op_type: str, domain: str = DOMAIN):
    return helper.make_node(op_type, ["x"], ["y"], "n", domain=domain, backend="fpgadataflow")


def test_every_file_that_registers_one_is_read():
    """Of each text ``register(X, X_rtl, X_hls)`` below hw/ops the X is in the list."""
    texts = [path.read_text() for path in Path(hw.ops.__path__[0]).rglob("*.py")]
    calls = [line for text in texts for line in text.splitlines() if line.startswith("register(")]
    assert len(calls) == len(KINDS) >= 8
    for kind in KINDS:
        assert f"register({kind}, {kind}_rtl, {kind}_hls)" in calls


@pytest.mark.parametrize("kind", KINDS)
def test_registered(kind):
    abstract, rtl = _node(kind), _node(f"{kind}_rtl", RTL_DOMAIN)
    hls = _node(f"{kind}_hls", HLS_DOMAIN)
    for node, name in ((abstract, kind), (rtl, f"{kind}_rtl"), (hls, f"{kind}_hls")):
        assert type(operator_of(node)).__name__ == name
        assert isinstance(operator_of(node), type(getCustomOp(abstract)))
        assert kind_of(node) == kind
    assert is_fpgadataflow_node(abstract)
    assert is_rtl_node(rtl)
    assert is_hls_node(hls)


def test_an_operator_of_another_library():
    node = _node("Conv")
    assert not is_inserted(node)
    with pytest.raises(HardwareError, match="node n: Conv is no operator of this library"):
        operator_of(node)


def test_one_hands_beats_on_and_one_joins_them():
    assert is_inserted(_node(f"{the_one(Role.FIFO).kind}_rtl"))
    assert is_inserted(_node(f"{the_one(Role.CONVERTER).kind}_hls"))
    assert not any(is_inserted(_node(kind)) for kind in ("GroupSum", "MultiLevelMVAU_rtl"))
