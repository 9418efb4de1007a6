"""Which pixel of its input each pixel of an operator's output waits for: for the latency bound."""

from dataclasses import dataclass
from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Dependency:
    """needs: (H * W,) of each output pixel, in raster order, the index of the last input pixel that
    it waits for; -1: of none (a border).

    beat_clocks: from one beat of an output pixel to the next, at least. is_whole: the first beat
    already needs the whole input pixel, so that the others come behind it.
    """

    needs: IntArray
    beat_clocks: int = 1
    is_whole: bool = False


def same_pixel(pixels: int) -> Dependency:
    """Each of so many output pixels waits for the input pixel at its place."""
    return Dependency(np.arange(pixels, dtype=np.int64))


def last_of_window(
    shape: tuple[int, ...], width: int, kernel: tuple[int, int], stride: tuple[int, int]
) -> Dependency:
    """Each output pixel waits for the lower right pixel of its window.

    shape: (N, H, W, C) of the output; width: of the input; kernel, stride: (rows, columns).
    """
    rows, columns = np.arange(shape[1])[:, None], np.arange(shape[2])[None, :]
    rows, columns = rows * stride[0] + kernel[0] - 1, columns * stride[1] + kernel[1] - 1
    return Dependency((rows * width + columns).reshape(-1))
