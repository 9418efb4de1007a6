"""Synthesis, place and route and bitstream of one top module for Gowin's GW2A.

    <top>.json          netlist of yosys
    <top>.routed.json   routed design; <top>.report.json: its timing and utilization
    <top>.fs            bitstream

yosys maps every memory to a block RAM with one port that writes and one that reads (SDPB, SDPX9B),
the simplest that the part has and the one that needs no mending: single port ones need logic
around them on this part (apicula's bsram-fix), and nextpnr knows no delays of a true dual port's
second address.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from hw.errors import HardwareError
from hw.pnr import steps
from hw.pnr.family import Clock, Family, Target
from hw.pnr.places import Places, flip_flops_alone
from hw.pnr.timing import TimingReport
from hw.shell.serial.rpll import find_rpll
from hw.tools.nextpnr import Tool, find_gowin_pack, find_nextpnr_gowin
from outside.progress import silent

#: nextpnr's and apicula's name of the part: the same silicon as a GW2A-18C.
CHIP = "GW2A-18C"
_PART = re.compile(r"GW2AR-LV18QN88C\d/I\d")
#: Memories that yosys may use. Block RAM: 18 Kbit, a port that writes and one that reads.
MEMORIES = """ram block $__GOWIN_SDP_ {
    abits 14;
    widths 1 2 4 9 18 36 per_port;
    cost 128;
    byte 9;
    init no_undef;
    port sr "R" {
        clock posedge;
        clken;
        option "RESET_MODE" "SYNC" { rdsrst zero ungated; }
        rdinit zero;
    }
    port sw "W" { clock posedge; clken; wrbe_separate; }
}
"""
#: Name of their file in the work folder.
MEMORY_FILE = "gowin_memories.txt"
#: Logic cells that a netlist may have, of which yosys has models.
_LOGIC = (
    *(f"LUT{n}" for n in range(1, 5)),
    "MUX2",
    *(f"MUX2_LUT{n}" for n in range(5, 9)),
    *(f"DFF{kind}" for kind in ("", "E", "S", "SE", "R", "RE", "P", "PE", "C", "CE")),
    *("ALU", "RAM16SDP1", "RAM16SDP2", "RAM16SDP4", "VCC", "GND", "IBUF", "OBUF"),
)


@dataclass(frozen=True)
class GowinTarget:
    """The part and clock. part: Gowin's name of it. mhz: frequency wanted of all clocks.

    cst: name of a file of pin constraints in the work folder. seed: of the placement.
    """

    part: str
    mhz: float
    cst: str
    seed: int = 1

    def __post_init__(self) -> None:
        """HardwareError for a part that the tools are not called for here."""
        if not _PART.fullmatch(self.part):
            raise HardwareError(f"part {self.part}: expected a GW2AR-LV18QN88..")
        if self.mhz <= 0:
            raise HardwareError(f"clock of {self.mhz} MHz: expected more than 0")

    def arguments(self) -> list[str]:
        """nextpnr's command line for it."""
        options = [f"family={CHIP}", f"cst={self.cst}"]
        chosen = ["--device", self.part, *(word for o in options for word in ("--vopt", o))]
        return [*chosen, "--freq", f"{self.mhz:g}", "--seed", str(self.seed)]


def synthesis_script(top: str, sources: Sequence[str], netlist: str) -> str:
    """Commands for yosys: the top module, flat, for GW2A, written to the file netlist."""
    synth = f"synth_gowin -family gw2a -noiopads -top {top}"
    return "\n".join(
        [
            f"read_verilog -sv {' '.join(sources)}",
            f"{synth} -run begin:map_ram",
            f"memory_libmap -lib +/gowin/lutrams.txt -lib {MEMORY_FILE}",
            "techmap -map +/gowin/lutrams_map.v -map +/gowin/brams_map.v",
            f"{synth} -run map_ffram:",
            "setattr -unset keep_hierarchy c:*",
            "flatten",
            "delete t:$scopeinfo",
            "iopadmap -bits -inpad IBUF O:I -outpad OBUF I:O",
            "clean",
            f"write_json {netlist}",
            "",
        ]
    )


