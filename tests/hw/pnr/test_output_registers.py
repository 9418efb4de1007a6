"""Registers behind block RAM that become its own: which, and the netlist computes the same."""

import copy
import json
import shutil
from dataclasses import replace

import pytest

from hw.errors import HardwareError
from hw.pnr.ecp5 import Ecp5, synthesize_ecp5
from hw.pnr.netlist import simulation_sources
from hw.pnr.output_registers import absorb, use_output_registers
from hw.sim.run import simulate
from hw.sim.verilate import build
from hw.stitch import stitch
from tests.hw.bench import CACHE, _rename, check_run, model_beats, one_node_model
from tests.hw.synth.test_netlist import _mvau

CLOCK, ENABLE, OTHER = 2, 3, 4
#: Bits of the RAM's outputs and of the registers' outputs.
WORD, BEHIND = (10, 11), (20, 21)


def _ram(width=18, **wires):
    outputs = {f"DO{side}{i}": [] for side in "AB" for i in range(18)}
    inputs = {"CLKA": [CLOCK], "CLKB": [CLOCK], "RSTA": ["0"], "RSTB": ["0"], "OCEA": ["0"]}
    wires = outputs | inputs | {"OCEB": ["1"]} | wires
    return {
        "type": "DP16KD",
        "parameters": {f"DATA_WIDTH_{side}": f"{width:032b}" for side in "AB"}
        | {f"REGMODE_{side}": "NOREG" for side in "AB"}
        | {f"CLK{side}MUX": f"CLK{side}" for side in "AB"},
        "port_directions": {port: "output" if port.startswith("DO") else "input" for port in wires},
        "connections": wires,
    }


def _register(data, output, enable=None, **changes):
    wires = {"CLK": [CLOCK], "DI": [data], "LSR": ["0"], "Q": [output]}
    if enable is not None:
        wires["CE"] = [enable]
    cell = {
        "type": "TRELLIS_FF",
        "parameters": {
            "CEMUX": "1 " if enable is None else "CE",
            "CLKMUX": "CLK",
            "LSRMUX": "LSR",
            "REGSET": "RESET",
        },
        "port_directions": {port: "output" if port == "Q" else "input" for port in wires},
        "connections": wires,
    }
    for name, value in changes.items():
        cell["connections" if name in wires or name == "M" else "parameters"][name] = value
    return cell


def _module(ram, registers, ports=()):
    return {
        "ports": {f"o{i}": {"direction": "output", "bits": [b]} for i, b in enumerate(ports)},
        "cells": {"ram": ram} | {f"r{i}": cell for i, cell in enumerate(registers)},
    }


def _side(port, enable=None):
    """A RAM with two bits at a port, and a register behind each."""
    ram = _ram(**{f"{port}{i}": [bit] for i, bit in enumerate(WORD)})
    return ram, [_register(d, q, enable) for d, q in zip(WORD, BEHIND, strict=True)]


@pytest.mark.parametrize(("side", "enable"), [("A", None), ("B", ENABLE)])
def test_registers_of_one_port_become_its_own(side, enable):
    ram, registers = _side(f"DO{side}", enable)
    module = _module(ram, registers, BEHIND)
    other = "B" if side == "A" else "A"
    before = copy.deepcopy(ram["connections"])
    assert absorb(module) == 2
    assert list(module["cells"]) == ["ram"]
    assert [ram["connections"][f"DO{side}{i}"] for i in (0, 1)] == [[20], [21]]
    assert ram["parameters"][f"REGMODE_{side}"] == "OUTREG"
    assert ram["parameters"][f"REGMODE_{other}"] == "NOREG"
    assert ram["connections"][f"OCE{side}"] == ["1" if enable is None else ENABLE]
    assert ram["connections"][f"OCE{other}"] == before[f"OCE{other}"]


def test_both_halves_of_a_wide_word_go_together():
    ram = _ram(36, CLKA=["0"], DOA0=[10], DOB0=[11])
    module = _module(ram, [_register(10, 20, ENABLE), _register(11, 21, ENABLE)], BEHIND)
    assert absorb(module) == 2
    assert {ram["parameters"][f"REGMODE_{side}"] for side in "AB"} == {"OUTREG"}
    assert ram["connections"]["OCEA"] == ram["connections"]["OCEB"] == [ENABLE]
    assert ram["connections"]["CLKA"] == [CLOCK]
    ram = _ram(36, DOA0=[10], DOB0=[11])
    module = _module(ram, [_register(10, 20, ENABLE)], [20, 11])  # one half is read at once
    assert absorb(module) == 0
    assert ram["parameters"]["REGMODE_A"] == "NOREG"


@pytest.mark.parametrize(
    "change",
    [
        {"ports": (*BEHIND, 10)},  # the word is used at once too
        {"second": _register(11, 21, ENABLE)},  # registers of two enables
        {"second": _register(11, 21, CLK=[OTHER])},  # of another clock
        {"second": _register(11, 21, CLKMUX="INV")},  # of its falling edge
        {"second": _register(11, 21, LSR=[OTHER])},  # with a reset
        {"second": _register(11, 21, REGSET="SET")},  # that begins with one
        {"second": _register(11, 21, OTHER, CEMUX="INV")},  # enabled by a zero
        {"second": {**_register(11, 21), "type": "LUT4"}},  # no register
        {"ram": {"RSTA": [OTHER]}},  # the RAM is reset
        {"ram": {"CLKA": [OTHER]}},  # the RAM has another clock
    ],
)
def test_others_stay_as_they_are(change):
    ram, registers = _side("DOA")
    ram["connections"] |= change.get("ram", {})
    registers[1] = change.get("second", registers[1])
    module = _module(ram, registers, change.get("ports", BEHIND))
    before = copy.deepcopy(module)
    assert absorb(module) == 0
    assert module == before


def test_what_is_no_netlist_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("{}")
    with pytest.raises(HardwareError, match=r"a\.json: not a netlist of yosys"):
        use_output_registers(path, "top")


def _fifo(bits, lanes):
    attributes = {
        "depth": 70, "folded_shape": [1, 5, 6, 1, lanes], "normal_shape": [1, 5, 6, lanes],
        "dataType": f"UINT{bits}", "ram_style": "block",
    }  # fmt: skip
    return one_node_model("StreamFIFO", (1, 5, 6, lanes), attributes)


def test_the_netlist_with_them_computes_the_same(tmp_path):
    models = [_fifo(8, 5), _mvau(1, 36, 64, 18, 2, (-1, 1), "UINT2", 0)]
    for model in models[1:]:
        for attribute in model.graph.node[0].attribute:
            if attribute.name == "ram_style":
                attribute.s = b"block"
    _rename(models)
    design = stitch(models, tmp_path, "netlists")
    folder = tmp_path / "netlist"
    shutil.copytree(design.folder, folder)
    netlist = synthesize_ecp5(folder, design.top, list(design.sources))
    cells = json.loads(netlist.read_text())["modules"][design.top]["cells"].values()
    modes = [c["parameters"]["REGMODE_B"] for c in cells if c["type"] == "DP16KD"]
    assert len(modes) >= 2 and set(modes) == {"OUTREG"}
    sources = simulation_sources(folder, design.top, Ecp5())
    simulator = build(
        replace(design, folder=folder, sources=sources), cache_dir=CACHE, optimize="-O0"
    )
    inputs, expected = model_beats(models, 3, 1)
    for idle, stall in ((0.0, 0.0), (0.5, 0.5)):
        run = simulate(simulator, inputs, 3, stall, 1, idle=idle, record="outputs")
        check_run(run, expected, f"netlist, idle {idle}, stall {stall}")
