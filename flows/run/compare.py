"""Comparison of two executions at every layer boundary: ``==`` on integers, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.errors import FlowError


@dataclass(frozen=True)
class Difference:
    """The first integer that differs at a boundary, and how many do."""

    boundary: str
    frame: int
    row: int
    column: int
    channel: int
    expected: int
    found: int
    count: int
    total: int

    def __str__(self) -> str:
        return (
            f"{self.boundary}: frame {self.frame}, pixel (row {self.row}, column {self.column}), "
            f"channel {self.channel}: expected {self.expected}, found {self.found} "
            f"({self.count} of {self.total} integers differ)"
        )


def first_difference(name: str, frame: int, expected: Any, found: Any) -> Difference | None:
    """Compare two (H, W, C) integer tensors; None if they are equal."""
    if expected.shape != found.shape:
        raise FlowError(f"{name}: shape {found.shape}, expected {expected.shape}")
    unequal = expected != found
    count = int(np.count_nonzero(unequal))
    if count == 0:
        return None
    row, column, channel = (int(v) for v in np.unravel_index(int(unequal.argmax()), unequal.shape))
    place = (row, column, channel)
    return Difference(
        name,
        frame,
        row,
        column,
        channel,
        int(expected[place]),
        int(found[place]),
        count,
        unequal.size,
    )


def compare_boundaries(
    frame: int, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> list[Difference]:
    """Differences of the boundaries of ``found``, (H, W, C) each, in their order."""
    differences = []
    for name, array in found.items():
        difference = first_difference(name, frame, expected[name], array)
        if difference is not None:
            differences.append(difference)
    return differences
