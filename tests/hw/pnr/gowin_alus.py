"""Carry cells of a Gowin netlist before and after nextpnr: each still computes the same.

A carry cell has a LUT of 16 bits: its bits 4 to 7 (12 to 15 where I3 is high) say by I0 + 2 * I1
whether the carry goes on, and so SUM; bits 0 to 3 what COUT is where it does not. A mode stands for
such a LUT. nextpnr makes LUTs of its own for cells with a constant input (an early one computed
wrongly: apicula's issue 514).
"""

from itertools import product
from typing import Any

#: By ALU_MODE, as apicula has them: ADD, SUB, ADDSUB.
MODES = {0: 0x606A, 1: 0x909A, 2: 0x609A}
CONSTANTS = {"GND": 0, "VCC": 1}
PINS = ("I0", "I1", "I3")


def computed(lut: int, i0: int, i1: int, i3: int) -> tuple[int, int | None]:
    """Whether the carry goes on; what is carried where it does not, else None."""
    place = i0 + 2 * i1
    goes_on = lut >> (12 if i3 else 4) + place & 1
    return goes_on, None if goes_on else lut >> place & 1


def check(made: dict[str, Any], routed: dict[str, Any]) -> int:
    """AssertionError where a cell of both computes another sum or carry; how many were changed.

    made, routed: cells by name, of yosys and of nextpnr. Also that no chain begins with a carry
    from logic: nextpnr before September 2026 lets such a carry depend on where it is placed.
    """
    drivers = {
        cell["connections"][pin][0]: kind
        for cell in made.values()
        for kind, pin in (("GND", "G"), ("VCC", "V"), ("ALU", "COUT"))
        if cell["type"] == kind
    }
    changed = 0
    for name, cell in made.items():
        if cell["type"] != "ALU":
            continue
        assert drivers.get(cell["connections"]["CIN"][0]) is not None, name
        wires = [drivers.get(cell["connections"][pin][0]) for pin in PINS]
        new = routed[name]["parameters"].get("RAW_ALU_LUT")
        mode = int(cell["parameters"]["ALU_MODE"], 2)
        if new is None:
            assert int(routed[name]["parameters"]["ALU_MODE"], 2) == mode
            continue
        changed += 1
        values = [(CONSTANTS[w],) if w in CONSTANTS else (0, 1) for w in wires]
        for inputs in product(*values):
            assert computed(int(new, 2), *inputs) == computed(MODES[mode], *inputs), name
    return changed
