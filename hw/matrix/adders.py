"""Adders for Sums: which carry chains, in which order, and how wide.

Four values are added on two chains, as in hw/rtl/adder_tree.sv: a + (b ^ c ^ d), and that plus
2 * maj(b, c, d), the compressor in the LUTs of the chains; two values on one. b, c and d may be
subtracted: they enter inverted, and a chain's carry in makes up for one of them.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from hw.datatypes import range_bits
from hw.matrix.sums import IntArray, Sums, Term


class Kind(IntEnum):
    """The operation of a cell on its operands a, b, c, d."""

    REGISTER = 0  # a, a clock later
    PARITY = 1  # a + (b ^ c ^ d) + carry
    MAJORITY = 2  # a + 2 * maj(b, c, d) + 2 * carry


@dataclass(frozen=True)
class Cell:
    """One register or carry chain.

    operands: a, b, c, d; None stands for 0. a is not negative. bits: of the result, and whether
    it is two's complement. level: chains that lie before and in it, at least 1.
    """

    kind: Kind
    operands: tuple[Term | None, ...]
    carry: bool
    bits: int
    signed: bool
    level: int

    def sources(self) -> list[int]:
        """Values that it reads, each once."""
        return sorted({term.source for term in self.operands if term is not None})


@dataclass
class Adders:
    """Cells under construction; a value's number is inputs + the number of its cell.

    low, high: of an input. bits, signed, level: of every value, inputs first; level 0: an input.
    """

    inputs: int
    low: int
    high: int
    cells: list[Cell] = field(default_factory=list)
    rows: list[Term | None] = field(default_factory=list)
    _known: dict[tuple[object, ...], int] = field(default_factory=dict)
    _sums: dict[int, IntArray] = field(default_factory=dict)

    def bits(self, source: int) -> tuple[int, bool]:
        """Bits of a value, and whether it is two's complement."""
        if source >= self.inputs:
            cell = self.cells[source - self.inputs]
            return cell.bits, cell.signed
        return range_bits(self.low, self.high)

    def level(self, term: Term) -> int:
        """Chains before a term."""
        source = term.source
        return 0 if source < self.inputs else self.cells[source - self.inputs].level

    def coefficients(self, term: Term) -> IntArray:
        """(inputs,) what a term is of the inputs."""
        if term.source < self.inputs:
            factors = np.zeros(self.inputs, dtype=np.int64)
            factors[term.source] = 1
        else:
            factors = self._sums[term.source]
        return factors * (-1 if term.negative else 1) << term.shift

    def add(self, terms: list[Term]) -> Term:
        """Sum of two to four terms."""
        if all(term.negative for term in terms):
            return self.add([term.times(0, True) for term in terms]).times(0, True)
        shift = min(term.shift for term in terms)
        terms = [term.times(-shift, False) for term in terms]
        # the widest in front: it is in one chain's LUTs only
        first = min(
            (t for t in terms if not t.negative),
            key=lambda t: (-self.level(t), -self.bits(t.source)[0] - t.shift, t),
        )
        rest = sorted(terms)
        rest.remove(first)
        total = np.sum([self.coefficients(term) for term in terms], axis=0)
        bits, signed = range_bits(*self._range(total))
        negatives = sum(term.negative for term in rest)
        operands = (first, *rest, *[None] * (3 - len(rest)))
        if len(rest) == 1:
            source = self._cell(Kind.PARITY, operands, negatives == 1, bits, signed)
        else:
            partial, is_signed = self._partial_bits(terms)
            if partial >= bits:
                partial, is_signed = bits, signed
            parity = self._cell(Kind.PARITY, operands, negatives % 2 == 1, partial, is_signed)
            operands = (Term(parity), *operands[1:])
            source = self._cell(Kind.MAJORITY, operands, negatives >= 2, bits, signed)
        self._sums[source] = total
        return Term(source, shift)

    def negated(self, term: Term) -> Term:
        """The value of a negative term as a cell: 0 - value."""
        total = self.coefficients(term)
        bits, signed = range_bits(*self._range(total))
        source = self._cell(Kind.PARITY, (None, term, None, None), True, bits, signed)
        self._sums[source] = total
        return Term(source)

    def _range(self, factors: IntArray) -> tuple[int, int]:
        above, below = int(np.maximum(factors, 0).sum()), int(np.minimum(factors, 0).sum())
        return above * self.low + below * self.high, above * self.high + below * self.low

    def _partial_bits(self, terms: list[Term]) -> tuple[int, bool]:
        """Bits of a + (b ^ c ^ d), which is not bounded as the sum is."""
        sizes = [self.bits(term.source) for term in terms]
        signed = any(is_signed for _, is_signed in sizes) or any(t.negative for t in terms)
        widths = [
            bits + term.shift + (signed and not is_signed)
            for term, (bits, is_signed) in zip(terms, sizes, strict=True)
        ]
        return max(widths) + 1, signed

    def _cell(
        self, kind: Kind, operands: tuple[Term | None, ...], carry: bool, bits: int, signed: bool
    ) -> int:
        key = (kind, operands, carry)
        if key not in self._known:
            level = 1 + max(self.level(term) for term in operands if term is not None)
            self.cells.append(Cell(kind, operands, carry, bits, signed, level))
            self._known[key] = self.inputs + len(self.cells) - 1
        return self._known[key]


def make_adders(sums: Sums, low: int, high: int, fours: bool = True) -> Adders:
    """Chains of all sums, inputs being low..high. fours: up to four values an adder, else two."""
    made = Adders(sums.inputs, low, high)
    values = [Term(i) for i in range(sums.inputs)]

    def value_of(term: Term) -> Term:
        return values[term.source].times(term.shift, term.negative)

    for terms in sums.sums:
        values.append(_reduce(made, [value_of(term) for term in terms], fours))
    for row in sums.rows:
        term = None if row is None else value_of(row)
        made.rows.append(made.negated(term) if term is not None and term.negative else term)
    return made


def _reduce(made: Adders, terms: list[Term], fours: bool) -> Term:
    """Sum of terms: fours of those that come first and are narrowest, few pairs.

    n values take two chains for every three that they are more than one; of one or two that are
    over, each is a pair, made where it is narrowest.
    """
    pairs = (len(terms) - 1) % 3

    def order(term: Term) -> tuple[int, int, Term]:
        return made.level(term), made.bits(term.source)[0] + term.shift, term

    while len(terms) > 1:
        terms.sort(key=order)
        size = 2 if pairs > 0 or len(terms) < 4 or not fours else 4
        pairs -= size == 2
        terms = [made.add(terms[:size]), *terms[size:]]
    return terms[0]


def chain_luts(made: Adders) -> int:
    """LUTs of the chains; an estimate: one a bit in which there is something to add."""
    luts = 0
    for cell in made.cells:
        bits = [
            (term.shift, made.bits(term.source)[0] + term.shift)
            for term in cell.operands
            if term is not None
        ]
        start = sorted(low for low, _ in bits)[1] if len(bits) > 1 else 0
        luts += max(1, cell.bits - start - (cell.kind == Kind.MAJORITY))
    return luts
