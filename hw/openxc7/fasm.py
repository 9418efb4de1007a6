"""The block RAMs of a routed design in FASM, as prjxray's database names their features.

A tile BRAM_L_X6Y60 has two halves of 18 Kbit, RAMB18_Y0 and RAMB18_Y1, and features of both as one,
RAMB36. A feature is one bit of the configuration, or a vector of them::

    BRAM_L_X6Y60.RAMB18_Y0.IN_USE
    BRAM_L_X6Y60.RAMB18_Y0.INIT_00[255:0] = 256'b0101...
    BRAM_L_X6Y60.RAMB36.BRAM36_READ_WIDTH_A_1

Sources: the FASM specification (chipsalliance/fasm, docs/specification), and prjxray's
segbits_bram_l.db and fuzzer 027-bram36-config.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from outside.reader import MAX_TOOL

#: Bits of an INIT_xx or INITP_xx; how many of each a half has.
INIT_BITS = 256
INITS, PARITY_INITS = 64, 8

_TILE = re.compile(r"(?P<tile>BRAM_[LR]_X\d+Y\d+)\.(?P<feature>[\w.]+)(?P<rest>.*)")
_REST = re.compile(
    r"\s*(?:\[(?P<high>\d+)(?::(?P<low>\d+))?\])?\s*"
    r"(?:=\s*(?:\d*\s*'(?P<base>[bodh])\s*)?(?P<digits>[0-9a-fA-F_]+))?\s*"
)
_COMMENT = re.compile(r"\s*(\{.*\}\s*)?(#.*)?$")
_HALF = re.compile(r"RAMB18_Y(?P<number>[01])\.(?P<name>\w+)")
_CONTENT = re.compile(r"INIT(?P<parity>P?)_(?P<number>[0-9A-F]{2})")
_WIDTH = re.compile(r"(?P<port>(?:READ|WRITE)_WIDTH_[AB])_(?P<bits>\d+)")
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}


@dataclass
class Half:
    """18 Kbit of a tile.

    data: INIT_00 to INIT_3F as one number, bit 0 of INIT_00 the lowest; parity: INITP_00 to
    INITP_07. flags: names of its other features that are set. widths: of each port, by
    ``READ_WIDTH_A`` and so on, as the database counts them: of a half, 1 where none is set.
    """

    data: int = 0
    parity: int = 0
    flags: set[str] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether a memory lies in it, or anything was written to it."""
        return "IN_USE" in self.flags or bool(self.data or self.parity)

    def width(self, port: str) -> int:
        """Of a port, such as ``READ_WIDTH_A``."""
        return self.widths.get(port, 1)


@dataclass
class Tile:
    """A block RAM tile: its halves, and the names of the features of both as one that are set."""

    halves: tuple[Half, Half] = field(default_factory=lambda: (Half(), Half()))
    flags: set[str] = field(default_factory=set)


def read_block_ram(path: Path) -> dict[str, Tile]:
    """The block RAM tiles of a FASM file by name, those alone of which a feature is set.

    HardwareError naming the line for one of a block RAM that is no FASM.
    """
    tiles: dict[str, Tile] = {}
    for number, line in enumerate(READER.text(path, "no FASM", MAX_TOOL).splitlines(), 1):
        if not line.startswith("BRAM_"):
            continue
        if (found := _TILE.fullmatch(line.rstrip())) is None:
            continue  # BRAM_INT_INTERFACE_L and such
        value = _value(found["rest"])
        if value is None:
            raise HardwareError(f"{path}: line {number}: no FASM: {line[:80]}")
        if value:
            _set(tiles.setdefault(found["tile"], Tile()), found["feature"], value)
    return tiles


def _value(rest: str) -> int | None:
    """Bits that a line sets, at their places: 0b100 of ``[2]``; None where it is no FASM."""
    found = _REST.match(rest)
    if found is None or not _COMMENT.fullmatch(rest[found.end() :]):
        return None
    high = int(found["high"] or 0)
    low = int(found["low"] or high)
    try:
        digits = found["digits"]
        value = 1 if digits is None else int(digits.replace("_", ""), _BASES[found["base"] or "d"])
    except ValueError:
        return None
    bits = high - low + 1
    if bits < 1 or value >> bits or (digits is None and bits > 1):
        return None
    return value << low


def _set(tile: Tile, feature: str, value: int) -> None:
    """Take what a line sets of a tile."""
    if feature.startswith("RAMB36."):
        tile.flags.add(feature.removeprefix("RAMB36."))
        return
    if (found := _HALF.fullmatch(feature)) is None:
        return  # wires, and the cascade's addresses
    half, name = tile.halves[int(found["number"])], found["name"]
    if content := _CONTENT.fullmatch(name):
        shifted = value << INIT_BITS * int(content["number"], 16)
        if content["parity"]:
            half.parity |= shifted
        else:
            half.data |= shifted
    elif width := _WIDTH.fullmatch(name):
        port = width["port"]
        half.widths[port] = max(half.width(port), int(width["bits"]))
    else:
        half.flags.add(name)
