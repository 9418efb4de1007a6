"""A small network in the shape of the detector: 3 x 3 convolutions with borders, and pools."""

from typing import Any

import numpy as np

from tests.flows.builder import Builder, Network


def pyramid(height: int = 32, width: int = 48, channels: tuple[int, ...] = (2, 4, 4)) -> Network:
    """Convolution and pool for each entry of channels, then a 1 x 1 convolution."""
    rng = np.random.default_rng(5)
    b = Builder(rng, (1, height, width), 2.0**-8, True)
    tensor = b.quant("x", 8, False, np.float32(b.input_scale))
    for index, rows in enumerate(channels):
        tensor = b.conv(tensor, _signs(rng, rows, b.channels(tensor), 3), "binary", (1, 1), [1] * 4)
        tensor = b.quant(tensor, 2, False)
        if index + 1 < len(channels):
            tensor = b.pool(tensor, (2, 2))
    tensor = b.conv(tensor, _signs(rng, 2, b.channels(tensor), 1), "binary", (1, 1), [0] * 4)
    return Network(5, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def _signs(rng: np.random.Generator, rows: int, channels: int, kernel: int) -> Any:
    return np.where(rng.random((rows, channels, kernel, kernel)) < 0.5, -1, 1)
