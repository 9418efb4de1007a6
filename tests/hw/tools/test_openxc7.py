"""Finding the open tools for Series 7; running stand-ins for them."""

import pytest

from hw.errors import HardwareError
from hw.openxc7 import bitstream
from hw.tools.openxc7 import FAMILY, PROGRAMS, find_tools, missing_programs

PART = "xc7z020clg400-1"

#: What the stand-ins do, by program.
BODIES = {
    "nextpnr-xilinx": "echo \"Info: Max frequency for clock 'clk': $MHZ MHz (PASS)\"\n"
    'while [ "$1" != --fasm ]; do shift; done\necho CLBLL_L_X2Y1.A > "$2"\n',
    "fasm2frames": "echo 0x00400000 0x0\n",
    "xc7frames2bit": 'while [ "$1" != --output_file ]; do shift; done\nprintf bits > "$2"\n',
}


def put_stand_ins(root):
    """openXC7's folder with stand-ins for its programs, and its databases."""
    (root / "bin").mkdir(parents=True)
    for name in PROGRAMS:
        program = root / "bin" / name
        program.write_text(f"#!/bin/sh\n{BODIES[name]}")
        program.chmod(0o755)
    (root / "chipdb").mkdir()
    (root / "chipdb" / "xc7z020clg400.bin").write_text("")
    part = root / "share" / "prjxray-db" / FAMILY / PART
    part.mkdir(parents=True)
    (part / "part.yaml").write_text("")
    return root


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Stand-ins on the PATH."""
    root = put_stand_ins(tmp_path / "openxc7")
    monkeypatch.setenv("PATH", f"{root / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("MHZ", "211.5")
    return root


def test_found_with_databases(installed):
    tools = find_tools(PART)
    assert tools.chipdb == installed / "chipdb" / "xc7z020clg400.bin"
    assert tools.database == installed / "share" / "prjxray-db" / FAMILY
    assert missing_programs() == []


def test_all_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_programs() == list(PROGRAMS)
    with pytest.raises(HardwareError) as error:
        find_tools(PART)
    for name in (*PROGRAMS, "xc7z020clg400.bin", f"prjxray-db/{FAMILY}/{PART}/part.yaml"):
        assert name in str(error.value)


def test_databases_that_are_named_but_not_there(installed, tmp_path):
    with pytest.raises(HardwareError, match=r"no chip database .*nothing\.bin"):
        find_tools(PART, chipdb=tmp_path / "nothing.bin")
    with pytest.raises(HardwareError, match=r"no .*elsewhere/zynq7/.*part\.yaml of prjxray"):
        find_tools(PART, database=tmp_path / "elsewhere")


def test_from_netlist_to_bitstream(installed, tmp_path):
    tools = find_tools(PART)
    (tmp_path / "top.json").write_text("{}")
    assert bitstream.route(tmp_path, "top", tools, 100) == 211.5
    assert (tmp_path / "top.fasm").read_text() == "CLBLL_L_X2Y1.A\n"
    bit = bitstream.pack(tmp_path, "top", tools, PART)
    assert (bit.name, bit.read_text()) == ("top.bit", "bits")


def test_timing_needs_a_margin(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("MHZ", "199.9")
    with pytest.raises(HardwareError, match=r"199\.9 MHz .* 200 MHz are asked for"):
        bitstream.route(tmp_path, "top", find_tools(PART), 100)
    assert not (tmp_path / "top.fasm").exists()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_fails(installed, tmp_path, program):
    (installed / "bin" / program).write_text("#!/bin/sh\necho no such cell >&2\nexit 3\n")
    tools = find_tools(PART)
    with pytest.raises(HardwareError, match=f"{program} ended with status 3: no such cell"):
        bitstream.route(tmp_path, "top", tools, 100)
        bitstream.pack(tmp_path, "top", tools, PART)
    assert not (tmp_path / "top.bit").exists()