class Gowin(Family):
    """The family of GW2A parts."""

    name = "gw2a"
    routed, bitstream, pins = ".routed.json", ".fs", ".cst"
    cells = ("LUT4", "ALU", "DFF", "RAM16SDP4", "BSRAM", "MULT18X18")
    models = "gowin"
    by = "yosys, nextpnr and apycula of PyPI"

    def tools(self) -> tuple[Tool, Tool]:
        """nextpnr-himbaechel for Gowin, and gowin_pack."""
        return find_nextpnr_gowin(), find_gowin_pack()

    def pll(self, in_mhz: Fraction, wanted_mhz: Fraction) -> Clock:
        """An rPLL."""
        return find_rpll(in_mhz, wanted_mhz)

    def target(self, part: str, mhz: float, pins: str, seed: int) -> GowinTarget:
        """Of Gowin's name of the part."""
        return GowinTarget(part, mhz, pins, seed)

    def script(self, top: str, sources: Sequence[str], netlist: str) -> str:
        """See synthesis_script."""
        return synthesis_script(top, sources, netlist)

    def synthesize(self, folder: Path, top: str, sources: Sequence[str]) -> Path:
        """``<top>.json``; HardwareError where yosys fails."""
        (folder / MEMORY_FILE).write_text(MEMORIES, encoding="utf-8")
        return steps.synthesize(folder, top, lambda name: synthesis_script(top, sources, name))

    def route(
        self, folder: Path, top: str, target: Target, line: Callable[[str], None] | None = None
    ) -> TimingReport:
        """``<top>.routed.json``; HardwareError where nextpnr fails, or the part has no room."""
        alone = flip_flops_alone(folder / f"{top}.json", top)
        result, places = ("--write", self.routed), Places(CHIP, alone, line or silent)
        return steps.route(find_nextpnr_gowin(), folder, top, target.arguments(), result, places)

    def pack(self, folder: Path, top: str) -> Path:
        """``<top>.fs``; HardwareError where gowin_pack fails."""
        return steps.pack(
            find_gowin_pack(),
            folder,
            f"{top}{self.bitstream}",
            lambda name: ["-d", CHIP, "-o", name, f"{top}{self.routed}"],
        )

    def cell_models(self, share: Path) -> str:
        """The modules of ``_LOGIC``, and the block RAMs around a model of our own."""
        text = (share / "gowin" / "cells_sim.v").read_text(encoding="utf-8")
        found = (re.search(rf"^module {name} ?\(.*?^endmodule$", text, _LINES) for name in _LOGIC)
        logic = [one.group() for one in found if one]
        return "\n".join([*logic, _block_ram("SDPB", 8), _block_ram("SDPX9B", 9), ""])


def _block_ram(name: str, part: int) -> str:
    """The block RAM of that name around models/gowin/gowin_block_ram.sv, words of part bits."""
    rows = [f"INIT_RAM_{row:02X}" for row in range(64)]
    values = {"READ_MODE": "1'b0", "BIT_WIDTH_0": 4 * part, "BIT_WIDTH_1": 4 * part}
    values |= {"BLK_SEL_0": "3'b000", "BLK_SEL_1": "3'b000", "RESET_MODE": '"SYNC"'}
    values |= dict.fromkeys(rows, f"{32 * part}'h0")
    return f"""module {name} (CLKA, CEA, CLKB, CEB, OCE, RESETA, RESETB, ADA, ADB,
  BLKSELA, BLKSELB, DI, DO);
{chr(10).join(f"  parameter {name} = {value};" for name, value in values.items())}
  input CLKA, CEA, CLKB, CEB, OCE, RESETA, RESETB;
  input [13:0] ADA, ADB;
  input [2:0] BLKSELA, BLKSELB;
  input [{4 * part - 1}:0] DI;
  output [{4 * part - 1}:0] DO;
  wire [35:0] read;
  assign DO = read[{4 * part - 1}:0];
  gowin_block_ram #(
    .Part({part}), .WidthA(BIT_WIDTH_0), .WidthB(BIT_WIDTH_1), .OutputRegister(READ_MODE),
    .Init({{{", ".join(reversed(rows))}}})
  ) i_ram (
    .clk_a_i(CLKA), .write_a_i(CEA && (BLKSELA == BLK_SEL_0)), .address_a_i(ADA),
    .data_a_i(36'(DI)), .clk_b_i(CLKB), .reset_b_i(RESETB),
    .read_b_i(CEB && (BLKSELB == BLK_SEL_1)), .address_b_i(ADB), .data_b_o(read)
  );
endmodule"""


_LINES = re.MULTILINE | re.DOTALL
