"""From a network to a bitstream for a board at a serial line; its netlist computes the same."""

import dataclasses
from typing import Any

import pytest

import flows.run.bitstream_serial as serial
from flows.build.build import Build
from flows.build.names import ResultName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.bitstream import bitstream
from flows.run.driver import build_id, load_design
from flows.run.synth import synth
from hw.pnr import ecp5
from tests.flows.flow import small_network, write_config
from tests.flows.serial_netlist import check_gowin_cells, check_netlist

STEPS = ("synthesis", "place_and_route", "bitstream")


@pytest.fixture
def small(tmp_path):
    """Configuration of a small network for an ULX3S, built."""
    build = Build.load(write_config(tmp_path, small_network(), board="ULX3S-85F"))
    run_steps(build)
    return build


def _check_report(build):
    report = build.results.read(ResultName.BITSTREAM, dict[str, Any])
    content = (build.folder / report["bitfile"]).read_bytes()
    # a comment, then the preamble of an ECP5
    assert content.startswith(b"\xff\x00")
    assert b"\xbd\xb3" in content[:200]
    assert report["timing_met"] and report["clock_mhz"] == 50.0
    assert report["fmax_mhz"] >= report["clock_mhz"]
    assert report["slack_ns"] >= 0
    assert set(report["seconds"]) == set(report["memory_mb"]) == set(STEPS)
    assert 0 < report["used"]["TRELLIS_COMB"] < report["available"]["TRELLIS_COMB"]
    assert report["used"]["EHXPLLL"] == 1
    assert report["build_id"] == build_id(load_design(build))


def _kept(said):
    return [name for name in STEPS if f"{name}: kept" in said]


def _nothing_published(build):
    bitfile = build.folder / "bitfile" / f"{build.top}.bit"
    assert not bitfile.exists()
    assert not (build.folder / "report" / "bitstream.json").exists()


def _check_missed_timing(build, monkeypatch):
    """nextpnr reports a clock that is too slow: an error, and nothing published."""

    def slow(path):
        timing = read_report(path)
        clocks = {n: dataclasses.replace(c, fmax_mhz=40.0) for n, c in timing.clocks.items()}
        return dataclasses.replace(timing, clocks=clocks)

    read_report = serial.read_report
    with monkeypatch.context() as patch:
        patch.setattr(serial, "read_report", slow)
        with pytest.raises(FlowError, match=r"timing is not met: 40.0 MHz of 50.0 MHz"):
            bitstream(build)
    _nothing_published(build)


def _check_interrupted(build, monkeypatch, capsys):
    """A step that ends half-way leaves nothing that looks finished; the next run goes on there."""
    made = next((build.folder / "bitstream").glob("*_ulx3s.bit"))
    made.write_bytes(made.read_bytes()[:-1])  # not what was made

    def interrupted(folder, top):
        (folder / f"{top}.bit.part").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ecp5, "pack", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bitstream(build)
    _nothing_published(build)
    capsys.readouterr()
    bitstream(build)
    assert _kept(capsys.readouterr().out) == ["synthesis", "place_and_route"]


def test_from_a_network_to_a_bitstream(small, monkeypatch, capsys):
    path = bitstream(small)
    said = capsys.readouterr().out
    assert _kept(said) == []
    assert "TRELLIS_COMB" in said and "not tried on a board" in said
    assert path == small.folder / "bitfile" / f"{small.top}.bit"
    _check_report(small)
    bitstream(small)
    assert _kept(capsys.readouterr().out) == list(STEPS)
    _check_report(small)
    _check_missed_timing(small, monkeypatch)
    _check_interrupted(small, monkeypatch, capsys)
    _check_report(small)
    check_netlist(small, 3)


@pytest.mark.slow
def test_a_tang_nano_s_bitstream_computes_the_same(tmp_path):
    build = Build.load(write_config(tmp_path, small_network(), board="Tang-Nano-20K"))
    run_steps(build)
    path = bitstream(build)
    assert path == build.folder / "bitfile" / f"{build.top}.fs"
    report = build.results.read(ResultName.BITSTREAM, dict[str, Any])
    assert (report["way"], report["clock_mhz"], report["timing_met"]) == ("gw2a", 49.5, True)
    assert report["used"]["rPLL"] == 1
    assert 0 < report["used"]["BSRAM"] <= report["available"]["BSRAM"] == 46
    assert set(report["seconds"]) == set(STEPS)
    check_gowin_cells(build)
    check_netlist(build, 3)


def test_what_is_missing_is_told(small, monkeypatch, tmp_path):
    monkeypatch.setattr(ecp5, "find_nextpnr", _missing)
    with pytest.raises(FlowError, match="nextpnr is missing"):
        bitstream(small)
    assert not (small.folder / "bitstream").exists()
    with pytest.raises(FlowError, match=r"ULX3S-85F: synth counts AMD's primitives"):
        synth(small)
    (small.folder / "rtl" / f"{small.top}.json").unlink()
    with pytest.raises(FlowError, match="expected the RTL of a finished build"):
        bitstream(small)


def _missing():
    raise FlowError("nextpnr is missing")


def test_clock_that_no_pll_makes(tmp_path):
    keys = {"board": "ULX3S-85F", "synth_clk_period_ns": 1.0}
    build = Build.load(write_config(tmp_path, small_network(), **keys))
    with pytest.raises(FlowError, match="expected the RTL of a finished build"):
        bitstream(build)
    run_steps(build)
    with pytest.raises(ValueError, match="clock of 1000 MHz"):
        bitstream(build)
    _nothing_published(build)
