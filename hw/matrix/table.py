"""A Pipeline as the parameters of hw/rtl/constant_matrix.sv, which has the format."""

from hw.errors import HardwareError
from hw.matrix.adders import Cell
from hw.matrix.sums import Term

#: Bits of an operand, a cell, and of what they hold (constant_matrix.sv).
TERM_BITS, CELL_BITS = 24, 112
SOURCE_BITS, SHIFT_BITS, BITS_BITS = 16, 6, 12


def term_word(term: Term | None) -> int:
    """An operand or a row: source, shift, negative, given; 0 where there is none.

    Raises HardwareError where a field does not hold it.
    """
    if term is None:
        return 0
    if term.source >= 1 << SOURCE_BITS or term.shift >= 1 << SHIFT_BITS:
        raise HardwareError(
            f"adders: value {term.source} shifted by {term.shift}; at most {1 << SOURCE_BITS} "
            f"values and shifts below {1 << SHIFT_BITS} are supported"
        )
    flags = int(term.negative) | 2
    return term.source | term.shift << SOURCE_BITS | flags << SOURCE_BITS + SHIFT_BITS


def cell_word(cell: Cell) -> int:
    """A cell: kind, carry, signed, bits, then the operands a, b, c, d."""
    word = int(cell.kind) | int(cell.carry) << 2 | int(cell.signed) << 3 | cell.bits << 4
    for number, term in enumerate(cell.operands):
        word |= term_word(term) << 4 + BITS_BITS + number * TERM_BITS
    return word


def literal(words: list[int], bits: int) -> str:
    """Words as a SystemVerilog concatenation, word 0 in the lowest bits, one a line."""
    digits = bits // 4
    lines = [f"      {bits}'h{word:0{digits}x}" for word in reversed(words)]
    return "{\n" + ",\n".join(lines) + "}"
