"""How ONNX lays a constant over a tensor, and when that is one number a channel."""

from typing import Any

import numpy as np

AXES = ("N", "C", "H", "W")


class BroadcastError(ValueError):
    """A constant that is not one number for each index of the axis; the text says why."""


class DiffersError(BroadcastError):
    """A constant that can be laid over the tensor, and differs along another axis."""


def along(value: Any, shape: tuple[int, ...], axis: int, names: tuple[str, ...] = AXES) -> Any:
    """The numbers that a constant has along one axis of a tensor of this shape.

    ONNX and QONNX broadcast as numpy does: shapes are aligned at their last axes, so that a
    constant of shape (C,) lies along W of an NCHW tensor. Returns an array of shape (1,), or
    (shape[axis],) where the numbers differ. Raises DiffersError where they also differ along
    another axis, BroadcastError where the result would have another shape than the tensor.
    """
    value = np.asarray(value)
    try:
        fits = np.broadcast_shapes(value.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise BroadcastError(
            f"constant of shape {value.shape} cannot be broadcast to {shape}; expected a scalar "
            f"or one number along {names[axis]}, of shape {_expected(shape, axis)}"
        )
    first = value.reshape(-1)[:1]
    if np.all(value == first):
        return first
    given = value.shape
    value = value.reshape((1,) * (len(shape) - value.ndim) + given)
    for other in range(len(shape)):
        if other != axis and not np.all(value == value.take([0], axis=other)):
            raise DiffersError(
                f"constant of shape {given} differs along {names[other]}, as ONNX "
                f"broadcasts it to {shape}; expected a scalar or one number along "
                f"{names[axis]}, of shape {_expected(shape, axis)}"
            )
    index = tuple(slice(None) if a == axis else 0 for a in range(len(shape)))
    return value[index]


def _expected(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (shape[axis], *(1 for _ in shape[axis + 1 :]))
