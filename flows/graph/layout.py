"""How a tensor of a file lies in the file: channels last, without an axis of rows, flattened, ...

Inside, every tensor has the axes (batch, channels, rows, columns). A file's tensor holds the same
numbers, moved: axes in another order, axes of one taken away or put in, several axes made one.
"""

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flows.errors import FlowError

#: (what, its numbers): "transpose" order of axes; "squeeze" axes of one taken away; "unsqueeze"
#: axes of one put in, by their places in the result; "reshape" all sizes, batch included.
Step = tuple[str, tuple[int, ...]]

Dims = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """From (1, C, H, W) to a file's tensor of one frame. shape: (C, H, W); steps: in order."""

    shape: tuple[int, int, int]
    steps: tuple[Step, ...] = ()

    @property
    def dims(self) -> Dims:
        """Sizes of the file's tensor, batch included."""
        return self._sizes()[-1]

    def _sizes(self) -> list[Dims]:
        """Sizes in front of each step, and behind the last."""
        sizes: list[Dims] = [(1, *self.shape)]
        for kind, numbers in self.steps:
            sizes.append(_sized(kind, numbers, sizes[-1]))
        return sizes

    def transposed(self, order: Dims) -> "Layout":
        """This layout with its axes in another order."""
        steps = self.steps
        if steps and steps[-1][0] == "transpose":
            order = tuple(steps[-1][1][axis] for axis in order)
            steps = steps[:-1]
        if order == tuple(range(len(order))):
            return replace(self, steps=steps)
        return replace(self, steps=(*steps, ("transpose", order)))

    def reshaped(self, dims: Dims) -> "Layout":
        """This layout with other sizes for as many numbers."""
        old = self.dims
        if dims == old:
            return self
        if self.steps and self.steps[-1][0] != "transpose":  # two of them are one
            before = replace(self, steps=self.steps[:-1])
            if before.dims != old:
                return before.reshaped(dims)
        steps = _by_ones(old, dims)
        if steps is not None:
            return replace(self, steps=(*self.steps, *steps))
        return replace(self, steps=(*self.steps, ("reshape", dims)))

    def of_file(self, values: Any) -> Any:
        """(N, C, H, W) -> the file's tensor of N frames. FlowError where sizes do not allow it.

        Rows and columns may be others than the layout's own where no axes are made one.
        """
        frames = values.shape[0]
        for kind, numbers in self.steps:
            values = _apply(kind, numbers, values, frames)
        return values

    def canonical(self, values: Any) -> Any:
        """The inverse of ``of_file``: the file's tensor -> (N, C, H, W)."""
        sizes = self._sizes()
        # else the file's tensor has no axis of frames
        frames = values.shape[0] if sizes[-1][:1] == (1,) else 1
        for (kind, numbers), before in zip(reversed(self.steps), reversed(sizes[:-1]), strict=True):
            match kind:
                case "transpose":
                    values = _apply(kind, tuple(np.argsort(numbers)), values, frames)
                case "squeeze":
                    values = _apply("unsqueeze", numbers, values, frames)
                case "unsqueeze":
                    values = _apply("squeeze", numbers, values, frames)
                case _:
                    values = _apply(kind, before, values, frames)
        return values

    def axes(self) -> tuple[int | None, ...] | None:
        """For each axis of the file's tensor the one of (batch, C, H, W) that it is, or None.

        None as a whole where axes were made one.
        """
        found: list[int | None] = [0, 1, 2, 3]
        for kind, numbers in self.steps:
            match kind:
                case "transpose":
                    found = [found[axis] for axis in numbers]
                case "squeeze":
                    found = [axis for place, axis in enumerate(found) if place not in numbers]
                case "unsqueeze":
                    for place in numbers:
                        found.insert(place, None)
                case _:
                    return None
        return tuple(found)

    def places(self) -> Any:
        """For each number of the file's tensor its place in (C, H, W), int32."""
        count = math.prod(self.shape)
        return self.of_file(np.arange(count, dtype=np.int32).reshape(1, *self.shape))

    def is_same_as(self, other: "Layout") -> bool:
        """Whether both say the same of every number."""
        if self == other:
            return True
        if self.shape != other.shape or self.dims != other.dims:
            return False
        return bool(np.array_equal(self.places(), other.places()))


