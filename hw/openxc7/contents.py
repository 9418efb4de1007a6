"""Whether the block RAMs of a routed design are the netlist's: contents, widths of ports, modes.

The router names no cells in its FASM, so that cells and tiles are matched by all that is compared.
A RAMB36 takes both halves of a tile: bits 0, 2, 4, ... of its contents lie in RAMB18_Y0, the others
in RAMB18_Y1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.openxc7.fasm import INIT_BITS, INITS, PARITY_INITS, Half, Tile, read_block_ram
from hw.openxc7.netlist import WIDTHS, cells, number

#: Widths of ports of a RAMB36 by what either half has of them.
_HALF_WIDTHS = {0: 1, 1: 1, 2: 1, 4: 2, 9: 4, 18: 9, 36: 18}
#: A port of simple dual port memory, of 36 bits a half.
_WIDE = "36 bits, simple dual port"
_BOTH = "RAMB36E1"

_Widths = tuple[int | str, ...]


@dataclass(frozen=True)
class _Memory:
    """A half, or two of a RAMB36: (data, parity) of each, and how its ports are configured."""

    contents: tuple[tuple[int, int], ...]
    widths: _Widths
    odd: frozenset[str]


def check_contents(netlist: Path, fasm: Path) -> int:
    """Compare the block RAMs of yosys' netlist with those of the routed design; number of cells.

    netlist: in yosys' JSON. Raises HardwareError where a cell is in no tile with its contents and
    configuration, where a tile holds what no cell has, and where a file is none of its kind.
    """
    names: dict[_Memory, list[str]] = {}
    for name, memory in _cells(netlist):
        names.setdefault(memory, []).append(name)
    missing = Counter({memory: len(found) for memory, found in names.items()})
    count = sum(missing.values())
    tiles = read_block_ram(fasm)
    over: list[str] = []
    # two halves of which each is whole could be two RAMB18 as well: they come last
    for tile_name, tile in sorted(tiles.items(), key=lambda item: _could_be_two(item[1])):
        if _take(missing, _as_one(tile)):
            continue
        for half_number, half in enumerate(tile.halves):
            if half.is_used and not _take(missing, _as_half(tile, half)):
                over.append(f"{tile_name}.RAMB18_Y{half_number}")
    lost = [names[memory][index] for memory, left in missing.items() for index in range(left)]
    if lost or over:
        raise HardwareError(
            f"{fasm}: block RAMs are not the netlist's: {_said(lost)} of the netlist "
            f"stand nowhere with their contents and widths, {_said(over)} of the routed design "
            "are no cell's"
        )
    return count


def _said(names: list[str]) -> str:
    return f"{len(names)} ({', '.join(names[:3])}{', ...' if names[3:] else ''})" if names else "0"


def _take(missing: Counter[_Memory], memory: _Memory) -> bool:
    """Count a memory as found; whether it was missing."""
    if not missing[memory]:
        return False
    missing[memory] -= 1
    return True


# --- of the routed design ---------------------------------------------------------------------


def _as_half(tile: Tile, half: Half) -> _Memory:
    """A half as a RAMB18E1."""
    return _Memory(((half.data, half.parity),), _tile_widths(half, whole=False), _odd(tile))


def _as_one(tile: Tile) -> _Memory:
    """A tile as a RAMB36E1."""
    low, high = (_tile_widths(half, whole=True) for half in tile.halves)
    contents = tuple((half.data, half.parity) for half in tile.halves)
    used = all("IN_USE" in half.flags for half in tile.halves)
    return _Memory(contents if used else (), low if low == high else (*low, *high), _odd(tile))


def _could_be_two(tile: Tile) -> bool:
    wide = [half for half in tile.halves if "SDP_WRITE_WIDTH_36" in half.flags]
    return all(half.width("WRITE_WIDTH_A") == 18 for half in wide)


def _odd(tile: Tile) -> frozenset[str]:
    """Ports of a RAMB36 of 1 or 9 bits, whose halves alone do not say so."""
    return frozenset(port for port in WIDTHS if f"BRAM36_{port}_1" in tile.flags)


def _tile_widths(half: Half, whole: bool) -> _Widths:
    """Of the ports to read, then of those to write."""
    found: list[int | str] = []
    for way in ("READ", "WRITE"):
        ports = [half.width(f"{way}_WIDTH_{port}") for port in "AB"]
        if f"SDP_{way}_WIDTH_36" not in half.flags:
            found += ports
            continue
        # the database has a feature of the mode, and each port's part of the word beside it; port A
        # reads by the mode alone, and a RAMB36 writes so
        parts = ports if way == "WRITE" and not whole else ports[1:]
        found.append(_WIDE if set(parts) == {18} else f"{_WIDE} in part")
    return tuple(found)


# --- of the netlist ---------------------------------------------------------------------------


def _cells(path: Path) -> Iterator[tuple[str, _Memory]]:
    for name, cell in cells(path):
        kind, parameters = str(cell["type"]), cell.get("parameters", {})
        if kind in ("RAMB18E1", _BOTH):
            yield name, _memory(kind == _BOTH, parameters)


def _memory(whole: bool, parameters: Mapping[str, Any]) -> _Memory:
    scale = 2 if whole else 1
    data = _content(parameters, "INIT_", INITS * scale)
    parity = _content(parameters, "INITP_", PARITY_INITS * scale)
    widths = {port: number(parameters, port) for port in WIDTHS}
    odd = frozenset(port for port, width in widths.items() if whole and width in (1, 9))
    contents = (
        tuple(zip(_every_other(data), _every_other(parity), strict=True))
        if whole
        else ((int(data, 2), int(parity, 2)),)
    )
    found: list[int | str] = []
    for way in ("READ", "WRITE"):
        pair = [widths[f"{way}_WIDTH_{port}"] for port in "AB"]
        if max(pair) > (36 if whole else 18):
            found.append(_WIDE)
        else:
            found += [_HALF_WIDTHS[width] if whole else max(width, 1) for width in pair]
    return _Memory(contents, tuple(found), odd)


def _content(parameters: Mapping[str, Any], prefix: str, count: int) -> str:
    """Bits of all INIT parameters, the highest first; what is not given or undefined is 0."""
    parts = [
        str(parameters.get(f"{prefix}{index:02X}", "")).rjust(INIT_BITS, "0")[-INIT_BITS:]
        for index in reversed(range(count))
    ]
    return "".join(parts).replace("x", "0").replace("z", "0")


def _every_other(bits: str) -> tuple[int, int]:
    """(bits 0, 2, 4, ..., bits 1, 3, 5, ...) of a text, the highest first."""
    return int(bits[1::2], 2), int(bits[::2], 2)
