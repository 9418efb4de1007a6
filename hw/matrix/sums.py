"""The rows of a constant matrix as sums that share parts: what is added, not yet when.

Three steps, each exact. A row may be written as another row, or its negative, plus the difference
(a tree over the rows, as multiplier-block compilers do). Weights that are no powers of two fall
into signed digits (canonical form), each plane of which is a row of -1, 0 and 1. Then the pair of
terms, a + b or a - b, that most rows have in common becomes a sum of its own, again and again
(Hartley, "Subexpression sharing in filters using canonic signed digit multipliers", 1996).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, order=True)
class Term:
    """A value times a power of two, or its negative. source: an input, or inputs + sum's number."""

    source: int
    shift: int = 0
    negative: bool = False

    def times(self, shift: int, negative: bool) -> "Term":
        """This term, shifted further, negated or not."""
        return Term(self.source, self.shift + shift, self.negative != negative)


@dataclass(frozen=True)
class Sums:
    """sums: each of at least two terms of inputs and other sums. rows: None for a row of zeros."""

    inputs: int
    sums: tuple[tuple[Term, ...], ...]
    rows: tuple[Term | None, ...]


@dataclass(frozen=True)
class Plan:
    """How to share. chains: most rows one behind the other that are written as differences.

    levels: most shared pairs one behind the other. common: rows that a shared pair needs at least.
    """

    chains: int = 0
    levels: int = 0
    common: int = 2


def signed_digits(values: IntArray) -> IntArray:
    """(..., planes) digits -1, 0, 1 of least weight: value = sum(digit * 2**plane)."""
    rest, planes = values.astype(np.int64), list[IntArray]()
    while rest.any() or not planes:
        odd = rest & 1
        digit = np.where(odd == 1, 2 - (rest & 3), 0)
        planes.append(digit)
        rest = (rest - digit) >> 1
    return np.stack(planes, axis=-1)


def weight_of(values: IntArray) -> int:
    """Terms that a row takes."""
    return int(np.count_nonzero(signed_digits(values)))


def references(rows: IntArray, chains: int) -> list[tuple[int, int]]:
    """For each of (MH, MW) rows (row that it is written with, its sign); (-1, 0): none.

    Rows are taken as in a minimal spanning tree, cheapest first; chains: its greatest depth.
    """
    count = len(rows)
    found, depth, done = [(-1, 0)] * count, [0] * count, [False] * count
    cost = [weight_of(row) for row in rows]
    for _ in range(count):
        new = min((j for j in range(count) if not done[j]), key=lambda j: (cost[j], j))
        done[new] = True
        if depth[new] >= chains:
            continue
        for j in range(count):
            if done[j]:
                continue
            for sign in (1, -1):
                changed = 1 + weight_of(rows[j] - sign * rows[new])
                if changed < cost[j]:
                    cost[j], found[j], depth[j] = changed, (new, sign), depth[new] + 1
    return found


def share(matrix: IntArray, plan: Plan) -> Sums:
    """Sums of a (MW, MH) matrix of integers."""
    inputs, rows = len(matrix), matrix.T.astype(np.int64)
    refs = references(rows, plan.chains) if plan.chains else [(-1, 0)] * len(rows)
    rest = np.stack(
        [
            row - (sign * rows[ref] if sign else 0)
            for row, (ref, sign) in zip(rows, refs, strict=True)
        ]
    )
    digits = np.moveaxis(signed_digits(rest), -1, 1)
    pairs, left = _pairs(digits.reshape(-1, inputs), plan)
    left = left.reshape(*digits.shape[:2], -1)
    return _collect(inputs, pairs, left, refs)


