"""Block RAMs of a netlist beside those of FASM that was written by hand, not by a program."""

import json

import pytest

from hw.errors import HardwareError
from hw.openxc7.contents import check_contents


def bits(value, width=32):
    return f"{value:0{width}b}"


def ram(kind, mode="TDP", inits=None, **widths):
    """A cell of yosys' JSON; inits: value by name of a parameter of 256 bits."""
    parameters = {"RAM_MODE": mode.ljust(len(mode) + 1)}
    parameters |= {name: bits(value) for name, value in widths.items()}
    parameters |= {name: bits(value, 256) for name, value in (inits or {}).items()}
    return {"type": kind, "parameters": parameters}


@pytest.fixture
def checked(tmp_path):
    """Compare cells by name with lines of FASM."""

    def check(cells, lines):
        (tmp_path / "top.json").write_text(json.dumps({"modules": {"top": {"cells": cells}}}))
        (tmp_path / "top.fasm").write_text("\n".join(lines) + "\n")
        return check_contents(tmp_path / "top.json", tmp_path / "top.fasm")

    return check


def half(number, *features, tile="BRAM_L_X6Y60"):
    return [f"{tile}.RAMB18_Y{number}.{name}" for name in ("IN_USE", *features)]


SMALL = ram(
    "RAMB18E1",
    inits={"INIT_00": 6, "INIT_3F": 1, "INITP_02": 1 << 255},
    READ_WIDTH_A=9,
    WRITE_WIDTH_B=18,
)
SMALL_LINES = half(
    1, "READ_WIDTH_A_9", "WRITE_WIDTH_B_18", "INIT_00[2]", "INIT_00[1]", "INIT_3F[0]",
    "INITP_02[255]",
)  # fmt: skip


def test_a_ramb18(checked):
    logic = {"type": "LUT6", "parameters": {}}
    assert checked({"m": SMALL, "l": logic}, SMALL_LINES) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("INIT_00[1]", "INIT_00[0]"),
        ("INIT_3F[0]", "INIT_3E[0]"),
        ("INITP_02[255]", "INITP_02[254]"),
        ("READ_WIDTH_A_9", "READ_WIDTH_A_4"),
        ("WRITE_WIDTH_B_18", "WRITE_WIDTH_B_9"),
        ("WRITE_WIDTH_B_18", "SDP_WRITE_WIDTH_36"),
        ("IN_USE", "DOA_REG"),
    ],
)
def test_what_differs_is_named(checked, old, new):
    lines = [line.replace(old, new) for line in SMALL_LINES]
    assert lines != SMALL_LINES
    if old == "IN_USE":  # contents alone make no memory
        lines = [line for line in lines if "WIDTH" not in line]
    message = r"1 \(m\) of the netlist .*, 1 \(BRAM_L_X6Y60\.RAMB18_Y1\) of the routed design"
    with pytest.raises(HardwareError, match=message):
        checked({"m": SMALL}, lines)


def test_memories_that_one_side_lacks(checked):
    with pytest.raises(HardwareError, match=r"1 \(m\) of the netlist .*, 0 of the routed design"):
        checked({"m": SMALL}, [])
    with pytest.raises(HardwareError, match=r": 0 of the netlist .*, 1 \(BRAM_L_X6Y60\.RAMB18_Y1"):
        checked({}, SMALL_LINES)
    assert checked({}, ["BRAM_L_X6Y60.CASCOUT_ARD_ACTIVE"]) == 0


#: Bits 1 and 2 of INIT_00, 0 of INIT_01, 1 of INIT_02, 3 of INITP_0F: of its even bits the lower
#: half has bit 1 of INIT_00, bit 128 (INIT_01 comes behind 128 even bits); the upper the odd ones.
LARGE = ram(
    "RAMB36E1",
    inits={"INIT_00": 6, "INIT_01": 1, "INIT_02": 2, "INITP_0F": 8},
    READ_WIDTH_A=36,
    WRITE_WIDTH_B=18,
)
LARGE_LOW = half(0, "READ_WIDTH_A_18", "WRITE_WIDTH_B_9", "INIT_00[1]", "INIT_00[128]")
LARGE_HIGH = half(
    1, "READ_WIDTH_A_18", "WRITE_WIDTH_B_9", "INIT_00[0]", "INIT_01[0]", "INITP_07[129]"
)


