"""A run of Vivado, as far as can be checked without it: results, missed timing, ends in between.

The script runs in tclsh with Vivado's commands as recorders, which fail as Vivado fails.
"""

import re
import shutil

import pytest

from hw.errors import HardwareError
from hw.vivado import project as vivado
from tests.hw.vivado.tcl_recorder import tcl_calls
from tests.hw.vivado.written import write

pytestmark = pytest.mark.skipif(
    shutil.which("tclsh") is None, reason="tclsh is missing: the script cannot be run"
)


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
