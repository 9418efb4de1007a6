"""Weights and thresholds in memories that the load bus writes (hw/rtl/table_ram.sv).

A node with ``runtime_writeable_weights = 1`` (FINN's name) has tables in place of ROMs. On the load
bus a word of 32 bits has an address; a node's addresses begin where ``hw.stitch`` puts them, and
lie in it as ``Table.offset`` and ``Table.row_words`` say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hw.errors import HardwareError
from hw.ops.memories import Memory
from hw.ops.wrapper import Verbatim
from hw.synth.cost.memory import Mapped, map_ram

#: FINN's name of the attribute.
WRITABLE = "runtime_writeable_weights"
#: Bits of a word, and of an address of the load bus, which counts words.
WORD_BITS, BUS_BITS = 32, 24


@dataclass(frozen=True)
class Table:
    """A memory of a node, as ``Memory``, in words. offset: address of the first in the node."""

    memory: Memory
    offset: int = 0

    @property
    def words(self) -> int:
        """Words that a row has."""
        return -(-self.memory.width // WORD_BITS)

    @property
    def row_words(self) -> int:
        """Addresses that a row has: a power of two."""
        return 1 << (self.words - 1).bit_length()

    @property
    def address_bits(self) -> int:
        """Bits of an address in it."""
        rows = len(self.memory.words)
        return max(1, (rows - 1).bit_length()) + (self.words - 1).bit_length()

    def parts(self) -> list[Memory]:
        """A memory for each word of the rows, word 0 first: what the RTL has, each with a file."""
        memory, found = self.memory, []
        for index in range(self.words):
            low = index * WORD_BITS
            width = min(WORD_BITS, memory.width - low)
            values = [word >> low & ((1 << width) - 1) for word in memory.words]
            name, bits = f"{memory.name}_{index:04d}", len(values) * width
            found.append(
                Memory(name, values, width, memory.kind, bits, style=memory.style, is_part=True)
            )
        return found

    def load_words(self) -> Iterator[tuple[int, int]]:
        """(address in the node, word) of all words."""
        mask = (1 << WORD_BITS) - 1
        for row, value in enumerate(self.memory.words):
            for index in range(self.words):
                address = self.offset + row * self.row_words + index
                yield address, value >> index * WORD_BITS & mask


def load_bits(tables: Sequence[Table]) -> int:
    """Bits of a node's addresses."""
    last = max(table.offset + (1 << table.address_bits) - 1 for table in tables)
    return max(1, last.bit_length())


def file_parameters(table: Table, name: str, bits: int) -> dict[str, int | str]:
    """Parameters <name>Words and <name>Files of a module with a table_ram, of so many bits a file's
    name.
    """
    files = [f'{bits}\'("{memory.name}.mem")' for memory in reversed(table.parts())]
    joined = ", ".join(files)
    return {f"{name}Words": table.words, f"{name}Files": Verbatim(f"{{{joined}}}")}


def file_bits(tables: Sequence[Table]) -> int:
    """Bits of a file's name, of the longest; shorter ones are filled up with zeros."""
    return 8 * max(len(f"{part.name}.mem") for table in tables for part in table.parts())


def refuse(node: str, why: str, expected: str) -> HardwareError:
    """The error for a node whose tables cannot be writable."""
    return HardwareError(f"node {node}: {WRITABLE} = 1, but {why}; expected {expected}")


def map_table(rows: int, width: int, style: str) -> list[Mapped]:
    """The memories that a table_ram becomes, one a word of its rows."""
    words = range(0, width, WORD_BITS)
    return [map_ram(rows, min(WORD_BITS, width - low), style) for low in words]


def load_features(rows: int, width: int) -> tuple[int, int]:
    """LUTs and flip-flops beside the memory itself of a table_ram and its part of the port.

    The choice of the row's address, of the word that is read (three to a LUT, then a gate), and
    what is written; the row that was read, which of one row is the table itself.
    """
    if width == 0:
        return 0, 0
    words = -(-width // WORD_BITS)
    choice = WORD_BITS * (1 - (-(words - 1) // 3))
    address = max(1, (rows - 1).bit_length())
    return address + choice + words, width + WORD_BITS + address
