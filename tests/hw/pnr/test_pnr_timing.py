"""nextpnr's report, read from one that was written by hand."""

import json

import pytest

from hw.errors import HardwareError
from hw.pnr.timing import read_report, register_name


def _hop(kind, delay, source, sink, **more):
    ends = {"from": source, "to": sink}
    places = {end: {"cell": c, "port": p, "loc": [1, 2]} for end, (c, p) in ends.items()}
    return {"type": kind, "delay": delay, **places, **more}


FIRST, LAST = "top.count_q_TRELLIS_FF_Q_2", "top.done_q_TRELLIS_FF_Q"
PATH = [
    _hop("clk-to-q", 0.5, (FIRST, "Q"), (FIRST, "Q")),
    _hop("routing", 1.25, (FIRST, "Q"), ("sum_LUT4_Z", "A"), net="top.count_q[1]"),
    _hop("logic", 0.25, ("sum_LUT4_Z", "A"), ("sum_LUT4_Z", "F")),
    _hop("routing", 0.75, ("sum_LUT4_Z", "F"), (LAST, "DI"), net="top.done_d"),
    _hop("setup", 0.0, (LAST, "DI"), (LAST, "DI")),
]
SLOW, FAST = "posedge $glbnet$slow$TRELLIS_IO_IN", "posedge $glbnet$fast"
REPORT = {
    "fmax": {
        "$glbnet$slow$TRELLIS_IO_IN": {"achieved": 60.0, "constraint": 50.0},
        "$glbnet$fast": {"achieved": 90.0, "constraint": 100.0},
    },
    "critical_paths": [
        {"from": SLOW, "to": SLOW, "path": PATH[:1]},
        {"from": FAST, "to": FAST, "path": PATH},
        {"from": "<async>", "to": FAST, "path": PATH[:2]},
    ],
    "utilization": {"TRELLIS_FF": {"used": 7, "available": 100}},
}


def test_clocks_paths_and_cells(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT))
    found = read_report(path)
    assert {name: clock.met for name, clock in found.clocks.items()} == {
        "slow": True,
        "fast": False,
    }
    assert not found.met
    assert (found.used, found.available) == ({"TRELLIS_FF": 7}, {"TRELLIS_FF": 100})
    slowest = found.slowest
    assert (slowest.fmax_mhz, slowest.wanted_mhz) == (90.0, 100.0)
    assert slowest.path.as_dict() == {
        "from": "top.count_q",
        "to": "top.done_q",
        "ns": 2.75,
        "logic_ns": 0.75,
        "routing_ns": 2.0,
        "hops": [
            {"kind": "clk-to-q", "ns": 0.5, "to": f"{FIRST}.Q", "net": ""},
            {"kind": "routing", "ns": 1.25, "to": "sum_LUT4_Z.A", "net": "top.count_q[1]"},
            {"kind": "logic", "ns": 0.25, "to": "sum_LUT4_Z.F", "net": ""},
            {"kind": "routing", "ns": 0.75, "to": f"{LAST}.DI", "net": "top.done_d"},
            {"kind": "setup", "ns": 0.0, "to": f"{LAST}.DI", "net": ""},
        ],
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"fmax": 1, "critical_paths": []}'])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(HardwareError, match=r"report\.json: .*not a report of nextpnr"):
        read_report(path)


def test_design_without_registers(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"fmax": {}, "critical_paths": [], "utilization": {}}))
    with pytest.raises(HardwareError, match="found no path between registers"):
        read_report(path)


@pytest.mark.parametrize(
    ("pin", "name"),
    [
        ("a.b_q_TRELLIS_FF_Q_3.DI", "a.b_q"),
        ("a.b_q_TRELLIS_FF_Q_1_DI_LUT4_Z_C_CCU2C_COUT$CCU2_COMB0.A", "a.b_q"),
        ("a.mem.0.1.DOB2", "a.mem.0.1"),
        ("a.b_q.Q", "a.b_q"),
    ],
)
def test_names_of_registers(pin, name):
    assert register_name(pin) == name
