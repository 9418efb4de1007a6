"""No stream module passes ready or valid on within a clock."""

import re

import pytest

from hw import RTL_DIR
from hw.modules import Variant
from hw.ready_paths import combinational_paths, stream_variants


def test_no_module_has_a_path_from_ready_to_ready():
    assert combinational_paths(stream_variants()) == []


def test_every_stream_module_is_checked():
    port = re.compile(r"output +logic +(\[\S+\] +)?in_ready_o")
    stream = {path.stem for path in RTL_DIR.glob("*.sv") if port.search(path.read_text())}
    assert stream == {variant.module for variant in stream_variants()}


@pytest.mark.parametrize("source", ["out0_ready_i", "in0_valid_i"])
def test_wires_are_found(source):
    """Equal widths are wires: the one case that is never instantiated."""
    found = combinational_paths([Variant("stream_width_converter", {"InWidth": 8, "OutWidth": 8})])
    assert any(f": {source} reaches" in line for line in found)
