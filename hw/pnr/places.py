"""Places of a GW2A: whether a design has room there, before nextpnr looks for it.

A place is a LUT, with the flip-flop behind it, or a carry in its stead. A flip-flop that another
cell drives has a place for itself, for its input comes through the LUT. nextpnr counts LUTs, with
those that carries and LUT RAMs shut, and flip-flops apart; where all together have no room its
placer searches without an end.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.progress import silent
from outside.reader import MAX_TOOL

#: Share of the places that a design may take. At 98.7 % nextpnr 0.11.1 had not placed after 20
#: minutes: a flip-flop of a carry has to come behind that very carry, two neighbours need the same
#: enable and reset.
MOST = 0.97
#: LUTs, in what nextpnr says before it places. Those of carries and of LUT RAMs' tiles are there.
_LUTS = re.compile(r"Info:\s+LUT4: +(\d+)/ *(\d+) +\d+%")
#: Outputs that a flip-flop may stand behind without a place for itself, one each.
_IN_FRONT = {*((f"LUT{inputs}", "F") for inputs in range(1, 5)), ("ALU", "SUM")}


@dataclass(frozen=True)
class Places:
    """A listener of nextpnr that ends it before it places where a design has no room.

    part: for the message. alone: flip-flops that need a place for themselves. line: is given every
    line.
    """

    part: str
    alone: int
    line: Callable[[str], None] = silent

    def __call__(self, text: str) -> None:
        """Look at a line. HardwareError where the design takes more than ``MOST`` of the part."""
        self.line(text)
        found = _LUTS.match(text)
        if found is None:
            return
        luts, has = int(found[1]), int(found[2])
        needed = luts + self.alone
        if needed > MOST * has:
            raise HardwareError(
                f"{self.part}: the design takes {needed:,} of {has:,} places or more "
                f"({100 * needed / has:.1f} %): {luts:,} LUTs, with those of carries and LUT RAMs, "
                f"and {self.alone:,} flip-flops that neither drives; expected at most "
                f"{100 * MOST:g} %: a lower target_fps, a smaller network, or another board"
            )


def flip_flops_alone(netlist: Path, top: str) -> int:
    """Flip-flops of top in a netlist of yosys that stand behind no LUT or carry of their own.

    HardwareError where the file is no netlist with that module.
    """
    data = READER.json(netlist, dict[str, Any], "not a netlist of yosys", MAX_TOOL)
    try:
        return _alone(data["modules"][top]["cells"])
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise HardwareError(f"{netlist}: not a netlist of yosys ({error!r})") from error


def _alone(cells: dict[str, dict[str, Any]]) -> int:
    drivers = {
        bit
        for cell in cells.values()
        for port, bits in cell["connections"].items()
        for bit in bits
        if (cell["type"], port) in _IN_FRONT
    }
    inputs = [c["connections"]["D"][0] for c in cells.values() if c["type"].startswith("DFF")]
    return len(inputs) - len(drivers & set(inputs))
