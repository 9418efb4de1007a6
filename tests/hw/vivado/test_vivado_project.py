"""The Vivado project, as far as it can be checked without Vivado.

The script runs in tclsh with Vivado's commands as recorders: every file that it adds exists, every
pin and interface that it connects is one of its cell's, and nothing that has to be is left open.
"""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hw.shell.board_top import board_engines, shell_sources
from hw.sim.design import INPUT, OUTPUT, Design, LoadTable, Stream
from hw.tools.verilator import find_verilator
from hw.vivado.wrappers import cell_wrappers, interfaces
from tests.hw.vivado.tcl_recorder import tcl_calls
from tests.hw.vivado.written import DESIGN, write

pytestmark = pytest.mark.skipif(
    shutil.which("tclsh") is None, reason="tclsh is missing: the script cannot be run"
)

#: Two inputs and three outputs.
SEVERAL = Design(
    "net",
    Path("."),
    ("net.sv",),
    (
        Stream("left", "s_axis_0", INPUT, 3, 8, False, 64),
        Stream("right", "s_axis_1", INPUT, 1, 12, True, 64),
        *(Stream(f"y{i}", f"m_axis_{i}", OUTPUT, 2 + i, 11, bool(i), 16) for i in range(3)),
    ),
)
#: Frames that two ports of the memory bring, a beat of 12 bytes a clock.
WIDE = replace(
    DESIGN,
    streams=(Stream("input", "s_axis_0", INPUT, 12, 8, False, 64), DESIGN.streams[1]),
    frame_clocks=64,
)
#: Interfaces and pins of the vendor's cells that a block design has to connect, and those it may.
VENDOR = {
    "ps7": {
        *("M_AXI_GP0", "S_AXI_HP0", "FCLK_CLK0", "FCLK_RESET0_N"),
        *("M_AXI_GP0_ACLK", "S_AXI_HP0_ACLK"),
    },
    "ps8": {
        *("M_AXI_HPM0_FPD", "S_AXI_HP0_FPD", "pl_clk0", "pl_resetn0"),
        *("maxihpm0_fpd_aclk", "saxihp0_fpd_aclk"),
    },
    "reset0": {"slowest_sync_clk", "ext_reset_in", "peripheral_aresetn"},
}  # fmt: skip
CELLS = ("idma0", "odma0", "accelerator0")
DESIGNS = {
    "one": (DESIGN, CELLS),
    "several": (SEVERAL, ("idma0", "odma0", "idma1", "odma1", "odma2", "accelerator0")),
    "wide": (WIDE, CELLS),
    "writable": (replace(DESIGN, tables=(LoadTable("a", "a_w", "weights", 0, 4, 8, 1),)), CELLS),
    "sizes": (replace(DESIGN, tables=(LoadTable("a", "a_s", "sizes", 0, 1, 8, 1),)), CELLS),
}


@pytest.mark.parametrize(
    ("kind", "is_dynamic"), [("one", False), ("writable", False), ("sizes", True)]
)
def test_dmas_take_frames_of_any_size_where_sizes_are_written(kind, is_dynamic):
    for cell in cell_wrappers(DESIGNS[kind][0], 7):
        assert (".Dynamic(1)" in cell.text) == (is_dynamic and cell.name != "accelerator0")


def vendor(dmas):
    """The vendor's cells, with the interconnects of so many DMAs."""
    masters, slaves = ({f"{way}{i:02d}_AXI" for i in range(dmas)} for way in "MS")
    return VENDOR | {
        "control": {"S00_AXI", *masters, "aclk", "aresetn"},
        "memory": {"M00_AXI", *slaves, "aclk", "aresetn"},
    }


def ports(text):
    """Names of the ports of a wrapper, by direction."""
    found = re.findall(r"^  (input |output) wire (?:\[\d+:0\] )?(\w+),?$", text, re.MULTILINE)
    return {name: way.strip() for way, name in found}


def cell_ends(folder, cells):
    """Interfaces and single pins of each wrapper's cell."""
    ends = {}
    for cell in cells:
        names = ports((folder / "wrappers" / f"net_{cell}.v").read_text())
        buses = set(interfaces(names))
        single = {n for n in names if not any(n.startswith(f"{bus}_") for bus in buses)}
        ends[cell] = buses | single
    return ends


@pytest.mark.parametrize("board,ps", [("Pynq-Z2", "ps7"), ("Pynq-Z1", "ps7"), ("ZCU104", "ps8"),
                                      ("Ultra96-V2", "ps8"), ("KV260_SOM", "ps8"),
                                      ("ZCU102", "ps8"), ("RFSoC4x2", "ps8")])  # fmt: skip
