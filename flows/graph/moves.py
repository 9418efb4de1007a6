"""Numbers of a frame in another order, as one transposition between two reshapes."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.graph.integer_graph import IntNode
from flows.graph.layout import Layout

Shape = tuple[int, int, int]
#: Numbers along an axis, and how far they lie apart.
Digit = tuple[int, int]


@dataclass(frozen=True)
class Move:
    """(C, H, W) as parts, in another order (part perm[i] becomes axis i), as shape (C, H, W).

    Each part is of one axis in front, and of one axis behind.
    """

    parts: tuple[int, ...]
    perm: tuple[int, ...]
    shape: Shape

    def streamed(self, given: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(parts, perm) of the same move of frames (H, W, C); given: (C, H, W) in front."""
        before = _channels_last(_of_axes(self.parts, given))
        made = [self.parts[axis] for axis in self.perm]
        behind = _channels_last(_of_axes(tuple(made), self.shape))
        perm = tuple(before.index(self.perm[axis]) for axis in behind)
        return tuple(self.parts[axis] for axis in before), perm

    def is_in_order(self, given: Shape) -> bool:
        """Whether frames (H, W, C) keep their order of numbers; given: (C, H, W) in front."""
        parts, perm = self.streamed(given)
        moving = [axis for axis in perm if parts[axis] > 1]
        return moving == sorted(moving)

    def sources(self, values: Any) -> Any:
        """Values (C, H, W) moved."""
        return values.reshape(self.parts).transpose(self.perm).reshape(self.shape)


def move_of(node: IntNode) -> Move:
    """The move of a Shuffle of the integer graph."""
    return Move(tuple(node.attrs["parts"]), tuple(node.attrs["perm"]), node.shape)


def _of_axes(parts: tuple[int, ...], shape: Shape) -> list[list[int]]:
    """Numbers of the parts that each axis is made of."""
    found: list[list[int]] = []
    index = 0
    for size in shape:
        found.append([])
        rest = size
        while rest > 1:
            rest //= parts[index]
            found[-1].append(index)
            index += 1
    return found


def _channels_last(axes: list[list[int]]) -> list[int]:
    channels, rows, columns = axes
    return [*rows, *columns, *channels]


def move_between(given: Layout, wanted: Layout) -> Move | None:
    """From a tensor of the file as it lies to the same as it should lie.

    None where more than one transposition would be needed.
    """
    places = np.empty(math.prod(wanted.shape), np.int64)
    places[wanted.places().reshape(-1)] = given.places().reshape(-1)
    return _found(places.reshape(wanted.shape), given.shape)


def _found(places: Any, given: Shape) -> Move | None:
    """places: (C, H, W) behind, of each number its place in front."""
    along = places[:, 0, 0], places[0, :, 0], places[0, 0, :]
    if not np.array_equal(
        along[0][:, None, None] + along[1][None, :, None] + along[2][None, None, :], places
    ):
        return None
    digits: list[Digit] = []
    for axis in along:
        found = _digits(axis)
        if found is None:
            return None
        digits += found
    for bound in (given[2], given[1] * given[2]):  # no part is of two axes in front
        split: list[Digit] = []
        for count, apart in digits:
            inner = bound // apart
            if not apart < bound < count * apart:
                split.append((count, apart))
            elif bound % apart or count % inner:
                return None
            else:
                split += [(count // inner, bound), (inner, apart)]
        digits = split
    ordered = sorted(digits, key=lambda digit: -digit[1])
    reach = math.prod(given)
    for count, apart in ordered:
        if count * apart != reach:
            return None
        reach = apart
    perm = tuple(ordered.index(digit) for digit in digits)
    return Move(tuple(count for count, _ in ordered), perm, places.shape)


def _digits(places: Any) -> list[Digit] | None:
    """Places along an axis as counters, the outermost first; None where they are none."""
    if len(places) == 1:
        return []
    apart = int(places[1] - places[0])
    for count in range(len(places), 1, -1):
        if len(places) % count:
            continue
        rows = places.reshape(-1, count)
        if np.array_equal(rows, rows[:, :1] + np.arange(count) * apart):
            outer = _digits(rows[:, 0])
            return None if outer is None else [*outer, (count, apart)]
    return None


def channels_at(dims: tuple[int, ...], axis: int) -> Layout:
    """The layout of a tensor of those sizes whose channels are an axis, all others pixels."""
    axis %= len(dims)
    first = 1 if dims[0] == 1 and axis else 0
    others = [size for place, size in enumerate(dims) if place not in (axis, first - 1)]
    rows, columns = math.prod(others[:-1]), math.prod(others[-1:])
    layout = Layout((dims[axis], rows, columns))
    if first:
        layout = layout.reshaped((1, dims[axis], *others))
        order = [*range(2, axis + 1), 1, *range(axis + 1, len(dims))]
        return layout.transposed((0, *order))
    layout = layout.reshaped((dims[axis], *others))
    return layout.transposed((*range(1, axis + 1), 0, *range(axis + 1, len(dims))))
