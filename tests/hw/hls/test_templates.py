"""Calls of HLS templates by named parameters: each operator's names are those of its header."""

import pytest

from hw.errors import HardwareError
from hw.hls.templates import template_call, template_parameters
from hw.ops.hls_base import hls_variant
from hw.synth.cost.draw import draw
from hw.synth.cost.operators import model_of


def test_the_order_is_the_headers():
    values = {"Beats": 6, "IsSigned": False, "Lanes": 1, "Bits": 2}
    assert template_call("stream_fifo", values) == "df::stream_fifo<1, 2, false, 6>"
    defaults = [name for name, default in template_parameters("max_pool").items() if default]
    assert defaults == ["Side", "Channels"]


def test_missing_and_unknown_names():
    with pytest.raises(HardwareError, match="no value for Bits, IsSigned, Beats"):
        template_call("stream_fifo", {"Lanes": 1})
    values = {"Beats": 6, "IsSigned": False, "Lanes": 1, "Bits": 2, "Depth": 3}
    with pytest.raises(HardwareError, match="has no template parameter Depth"):
        template_call("stream_fifo", values)


def test_every_operator_gives_its_headers_names():
    for drawn in draw(5)[::5]:
        model = model_of(drawn)
        op = hls_variant(model.graph.node[0])
        names = template_parameters(op.hls_function())
        given = op.hls_parameters(model)
        assert {name for name, default in names.items() if not default} <= set(given) <= set(names)
