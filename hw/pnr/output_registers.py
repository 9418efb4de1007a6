"""Registers behind an ECP5's block RAM become the RAM's own output registers.

yosys leaves a DP16KD's output registers unused. A word of the RAM's array comes 5.6 ns and more
after the clock (grade 6), one of its output register in a fraction of that. Where every output that
a port uses goes into a register and nowhere else, those registers are the RAM's: the same words in
the same clocks, fewer cells and a shorter path. A port with a reset, and registers of several
enables or clocks, stay as they are.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

_RAM, _REGISTER = "DP16KD", "TRELLIS_FF"
_BITS = 18
#: A register's parameters that the RAM's has too.
_PLAIN = {"CLKMUX": "CLK", "REGSET": "RESET"}
#: Ports that ask for a reset where they are not constant zero.
_OFF = ("0", "x")


def use_output_registers(netlist: Path, top: str) -> int:
    """Rewrite the netlist of yosys in place; returns how many registers went into block RAMs.

    HardwareError where the file is no netlist with the module top.
    """
    data = READER.json(netlist, dict[str, Any], "not a netlist of yosys", MAX_TOOL)
    try:
        taken = absorb(data["modules"][top])
    except (KeyError, TypeError, AttributeError) as error:
        raise HardwareError(f"{netlist}: not a netlist of yosys ({error!r})") from error
    if taken:
        netlist.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
    return taken


def absorb(module: dict[str, Any]) -> int:
    """Take the registers of a module of yosys' JSON into its DP16KD; returns how many."""
    cells = module["cells"]
    loads: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for name, cell in cells.items():
        for port, bits in cell["connections"].items():
            if cell["port_directions"][port] == "input":
                for bit in bits:
                    loads[bit].append((name, port))
    for port in module["ports"].values():
        if port["direction"] != "input":
            for bit in port["bits"]:
                loads[bit].append(("", ""))
    taken = 0
    for ram in [cell for cell in cells.values() if cell["type"] == _RAM]:
        for sides, read in _ports(ram):
            taken += _absorb(cells, loads, ram, sides, read)
    return taken


def _ports(ram: dict[str, Any]) -> list[tuple[str, str]]:
    """Sides whose outputs belong together, and the side whose clock reads them.

    With words of 36 bits side A writes, side B reads, and the word comes out at both.
    """
    widths = [int(ram["parameters"][f"DATA_WIDTH_{side}"], 2) for side in "AB"]
    return [("AB", "B")] if 36 in widths else [("A", "A"), ("B", "B")]


def _absorb(
    cells: dict[str, Any],
    loads: dict[Any, list[tuple[str, str]]],
    ram: dict[str, Any],
    sides: str,
    read: str,
) -> int:
    """Take the registers behind these sides of a RAM, if all may be; returns how many."""
    wires = ram["connections"]
    outputs = [f"DO{side}{i}" for side in sides for i in range(_BITS)]
    used = [port for port in outputs if wires.get(port) and loads[wires[port][0]]]
    if not used or any(len(loads[wires[port][0]]) != 1 for port in used):
        return 0
    behind = {port: loads[wires[port][0]][0][0] for port in used}
    kinds = {_kind(cells.get(name), loads[wires[port][0]][0][1]) for port, name in behind.items()}
    clock = wires[f"CLK{read}"][0]
    enable = next(iter(kinds)) if len(kinds) == 1 else None
    if enable is None or enable[0] != clock or not _is_plain(ram, sides, clock):
        return 0
    for port, name in behind.items():
        register = cells.pop(name)
        wires[port] = register["connections"]["Q"]
    for side in sides:
        ram["parameters"][f"REGMODE_{side}"] = "OUTREG"
        wires[f"OCE{side}"] = [enable[1]]
        wires[f"CLK{side}"] = [clock]
    return len(behind)


def _kind(cell: dict[str, Any] | None, port: str) -> tuple[Any, Any] | None:
    """Clock and enable of a register that a RAM's can be; None for anything else."""
    if cell is None or cell["type"] != _REGISTER or port != "DI":
        return None
    given, wires = cell["parameters"], cell["connections"]
    if any(given.get(name, value) != value for name, value in _PLAIN.items()):
        return None
    if any(bit not in _OFF for bit in wires.get("LSR", [])) or "M" in wires:
        return None
    mode = given.get("CEMUX", "CE").strip()
    if mode == "1":
        return wires["CLK"][0], "1"
    return (wires["CLK"][0], wires["CE"][0]) if mode == "CE" else None


def _is_plain(ram: dict[str, Any], sides: str, clock: object) -> bool:
    """Whether nothing resets these sides, and no other clock is at them."""
    given, wires = ram["parameters"], ram["connections"]
    return all(
        given[f"REGMODE_{side}"] == "NOREG"
        and given[f"CLK{side}MUX"] == f"CLK{side}"
        and all(bit in _OFF for bit in wires.get(f"RST{side}", []))
        and all(bit in (*_OFF, clock) for bit in wires[f"CLK{side}"])
        for side in sides
    )
