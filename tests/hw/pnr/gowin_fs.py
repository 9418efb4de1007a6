"""The contents of block RAMs, read back from a Gowin bitstream (.fs) of a GW2A-18C.

Tables of apycula say which bit of a block's 256 x 180 fuses holds which bit of its contents.
"""

import json
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from apycula import chipdb

#: Rows of fuses of a row of block RAMs, columns of one of them.
HEIGHT, WIDTH = 256, 180
#: Bits behind a frame: its checksum, and ones.
TAIL = 64


def frames(path: Path) -> list[str]:
    """The frames of a bitstream as texts of 0 and 1, without what follows each."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("//")]
    for number, line in enumerate(lines):
        if line.startswith("00111011") and len(line) == 32:  # says how many frames follow
            count = int(line[16:], 2)
            return [text[:-TAIL] for text in lines[number + 1 : number + 1 + count]]
    raise AssertionError(f"{path}: no frames")


def contents(bitstream: Path, routed: Path) -> dict[str, list[int]]:
    """INIT_RAM_.. of every block RAM of a design as bits, by the cell, from the bitstream alone.

    routed: nextpnr's design, which says where each block is. A block that is read in words of 9
    bits has 18 bits an address, another one 16.
    """
    with as_file(files("apycula") / "GW2A-18C.msgpack.xz") as path:
        data = chipdb.load_chipdb(path)
    cells = json.loads(routed.read_text())["modules"]["top"]["cells"]
    rows = frames(bitstream)[data.height :]
    places = data.rev_logicinfo("BSRAM_INIT")
    found = {}
    for name, cell in cells.items():
        place = re.fullmatch(r"X(\d+)Y(\d+)/BSRAM\w*", cell["attributes"].get("NEXTPNR_BEL", ""))
        if place is None or "INIT_RAM_00" not in cell["parameters"]:
            continue
        column, row = map(int, place.groups())
        top = HEIGHT * sorted(data.simplio_rows).index(row)
        left = sum(data[0, index].width for index in range(column))
        block = [text[::-1][left : left + WIDTH] for text in rows[top : top + HEIGHT]][::-1]
        found[name] = _bits(block, places, nines=len(cell["parameters"]["INIT_RAM_00"]) == 288)
    return found


def _bits(block: list[str], places: Any, nines: bool) -> list[int]:
    """The bits of one block, in the order of its contents."""
    bits = []
    for word in range(1024):
        address = 16 * word - 1
        for number in range(18):
            parity = number in (8, 17)
            address += 0 if parity else 1
            if parity and not nines:
                continue
            column = places[number * 4 + (max(address, 0) >> 12)][0] - 1
            quarter = (0x00, 0x80, 0x40, 0xC0)[(address >> 4) & 3]
            bits.append(int(block[quarter + ((address >> 6) & 0x3F)][column]))
    return bits


def expected(parameters: dict[str, str]) -> list[int]:
    """The bits of a netlist's block RAM, from its INIT_RAM_.. ."""
    rows = [parameters[f"INIT_RAM_{row:02X}"] for row in range(64)]
    return [int(bit) for text in rows for bit in reversed(text)]
