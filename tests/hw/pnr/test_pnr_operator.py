"""An operator between registers: the top level around it, its timing, and the kept result."""

import pytest

from hw.camera import CAMERA_RTL_DIR
from hw.errors import HardwareError
from hw.pnr import operator
from hw.pnr.boundary import ports, with_registers
from hw.pnr.ecp5 import Ecp5Target
from hw.pnr.operator import OperatorTiming, bounded, operator_timing
from hw.synth.operator import Unit
from hw.tools.cache import ToolCache

SUM = """module add (
  input  logic ap_clk,
  input  logic ap_rst_n,
  input  logic in0_V_TVALID,
  input  logic [15:0] in0_V_TDATA,
  output logic out0_V_TVALID,
  output logic [7:0] out0_V_TDATA
);
  always_comb out0_V_TVALID = in0_V_TVALID && ap_rst_n;
  always_comb out0_V_TDATA = in0_V_TDATA[7:0] + in0_V_TDATA[15:8];
endmodule
"""
UNIT = Unit("add", {"add.sv": SUM}, {})


def test_ports_of_a_wrapper():
    assert ports(SUM) == [
        ("input", "in0_V_TVALID", 1),
        ("input", "in0_V_TDATA", 16),
        ("output", "out0_V_TVALID", 1),
        ("output", "out0_V_TDATA", 8),
    ]


def test_no_output_is_refused():
    with pytest.raises(HardwareError, match="node deaf: no input or no output"):
        with_registers("deaf", "module deaf (input logic ap_clk, input logic a_i);")


def test_combinational_operator_lies_between_registers(tmp_path):
    found, seconds = operator_timing(UNIT, Ecp5Target(), tmp_path / "work", tmp_path / "cache")
    assert seconds > 0 and found.fmax_mhz > 100
    # 17 bits before it, 2 x 9 behind it, the reset
    assert found.TRELLIS_FF == 17 + 2 * 9 + 1
    assert (found.DP16KD, found.MULT18X18D) == (0, 0)
    path = found.critical_path
    assert path["ns"] == pytest.approx(path["logic_ns"] + path["routing_ns"], abs=0.02)
    again = operator_timing(UNIT, Ecp5Target(), tmp_path / "work", tmp_path / "cache")
    assert again == (found, 0.0)
    _check_other_grades(tmp_path, found)


def _check_other_grades(tmp_path, found):
    """Other grades and clocks are placed from the netlist that is there, unless it changed."""

    def timing(unit=UNIT, **target):
        said, lines = [], []
        where = (tmp_path / "work", tmp_path / "cache")
        result, _ = operator_timing(unit, Ecp5Target(**target), *where, said.append, lines.append)
        assert any("Max frequency" in line for line in lines)
        return result, said

    faster, said = timing(speed=8)
    assert said == ["netlist: kept"] and faster.fmax_mhz > found.fmax_mhz
    assert faster.TRELLIS_COMB == found.TRELLIS_COMB
    other = Unit("add", {"add.sv": SUM.replace("+", "&")}, {})
    less, said = timing(other, speed=8)
    assert said[0] == "netlist ..." and less.TRELLIS_COMB < found.TRELLIS_COMB
    netlist = tmp_path / "work" / "add_pnr.json"
    netlist.write_text(netlist.read_text() + " ")  # not what was made
    assert timing(other, speed=7)[1][0] == "netlist ..."


def test_kept_result_belongs_to_sources_and_target(tmp_path, monkeypatch):
    runs = []

    def fake(folder, top, sources):
        runs.append((sorted(path.name for path in folder.iterdir()), top))
        raise HardwareError("it failed")

    monkeypatch.setattr(operator, "synthesize_ecp5", fake)
    monkeypatch.setattr(operator.ToolCache, "figures", lambda cache, key, kind: asked.append(key))
    asked: list[str] = []
    other = Unit("add", {"add.sv": SUM.replace("+", "-")}, {})
    for unit, target in (
        (UNIT, Ecp5Target()),
        (UNIT, Ecp5Target(mhz=90)),
        (UNIT, Ecp5Target(seed=2)),
        (other, Ecp5Target()),
    ):
        with pytest.raises(HardwareError, match="node add: it failed"):
            operator_timing(unit, target, tmp_path / "work", tmp_path / "cache")
    assert len(set(asked) - {"netlist"}) == 4
    assert runs[0] == (["add.sv", "add_pnr.sv"], "add_pnr")
    assert not (tmp_path / "cache").exists()


def test_damaged_kept_result_is_no_result(tmp_path):
    (tmp_path / "kept.json").write_text('{"fmax_mhz": 1}')
    cache = ToolCache(tmp_path)
    assert cache.figures("kept", OperatorTiming) is None
    whole = OperatorTiming(1.5, {}, 1, 2, 3, 4)
    cache.keep("kept", whole.as_dict())
    assert cache.figures("kept", OperatorTiming) == whole


def test_top_level_is_the_last_source():
    assert list(bounded(UNIT).sources) == ["add.sv", "add_pnr.sv"]


def test_a_module_of_parameters_is_as_wide_as_they_say():
    """Its parameters stand in the text around it too; clock and reset are no inputs."""
    text = (CAMERA_RTL_DIR / "suppress_boxes.sv").read_text(encoding="utf-8")
    made = with_registers("suppress_boxes", text)
    assert "parameter int unsigned Most = 64," in made
    assert ".overlap_i(in_q[0 +: (OverlapBits) + 1])" in made
    assert ".most_i(in_q[(OverlapBits) + 1 +: (CountBits-1) + 1])" in made
    assert ".in_end_i(" in made and made.count("clk_i(clk_i)") == 1
