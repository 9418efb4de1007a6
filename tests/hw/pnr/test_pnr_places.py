"""Places of a GW2A: flip-flops that need one for themselves, and the refusal."""

import json

import pytest

from hw.errors import HardwareError
from hw.pnr.places import Places, flip_flops_alone


def _cell(kind, **connections):
    return {"type": kind, "connections": {port: [bit] for port, bit in connections.items()}}


def test_a_flip_flop_behind_a_lut_or_a_carry_of_its_own_needs_no_place(tmp_path):
    cells = [
        _cell("LUT3", I0=10, I1=11, I2=12, F=2),
        _cell("DFFE", D=2, Q=3),
        _cell("DFFR", D=2, Q=4),  # another one behind the same LUT
        _cell("ALU", I0=3, I1=4, SUM=5, COUT=6),
        _cell("DFF", D=5, Q=7),
        _cell("DFF", D=7, Q=8),  # behind a flip-flop
        _cell("DFFS", D="1", Q=9),  # a constant
        _cell("MUX2_LUT5", I0=2, I1=5, O=13),
        _cell("DFF", D=13, Q=14),  # behind a wider multiplexer
    ]
    path = tmp_path / "top.json"
    path.write_text(json.dumps({"modules": {"top": {"cells": dict(enumerate(cells))}}}))
    assert flip_flops_alone(path, "top") == 4
    with pytest.raises(HardwareError, match=r"top\.json: not a netlist of yosys"):
        flip_flops_alone(path, "other")


def test_a_design_without_room_ends_the_router_before_it_places():
    said = []
    places = Places("GW2A-18C", 5118, said.append)
    lines = ["Info: Device utilisation:\n", "Info: \t   LUT4: 14995/20736  72%\n"]
    for line in lines:
        places(line)
    last = "Info: \t   LUT4: 15354/20736  74%\n"
    with pytest.raises(HardwareError, match=r"takes 20,472 of 20,736 places .*\(98\.7 %\): 15,354"):
        places(last)
    assert said == [*lines, last]
