"""The Vitis HLS project run, by a stand-in for the tool; reports are samples in its format."""

import filecmp
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from qonnx.custom_op.registry import getCustomOp

from hw.errors import HardwareError
from hw.hls import vitis
from hw.hls.node_project import write_ipgen
from hw.hls.vitis_reports import read_cosim, read_csynth
from hw.stitch import stitch
from hw.tools.vitis import find_tool, missing_tool
from tests.hw.hls.vitis_case import (
    CLOCK,
    COSIM,
    CSYNTH,
    PART,
    check_files,
    fake_tool,
    parsed_calls,
    tcl_calls,
    two_node_model,
    write_case,
)

# --- the tool ---------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """The stand-in for Vitis HLS, alone on the PATH; returns what it was called with."""
    monkeypatch.setenv("PATH", str(fake_tool(tmp_path / "bin")))
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    return lambda: (tmp_path / "log").read_text().splitlines()


def test_run_reads_the_reports(tmp_path, fake):
    project = write_case(tmp_path / "p")
    tool = find_tool()
    assert tool is not None
    entry = vitis.run_unit(project.units[1], tool)
    assert fake() == ["vitis_hls -f hls_syn_total.tcl"]
    assert entry == {
        "status": "passed",
        "message": "",
        "version": "2022.2",
        "latency_clocks": [49, 51],
        "interval_clocks": [43, 43],
        "estimated_clock_ns": 4.386,
        "resources": {"LUT": 1234, "FF": 321, "DSP": 0, "BRAM_18K": 1, "URAM": 0},
        "cosim": "pass",
        "cosim_latency_clocks": [52, 52],
        "expected_trips": 40,
        "ip": "project_total/sol1/impl/ip",
    }
    assert project.units[0].result()["status"] == "not run"
    # the same results are none for other sources
    assert write_case(tmp_path / "p", seed=2).units[1].result()["status"] == "not run"


@pytest.mark.parametrize(
    "how,status,said",
    [
        ("csynth", "not run", "csynth: no license"),
        ("cosim", "fail", "cosim: ERROR: [COSIM 212-4] *** C/RTL co-simulation finished: FAIL ***"),
        ("liar", "fail", "cosim: the RTL's beats differ"),
        ("crash", "not run", "vitis_hls ended with status 3"),
    ],
)
def test_what_fails_is_said(tmp_path, fake, monkeypatch, how, status, said):
    monkeypatch.setenv("FAKE_FAIL", f"pad:{how}")
    project = write_case(tmp_path / "p")
    entry = vitis.run_unit(project.units[0], find_tool())
    assert (entry["status"], entry["cosim"]) == ("failed", status)
    assert said in entry["message"]
    assert project.units[0].result()["status"] == "failed"  # also when asked later
    assert write_case(tmp_path / "p", seed=2).units[0].result()["status"] == "not run"
    write_case(tmp_path / "p")
    monkeypatch.delenv("FAKE_FAIL")
    assert vitis.run_unit(project.units[0], find_tool())["status"] == "passed"


def test_vitis_run_is_the_other_tool(tmp_path, monkeypatch):
    folder = fake_tool(tmp_path / "bin", "vitis-run")
    monkeypatch.setenv("PATH", str(folder))
    assert find_tool() == [str(folder / "vitis-run"), "--mode", "hls", "--tcl"]
    (folder / "vitis-run").rename(folder / "v++")
    assert find_tool() is None
    assert missing_tool().endswith(f"{folder / 'v++'} is, but cannot run it alone")


