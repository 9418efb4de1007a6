"""Finding the open tools for Series 7; running stand-ins for them."""

import pytest

from hw.errors import HardwareError
from hw.openxc7 import bitstream
from hw.openxc7.routing import route_best
from hw.tools.openxc7 import FAMILY, PROGRAMS, find_tools, missing_programs, router_version

PART = "xc7z020clg400-1"

#: nextpnr-xilinx: an estimate, then the clock $MHZ + seed - 1; a miss is an error unless allowed.
NEXTPNR = """freq=; seed=; allow=; fasm=
while [ $# -gt 0 ]; do case "$1" in
  --freq) freq=$2; shift;; --seed) seed=$2; shift;; --fasm) fasm=$2; shift;;
  --timing-allow-fail) allow=1;;
esac; shift; done
awk -v mhz="$MHZ" -v freq="$freq" -v seed="$seed" -v allow="$allow" 'BEGIN {
  mhz += seed - 1
  print "Info: Running main analytical placer."
  printf "Info: Max frequency for clock \\047clk\\047: %.2f MHz (PASS at %.2f MHz)\\n", 999, freq
  print "Info: Routing.."
  level = mhz >= freq ? "Info" : allow ? "Warning" : "ERROR"
  said = mhz >= freq ? "PASS" : "FAIL"
  printf "%s: Max frequency for clock \\047clk\\047: ", level
  printf "%.2f MHz (%s at %.2f MHz)\\n", mhz, said, freq
  exit level == "ERROR"
}' >&2
status=$?
echo CLBLL_L_X2Y1.A$seed > "$fasm"
exit $status
"""

#: What the stand-ins do, by program.
BODIES = {
    "nextpnr-xilinx": NEXTPNR,
    "fasm2frames": "echo 0x00400000 0x0\necho a word of warning >&2\n",
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


@pytest.mark.parametrize(
    "body,text",
    [
        # as nextpnr says it, on standard error
        (
            'echo "\\"nextpnr-xilinx\\" -- Next Generation Place and Route (Version 0.9.6)" >&2',
            "0.9.6",
        ),
        ("echo unknown option >&2; exit 1", ""),
        (NEXTPNR, ""),
    ],
)
def test_the_routers_version(installed, body, text):
    program = installed / "bin" / "nextpnr-xilinx"
    program.write_text(f"#!/bin/sh\n{body}\n")
    assert router_version().text == text


def test_no_router_has_no_version(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert router_version().text == ""


def test_databases_that_are_named_but_not_there(installed, tmp_path):
    with pytest.raises(HardwareError, match=r"no chip database .*nothing\.bin"):
        find_tools(PART, chipdb=tmp_path / "nothing.bin")
    with pytest.raises(HardwareError, match=r"no .*elsewhere/zynq7/.*part\.yaml of prjxray"):
        find_tools(PART, database=tmp_path / "elsewhere")


def test_from_netlist_to_bitstream(installed, tmp_path):
    tools = find_tools(PART)
    lines = []
    routed = route_best(tmp_path, "top", tools, 100, [1], lines.append)
    assert (routed.mhz, routed.seed, routed.fasm) == (211.5, 1, tmp_path / "top.fasm")
    assert routed.fasm.read_text() == "CLBLL_L_X2Y1.A1\n"
    assert lines[1] == "Info: Max frequency for clock 'clk': 999.00 MHz (PASS at 100.00 MHz)\n"
    assert (tmp_path / "top.seed-1.log").read_text() == "".join(lines)
    bit = bitstream.pack(tmp_path, "top", tools, PART)
    assert (bit.name, bit.read_text()) == ("top.bit", "bits")
    # the frames stand in one file, what was said beside them in another
    assert (tmp_path / "top.frames").read_text() == "0x00400000 0x0\n"
    assert (tmp_path / "top.frames.log").read_text() == "a word of warning\n"
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_a_missed_clock_is_routed_all_the_same(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("MHZ", "102.44")
    assert route_best(tmp_path, "top", find_tools(PART), 200, [1]).mhz == 102.44


def test_the_fastest_seed_is_taken(installed, tmp_path):
    """The stand-in is a megahertz faster with each seed."""
    came = []
    routed = route_best(
        tmp_path, "top", find_tools(PART), 100, [3, 5, 4], None, lambda *said: came.append(said)
    )
    assert (routed.mhz, routed.seed) == (215.5, 5)
    assert (tmp_path / "top.fasm").read_text() == "CLBLL_L_X2Y1.A5\n"
    assert came == [(3, "213.5 MHz"), (5, "215.5 MHz"), (4, "214.5 MHz")]
    assert [path.name for path in tmp_path.glob("*.fasm")] == ["top.fasm"]


#: A design that only seed 2 routes; the words are nextpnr's.
CONGESTED = """case "$*" in *"--seed 2"*) ;; *)
echo "ERROR: Failed to route arc 0 of net 'a', from SITEWIRE/X to SITEWIRE/Y." >&2; exit 255;; esac
"""


def test_a_seed_that_does_not_route(installed, tmp_path):
    program = installed / "bin" / "nextpnr-xilinx"
    program.write_text(f"#!/bin/sh\n{CONGESTED}{NEXTPNR}")
    tools = find_tools(PART)
    assert route_best(tmp_path, "top", tools, 100, [1, 2, 3]).seed == 2
    with pytest.raises(HardwareError, match="ended with status 255: ERROR: Failed to route arc 0"):
        route_best(tmp_path, "top", tools, 100, [1, 3])
    assert list(tmp_path.glob("*.fasm")) == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_fails(installed, tmp_path, program):
    (installed / "bin" / program).write_text("#!/bin/sh\necho no such cell >&2\nexit 3\n")
    tools = find_tools(PART)
    with pytest.raises(HardwareError, match=f"{program} ended with status 3: no such cell"):
        route_best(tmp_path, "top", tools, 100, [1])
        bitstream.pack(tmp_path, "top", tools, PART)
    for name in ("top.bit", "top.part.bit", "top.seed-1.part.fasm"):
        assert not (tmp_path / name).exists()
    assert (tmp_path / "top.frames").exists() == (program == "xc7frames2bit")


def test_nextpnr_that_says_no_clock(installed, tmp_path):
    program = installed / "bin" / "nextpnr-xilinx"
    program.write_text("#!/bin/sh\necho Info: Routing complete.\n")
    with pytest.raises(HardwareError, match=r"top\.seed-1\.log: no routed design"):
        route_best(tmp_path, "top", find_tools(PART), 100, [1])
