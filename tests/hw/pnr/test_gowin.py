"""Memories through yosys, nextpnr and gowin_pack for a GW2A; their contents read back."""

import json
import random

import pytest

from hw.errors import HardwareError
from hw.pnr.gowin import Gowin, GowinTarget
from hw.pnr.places import Places, flip_flops_alone
from tests.hw.pnr import gowin_fs

PART = "GW2AR-LV18QN88C8/I7"
#: A ROM of words of 36 bits, one of 8 bits (which has no ninth ones), a RAM; shift registers.
MEMORIES = """module memories (input logic clk_i, input logic d_i, output logic q_o);
  logic [35:0] wide [512];
  logic [7:0] narrow [2048];
  logic [8:0] ram [2048];
  initial $readmemh("wide.mem", wide);
  initial $readmemh("narrow.mem", narrow);
  logic [31:0] in_q;
  logic [35:0] wide_q;
  logic [7:0] narrow_q;
  logic [8:0] ram_q;
  always_ff @(posedge clk_i) begin
    in_q <= {in_q[30:0], d_i};
    wide_q <= wide[in_q[8:0]];
    narrow_q <= narrow[in_q[10:0]];
    if (in_q[31]) ram[in_q[21:11]] <= in_q[30:22];
    ram_q <= ram[in_q[10:0]];
    q_o <= ^{wide_q, narrow_q, ram_q};
  end
endmodule
"""
PINS = """IO_LOC "clk_i" 4;
IO_LOC "d_i" 70;
IO_LOC "q_o" 69;
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder of the memories' bitstream, and the timing; their contents, random words."""
    folder = tmp_path_factory.mktemp("gowin")
    draw = random.Random(3)
    words = {"wide": [draw.getrandbits(36) for _ in range(512)]}
    words["narrow"] = [draw.getrandbits(8) for _ in range(2048)]
    for name, values in words.items():
        (folder / f"{name}.mem").write_text("".join(f"{value:x}\n" for value in values))
    (folder / "memories.sv").write_text(MEMORIES)
    (folder / "pins.cst").write_text(PINS)
    family = Gowin()
    family.synthesize(folder, "memories", ["memories.sv"])
    timing = family.route(folder, "memories", family.target(PART, 50.0, "pins.cst", 1))
    family.pack(folder, "memories")
    return folder, timing, words


def number(bits):
    """The number of bits, least significant one first."""
    return sum(bit << place for place, bit in enumerate(bits))


def test_memories_are_block_ram_with_two_ports(made):
    folder, timing, _ = made
    cells = json.loads((folder / "memories.json").read_text())["modules"]["memories"]["cells"]
    kinds = [cell["type"] for cell in cells.values() if "INIT_RAM_00" in cell["parameters"]]
    assert sorted(kinds) == ["SDPX9B"] * 3
    assert timing.used["BSRAM"] == 3 and timing.available["BSRAM"] == 46
    assert timing.available["LUT4"] == 20736
    assert timing.met and set(timing.clocks) == {"clk_i"}


def test_contents_are_in_the_bitstream(made):
    """The words of the files are read back, from the blocks of the ROMs and no other."""
    folder, _, words = made
    found = gowin_fs.contents(folder / "memories.fs", folder / "memories.routed.json")
    assert len(found) == 3
    wide = next(bits for name, bits in found.items() if "wide" in name)
    assert [number(wide[at : at + 36]) for at in range(0, 36 * 512, 36)] == words["wide"]
    narrow = next(bits for name, bits in found.items() if "narrow" in name)
    assert [number(narrow[at : at + 8]) for at in range(0, 9 * 2048, 9)] == words["narrow"]
    ram = next(bits for name, bits in found.items() if name.startswith("ram"))
    assert not any(ram)


def test_failure_leaves_no_result(made, tmp_path):
    folder, _, _ = made
    (tmp_path / "memories.json").write_bytes((folder / "memories.json").read_bytes())
    (tmp_path / "memories.routed.json").write_text("of an earlier run")
    family = Gowin()
    with pytest.raises(HardwareError, match=r"nextpnr-himbaechel-gowin\.log: .*nowhere\.cst"):
        family.route(tmp_path, "memories", family.target(PART, 50.0, "nowhere.cst", 1))
    assert not (tmp_path / "memories.routed.json").exists()


@pytest.mark.parametrize(
    ("part", "mhz", "message"),
    [
        ("GW1NR-LV9QN88PC6/I5", 50.0, r"part GW1NR-LV9QN88PC6/I5: expected a GW2AR-LV18QN88"),
        (PART, 0.0, r"clock of 0.0 MHz: expected more than 0"),
    ],
)
def test_impossible_targets(part, mhz, message):
    with pytest.raises(HardwareError, match=message):
        GowinTarget(part, mhz, "pins.cst")


def test_the_router_s_places_are_those_that_are_counted(made):
    """At the end each flip-flop behind no LUT of its own has one that its input passes through."""
    folder, timing, _ = made
    said = []
    alone = flip_flops_alone(folder / "memories.json", "memories")
    for line in (folder / "nextpnr-himbaechel-gowin.log").read_text().splitlines(keepends=True):
        Places("GW2A-18C", alone, said.append)(line)
    (luts,) = (int(line.split()[2].rstrip("/")) for line in said if " LUT4: " in line)
    assert 0 < alone < timing.used["DFF"] and luts + alone == timing.used["LUT4"]