@functools.cache
def plain(dims: Dims) -> Layout | None:
    """The usual layout of a tensor of 2 to 4 axes: batch, channels, then rows and columns.

    A tensor of three axes has one row. None for other numbers of axes or another batch than 1.
    """
    if not 2 <= len(dims) <= 4 or dims[0] != 1:
        return None
    match dims[1:]:
        case (channels,):
            return Layout((channels, 1, 1), (("squeeze", (2, 3)),))
        case (channels, columns):
            return Layout((channels, 1, columns), (("squeeze", (2,)),))
        case (channels, rows, columns):
            return Layout((channels, rows, columns))
    return None


def without_frames(dims: Dims) -> list[Layout]:
    """How a tensor may lie whose first axis is not that of frames, as steps and states do.

    Of two axes that are more than one the last are channels, the first columns: (steps, features),
    (steps, 1, features), (steps, features, 1); of one axis they are channels.
    """
    long = [axis for axis, size in enumerate(dims) if size > 1]
    if not 1 <= len(long) <= 2 or len(dims) > 4:
        return []
    inside = {long[-1]: 1, **({long[0]: 3} if len(long) == 2 else {})}
    shape = (dims[long[-1]], 1, dims[long[0]] if len(long) == 2 else 1)
    ones = [axis for axis in (0, 2, 1, 3) if axis not in inside.values()]
    order = [inside[axis] if axis in inside else ones.pop(0) for axis in range(len(dims))]
    turned = Layout(shape).transposed((*order, *ones))
    gone = tuple(range(len(dims), 4))
    return [replace(turned, steps=(*turned.steps, ("squeeze", gone))) if gone else turned]


def _by_ones(old: Dims, new: Dims) -> list[Step] | None:
    """Steps that only take away and put in axes of one, the batch kept; None if that is not all."""
    if old[:1] != (1,) or new[:1] != (1,):
        return None
    gone, put, i, j = [], [], 0, 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and old[i] == new[j]:
            i, j = i + 1, j + 1
        elif i < len(old) and old[i] == 1:
            gone.append(i)
            i += 1
        elif j < len(new) and new[j] == 1:
            put.append(j)
            j += 1
        else:
            return None
    steps: list[Step] = [("squeeze", tuple(gone))] if gone else []
    return steps + ([("unsqueeze", tuple(put))] if put else [])


def _sized(kind: str, numbers: Dims, dims: Dims) -> Dims:
    match kind:
        case "transpose":
            return tuple(dims[axis] for axis in numbers)
        case "squeeze":
            return tuple(size for axis, size in enumerate(dims) if axis not in numbers)
        case "unsqueeze":
            rest = iter(dims)
            count = len(dims) + len(numbers)
            return tuple(1 if axis in numbers else next(rest) for axis in range(count))
    return numbers


def _apply(kind: str, numbers: Dims, values: Any, frames: int) -> Any:
    try:
        match kind:
            case "transpose":
                if frames > 1 and numbers[0] != 0:
                    raise ValueError("more than one frame")
                return values.transpose(numbers)
            case "squeeze":
                return np.squeeze(values, axis=numbers)
            case "unsqueeze":
                return np.expand_dims(values, axis=numbers)
        if frames > 1 and numbers[:1] != (1,):
            raise ValueError("more than one frame")
        return values.reshape((frames, *numbers[1:]) if frames > 1 else numbers)
    except ValueError as error:
        raise FlowError(
            f"a tensor of shape {values.shape} does not fit the layout ({kind} {numbers}): {error}"
        ) from error
