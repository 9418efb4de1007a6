"""Checks of yosys' netlist for cells that the open tools for Series 7 are known to get wrong.

nextpnr-xilinx and prjxray's database route logic, carry chains, LUT RAM and block RAM of some
widths. What they do not is refused here, with the cell's name, before anything is placed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

#: Cells that are known to work, whatever their parameters.
KNOWN = frozenset(
    [f"LUT{inputs}" for inputs in range(1, 7)]
    + ["INV", "CARRY4", "MUXF7", "MUXF8", "FDRE", "FDSE", "FDCE", "FDPE", "SRL16E", "SRLC32E"]
    + ["RAM32M", "RAM64M", "RAM32X1D", "RAM64X1D", "BUFG", "GND", "VCC", "PS7"]
)
#: Single-port LUT RAM.
_SINGLE_PORT = frozenset(f"RAM{depth}X1S" for depth in (16, 32, 64, 128, 256))
#: Ports of block RAM, by their parameters.
WIDTHS = ("READ_WIDTH_A", "READ_WIDTH_B", "WRITE_WIDTH_A", "WRITE_WIDTH_B")
#: What the output registers hold at first; the router writes zeros in any case. (So it does of what
#: a reset makes of them, SRVAL_A and SRVAL_B, which brams.txt sees to.)
_REGISTERS = ("INIT_A", "INIT_B")
_EXTENSIONS = ("RAM_EXTENSION_A", "RAM_EXTENSION_B")
#: Messages name so many cells.
_NAMED = 5


def number(parameters: Mapping[str, str], name: str) -> int:
    """A parameter of yosys' JSON: binary text, or a number, 0 where it is missing."""
    value = str(parameters.get(name, 0))
    return int(value, 2) if set(value) <= {"0", "1"} and len(value) > 1 else int(value)


def fault(cell_type: str, parameters: Mapping[str, str], is_mended: bool = False) -> str:
    """Why a cell is refused; empty if it is not.

    is_mended: whether the router configures every block RAM (``hw.openxc7.versions``).
    """
    if cell_type in KNOWN:
        return ""
    if cell_type in _SINGLE_PORT:
        return "single-port LUT RAM is placed wrongly"
    if cell_type == "DSP48E1":
        # nextpnr-xilinx writes its modes and registers, openXC7's database has their bits, and
        # fasm2frames names what another one lacks
        mode = str(parameters.get("USE_MULT", "MULTIPLY")).strip()
        return "" if mode == "NONE" else "DSP slices that multiply were never routed"
    if cell_type not in ("RAMB18E1", "RAMB36E1"):
        return "not known to the open tools"
    for name in _REGISTERS:
        if "1" in str(parameters.get(name, "0")):
            return f"a block RAM's {name} that is not 0 is not configured"
    for name in _EXTENSIONS:
        if str(parameters.get(name, "NONE")).strip() != "NONE":
            return "two RAMB36 in a cascade are placed wrongly"
    if is_mended:
        return ""
    if str(parameters.get("RAM_MODE", "TDP")).strip() == "SDP":
        return "block RAM in simple dual port mode is configured wrongly"
    widths = {number(parameters, name) for name in WIDTHS}
    if cell_type == "RAMB36E1" and widths & {1, 9}:
        return "a RAMB36 with a port of 1 or 9 bits is configured wrongly"
    return ""


def check_netlist(path: Path, is_mended: bool = False) -> dict[str, int]:
    """Cells of a netlist in yosys' JSON (flat), by type.

    is_mended: as in ``fault``. Raises HardwareError, naming the cells, where one is not known to
    work, and where path is no such netlist.
    """
    counts: dict[str, int] = {}
    refused: list[str] = []
    for name, cell in cells(path):
        kind = str(cell["type"])
        counts[kind] = counts.get(kind, 0) + 1
        if why := fault(kind, cell.get("parameters", {}), is_mended):
            refused.append(f"cell {name} ({kind}): {why}")
    if refused:
        more = f"; and {len(refused) - _NAMED} more cells" if len(refused) > _NAMED else ""
        raise HardwareError(f"{path}: {'; '.join(refused[:_NAMED])}{more}")
    return counts


def cells(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """(name, cell) of a netlist's one module that is not a library's; HardwareError if none."""
    try:
        modules = READER.json(path, dict[str, Any], "no netlist of yosys", MAX_TOOL)["modules"]
        own = {
            name: module
            for name, module in modules.items()
            if not any(key in module.get("attributes", {}) for key in ("blackbox", "whitebox"))
        }
        if len(own) != 1:
            raise HardwareError(
                f"{path}: {len(own)} modules ({', '.join(sorted(own))}); expected a flat netlist"
            )
        return list(next(iter(own.values()))["cells"].items())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, HardwareError):
            raise
        raise HardwareError(f"{path}: no netlist of yosys ({error})") from error
