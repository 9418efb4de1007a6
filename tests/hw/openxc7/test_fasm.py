"""The reader of block RAM in FASM, on files written by hand from prjxray's names of features."""

import pytest

from hw.errors import HardwareError
from hw.openxc7.fasm import read_block_ram


def read(tmp_path, text):
    path = tmp_path / "top.fasm"
    path.write_text(text)
    return read_block_ram(path)


def test_features_of_a_tile(tmp_path):
    ones = "1" * 18
    tiles = read(
        tmp_path,
        f"""\
# as nextpnr writes it
CLBLL_L_X2Y60.SLICEL_X0.ALUT.INIT[63:0] = 64'b1
BRAM_INT_INTERFACE_L_X6Y60.INT_INTERFACE_BLOCK_OUTS_L_B0.INT_INTERFACE_LOGIC_OUTS_L_B0
BRAM_L_X6Y60.BRAM_ADDRARDADDRL0.BRAM_IMUX_ADDRARDADDRL0
BRAM_L_X6Y60.RAMB18_Y0.IN_USE
BRAM_L_X6Y60.RAMB18_Y0.READ_WIDTH_A_9
BRAM_L_X6Y60.RAMB18_Y0.WRITE_WIDTH_B_18
BRAM_L_X6Y60.RAMB18_Y0.ZINIT_A[17:0] = 18'b{ones}
BRAM_L_X6Y60.RAMB18_Y0.INIT_00[255:0] = 256'b{"0" * 254}10
BRAM_L_X6Y60.RAMB18_Y0.INIT_3F[255:0] = 256'b1{"0" * 255}
BRAM_L_X6Y60.RAMB18_Y0.INITP_07[255:0] = 256'h{"0" * 63}f

BRAM_R_X31Y5.RAMB36.BRAM36_READ_WIDTH_A_1
BRAM_R_X31Y5.CASCOUT_ARD_ACTIVE
""",
    )
    assert list(tiles) == ["BRAM_L_X6Y60", "BRAM_R_X31Y5"]
    low, high = tiles["BRAM_L_X6Y60"].halves
    assert low.data == 2 | 1 << 0x3F * 256 + 255
    assert low.parity == 0xF << 7 * 256
    assert (low.width("READ_WIDTH_A"), low.width("READ_WIDTH_B")) == (9, 1)
    assert low.width("WRITE_WIDTH_B") == 18
    assert low.is_used and not high.is_used
    assert low.flags == {"IN_USE", "ZINIT_A"}
    assert tiles["BRAM_R_X31Y5"].flags == {"BRAM36_READ_WIDTH_A_1"}
    assert tiles["BRAM_L_X6Y60"].flags == set()


@pytest.mark.parametrize(
    ("rest", "data"),
    [
        ("[3]", 8),  # canonical: a bit a line
        ("[3] = 1", 8),
        ("[3] = 1'b0", 0),
        ("[15:8] = 8'ha5", 0xA500),
        ("[15:8] = 165", 0xA500),
        ('[255:0] = 256\'b1010_0101 { .src = "x" } # said', 0xA5),
        ("[8:0] = 9'o777", 0x1FF),
        (" # bit 0", 1),
    ],
)
def test_values_as_the_specification_has_them(tmp_path, rest, data):
    tiles = read(tmp_path, f"BRAM_L_X6Y60.RAMB18_Y1.INIT_00{rest}\n")
    found = tiles["BRAM_L_X6Y60"].halves[1].data if tiles else 0
    assert found == data


@pytest.mark.parametrize(
    "rest", ["[0:3] = 4'b1", "[3:0] = 4'b10000", "[3:0]", "[3:0] = 4'b2", " = = 1", "[3:0] = 4'"]
)
def test_what_is_no_fasm_is_named(tmp_path, rest):
    with pytest.raises(HardwareError, match=r"top\.fasm: line 2: no FASM: BRAM_L_X6Y60"):
        read(tmp_path, f"\nBRAM_L_X6Y60.RAMB18_Y1.INIT_00{rest}\n")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(HardwareError, match="top"):
        read_block_ram(tmp_path / "top.fasm")
