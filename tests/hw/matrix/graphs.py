"""Integers of a Pipeline, cell by cell as hw/rtl/constant_matrix.sv makes them."""

import numpy as np

from hw.matrix.adders import Cell, Kind
from hw.matrix.stages import Pipeline
from hw.matrix.sums import IntArray, Term


def run(graph: Pipeline, x: IntArray) -> IntArray:
    """(n, inputs) vectors -> (n, rows) sums, in the bits that each cell has."""
    values = list(x.T)
    zero = np.zeros(len(x), np.int64)

    def operand(term: Term | None) -> IntArray:
        if term is None:
            return zero
        shifted = values[term.source] << term.shift
        return ~shifted if term.negative else shifted

    for cell in graph.cells:
        a, b, c, d = (operand(term) for term in cell.operands)
        if cell.kind == Kind.PARITY:
            a = a + (b ^ c ^ d) + cell.carry
        elif cell.kind == Kind.MAJORITY:
            a = a + 2 * ((b & c) | (d & (b | c))) + 2 * cell.carry
        values.append(_wrapped(a, cell))
    return np.stack([operand(row) for row in graph.rows], axis=1)


def _wrapped(value: IntArray, cell: Cell) -> IntArray:
    value = value & ((1 << cell.bits) - 1)
    return value - ((value >> (cell.bits - 1)) << cell.bits) if cell.signed else value


def clocks(graph: Pipeline) -> list[int]:
    """Registers before each value, inputs first.

    AssertionError where operands of a cell are of different clocks, or more than two chains lie
    between registers.
    """
    found, chains = [0] * graph.inputs, [0] * graph.inputs
    for cell in graph.cells:
        before = {found[source] for source in cell.sources()}
        assert len(before) == 1, f"operands of clocks {before}"
        is_register = cell.kind == Kind.REGISTER
        found.append(before.pop() + is_register)
        chains.append(0 if is_register else 1 + max(chains[s] for s in cell.sources()))
    assert max(chains) <= 2
    return found
