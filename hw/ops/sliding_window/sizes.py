"""Limits that the hardware of a sliding window has of the size of its image (hw.ops.sizes)."""

from hw.ops.sizes import Limit, bits_of
from hw.ops.sliding_window.shape import WindowShape


def _line(shape: WindowShape) -> int:
    """Beats from a tap to the one below."""
    return shape.dilation[0] * shape.width * shape.folding


def refusal(shape: WindowShape, greatest: WindowShape) -> tuple[str, str] | None:
    """Why sliding_window_parallel.sv for the greatest image cannot be of shape, and what it can."""
    if _line(shape) == 1 < _line(greatest) and shape.kernel[0] > 1:
        return "a line is one beat, which would be read as it is written", "2 beats or more"
    return None


def parallel_limits(shape: WindowShape, greatest: WindowShape) -> list[Limit]:
    """Of sliding_window_parallel.sv."""
    return [
        Limit(shape.width - 1, bits_of(greatest.width)),
        Limit(shape.height - 1, bits_of(greatest.height)),
        Limit(_line(shape) - 1, bits_of(_line(greatest))),
    ]


def serial_limits(shape: WindowShape, greatest: WindowShape) -> list[Limit]:
    """Of sliding_window_serial.sv: steps in its circle of places, which are the greatest's."""
    depth, loops, span = greatest.depth, shape.loops(), shape.span - 1
    rows, columns = shape.out
    next_col, next_row, next_image = shape.advances()
    most = max(
        *greatest.advances()[:2],
        (shape.reach[0] + shape.stride[0] - 1) * greatest.width * shape.folding,
    )
    level, place = (depth + most).bit_length() + 1, bits_of(depth)

    def way(step: int) -> list[Limit]:
        return [Limit(step % depth, place), Limit(step % depth - depth, place + 1)]

    turn = loops.turn if loops.turns > 1 else loops.jump
    return [
        Limit(columns == 1, 1),
        Limit(columns - 2, bits_of(greatest.out[1])),
        Limit(rows == 1, 1),
        Limit(rows - 2, bits_of(greatest.out[0])),
        Limit(-loops.jump, level),
        *way(loops.jump),
        Limit(-turn, level),
        *way(turn),
        Limit(span - next_col, level),
        Limit(span - next_row, level),
        *way(next_row),
        Limit(next_row - 1, level),
        Limit(span - next_image, level),
        *way(next_image),
        Limit(next_image - 1, level),
    ]
