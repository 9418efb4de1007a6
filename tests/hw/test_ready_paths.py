"""No stream module passes ready or valid on within a clock."""

import re

import pytest

from hw import RTL_DIR
from hw.modules import Variant
from hw.ready_paths import combinational_paths, stream_variants


def test_no_module_has_a_path_from_ready_to_ready():
    assert combinational_paths(stream_variants()) == []


def test_every_stream_module_is_checked():
    """One that takes a stream and gives one; what takes alone (mvau_beats) is within another."""
    takes, gives = (
        re.compile(rf"output +logic +(\[\S+\] +)?{port}") for port in ("in_ready_o", "out_valid_o")
    )
    texts = {path.stem: path.read_text() for path in RTL_DIR.glob("*.sv")}
    stream = {name for name, text in texts.items() if takes.search(text) and gives.search(text)}
    assert stream == {variant.module for variant in stream_variants()}


@pytest.mark.parametrize("source", ["out0_ready_i", "in0_valid_i"])
def test_wires_are_found(source):
    """Equal widths are wires: the one case that is never instantiated."""
    found = combinational_paths([Variant("stream_width_converter", {"InWidth": 8, "OutWidth": 8})])
    assert any(f": {source} reaches" in line for line in found)
