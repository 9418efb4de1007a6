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

from hw.boards import load_board
from hw.errors import HardwareError
from hw.shell.board_top import board_engines, shell_sources
from hw.sim.design import INPUT, OUTPUT, Design, LoadTable, Stream
from hw.tools.verilator import find_verilator
from hw.vivado import project as vivado
from hw.vivado.wrappers import cell_wrappers, interfaces
from tests.hw.vivado.tcl_recorder import tcl_calls

pytestmark = pytest.mark.skipif(
    shutil.which("tclsh") is None, reason="tclsh is missing: the script cannot be run"
)

DESIGN = Design(
    "net",
    Path("."),
    ("net.sv",),
    (
        Stream("input", "s_axis_0", INPUT, 3, 8, False, 64),
        Stream("conv", "m_axis_0", OUTPUT, 2, 11, True, 16),
    ),
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


def write(folder, board="Pynq-Z2", mhz=100.0, design=DESIGN):
    device = load_board(board)
    return vivado.write_project(
        folder,
        "net",
        {"net.sv": "module net; endmodule\n", "net_weights.mem": "0\n"},
        cell_wrappers(design, 0xD0D0),
        part=device.part,
        board_part=device.board_part,
        family=device.family,
        mhz=mhz,
    )


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


def test_results_are_collected(tmp_path):
    project = write(tmp_path / "p")
    assert not project.finished
    tcl_calls(tmp_path / "p" / "build.tcl", tmp_path)
    assert project.finished
    results = project.results()
    assert (results.setup_ns, results.hold_ns, results.version) == (0.412, 0.412, "2023.2")
    vivado.collect(results, tmp_path / "bitfile", tmp_path / "report", "net")
    assert (tmp_path / "bitfile" / "net.bit").read_text() == "bits"
    assert (tmp_path / "bitfile" / "net.hwh").read_text() == "handoff"
    assert (tmp_path / "report" / "vivado_timing.rpt").is_file()
    # of other sources it is not finished
    assert not write(tmp_path / "p", mhz=90.0).finished
    assert write(tmp_path / "p").finished
    (tmp_path / "p" / "results" / "net.hwh").unlink()
    with pytest.raises(HardwareError, match=r"net\.hwh missing though the project is finished"):
        project.results()


@pytest.mark.parametrize("content", ["", "bit", "bitss"])
def test_results_that_were_not_copied_whole_are_refused(tmp_path, content):
    project = write(tmp_path / "p")
    tcl_calls(tmp_path / "p" / "build.tcl", tmp_path)
    project.bitstream.write_text(content)
    message = rf"net\.bit of {len(content)} bytes, finished says 4, though .* copy results and fin"
    with pytest.raises(HardwareError, match=message):
        project.results()


def test_results_whose_sizes_are_unknown_are_refused(tmp_path):
    project = write(tmp_path / "p")
    tcl_calls(tmp_path / "p" / "build.tcl", tmp_path)
    (tmp_path / "p" / "finished").write_text(project.digest)
    (tmp_path / "p" / "results" / "net.hwh").write_text("")
    with pytest.raises(HardwareError, match=r"net\.bit of 4 .*net\.hwh of 0 .*summary\.txt of"):
        project.results()


def test_an_empty_result_fails(tmp_path):
    project = write(tmp_path / "p")
    status, _ = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, BITS="")
    assert status == 1
    assert not project.finished
    assert "reports: net.bit is empty" in (tmp_path / "p" / "failed").read_text()
    assert not list((tmp_path / "p").glob("results*"))


@pytest.mark.parametrize("line", ["setup -1.5", "hold -0.001", "setup nan"])
def test_results_that_miss_timing_are_refused(tmp_path, line):
    """A summary and a mark that fit each other, as if the script had not looked."""
    project = write(tmp_path / "p")
    tcl_calls(tmp_path / "p" / "build.tcl", tmp_path)
    summary = tmp_path / "p" / "results" / "summary.txt"
    kind = line.split()[0]
    text = re.sub(rf"^{kind} .*$", line, summary.read_text(), flags=re.MULTILINE)
    mark = tmp_path / "p" / "finished"
    old, new = (f"{size} summary.txt" for size in (summary.stat().st_size, len(text)))
    assert old in mark.read_text()
    mark.write_text(mark.read_text().replace(old, new))
    summary.write_text(text)
    with pytest.raises(HardwareError, match=r"summary\.txt: timing is not met: worst slack"):
        project.results()


