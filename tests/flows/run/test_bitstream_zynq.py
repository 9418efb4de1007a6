"""Bitstreams of Zynq boards, with stand-ins for Vivado and for the open tools' router.

The stand-in for Vivado runs the script in tclsh with Vivado's commands as recorders
(tests/hw/vivado); yosys and the check of its netlist are real.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import ResultName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.report.level import PASSED
from flows.report.levels import levels
from flows.run.bitstream import bitstream
from flows.run.driver import build_id, load_design
from hw.errors import HardwareError
from hw.openxc7 import bitstream as open_way
from hw.tools.openxc7 import PROGRAMS
from tests.flows.flow import small_network, write_config
from tests.hw.tools.test_openxc7 import PART, put_stand_ins
from tests.hw.vivado.tcl_recorder import RECORDER

needs_tclsh = pytest.mark.skipif(
    shutil.which("tclsh") is None, reason="tclsh is missing: nothing can stand in for Vivado"
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A built small network for a PYNQ-Z2: the path of its configuration."""
    path = write_config(tmp_path_factory.mktemp("zynq"), small_network(), board="Pynq-Z2")
    run_steps(Build.load(path))
    return path


@pytest.fixture
def made(finished, tmp_path):
    """A copy of it."""
    shutil.copytree(finished.parent, tmp_path, dirs_exist_ok=True)
    return Build.load(tmp_path / finished.name)


@pytest.fixture(scope="module")
def netlists():
    """Cells and netlist of what yosys synthesized, by all that it was given."""
    return {}


@pytest.fixture(autouse=True)
def _one_synthesis_of_the_same_sources(netlists, monkeypatch):
    """The first one is real; half a minute each is spared for the others."""
    synthesize = open_way.synthesize

    def known(folder, top, sources, yosys):
        given = {path.name: path.read_bytes() for path in folder.iterdir()}
        key = (top, *sources, *sorted(given.items()))
        if key not in netlists:
            cells = synthesize(folder, top, sources, yosys)
            netlists[key] = (cells, (folder / f"{top}.json").read_bytes())
        cells, netlist = netlists[key]
        (folder / f"{top}.json").write_bytes(netlist)
        return cells

    monkeypatch.setattr(open_way, "synthesize", known)