def test_run_all(tmp_path, fake, monkeypatch):
    """The script for another machine: goes on where it was stopped, fails where one fails."""
    project = write_case(tmp_path / "p")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    command = ["sh", str(tmp_path / "p" / "run_all.sh")]
    environment = {**os.environ, "FAKE_FAIL": "total:cosim"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "total: FAILED: cosim: ERROR" in done.stderr
    assert [unit.result()["status"] for unit in project.units] == ["passed", "failed", "passed"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "pad: done before" in done.stdout and "total: finished" in done.stdout
    assert [unit.result()["status"] for unit in project.units] == ["passed"] * 3
    assert len(fake()) == 4
    subprocess.run([*command, "pad"], check=True, capture_output=True)
    done = subprocess.run([*command, "pat"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "no top level pat; there are: pad total net\n"
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Vitis HLS is missing" in done.stderr


def test_reports_that_say_less(tmp_path):
    path = tmp_path / "x_csynth.xml"
    path.write_text(CSYNTH.replace(">49<", ">undef<").replace("<DSP>0</DSP>", "<DSP48E>3</DSP48E>"))
    found = read_csynth(path)
    assert found["latency_clocks"] is None
    assert found["interval_clocks"] == [43, 43]
    assert found["resources"]["DSP"] == 3
    path.write_text("<profile/>")
    with pytest.raises(HardwareError, match="no latency or resources"):
        read_csynth(path)
    path.write_text("nothing")
    with pytest.raises(HardwareError, match="not a report of Vitis HLS"):
        read_csynth(path)
    path.write_text(COSIM.replace("STATUS", "NA"))
    assert read_cosim(path)[0] == "fail"
    path.write_text("Solution : sol1")
    with pytest.raises(HardwareError, match="no line on Verilog"):
        read_cosim(path)


def test_stitching_adopts_verilog(tmp_path):
    """Beside an RTL node; what is missing or there twice is said."""
    model = two_node_model()
    made = tmp_path / "verilog"
    made.mkdir()
    arguments = ([model], tmp_path / "out", "top")
    with pytest.raises(HardwareError, match=r"cannot be stitched: 1 node is HLS.*: total\."):
        stitch(*arguments)
    with pytest.raises(HardwareError, match=r"node total: .*verilog holds no module of this name"):
        stitch(*arguments, hls_verilog={"total": made})
    for name in ("total.v", "total_rom.v", "total_rom.dat", "total.tcl"):
        (made / name).write_text("// made by Vitis HLS\n")
    design = stitch(*arguments, hls_verilog={"total": made})
    assert {"total.v", "total_rom.v", "pad.sv", "stream_pad.sv"} <= set(design.sources)
    assert (tmp_path / "out" / "total_rom.dat").is_file()
    assert not (tmp_path / "out" / "total.tcl").exists()
    text = (tmp_path / "out" / "top.sv").read_text()
    instance = text[text.index("  total i_total (") :]
    assert ".in0_V_TDATA(pad_fifo_tdata)" in instance
    assert ".out0_V_TVALID(m_axis_0_tvalid)" in instance
    (made / "stream_pad.sv").write_text("")
    with pytest.raises(HardwareError, match=r"node total: there is another stream_pad\.sv"):
        stitch(*arguments, hls_verilog={"total": made})


def test_only_what_was_made_of_these_sources_counts(tmp_path, fake):
    model = two_node_model()
    project = write_case(tmp_path / "p")
    arguments = (model, tmp_path / "p", PART, CLOCK)
    assert vitis.made_verilog(*arguments) == {}
    assert vitis.run_unit(project.units[1], find_tool())["status"] == "passed"
    where = tmp_path / "p" / "operators" / "total" / "project_total" / "sol1" / "impl" / "verilog"
    assert vitis.made_verilog(*arguments) == {"total": where}
    assert vitis.made_verilog(model, tmp_path / "p", PART, 8.0) == {}
    assert vitis.made_verilog(model, tmp_path / "p", "xczu3eg-sbva484-1-i", CLOCK) == {}
    header = tmp_path / "p" / "include" / "group_sum.hpp"
    header.write_text(header.read_text() + "\n")
    assert vitis.made_verilog(*arguments) == {}


# --- FINN's hooks -----------------------------------------------------------------------------


def test_finn_runs_its_ip_generation_on_ours(tmp_path, fake, monkeypatch):
    """PrepareIP and HLSSynthIP of FINN, with the stand-in for Vitis HLS."""
    from finn.analysis.fpgadataflow.hls_synth_res_estimation import hls_synth_res_estimation
    from finn.transformation.fpgadataflow.hlssynth_ip import HLSSynthIP
    from finn.transformation.fpgadataflow.prepare_ip import PrepareIP

    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("XILINX_VIVADO", "/opt/Xilinx/Vivado/2022.2")
    monkeypatch.setenv("FINN_BUILD_DIR", str(tmp_path / "finn"))
    monkeypatch.setenv("FINN_SETTINGS", str(tmp_path / "finn.yaml"))
    # FINN reads its environment once a process: not what a test before this one left
    monkeypatch.setattr("finn.util.settings._SETTINGS", None)
    model = two_node_model()
    (tmp_path / "finn").mkdir()
    for node in model.graph.node:
        getCustomOp(node).set_nodeattr("code_gen_dir_ipgen", "")
    model = model.transform(PrepareIP(PART, CLOCK))
    model = model.transform(HLSSynthIP(PART, num_workers=1))
    op = getCustomOp(model.graph.node[2])
    folder = Path(op.get_nodeattr("code_gen_dir_ipgen"))
    assert sorted(path.name for path in folder.glob("*total*")) == [
        "hls_syn_total.tcl",
        "project_total",
        "top_total.cpp",
    ]
    assert op.get_nodeattr("ip_path") == f"{folder}/project_total/sol1/impl/ip"
    assert op.get_nodeattr("ip_vlnv") == "xilinx.com:hls:total:1.0"
    assert op.code_generation_ipi() == [
        "create_bd_cell -type ip -vlnv xilinx.com:hls:total:1.0 total"
    ]
    assert len(fake()) == 1
    assert model.analysis(hls_synth_res_estimation)["total"]["LUT"] == 1234


def test_ipgen_script_synthesizes_and_exports_alone(tmp_path):
    model = two_node_model()
    op = getCustomOp(model.graph.node[2])
    op.set_nodeattr("code_gen_dir_ipgen", str(tmp_path / "gen"))
    write_ipgen(op, model, PART, 3.25)
    calls = parsed_calls(tmp_path / "gen" / "hls_syn_total.tcl")
    check_files(calls)
    assert [call[0] for call in calls if call[0].endswith("_design")] == [
        "csynth_design",
        "export_design",
    ]
    assert ["create_clock", "-period", "3.25", "-name", "default"] in calls
    assert ["config_compile", "-disable_unroll_code_size_check", "-pipeline_style", "flp"] in calls
    if shutil.which("tclsh"):
        assert tcl_calls(tmp_path / "gen" / "hls_syn_total.tcl", tmp_path) == (0, calls)
    headers = {path.name for path in (tmp_path / "gen" / "include").glob("*.hpp")}
    assert {"group_sum.hpp", "types.hpp", "ports.hpp"} <= headers
    assert filecmp.cmp(tmp_path / "gen/include/ports.hpp", Path(vitis.HLS_DIR) / "ports.hpp")
