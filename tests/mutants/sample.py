"""The order in which faults are planted, and a sample of them: some of every file first."""

import random
from collections.abc import Sequence
from itertools import chain, zip_longest

from tests.mutants.faults import Fault


def spread(faults: Sequence[Fault], seed: int) -> list[Fault]:
    """All of them in another order: one of every file, then a second of every file, and so on.

    seed: which of a file comes first, and which file. So the first N are a sample of the lists,
    and a larger N has the smaller one's faults too.
    """
    by_file: dict[str, list[Fault]] = {}
    for fault in sorted(faults, key=lambda fault: fault.name):
        by_file.setdefault(fault.file, []).append(fault)
    chance = random.Random(seed)
    files = list(by_file.values())
    chance.shuffle(files)
    for of_file in files:
        chance.shuffle(of_file)
    return [fault for fault in chain(*zip_longest(*files)) if fault]


def left_out(faults: Sequence[Fault], chosen: Sequence[Fault]) -> list[str]:
    """Lines: the faults that are not among the chosen ones, by file."""
    names: dict[str, list[str]] = {}
    for fault in sorted(set(faults) - set(chosen), key=lambda fault: fault.name):
        names.setdefault(fault.file, []).append(fault.breaks)
    return [f"left out of {file}: {'; '.join(breaks)}" for file, breaks in names.items()]
