"""Estimates of memory resources on AMD 7-series: no tool's figures, and to be called estimates."""

from math import ceil

#: (rows, bits of a row) that one RAMB18 can be, simple dual port.
_BRAM18_ASPECTS = ((16384, 1), (8192, 2), (4096, 4), (2048, 9), (1024, 18), (512, 36))
#: "auto" memories up to this many rows are taken to become LUT RAM (as stream_fifo does).
AUTO_DISTRIBUTED_ROWS = 64


def bram18(rows: int, width: int) -> int:
    """RAMB18 that a memory of rows x width bits takes, in the best of their aspect ratios."""
    return min(ceil(rows / depth) * ceil(width / bits) for depth, bits in _BRAM18_ASPECTS)


def lutram_luts(rows: int, width: int) -> int:
    """LUTs of a simple dual port LUT RAM: RAM32M (4 LUTs, 6 bits), RAM64M (4 LUTs, 3 bits)."""
    if rows <= 32:
        return 4 * ceil(width / 6)
    return 4 * ceil(rows / 64) * ceil(width / 3)


def is_block(rows: int, ram_style: str) -> bool:
    """Whether a memory is taken to become block RAM: as told, or by its rows if "auto"."""
    return ram_style == "block" or (ram_style == "auto" and rows > AUTO_DISTRIBUTED_ROWS)


def memory_bram18(rows: int, width: int, ram_style: str) -> int:
    """RAMB18 of a memory under ram_style ("auto", "block", "distributed")."""
    return bram18(rows, width) if is_block(rows, ram_style) else 0


def memory_luts(rows: int, width: int, ram_style: str) -> int:
    """LUTs of a memory's storage under ram_style ("auto", "block", "distributed")."""
    return 0 if is_block(rows, ram_style) else lutram_luts(rows, width)


def counter_bits(*ranges: int) -> int:
    """Bits of counters that count through the given ranges (at least one each)."""
    return sum(max(1, (count - 1).bit_length()) for count in ranges)


def lut_rom_luts(rows: int, columns: int) -> int:
    """LUTs of a ROM in LUTs; of few rows there are but so many different columns."""
    if rows <= 1:
        return 0
    return min(columns, 2**rows) if rows <= 8 else columns * ceil(rows / 64)