class _Columns:
    """Planes as columns of -1, 0, 1, and how many rows each two columns have in common.

    key: (2, columns, columns), above the diagonal, of equal signs and of opposite ones; of equal
    numbers that of the shallower columns is greater. level: pairs one behind the other.
    """

    def __init__(self, planes: IntArray, levels: int) -> None:
        self.levels, self.size = levels, planes.shape[1]
        self.left = planes.astype(np.float32)
        self.level = np.zeros(self.size, np.float32)
        self.key = np.zeros((2, self.size, self.size), np.float32)
        for column in range(self.size):
            self._count(column)

    def most(self) -> tuple[int, int, int, int]:
        """(rows in common, 0 or 1 for equal or opposite signs, column, column) of the best two."""
        key = self.key[:, : self.size, : self.size]
        kind, i, j = (int(v) for v in np.unravel_index(key.argmax(), key.shape))
        return int(np.ceil(key[kind, i, j])), kind, i, j

    def join(self, i: int, j: int, sign: int) -> None:
        """Make column i + sign * j, and take it out of the two."""
        if self.size == len(self.level):
            self._grow()
        first, second, new = self.left[:, i], self.left[:, j], self.size
        both = (first != 0) & (second == sign * first)
        self.left[both, new] = first[both]
        self.left[both, i] = self.left[both, j] = 0
        self.level[new] = max(self.level[i], self.level[j]) + 1
        self.size += 1
        for column in (i, j, new):
            self._count(column)

    def _grow(self) -> None:
        more = self.size
        self.left = np.pad(self.left, ((0, 0), (0, more)))
        self.level = np.pad(self.level, (0, more))
        self.key = np.pad(self.key, ((0, 0), (0, more), (0, more)))

    def _count(self, column: int) -> None:
        left, level = self.left[:, : self.size], self.level[: self.size]
        mine = left[:, column]
        net, all_ = mine @ left, np.abs(mine) @ np.abs(left)
        late = np.maximum(level, level[column])
        for kind, counts in enumerate(((all_ + net) / 2, (all_ - net) / 2)):
            key = np.where((counts > 0) & (late < self.levels), counts - late / 1024, 0)
            self.key[kind, :column, column] = key[:column]
            self.key[kind, column, column + 1 : self.size] = key[column + 1 :]


def _pairs(planes: IntArray, plan: Plan) -> tuple[list[tuple[int, int, int]], IntArray]:
    """Shared pairs (column, column, sign of the second), and planes with a column for each.

    planes: (n, inputs) of -1, 0, 1.
    """
    columns, pairs = _Columns(planes, plan.levels), list[tuple[int, int, int]]()
    while True:
        common, kind, i, j = columns.most()
        if common < plan.common:
            return pairs, columns.left[:, : columns.size].astype(np.int64)
        pairs.append((i, j, 1 - 2 * kind))
        columns.join(*pairs[-1])


def _collect(
    inputs: int, pairs: list[tuple[int, int, int]], left: IntArray, refs: list[tuple[int, int]]
) -> Sums:
    """Sums of pairs, then of the rows; left: (MH, planes, columns)."""
    sums: list[tuple[Term, ...]] = [(Term(i), Term(j, 0, sign < 0)) for i, j, sign in pairs]
    rows: list[Term | None] = [None] * len(refs)
    known: dict[tuple[Term, ...], int] = {}
    waiting = list(range(len(refs)))
    while waiting:
        row = next(r for r in waiting if refs[r][0] not in waiting)
        waiting.remove(row)
        ref, sign = refs[row]
        terms = [
            Term(int(column), int(plane), bool(left[row, plane, column] < 0))
            for plane, column in np.argwhere(left[row])
        ]
        base = rows[ref] if sign else None
        if base is not None:
            terms.append(base.times(0, sign < 0))
        rows[row] = _row_sum(inputs, sorted(terms), sums, known)
    return Sums(inputs, tuple(sums), tuple(rows))


def _row_sum(
    inputs: int,
    terms: list[Term],
    sums: list[tuple[Term, ...]],
    known: dict[tuple[Term, ...], int],
) -> Term | None:
    """Term of a row with these terms, their sum added to sums where there is none such."""
    if len(terms) < 2:
        return terms[0] if terms else None
    shift = min(term.shift for term in terms)
    negative = all(term.negative for term in terms)
    key = tuple(term.times(-shift, negative) for term in terms)
    if key not in known:
        known[key] = inputs + len(sums)
        sums.append(key)
    return Term(known[key], shift, negative)
