"""FPGA resources from the primitives that yosys maps to (AMD 7 series and UltraScale+)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

#: LUTs that a memory primitive occupies (UG474 tables 2-3 and 2-4, UG574 for *16 and *8).
LUTRAM = {
    "RAM16X1S": 1, "RAM16X1D": 2, "RAM32X1S": 1, "RAM32X1D": 2, "RAM64X1S": 1, "RAM64X1D": 2,
    "RAM128X1S": 2, "RAM128X1D": 4, "RAM256X1S": 4, "RAM256X1D": 8, "RAM512X1S": 8,
    "RAM32M": 4, "RAM64M": 4, "RAM32M16": 8, "RAM64M8": 8, "RAM64X8SW": 8, "RAM32X16DR8": 8,
}  # fmt: skip
#: Cells that take nothing that is counted here.
FREE = {"MUXF7", "MUXF8", "MUXF9", "VCC", "GND", "$scopeinfo", "BUFG", "IBUF", "OBUF"}


@dataclass(frozen=True)
class Resources:
    """The resources of a netlist. The first six are the keys of FINN's post_synth_resources.

    LUT: all LUTs: logic, LUT RAM and shift registers; every logic LUT of the netlist counts one,
    though two small ones with five inputs in all fit one LUT6. SRL, LUTRAM: those of LUT that are
    shift registers and memory. CARRY4: carry chains of four bits (a CARRY8 is two). LC: LUTs after
    yosys' own guess of how many small LUTs pair up, LUT RAM and shift registers not included.
    """

    LUT: int = 0
    SRL: int = 0
    FF: int = 0
    BRAM_36K: int = 0
    BRAM_18K: int = 0
    DSP: int = 0
    URAM: int = 0
    LUTRAM: int = 0
    CARRY4: int = 0
    LC: int = 0

    @property
    def bram36(self) -> float:
        """Block RAM in RAMB36, an RAMB18 being half of one."""
        return self.BRAM_36K + self.BRAM_18K / 2

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


#: Names of the figures.
NAMES = tuple(field.name for field in fields(Resources))


def total(parts: Iterable[Resources]) -> Resources:
    """Sum of each figure."""
    found = list(parts)
    return Resources(**{name: sum(getattr(part, name) for part in found) for name in NAMES})


def count_cells(cells: Mapping[str, int], packed: int = 0) -> Resources:
    """Resources of a netlist from its number of cells by type. HardwareError for an unknown type.

    packed: the LC that yosys guesses.
    """
    figures = dict.fromkeys(NAMES, 0) | {"LC": packed}
    for cell, number in cells.items():
        if cell in LUTRAM:
            figures["LUT"] += LUTRAM[cell] * number
            figures["LUTRAM"] += LUTRAM[cell] * number
        elif cell.startswith("SRL"):
            figures["LUT"] += number
            figures["SRL"] += number
        elif (cell.startswith("LUT") and cell[3:].isdigit()) or cell in ("INV", "LUT6_2"):
            figures["LUT"] += number
        elif cell in ("CARRY4", "CARRY8"):
            figures["CARRY4"] += number * int(cell[5:]) // 4
        elif cell.startswith(("FD", "LD")):
            figures["FF"] += number
        elif cell.startswith(("RAMB18", "RAMB36")):
            figures[f"BRAM_{cell[4:6]}K"] += number
        elif cell.startswith("DSP48"):
            figures["DSP"] += number
        elif cell.startswith("URAM"):
            figures["URAM"] += number
        elif cell not in FREE:
            raise HardwareError(f"yosys left a cell of type {cell}, of which no cost is known")
    return Resources(**figures)


def read_stat(path: Path) -> Resources:
    """Resources from the output of ``stat -json -tech xilinx`` of a flat design."""
    try:
        design = READER.json(path, dict[str, Any], "not statistics of yosys", MAX_TOOL)["design"]
        cells = {str(kind): int(number) for kind, number in design["num_cells_by_type"].items()}
        packed = int(design.get("estimated_num_lc", 0))
    except HardwareError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HardwareError(f"{path}: not statistics of yosys ({error!r})") from error
    return count_cells(cells, packed)
