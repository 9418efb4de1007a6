"""Instances of modules as yosys finds them, and those that operators need."""

import re

import pytest

from hw import RTL_DIR
from hw.errors import HardwareError
from hw.modules import closure, instantiated
from hw.ops.registry import operators
from hw.tools.yosys import find_yosys

MODULES = sorted(path.stem for path in RTL_DIR.glob("*.sv"))


def test_by_hand():
    assert instantiated("stream_fifo") == ()
    assert instantiated("credit_fifo") == ("stream_fifo",)
    assert closure(["thresholding"]) == (
        "rom", "threshold_search", "table_ram", "threshold_count", "stream_fifo", "credit_fifo",
        "thresholding",
    )  # fmt: skip


def test_each_stands_behind_what_it_instantiates():
    for module in MODULES:
        found = closure([module])
        assert len(set(found)) == len(found)
        for index, name in enumerate(found):
            assert set(instantiated(name)) <= set(found[:index])


def test_yosys_finds_nothing_missing(tmp_path):
    """Without the modules of the closure yosys' hierarchy would name one that is not there."""
    lines = []
    for module in MODULES:
        names = [f"{name}.sv" for name in closure([module])]
        for name in names:
            (tmp_path / name).write_text((RTL_DIR / name).read_text())
        lines += [
            "design -reset", f"read_verilog -sv {' '.join(names)}",
            f"hierarchy -check -top {module}",
        ]  # fmt: skip
    find_yosys().run("\n".join(lines) + "\n", tmp_path)


def test_every_module_is_one_of_an_operators_or_below():
    named = {variant.module for each in operators() for variant in each.rtl.variants}
    used = set(closure(sorted(named)))
    # lane_runs: wires in front of copies of an mvau; load_port: stands beside what has tables
    # slice_add_sub: of the camera path
    assert used | {"lane_runs", "load_port", "slice_add_sub"} == set(MODULES)


@pytest.mark.parametrize("kind", [each.kind for each in operators()])
def test_an_operators_variants_are_modules_of_its_own(kind):
    rtl = next(each.rtl for each in operators() if each.kind == kind)
    assert rtl.variants
    for variant in rtl.variants:
        text = (RTL_DIR / f"{variant.module}.sv").read_text()
        for name in variant.parameters:
            assert re.search(rf"parameter [^,)]*\b{name} *=", text), (variant.module, name)


def test_no_such_module():
    with pytest.raises(HardwareError, match="hw/rtl has no module other"):
        instantiated("other")