@pytest.mark.parametrize(
    "command", ["create_project", "create_bd_cell", "launch_runs", "report_utilization"]
)
def test_the_script_stops_at_what_fails(tmp_path, command):
    project = write(tmp_path / "p")
    (tmp_path / "p" / "finished").write_text(project.digest)
    status, calls = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, FAIL=command)
    assert status == 1
    assert calls[-1][0] == command
    assert not project.finished
    assert "made to fail" in (tmp_path / "p" / "failed").read_text()
    assert not (tmp_path / "p" / "results").exists()


def test_timing_that_is_not_met_fails(tmp_path):
    project = write(tmp_path / "p")
    status, _ = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, SLACK="-0.031")
    assert status == 1
    assert not project.finished
    said = (tmp_path / "p" / "failed").read_text()
    assert "timing is not met: worst slack -0.031 ns" in said
    assert not (tmp_path / "p" / "results").exists()
    # again and again the same: the reports are of the last run, and nothing lies about
    for _ in range(2):
        tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, SLACK="-0.044")
        said = (tmp_path / "p" / "failed").read_text()
        assert "timing is not met: worst slack -0.044 ns" in said
        missed = tmp_path / "p" / "timing-not-met"
        assert "setup -0.044" in (missed / "summary.txt").read_text()
        assert not list(missed.glob("*.part"))


def test_a_memory_without_contents_is_an_error_and_synthesis_is_one(tmp_path):
    write(tmp_path / "p")
    _, calls = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path)
    names = [call[0] for call in calls]
    assert ["set_msg_config", "-id", "Synth 8-4445", "-new_severity", "ERROR"] in calls
    assert names.index("set_msg_config") < names.index("launch_runs")
    assert ["set_property", "synth_checkpoint_mode", "None", "system.bd"] in calls


PYNQ_Z2 = "tul.com.tw:pynq-z2:part0:1.0"


def test_without_the_boards_files_it_stops(tmp_path):
    """Memory and clocks of the processing system are the board part's: unset, nothing would run."""
    project = write(tmp_path / "p")
    others = "tul.com.tw:pynq-z1:part0:1.0 xilinx.com:zcu104:part0:1.1"
    status, calls = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, BOARD_PARTS=others)
    assert status == 1
    assert not project.finished
    said = (tmp_path / "p" / "failed").read_text()
    assert f"project: this Vivado has no files of board part {PYNQ_Z2}, without which" in said
    assert "add_files" not in [call[0] for call in calls]


@pytest.mark.parametrize(
    "installed,taken",
    [
        (f"tul.com.tw:pynq-z2:part0:1.2 {PYNQ_Z2}", PYNQ_Z2),
        (
            "tul.com.tw:pynq-z2:part0:1.9 tul.com.tw:pynq-z2:part0:1.10",
            "tul.com.tw:pynq-z2:part0:1.10",
        ),
    ],
)
def test_the_boards_files_of_another_version_will_do(tmp_path, installed, taken):
    write(tmp_path / "p")
    status, calls = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, BOARD_PARTS=installed)
    assert status == 0
    assert ["set_property", "board_part", taken, "project"] in calls


def test_the_stand_in_refuses_a_board_part_as_vivado_does(tmp_path):
    """A script that set it without looking would end with Vivado's own words."""
    write(tmp_path / "p")
    script = tmp_path / "p" / "build.tcl"
    text = script.read_text().replace("[board $board_part]", "$board_part")
    script.write_text(text)
    status, _ = tcl_calls(script, tmp_path, BOARD_PARTS="xilinx.com:zcu104:part0:1.1")
    assert status == 1
    assert "[Board 49-71] The board_part definition was not found for tul.com.tw" in (
        (tmp_path / "p" / "failed").read_text()
    )


def test_a_run_that_does_not_complete(tmp_path):
    write(tmp_path / "p")
    status, _ = tcl_calls(tmp_path / "p" / "build.tcl", tmp_path, STOPPED="1")
    assert status == 1
    assert "synthesis: run synth_1: route_design ERROR" in (tmp_path / "p" / "failed").read_text()


def test_a_tool_that_dies(tmp_path):
    project = write(tmp_path / "p")
    tool = tmp_path / "vivado"
    tool.write_text("#!/bin/sh\necho licence >&2\nexit 9\n")
    tool.chmod(0o755)
    with pytest.raises(
        HardwareError, match=r"ended with status 9 and said nothing \(log: .*run\.log"
    ):
        vivado.run(project, str(tool), 2)
    assert (tmp_path / "p" / "run.log").read_text() == "licence\n"


def test_stale_sources_go(tmp_path):
    write(tmp_path)
    stale = tmp_path / "sources" / "old.sv"
    stale.write_text("")
    write(tmp_path)
    assert not stale.exists()


def test_a_board_without_processing_system(tmp_path):
    with pytest.raises(HardwareError, match="family ecp5 has no processing system"):
        write(tmp_path, "ULX3S-85F")
