"""Cells that the open tools for Series 7 get wrong are refused by name."""

import json

import pytest

from hw.errors import HardwareError
from hw.openxc7.bitstream import synthesize
from hw.openxc7.netlist import check_netlist, fault
from hw.tools.yosys import find_yosys


def bits(number):
    return f"{number:032b}"


def ram(**widths):
    names = {"READ_WIDTH_A": 18, "READ_WIDTH_B": 0, "WRITE_WIDTH_A": 0, "WRITE_WIDTH_B": 18}
    return {"RAM_MODE": "TDP"} | {name: bits(value) for name, value in (names | widths).items()}


def netlist(path, cells, extra=None):
    modules = {
        "top": {"cells": {name: {"type": kind, "parameters": p} for name, kind, p in cells}},
        "LUT6": {"attributes": {"whitebox": bits(1)}, "cells": {}},
    }
    path.write_text(json.dumps({"modules": modules | (extra or {})}))
    return path


@pytest.mark.parametrize(
    "kind,parameters,reason",
    [
        ("LUT6", {}, ""),
        ("PS7", {}, ""),
        ("RAM32M", {}, ""),
        ("RAMB18E1", ram(), ""),
        ("RAMB36E1", ram(READ_WIDTH_A=36), ""),
        ("RAMB18E1", ram() | {"RAM_MODE": "SDP"}, "simple dual port"),
        ("RAMB36E1", ram(READ_WIDTH_A=72) | {"RAM_MODE": "SDP"}, "simple dual port"),
        ("RAMB36E1", ram(READ_WIDTH_B=1), "1 or 9 bits"),
        ("RAMB36E1", ram(WRITE_WIDTH_A=9), "1 or 9 bits"),
        ("RAMB18E1", ram(READ_WIDTH_A=9), ""),
        ("RAM64X1S", {}, "single-port"),
        ("DSP48E1", {}, "DSP slices that multiply"),
        ("DSP48E1", {"USE_MULT": "NONE"}, ""),
        ("MMCME2_ADV", {}, "not known"),
    ],
)
def test_fault(kind, parameters, reason):
    found = fault(kind, parameters)
    assert reason in found
    assert bool(found) == bool(reason)


@pytest.mark.parametrize(
    "kind,parameters,reason",
    [
        ("RAMB18E1", ram() | {"RAM_MODE": "SDP"}, ""),
        ("RAMB36E1", ram(READ_WIDTH_A=72) | {"RAM_MODE": "SDP"}, ""),
        ("RAMB36E1", ram(READ_WIDTH_B=1), ""),
        ("RAMB36E1", ram(WRITE_WIDTH_A=9), ""),
        ("RAMB18E1", ram() | {"INIT_B": "0" * 35 + "1"}, "INIT_B that is not 0"),
        ("RAMB18E1", ram() | {"INIT_A": "x" * 36}, ""),
        ("RAMB36E1", ram() | {"RAM_EXTENSION_A": "LOWER"}, "cascade"),
        ("RAM64X1S", {}, "single-port"),
    ],
)
def test_fault_of_a_newer_router(kind, parameters, reason):
    found = fault(kind, parameters, is_mended=True)
    assert reason in found
    assert bool(found) == bool(reason)


def test_counts_and_refusal(tmp_path):
    good = [("a", "LUT6", {}), ("b", "LUT6", {}), ("m", "RAMB18E1", ram())]
    path = netlist(tmp_path / "top.json", good)
    assert check_netlist(path) == {"LUT6": 2, "RAMB18E1": 1}
    bad = [*good, ("i_core.mult", "DSP48E1", {})]
    with pytest.raises(HardwareError, match=r"cell i_core\.mult \(DSP48E1\): DSP slices"):
        check_netlist(netlist(path, bad))
    many = [(f"c{i}", "RAM32X1S", {}) for i in range(7)]
    with pytest.raises(HardwareError, match=r"c4.*; and 2 more cells"):
        check_netlist(netlist(path, many))