@pytest.mark.parametrize("kind", DESIGNS)
def test_what_the_script_connects(tmp_path, board, ps, kind):
    design, cells = DESIGNS[kind]
    project = write(tmp_path / "written", board, design=design)
    (tmp_path / "written").rename(tmp_path / "moved")
    folder = tmp_path / "moved"
    status, calls = tcl_calls(folder / "build.tcl", tmp_path, "3")
    assert status == 0
    by_name = [(call[0], call[1:]) for call in calls]

    (files,) = [args[-1].split() for call, args in by_name if call == "add_files"]
    assert set(files) == {
        str(p) for kind in ("sources", "wrappers") for p in (folder / kind).iterdir()
    }

    rest = vendor(len(cells) - 1)
    known = cell_ends(folder, cells) | {k: v for k, v in rest.items() if k not in ("ps7", "ps8")}
    known[ps] = VENDOR[ps]
    if kind == "wide":  # its second read port has HP1 to itself
        known[ps] = known[ps] | {
            pin.replace("HP0", "HP1").replace("hp0", "hp1") for pin in VENDOR[ps]
        }
        known["memory1"] = {"S00_AXI", "M00_AXI", "aclk", "aresetn"}
        assert {"m_axi_gmem0", "m_axi_gmem0b"} < known["idma0"]
        first, second = (
            ("PCW_USE_S_AXI_HP0", "PCW_USE_S_AXI_HP1")
            if ps == "ps7"
            else ("PSU__USE__S_AXI_GP2", "PSU__USE__S_AXI_GP3")
        )
        (said,) = [c for c in calls if c[0] == "set_property" and f"CONFIG.{first}" in " ".join(c)]
        assert f"CONFIG.{second} 1" in " ".join(said)
    used = {cell: [] for cell in known}
    for call, args in by_name:
        if call in ("connect_bd_net", "connect_bd_intf_net"):
            for end in args:
                cell, _, pin = end.partition("/")
                assert pin in known[cell], end
                used[cell].append(pin)
    for cell, pins in used.items():
        assert len(pins) == len(set(pins)), f"{cell}: a pin is connected twice: {pins}"
        assert known[cell] - set(pins) <= {"irq"}, f"{cell}: left open"

    made = {args[-1]: args for call, args in by_name if call == "create_bd_cell"}
    assert {made[cell][3] for cell in cells} == {f"net_{cell}" for cell in cells}
    assert made[ps][3].endswith(":10.1")  # the newest of the versions there are
    assert ["launch_runs", "impl_1", "-to_step", "write_bitstream", "-jobs", "3"] in calls
    assert project.digest in (folder / "finished").read_text()


@pytest.mark.parametrize("kind", DESIGNS)
def test_ends_of_a_wire_fit(tmp_path, kind):
    """A net of the cells has one output; interfaces are a master and a slave, of one width."""
    design, names = DESIGNS[kind]
    write(tmp_path, design=design)
    texts = {c: (tmp_path / "wrappers" / f"net_{c}.v").read_text() for c in names}
    cells = {c: ports(text) for c, text in texts.items()}
    _, calls = tcl_calls(tmp_path / "build.tcl", tmp_path)
    for call in calls:
        ours = [end.split("/") for end in call[1:] if end.split("/")[0] in names]
        if call[0] == "connect_bd_net" and len(ours) == len(call) - 1:
            ways = [cells[cell][pin] for cell, pin in ours]
            assert ways.count("output") == 1, call
        if call[0] == "connect_bd_intf_net" and len(ours) == 2:
            ways = sorted(cells[cell][f"{bus}_tvalid"] for cell, bus in ours)
            assert ways == ["input", "output"], call
            widths = {re.search(rf"wire (\[\d+:0\]) {bus}_tdata", texts[c])[1] for c, bus in ours}
            assert len(widths) == 1, call


@pytest.mark.parametrize("kind", DESIGNS)
def test_the_wrappers_and_what_they_hold_elaborate(tmp_path, kind):
    """Each cell with the shell's modules, by Verilator; the accelerator's insides are left out."""
    design, _ = DESIGNS[kind]
    sources = shell_sources(board_engines(design), bool(design.tables))
    pins = ", ".join(
        f"{way} logic {size} {stream.wire}_{signal}"
        for stream in design.streams
        for signal, size, ahead in (
            ("tdata", f"[{8 * stream.bytes - 1}:0]", True), ("tvalid", "", True),
            ("tready", "", False),
        )
        for way in ["input" if (stream.kind == INPUT) == ahead else "output"]
    )  # fmt: skip
    if design.tables:
        pins += ", input logic [57:0] load_i, output logic [31:0] load_o"
    inside = tmp_path / "net.sv"
    inside.write_text(f"module net(input logic ap_clk, input logic ap_rst_n, {pins}); endmodule\n")
    verilator = find_verilator()
    for cell in cell_wrappers(design, 7):
        path = tmp_path / f"{cell.module}.v"
        path.write_text(cell.text)
        command = [
            "--lint-only",
            "-Wall",
            "-Wno-UNDRIVEN",
            "-Wno-UNUSEDSIGNAL",
            "-Wno-DECLFILENAME",
        ]
        command += ["--top-module", cell.module, *map(str, sources), str(inside), str(path)]
        done = subprocess.run(
            verilator.command(command), env=verilator.environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_addresses_of_several(tmp_path):
    write(tmp_path, "ZCU104", design=SEVERAL)
    _, calls = tcl_calls(tmp_path / "build.tcl", tmp_path)
    found = {c[-1].split("/")[0]: c[2] for c in calls if c[:2] == ["assign_bd_address", "-offset"]}
    assert found == {
        "idma0": "0xA0000000", "odma0": "0xA0010000", "idma1": "0xA0020000",
        "odma1": "0xA0030000", "odma2": "0xA0050000",
    }  # fmt: skip


def test_addresses(tmp_path):
    write(tmp_path)
    _, calls = tcl_calls(tmp_path / "build.tcl", tmp_path)
    given = [call for call in calls if call[:2] == ["assign_bd_address", "-offset"]]
    found = {call[-1]: (call[2], call[4]) for call in given}
    assert found == {
        "idma0/s_axi_control/reg0": ("0x40000000", "64K"),
        "odma0/s_axi_control/reg0": ("0x40010000", "64K"),
    }
