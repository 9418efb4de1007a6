"""Nets of a netlist that drive most: where a register is worth doubling, or one in between.

A net of some hundred loads reaches across the part, and most of its path is routing. Clocks are
left out, for they have wires of their own.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

#: Loads from which on a net is told of.
MANY = 100
#: Ports of cells that a clock drives.
_CLOCKS = ("CLK", "CLKA", "CLKB", "WCK")


@dataclass(frozen=True)
class Net:
    """A net: its shortest name, its loads, and what drives it, a kind of cell or ``port``.

    at: how many loads are at each port of each kind of cell, as in ``TRELLIS_FF.CE``.
    """

    name: str
    loads: int
    driver: str
    at: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For reports."""
        return {"net": self.name, "loads": self.loads, "driver": self.driver, "at": self.at}


def read_fan_out(netlist: Path, top: str, least: int = MANY) -> list[Net]:
    """Nets of ``least`` loads and more of the module top in a netlist of yosys, the widest first.

    HardwareError where the file is no netlist with that module.
    """
    data = READER.json(netlist, dict[str, Any], "not a netlist of yosys", MAX_TOOL)
    try:
        return fan_out(data["modules"][top], least)
    except (KeyError, TypeError, AttributeError) as error:
        raise HardwareError(f"{netlist}: not a netlist of yosys ({error!r})") from error


def fan_out(module: dict[str, Any], least: int = MANY) -> list[Net]:
    """Nets of ``least`` loads and more of a module of yosys' JSON, the widest first."""
    drivers: dict[int, str] = {}
    at: dict[int, Counter[str]] = defaultdict(Counter)
    for cell in module["cells"].values():
        for port, bits in cell["connections"].items():
            for bit in (bit for bit in bits if isinstance(bit, int)):
                if cell["port_directions"][port] == "input":
                    at[bit][f"{cell['type']}.{port}"] += 1
                else:
                    drivers[bit] = cell["type"]
    wide = {bit: loads for bit, loads in at.items() if loads.total() >= least}
    names = _names(module, wide.keys())
    found = [
        Net(names[bit], loads.total(), drivers.get(bit, "port"), dict(loads.most_common()))
        for bit, loads in wide.items()
        if not any(load.rpartition(".")[2] in _CLOCKS for load in loads)
    ]
    return sorted(found, key=lambda net: (-net.loads, net.name))


def _names(module: dict[str, Any], bits: Any) -> dict[int, str]:
    """The name of each net: one that the sources have before one of a tool, the shortest."""
    names: dict[int, tuple[int, int, str]] = {}
    for name, net in module["netnames"].items():
        for place, bit in enumerate(net["bits"]):
            if bit in bits:
                text = f"{name}[{place}]" if len(net["bits"]) > 1 else name
                rank = (int(net.get("hide_name", 0)), len(text), text)
                names[bit] = min(names.get(bit, rank), rank)
    return {bit: names[bit][2] if bit in names else f"net {bit}" for bit in bits}
