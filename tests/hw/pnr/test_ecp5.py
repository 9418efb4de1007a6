"""A counter through yosys, nextpnr and ecppack."""

from types import SimpleNamespace

import pytest

from hw.errors import HardwareError
from hw.pnr import ecp5, steps
from hw.pnr.ecp5 import Ecp5Target, pack, route, synthesize_ecp5

COUNTER = """module counter (input logic clk_i, input logic go_i, output logic top_o);
  logic [23:0] count_q;
  always_ff @(posedge clk_i) if (go_i) count_q <= count_q + 24'd1;
  assign top_o = count_q[23];
endmodule
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A work folder with the counter, placed and routed for 1 GHz, and the report."""
    path = tmp_path_factory.mktemp("pnr")
    (path / "counter.sv").write_text(COUNTER)
    synthesize_ecp5(path, "counter", ["counter.sv"])
    return path, route(path, "counter", Ecp5Target("25k", mhz=1000))


def test_missed_frequency_is_told_and_no_error(folder):
    path, timing = folder
    assert not timing.met
    assert list(timing.clocks) == ["clk_i"]
    slowest = timing.slowest
    assert 100 < slowest.fmax_mhz < slowest.wanted_mhz == 1000
    assert (slowest.path.source, slowest.path.sink) == ("count_q", "top_o")  # its last bit
    assert slowest.path.total_ns == pytest.approx(1000 / slowest.fmax_mhz, abs=0.01)
    assert timing.used["TRELLIS_FF"] == 24
    assert timing.available["TRELLIS_FF"] == 24288
    assert (path / "counter.config").is_file() and not list(path.glob("*.part"))


def test_bitstream(folder):
    path, _ = folder
    bitstream = pack(path, "counter")
    assert bitstream.read_bytes().startswith(b"\xff\x00")
    assert not list(path.glob("*.part"))


def test_the_tool_of_a_killed_flow_writes_to_no_file_of_the_next(tmp_path, monkeypatch):
    parts = []

    def run(arguments, folder):
        parts.append(folder / arguments[-1])
        parts[-1].write_text("whole")
        for orphan in parts[:-1]:  # which have not come to their end
            orphan.write_text("half")
        if len(parts) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(ecp5, "find_ecppack", lambda: SimpleNamespace(run=run))
    monkeypatch.setattr(steps.os, "getpid", lambda: len(parts))
    with pytest.raises(KeyboardInterrupt):
        pack(tmp_path, "counter")
    assert pack(tmp_path, "counter").read_text() == "whole"
    parts.clear()
    parts.append(tmp_path / "nobody's")
    pack(tmp_path, "counter")
    assert not list(tmp_path.glob("*.part"))


def test_failure_leaves_no_result(folder, tmp_path):
    (tmp_path / "counter.sv").write_text(COUNTER)
    (tmp_path / "counter.config").write_text("of an earlier run")
    synthesize_ecp5(tmp_path, "counter", ["counter.sv"])
    with pytest.raises(HardwareError, match=r"nextpnr-ecp5\.log: .*nowhere\.lpf"):
        route(tmp_path, "counter", Ecp5Target("25k", lpf="nowhere.lpf"))
    assert not (tmp_path / "counter.config").exists()
    with pytest.raises(HardwareError, match=r"yosys\.log: .*ERROR"):
        synthesize_ecp5(tmp_path, "nobody", ["counter.sv"])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"device": "90k"}, "ECP5 90k: expected one of 12k, 25k, 45k, 85k"),
        ({"speed": 5}, "ECP5 speed grade 5: expected 6, 7 or 8"),
        ({"mhz": 0.0}, "ECP5 clock of 0.0 MHz: expected more than 0"),
    ],
)
def test_impossible_targets(keys, message):
    with pytest.raises(HardwareError, match=message):
        Ecp5Target(**keys)
