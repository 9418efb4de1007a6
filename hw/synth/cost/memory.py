"""Memories of an xc7 part as yosys maps them: block RAM, LUT RAM, or a ROM in LUTs.

Its choice where the style is "auto" follows from its own prices: 129 for a RAMB18, 2 for a LUT of a
RAM, 1/64 for a bit of a ROM (techlibs/xilinx/brams_xc5v.txt, lutrams_xc5v.txt, synth_xilinx).
"""

from dataclasses import dataclass

from hw.synth.estimates import bram18, lut_rom_luts, lutram_luts

_RAMB18_PRICE, _LUTRAM_PRICE, _ROM_BITS = 129, 2, 64


@dataclass(frozen=True)
class Mapped:
    """Blocks (RAMB18), or LUTs: of LUT RAM, or of a ROM with the multiplexers over 256 rows."""

    bram18: int = 0
    lutram: int = 0
    rom: int = 0
    rom_mux: int = 0


def map_ram(rows: int, width: int, style: str) -> Mapped:
    """A memory that is written, read a clock later. rows < 2: registers."""
    if rows < 2 or width == 0:
        return Mapped()
    blocks, luts = bram18(rows, width), lutram_luts(rows, width)
    is_cheaper = _LUTRAM_PRICE * luts > _RAMB18_PRICE * blocks
    if style == "block" or (style == "auto" and is_cheaper):
        return Mapped(bram18=blocks)
    return Mapped(lutram=luts)


def map_rom(rows: int, width: int, style: str) -> Mapped:
    """A memory of constants; one row melts into the logic behind it."""
    if rows < 2 or width == 0:
        return Mapped()
    blocks = bram18(rows, width)
    is_cheaper = rows * width / _ROM_BITS > _RAMB18_PRICE * blocks
    if style == "block" or (style == "auto" and is_cheaper):
        return Mapped(bram18=blocks)
    mux = width * max(0, -(-rows // 256) - 1)
    return Mapped(rom=lut_rom_luts(rows, width), rom_mux=mux)
