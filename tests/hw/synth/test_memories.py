"""Memories alone: the wrapper that is synthesized, and what is said of the result."""

from hw import RTL_DIR
from hw.ops.memories import Memory
from hw.synth.memories import mapped, rom_unit
from hw.synth.resources import Resources


def test_one_row_is_a_constant(tmp_path):
    memory = Memory("m", [5], 4, "weights", 4)
    assert rom_unit(memory, tmp_path) is None
    found = mapped("node", memory, None)
    assert (found.mapped_bits, found.lut, found.bram36) == (0, 0, 0)
    assert found.why.startswith("one row: constants")


def test_wrapper_of_a_memory(tmp_path):
    memory = Memory("m", list(range(9)), 4, "weights", 36, style="block")
    memory.write(tmp_path)
    (tmp_path / "rom.sv").write_text((RTL_DIR / "rom.sv").read_text())
    unit = rom_unit(memory, tmp_path)
    assert unit is not None and unit.name == "m_rom" and list(unit.memories) == ["m.mem"]
    text = unit.sources["m_rom.sv"]
    assert '.Width(4), .Depth(9), .File("m.mem"), .Style("block")' in text
    assert "input  logic [3:0] addr_i" in text


def test_block_ram_of_which_rows_are_left_over():
    memory = Memory("m", [0] * 256, 144, "weights", 256 * 144)
    found = mapped("node", memory, Resources(BRAM_36K=2))
    assert (found.ideal_bits, found.mapped_bits) == (36864, 73728)
    assert found.why == "144 bits a row fill 4 RAMB18; 256 of some 512 rows used"


def test_capacity_is_that_of_all_blocks_and_luts():
    memory = Memory("m", [0] * 600, 40, "weights", 600 * 40)
    found = mapped("node", memory, Resources(BRAM_36K=1, BRAM_18K=1, LUT=3))
    assert (found.bram36, found.lut, found.mapped_bits) == (1.5, 3, 36864 + 18432 + 3 * 64)


def test_lut_rom_of_equal_columns_and_padding():
    memory = Memory("m", [0b0111, 0b1000], 4, "thresholds", 6, padding="2 bits of padding")
    found = mapped("node", memory, Resources(LUT=2))
    assert (found.lut, found.mapped_bits) == (2, 128)
    assert found.why == (
        "a LUT6 has 64 rows, 2 used; 2 of 4 columns differ, equal ones are shared; "
        "2 bits of padding"
    )