def test_a_ramb36(checked):
    assert checked({"m": LARGE}, LARGE_LOW + LARGE_HIGH) == 1
    for wrong in (LARGE_LOW, LARGE_HIGH, LARGE_LOW[:-1] + LARGE_HIGH):
        with pytest.raises(HardwareError, match=r"1 \(m\) of the netlist"):
            checked({"m": LARGE}, wrong)
    # its halves in two tiles
    elsewhere = [line.replace("X6Y60", "X6Y65") for line in LARGE_HIGH]
    with pytest.raises(HardwareError, match=r"X6Y60\.RAMB18_Y0, BRAM_L_X6Y65\.RAMB18_Y1"):
        checked({"m": LARGE}, LARGE_LOW + elsewhere)


@pytest.mark.parametrize(("width", "part"), [(1, 1), (9, 4)])
def test_a_ramb36_of_odd_width_needs_its_feature(checked, width, part):
    """Pull request 95: prjxray's fuzzer 027-bram36-config."""
    cells = {"m": ram("RAMB36E1", READ_WIDTH_A=width, WRITE_WIDTH_A=width)}
    ports = (f"READ_WIDTH_A_{part}", f"WRITE_WIDTH_A_{part}")
    lines = half(0, *ports) + half(1, *ports)
    marks = [f"BRAM_L_X6Y60.RAMB36.BRAM36_{way}_WIDTH_A_1" for way in ("READ", "WRITE")]
    assert checked(cells, lines + marks) == 1
    for some in ([], marks[:1]):
        with pytest.raises(HardwareError, match=r"1 \(m\) of the netlist"):
            checked(cells, lines + some)


#: What Vivado writes of a RAMB18 in simple dual port mode, lower half (pull request 150).
SDP_18 = (
    *("SDP_READ_WIDTH_36", "READ_WIDTH_A_1", "READ_WIDTH_B_18"),
    *("SDP_WRITE_WIDTH_36", "WRITE_WIDTH_A_18", "WRITE_WIDTH_B_18"),
)
SDP_36 = (
    *("SDP_READ_WIDTH_36", "READ_WIDTH_A_18", "READ_WIDTH_B_18"),
    *("SDP_WRITE_WIDTH_36", "WRITE_WIDTH_B_18"),
)


def test_simple_dual_port(checked):
    small = {"s": ram("RAMB18E1", "SDP", READ_WIDTH_A=36, WRITE_WIDTH_B=36)}
    large = {"l": ram("RAMB36E1", "SDP", READ_WIDTH_A=72, WRITE_WIDTH_B=72)}
    upper = tuple(name.replace("READ_WIDTH_A_1", "READ_WIDTH_A_18") for name in SDP_18)
    for lines in (half(0, *SDP_18), half(1, *upper)):
        assert checked(small, lines) == 1
    for lacking in ("READ_WIDTH_B_18", "WRITE_WIDTH_A_18", "SDP_READ_WIDTH_36"):
        with pytest.raises(HardwareError, match=r"1 \(s\) of the netlist"):
            checked(small, half(0, *(name for name in SDP_18 if name != lacking)))
    both = half(0, *SDP_36) + half(1, *SDP_36)
    assert checked(large, both) == 1
    with pytest.raises(HardwareError, match=r"1 \(l\) of the netlist"):
        checked(large, [line for line in both if "READ_WIDTH_B_18" not in line])


@pytest.mark.parametrize("order", [1, -1])
def test_two_ramb18_in_a_tile_are_not_taken_for_a_ramb36(checked, order):
    """All are empty, so that the tiles differ in one feature alone."""
    small = ram("RAMB18E1", "SDP", READ_WIDTH_A=36, WRITE_WIDTH_B=36)
    large = ram("RAMB36E1", "SDP", READ_WIDTH_A=72, WRITE_WIDTH_B=72)
    tiles = [
        half(0, *SDP_18) + half(1, *SDP_18),
        half(0, *SDP_36, tile="BRAM_R_X9Y5") + half(1, *SDP_36, tile="BRAM_R_X9Y5"),
    ]
    lines = [line for tile in tiles[::order] for line in tile]
    assert checked({"a": small, "b": small, "c": large}, lines) == 3


def test_undefined_bits_are_zeros(checked):
    cell = ram("RAMB18E1")
    cell["parameters"] |= {"INIT_00": "x" * 255 + "1"}
    assert checked({"m": cell}, half(0, "INIT_00[0]")) == 1
