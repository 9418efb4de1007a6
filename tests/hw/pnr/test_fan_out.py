"""fan_out: nets of a netlist by their loads, by hand and of yosys."""

import json

import pytest

from hw.errors import HardwareError
from hw.pnr.ecp5 import synthesize_ecp5
from hw.pnr.fan_out import Net, fan_out, read_fan_out

#: A register that enables 40 others, whose inputs come from a port.
SOURCE = """
module wide (input logic clk_i, input logic go_i, input logic [39:0] d_i, output logic [39:0] q_o);
  logic go_q;
  always_ff @(posedge clk_i) go_q <= go_i;
  always_ff @(posedge clk_i) if (go_q) q_o <= d_i;
endmodule
"""


def _cell(kind, inputs, outputs):
    ways = {**dict.fromkeys(inputs, "input"), **dict.fromkeys(outputs, "output")}
    return {"type": kind, "port_directions": ways, "connections": {**inputs, **outputs}}


def test_loads_are_counted_by_hand():
    module = {
        "cells": {
            "a": _cell("TRELLIS_FF", {"CLK": [2], "DI": ["0"]}, {"Q": [3]}),
            "b": _cell("LUT4", {"A": [3], "B": [3], "C": [4]}, {"Z": [5]}),
            "c": _cell("TRELLIS_FF", {"CLK": [2], "DI": [5], "CE": [3]}, {"Q": [6]}),
        },
        "netnames": {
            "$auto$1": {"bits": [3], "hide_name": 1},
            "i_unit.go_q": {"bits": [7, 3], "hide_name": 0},
            "word": {"bits": [4], "hide_name": 0},
        },
    }
    assert fan_out(module, 2) == [
        Net("i_unit.go_q[1]", 3, "TRELLIS_FF", {"LUT4.A": 1, "LUT4.B": 1, "TRELLIS_FF.CE": 1})
    ]
    assert [(net.name, net.driver) for net in fan_out(module, 1)] == [
        ("i_unit.go_q[1]", "TRELLIS_FF"),
        ("net 5", "LUT4"),
        ("word", "port"),
    ]


def test_an_enable_of_many_registers_is_found(tmp_path):
    (tmp_path / "wide.sv").write_text(SOURCE)
    netlist = synthesize_ecp5(tmp_path, "wide", ["wide.sv"])
    assert read_fan_out(netlist, "wide", 30) == [
        Net("go_q", 40, "TRELLIS_FF", {"TRELLIS_FF.CE": 40})
    ]


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"modules": {}}))
    with pytest.raises(HardwareError, match=r"other\.json: not a netlist of yosys"):
        read_fan_out(path, "wide")
