"""Resources of the contents of on-chip memories: each synthesized alone, beside its ideal bits."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hw.ops.memories import Memory
from hw.synth.operator import Unit, read_unit
from hw.synth.resources import Resources

#: Bits of a block RAM of either size, parity included, and of a LUT6.
BRAM36_BITS, BRAM18_BITS, LUT_BITS = 36864, 18432, 64


@dataclass(frozen=True)
class MappedMemory:
    """One memory: ideal_bits (what has to be known), and what yosys takes for it.

    mapped_bits: capacity of the block RAMs or LUTs; why: where the rest of it goes.
    """

    node: str
    kind: str
    rows: int
    width: int
    ideal_bits: int
    bram36: float
    lut: int
    mapped_bits: int
    why: str

    def as_dict(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)


def rom_unit(memory: Memory, folder: Path) -> Unit | None:
    """``rom`` with this memory alone, whose file lies in folder; None for a constant (one row)."""
    rows = len(memory.words)
    if rows == 1:
        return None
    name, address = f"{memory.name}_rom", (rows - 1).bit_length()
    own = f"""module {name} (
  input  logic clk_i,
  input  logic [{address - 1}:0] addr_i,
  output logic [{memory.width - 1}:0] data_o
);
  rom #(
    .Width({memory.width}), .Depth({rows}), .File("{memory.name}.mem"), .Style("{memory.style}")
  ) i_rom (.clk_i(clk_i), .addr_i(addr_i), .data_o(data_o));
endmodule
"""
    return read_unit(name, folder, ["rom.sv"], own)


def mapped(node: str, memory: Memory, resources: Resources | None) -> MappedMemory:
    """The memory with its resources (None: a constant)."""
    rows, width = len(memory.words), memory.width
    found = resources or Resources()
    bits = found.BRAM_36K * BRAM36_BITS + found.BRAM_18K * BRAM18_BITS + found.LUT * LUT_BITS
    return MappedMemory(
        node,
        memory.kind,
        rows,
        width,
        memory.stored_bits,
        found.bram36,
        found.LUT,
        bits,
        _why(memory, resources),
    )


def _why(memory: Memory, resources: Resources | None) -> str:
    rows, width = len(memory.words), memory.width
    if resources is None:
        return "one row: constants, melted into the logic behind"
    reasons = []
    if resources.bram36:
        places = int(2 * resources.bram36)
        most = places * BRAM18_BITS // width
        reasons.append(f"{width} bits a row fill {places} RAMB18; {rows} of some {most} rows used")
    if resources.LUT and not resources.bram36:
        columns = len({tuple(word >> i & 1 for word in memory.words) for i in range(width)})
        reasons.append(f"a LUT6 has 64 rows, {rows} used")
        if columns < width:
            reasons.append(f"{columns} of {width} columns differ, equal ones are shared")
        if rows > LUT_BITS:
            reasons.append(f"{-(-rows // LUT_BITS)} LUTs a column, some simplified")
    if memory.bits > memory.stored_bits:
        reasons.append(memory.padding)
    return "; ".join(reasons)
