"""Reading yosys' statistics: every primitive where it belongs, nothing unknown let through."""

import json

import pytest

from hw.errors import HardwareError
from hw.synth.resources import Resources, count_cells, read_stat, total


def test_primitives_of_the_7_series():
    found = count_cells(
        {
            "LUT1": 1, "LUT6": 10, "INV": 2, "MUXF7": 4, "MUXF8": 2, "CARRY4": 5, "FDRE": 20,
            "FDSE": 1, "RAM32M": 2, "RAM64X1D": 1, "SRL16E": 3, "SRLC32E": 1, "RAMB36E1": 2,
            "RAMB18E1": 1, "DSP48E1": 1, "$scopeinfo": 9,
        },
        packed=8,
    )  # fmt: skip
    assert found == Resources(
        LUT=13 + 10 + 4, SRL=4, LUTRAM=10, FF=21, CARRY4=5, BRAM_36K=2, BRAM_18K=1, DSP=1, LC=8
    )
    assert found.bram36 == 2.5


def test_primitives_of_ultrascale():
    found = count_cells(
        {"CARRY8": 3, "RAMB36E2": 1, "URAM288": 2, "DSP48E2": 1, "RAM32M16": 1, "LUT6_2": 4}
    )
    assert (found.CARRY4, found.BRAM_36K, found.URAM, found.DSP, found.LUTRAM) == (6, 1, 2, 1, 8)
    assert found.LUT == 8 + 4


def test_latches_are_flip_flops_and_buffers_are_free():
    found = count_cells({"LDCE": 2, "LDPE": 1, "FDPE": 4, "BUFG": 1, "VCC": 1, "MUXF9": 2})
    assert found == Resources(FF=7)


def test_unknown_cell_is_refused():
    with pytest.raises(HardwareError, match=r"yosys left a cell of type \$mul"):
        count_cells({"LUT2": 1, "$mul": 1})


def test_total_adds_every_figure():
    one = Resources(*range(10))
    assert total([one, one]) == Resources(*range(0, 20, 2))
    assert total([]) == Resources()


def test_statistics_of_a_design(tmp_path):
    path = tmp_path / "stat.json"
    design = {"num_cells_by_type": {"LUT6": 7, "FDRE": 3}, "estimated_num_lc": 6}
    path.write_text(json.dumps({"modules": {}, "design": design}))
    assert read_stat(path) == Resources(LUT=7, FF=3, LC=6)


@pytest.mark.parametrize("text", ["", "{}", '{"design": {}}', '{"design": []}', "[1]"])
def test_broken_statistics_are_named(tmp_path, text):
    path = tmp_path / "stat.json"
    path.write_text(text)
    with pytest.raises(HardwareError, match=r"stat\.json: .*not statistics of yosys"):
        read_stat(path)


def test_missing_statistics_are_named(tmp_path):
    with pytest.raises(HardwareError, match=r"stat\.json"):
        read_stat(tmp_path / "stat.json")