@pytest.fixture
def no_tools(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


@pytest.fixture
def vivado(tmp_path, monkeypatch):
    """A stand-in for Vivado on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "recorder.tcl").write_text(RECORDER)
    tool = folder / "vivado"
    tool.write_text(
        f"#!/bin/sh\necho run >> {folder}/runs\n"
        f'exec tclsh {folder}/recorder.tcl "$PWD/build.tcl" {folder}/calls 2\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def files(build):
    return sorted(p.name for p in (build.folder / "bitfile").glob("*"))


def test_without_vivado_the_project_is_written(made, no_tools):
    with pytest.raises(FlowError) as error:
        bitstream(made)
    said = str(error.value)
    assert "`vivado` is not on the PATH" in said
    wanted = f"WAY=open` (--way open, experimental) needs {', '.join(PROGRAMS)} on the PATH"
    assert f"`make bitstream {wanted}" in said
    assert "BOARD=ULX3S-85F" in said
    assert "`make board-sim` (python -m flows board-sim)" in said
    folder = made.folder / "vivado"
    assert (folder / "build.tcl").is_file()
    assert {p.name for p in (made.folder / "rtl").glob("*.mem")} <= {
        p.name for p in (folder / "sources").iterdir()
    }
    assert files(made) == []
    assert not (made.folder / "report" / "bitstream.json").exists()


@needs_tclsh
def test_with_vivado(made, vivado):
    path = bitstream(made)
    assert path.read_text() == "bits"
    assert files(made) == [f"{made.top}.bit", f"{made.top}.hwh"]
    report = made.results.read(ResultName.BITSTREAM, dict[str, Any])
    assert (report["way"], report["tools"]) == ("vivado", ["Vivado 2023.2"])
    assert (report["slack_ns"], report["timing_met"], report["clock_mhz"]) == (0.412, True, 100)
    assert report["build_id"] == build_id(load_design(made))
    status = {level.name: level.status for level in levels(made)}
    assert (status["Place and route"], status["Bitstream"]) == (PASSED, PASSED)
    # the same sources again: the results are taken, Vivado is not run
    bitstream(made)
    assert (vivado / "runs").read_text() == "run\n"


@needs_tclsh
def test_results_that_were_cut_short_make_no_bitstream(made, vivado):
    made_before = bitstream(made)
    (made.folder / "vivado" / "results" / f"{made.top}.hwh").write_text("")
    with pytest.raises(ValueError, match=rf"{made.top}\.hwh of 0 bytes"):
        bitstream(made)
    assert made_before.read_text() == "bits"
    assert (vivado / "runs").read_text() == "run\n"


@pytest.mark.parametrize("way", ["vivado", "open"])
def test_a_bitstream_at_hand_stays_where_a_way_lacks_its_tools(made, no_tools, way):
    folder = made.folder / "bitfile"
    folder.mkdir()
    kept = {folder / f"{made.top}.bit": "bits", folder / f"{made.top}.hwh": "handoff"}
    kept[made.folder / "report" / "bitstream.json"] = "{}"
    for path, text in kept.items():
        path.write_text(text)
    with pytest.raises(FlowError, match="not on the PATH"):
        bitstream(made, way=way)
    assert {path: path.read_text() for path in kept} == kept


@needs_tclsh
def test_timing_that_is_not_met_leaves_no_bitstream(made, vivado, monkeypatch):
    bitstream(made)
    (made.folder / "vivado" / "finished").unlink()
    monkeypatch.setenv("SLACK", "-0.5")
    with pytest.raises(ValueError, match=r"Vivado: reports: timing is not met: worst slack -0\.5"):
        bitstream(made)
    assert files(made) == []
    assert not (made.folder / "report" / "bitstream.json").exists()


def test_open_way_without_its_router(made, no_tools):
    with pytest.raises(FlowError, match=r"made and checked .*nextpnr-xilinx is not on the PATH"):
        bitstream(made, way="open")
    netlist = json.loads((made.folder / "openxc7" / f"{made.top}_zynq.json").read_text())
    cells = [c["type"] for m in netlist["modules"].values() for c in m["cells"].values()]
    assert cells.count("PS7") == 1
    assert cells.count("BUFG") == 1
    assert files(made) == []


@pytest.mark.parametrize("nodes", [1, 2])
def test_open_way_refuses_what_is_folded_to_dsp_slices(made, no_tools, nodes):
    table = made.results.read(ResultName.LAYER_RESOURCES, dict[str, Any])
    names = [name for name in table if name.endswith("_mvau")][:nodes]
    for name in names:
        table[name]["DSP"] += 3
        table["total"]["DSP"] += 3
    made.results.write(ResultName.LAYER_RESOURCES, table)
    said = " multiplies in DSP slices, 3 in" if nodes == 1 else " and 1 more nodes multiply in DSP"
    with pytest.raises(FlowError, match=f"node {names[0]}{said}.*build with dsp_limit: 0"):
        bitstream(made, way="open")
    assert not (made.folder / "openxc7").exists()
    folding = json.loads(made.paths.folding.read_text())
    for name in names:  # slices that add are cells of the netlist
        folding[name]["sum_parts"] = 2
    made.paths.folding.write_text(json.dumps(folding))
    with pytest.raises(FlowError, match=r"made and checked .*nextpnr-xilinx is not on the PATH"):
        bitstream(made, way="open")


#: What a nextpnr-xilinx of 2026 says, on standard error.
VERSION = """if [ "$1" = --version ]; then
echo '"nextpnr-xilinx" -- Next Generation Place and Route (Version 0.9.6)' >&2; exit; fi
"""


def test_open_way(made, tmp_path, monkeypatch, capsys):
    root = put_stand_ins(tmp_path / "openxc7")
    monkeypatch.setenv("PATH", f"{root / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("MHZ", "102.44")
    config_file = tmp_path / "config.yaml"
    monkeypatch.setattr(sys, "argv", ["flows"])
    assert main(["bitstream", str(config_file), "--way", "open", "--seeds", "2"]) == 0
    said = capsys.readouterr().out
    assert "  seed 1: 102.44 MHz\n  seed 2: 103.44 MHz\n" in said
    assert files(made) == [f"{made.top}.bit", f"{made.top}.hwh"]
    report = made.results.read(ResultName.BITSTREAM, dict[str, Any])
    assert (report["way"], report["device"]) == ("openxc7", PART)
    assert (report["fmax_mhz"], report["seed"], report["timing_met"]) == (103.44, 2, True)
    assert report["slack_ns"] == round(10 - 1000 / 103.44, 3)
    handoff = (made.folder / "bitfile" / f"{made.top}.hwh").read_text()
    assert 'BASEVALUE="0x40010000"' in handoff
    message = r"102\.44 MHz with seed 1 .*; 110 MHz are wanted, 1\.1 times the clock.*--seeds 2"
    with pytest.raises(FlowError, match=f"timing is not met: {message}"):
        bitstream(made, way="open", margin=1.1)
    assert files(made) == []
    assert not (made.folder / "report" / "bitstream.json").exists()
    router = root / "bin" / "nextpnr-xilinx"
    text = router.read_text().replace("CLBLL_L_X2Y1.A$seed", "BRAM_L_X6Y60.RAMB18_Y0.IN_USE")
    router.write_text(text.replace("#!/bin/sh\n", f"#!/bin/sh\n{VERSION}"))
    with pytest.raises(HardwareError, match=r"block RAMs are not the netlist's: 0 of .*, 1 \(BRAM"):
        bitstream(made, way="open")
    assert files(made) == []
    assert "0 BRAM36, of every width, as nextpnr-xilinx 0.9.6" in capsys.readouterr().out


@pytest.mark.parametrize(
    "board,options,message",
    [
        ("Pynq-Z2", {"way": "vitis"}, "--way vitis: expected vivado or open"),
        ("Pynq-Z2", {"jobs": 0}, "--jobs 0: expected 1 or more"),
        ("Pynq-Z2", {"chipdb": Path("x.bin")}, "--chipdb x.bin: is the open way's"),
        ("ULX3S-85F", {"way": "open"}, r"--way open \(WAY=open\) is for boards with a Zynq"),
        ("ULX3S-85F", {"database": Path("x")}, "--prjxray-db x: is the open way's"),
    ],
)
def test_options(tmp_path, board, options, message):
    build = Build.load(write_config(tmp_path, small_network(), board=board))
    with pytest.raises(FlowError, match=message):
        bitstream(build, **options)


def test_open_way_is_for_zynq_7000(tmp_path):
    build = Build.load(write_config(tmp_path, small_network(), board="ZCU104"))
    with pytest.raises(FlowError, match="board ZCU104: the open way is for zynq7000"):
        bitstream(build, way="open")


PLANS = [
    ("Pynq-Z2", "vivado", [], "Vivado is missing (`vivado` is not on the PATH): its project will"),
    ("Pynq-Z2", "vivado", ["vivado"], "by Vivado (<bin>/vivado) in <build>/vivado"),
    ("Pynq-Z2", "open", PROGRAMS[1:], f"{PROGRAMS[0]} missing: the netlist will be made and"),
    ("Pynq-Z2", "open", PROGRAMS, "by open tools (experimental)"),
    ("ULX3S-85F", None, [], "by yosys, nextpnr and ecppack of PyPI"),
    ("Tang-Nano-20K", None, [], "by yosys, nextpnr and apycula of PyPI"),
]


@pytest.mark.parametrize("board,way,tools,said", PLANS)
def test_what_will_be_done_is_said_before_the_build(
    tmp_path, monkeypatch, capsys, board, way, tools, said
):
    path = write_config(tmp_path, small_network(), board=board)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    for name in tools:
        (tmp_path / "bin" / name).touch(mode=0o755)
    option = [] if way is None else ["--way", way]
    assert main(["bitstream", str(path), "--plan", *option]) == 0
    for name in ("bin", "build"):
        said = said.replace(f"<{name}>", str(tmp_path / name))
    out = capsys.readouterr().out
    assert out.startswith(f"bitstream: {said}")
    assert out.count("\n") == 1
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("more", [["--plan"], []])
@pytest.mark.parametrize(
    ("board", "option", "said"),
    [
        ("ULX3S-85F", ["--jobs", "2"], "--jobs 2: is Vivado's; this bitstream is made without it"),
        ("ULX3S-85F", ["--chipdb", "x"], "--chipdb x: is the open way's (--way open)"),
        (
            "Pynq-Z2",
            ["--seed", "1"],
            "--seed 1: is of nextpnr's placement (a serial board, or --way open)",
        ),
        ("Pynq-Z2", ["--seeds", "2"], "--seeds 2: is the open way's (--way open)"),
        ("ULX3S-85F", ["--margin", "2"], "--margin 2.0: is the open way's (--way open)"),
        ("ULX3S-85F", ["--seed", "-1"], "--seed -1: expected 0 or more"),
        ("Pynq-Z2", ["--way", "open", "--seeds", "0"], "--seeds 0: expected 1 or more"),
        ("Pynq-Z2", ["--way", "open", "--margin", "nan"], "--margin nan: expected 0.1 to 10"),
        ("Pynq-Z2", ["--jobs", "0"], "--jobs 0: expected 1 or more"),
        ("Pynq-Z2", ["--prjxray-db", "x"], "--prjxray-db x: is the open way's (--way open)"),
        ("Pynq-Z2", ["--way", "open", "--jobs", "2"], "--jobs 2: is Vivado's"),
    ],
)
def test_an_option_of_another_way_is_refused(tmp_path, capsys, board, option, said, more):
    """Planned or made: not passed over in silence."""
    path = write_config(tmp_path, small_network(), board=board)
    status = main(["bitstream", str(path), *option, *more])
    assert status == (2 if said.startswith("--") else 1)
    assert capsys.readouterr().err.startswith(f"error: {said}")


def test_options_of_the_way_are_planned(tmp_path, capsys, no_tools):
    path = write_config(tmp_path, small_network(), board="Pynq-Z2")
    assert main(["bitstream", str(path), "--plan", "--jobs", "3"]) == 0
    path = write_config(tmp_path / "e", small_network(), board="ULX3S-85F")
    assert main(["bitstream", str(path), "--plan", "--seed", "3"]) == 0


def test_before_the_build(tmp_path, no_tools):
    build = Build.load(write_config(tmp_path, small_network(), board="Pynq-Z2"))
    with pytest.raises(FlowError, match=r"expected the RTL of a finished build"):
        bitstream(build)
    assert not Path(build.folder / "vivado").exists()