def test_no_netlist(tmp_path):
    path = netlist(tmp_path / "top.json", [], {"other": {"cells": {}}})
    with pytest.raises(HardwareError, match=r"2 modules \(other, top\); expected a flat netlist"):
        check_netlist(path)
    path.write_text("{}")
    with pytest.raises(HardwareError, match="no netlist of yosys"):
        check_netlist(path)
    with pytest.raises(HardwareError, match="no netlist of yosys"):
        check_netlist(tmp_path / "missing.json")


#: A RAM that yosys would make block RAM in simple dual port mode of.
ROM = """
module top (input logic clk_i, input logic [9:0] a_i, input logic [71:0] d_i, input logic w_i,
            output logic [71:0] q_o);
  (* ram_style = "block" *) logic [71:0] memory [1024];
  always_ff @(posedge clk_i) begin
    if (w_i) memory[~a_i] <= d_i;
    q_o <= memory[a_i];
  end
endmodule
"""


#: Three memories, 512 x 36, 512 x 72 and 32,768 x 1 bits.
THREE = """
module ram #(parameter int W, parameter int A) (
  input logic clk_i, input logic [A-1:0] a_i, input logic [W-1:0] d_i, input logic w_i,
  output logic [W-1:0] q_o);
  (* ram_style = "block" *) logic [W-1:0] memory [1 << A];
  always_ff @(posedge clk_i) begin
    if (w_i) memory[~a_i] <= d_i;
    q_o <= memory[a_i];
  end
endmodule
module top (input logic clk_i, input logic [14:0] a_i, input logic [71:0] d_i, input logic w_i,
            output logic [108:0] q_o);
  ram #(36, 9) i_a (.clk_i, .a_i(a_i[8:0]), .d_i(d_i[35:0]), .w_i, .q_o(q_o[35:0]));
  ram #(72, 9) i_b (.clk_i, .a_i(a_i[8:0]), .d_i(d_i), .w_i, .q_o(q_o[107:36]));
  ram #(1, 15) i_c (.clk_i, .a_i, .d_i(d_i[0]), .w_i, .q_o(q_o[108]));
endmodule
"""


def test_a_newer_router_takes_fewer_block_rams(tmp_path):
    """A RAMB18 has 512 x 36 bits in simple dual port mode alone, a RAMB36 512 x 72."""
    (tmp_path / "top.sv").write_text(THREE)
    before = synthesize(tmp_path, "top", ["top.sv"], find_yosys(), is_mended=False)
    assert check_netlist(tmp_path / "top.json") == before
    assert (before["RAMB36E1"], before["RAMB18E1"]) == (3, 2)
    after = synthesize(tmp_path, "top", ["top.sv"], find_yosys(), is_mended=True)
    assert check_netlist(tmp_path / "top.json", is_mended=True) == after
    assert (after["RAMB36E1"], after["RAMB18E1"]) == (2, 1)
    with pytest.raises(HardwareError, match="simple dual port mode"):
        check_netlist(tmp_path / "top.json")


#: A RAM with one port, which yosys would make RAM128X1S of.
SINGLE = """
module top (input logic clk_i, input logic [6:0] a_i, input logic [3:0] d_i, input logic w_i,
            output logic [3:0] q_o);
  (* ram_style = "distributed" *) logic [3:0] memory [128];
  always_ff @(posedge clk_i) begin
    if (w_i) memory[a_i] <= d_i;
    q_o <= memory[a_i];
  end
endmodule
"""


def test_single_port_lut_ram_is_not_made(tmp_path):
    (tmp_path / "top.sv").write_text(SINGLE)
    counts = synthesize(tmp_path, "top", ["top.sv"], find_yosys())
    assert counts["RAM64M"] == 4  # 4 bits, 3 a cell; 128 words, 64 a cell


def test_synthesis_leaves_no_refused_netlist(tmp_path):
    (tmp_path / "top.json").write_text("of an earlier run")
    text = ROM.replace("endmodule", "  (* keep *) DSP48E1 i_dsp ();\nendmodule")
    (tmp_path / "top.sv").write_text(text)
    with pytest.raises(HardwareError, match=r"cell i_dsp \(DSP48E1\)"):
        synthesize(tmp_path, "top", ["top.sv"], find_yosys())
    assert not (tmp_path / "top.json").exists()
