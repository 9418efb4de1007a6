"""Adders between pipeline registers: the stage of each chain, and the registers that this takes.

A stage has at most CHAINS carry chains one behind the other. Values wait in registers from the
stage that makes them to the last that uses them; inputs come at stage 1, and rows leave behind the
last stage, all at once.
"""

from dataclasses import dataclass, replace

from hw.errors import HardwareError
from hw.matrix.adders import Adders, Cell, Kind
from hw.matrix.sums import Term

#: Carry chains between two registers, as in a node of hw/rtl/adder_tree.sv.
CHAINS = 2


@dataclass(frozen=True)
class Pipeline:
    """Cells in the order of hw/rtl/constant_matrix.sv; a value is inputs + the number of its cell.

    rows: a term of the last registers for each row, None for zeros; never negative. latency:
    clocks from inputs to rows.
    """

    inputs: int
    cells: tuple[Cell, ...]
    rows: tuple[Term | None, ...]
    latency: int

    @property
    def registers(self) -> int:
        """Bits of all registers."""
        return sum(cell.bits for cell in self.cells if cell.kind == Kind.REGISTER)


class _Times:
    """When each chain is made: 1 .. CHAINS * latency, moved about until registers are few."""

    def __init__(self, made: Adders, latency: int) -> None:
        self.made, self.latency, self.last = made, latency, CHAINS * latency
        self.bits = [made.bits(v)[0] for v in range(made.inputs + len(made.cells))]
        self.reads: list[list[int]] = [[] for _ in range(made.inputs)] + [
            cell.sources() for cell in made.cells
        ]
        self.users: list[list[int]] = [[] for _ in self.reads]
        for value, sources in enumerate(self.reads):
            for source in sources:
                self.users[source].append(value)
        self.outputs = {term.source for term in made.rows if term is not None}
        self.times = [0] * made.inputs + [cell.level for cell in made.cells]
        if max(self.times, default=0) > self.last:
            raise HardwareError(f"adders of {max(self.times)} chains do not fit {latency} clocks")

    def stage(self, value: int) -> int:
        """Stage in which a value is made."""
        return max(1, -(-self.times[value] // CHAINS))

    def needed(self, value: int) -> int:
        """Last stage that reads a value."""
        if value in self.outputs:
            return self.latency + 1
        return max((self.stage(user) for user in self.users[value]), default=1)

    def registers(self, value: int) -> int:
        """Registers behind a value."""
        return max(0, self.needed(value) - self.stage(value))

    def cost(self, values: list[int]) -> int:
        """Bits of registers behind values."""
        return sum(self.registers(value) * self.bits[value] for value in values)

    def late(self) -> None:
        """Every chain as late as can be."""
        for value in range(len(self.reads) - 1, self.made.inputs - 1, -1):
            self.times[value] = self._latest(value)

    def _latest(self, value: int) -> int:
        return min([self.times[user] - 1 for user in self.users[value]] + [self.last])

    def settle(self) -> int:
        """Move single chains while that saves registers; bits of all registers."""
        moved = True
        while moved:
            moved = False
            for value in range(self.made.inputs, len(self.reads)):
                moved |= self._move(value)
        return self.cost(list(range(len(self.reads))))

    def _move(self, value: int) -> bool:
        around = [value, *self.reads[value]]
        now, before = self.times[value], self.cost(around)
        best = (before, 0, now)
        earliest = 1 + max(self.times[source] for source in self.reads[value])
        for time in range(earliest, self._latest(value) + 1):
            self.times[value] = time
            best = min(best, (self.cost(around), 1, time))
        self.times[value] = best[2]
        return best[0] < before


def pipeline(made: Adders, latency: int) -> Pipeline:
    """Registers for chains within latency clocks. HardwareError where there are too many levels."""
    early, late = _Times(made, latency), _Times(made, latency)
    late.late()
    times = min((early, late), key=lambda each: each.settle())
    return _emit(made, times)


def _emit(made: Adders, times: _Times) -> Pipeline:
    """Chains and registers, in order of the stages."""
    cells: list[Cell] = []
    # number of a value at a stage
    places: dict[tuple[int, int], int] = {}

    def append(cell: Cell) -> int:
        cells.append(cell)
        return made.inputs + len(cells) - 1

    def at_stage(term: Term | None, stage: int) -> Term | None:
        return None if term is None else replace(term, source=places[term.source, stage])

    order = sorted(range(made.inputs, len(times.reads)), key=lambda v: (times.times[v], v))
    for value in range(made.inputs):
        places[value, 1] = value
    for stage in range(1, times.latency + 1):
        for value in order:
            if times.stage(value) == stage:
                cell = made.cells[value - made.inputs]
                operands = tuple(at_stage(term, stage) for term in cell.operands)
                places[value, stage] = append(replace(cell, operands=operands, level=stage))
        for value in range(len(times.reads)):
            if times.stage(value) <= stage < times.needed(value):
                bits, signed = made.bits(value)
                held = (Term(places[value, stage]), None, None, None)
                places[value, stage + 1] = append(
                    Cell(Kind.REGISTER, held, False, bits, signed, stage)
                )
    rows = tuple(at_stage(term, times.latency + 1) for term in made.rows)
    return Pipeline(made.inputs, tuple(cells), rows, times.latency)
