"""Frames that take a network's quantizers through as many levels as a picture can."""

from typing import Any

import numpy as np

#: Frames that ``frames`` makes.
COUNT = 12


def frames(shape: tuple[int, int, int], seed: int = 0) -> Any:
    """(12, H, W, C) uint8 of shape (H, W, C): black, white, noise of several contrasts and means,
    extremes alone, few bright pixels, ramps, checkerboards and flat areas."""
    height, width, channels = shape
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]

    def noise(mean: float, spread: float) -> Any:
        return rng.normal(mean, spread, (height, width, channels))

    ramp = (255.0 * (rows + columns) / max(1, height + width - 2))[..., None]
    board = np.where((rows // 2 + columns // 3) % 2, 255.0, 0.0)[..., None]
    areas = rng.integers(0, 256, ((height + 6) // 7, (width + 6) // 7, channels))
    flat = np.repeat(np.repeat(areas, 7, 0), 7, 1)[:height, :width]
    one = np.ones((1, 1, channels))
    tints = rng.integers(0, 2, (1, 1, channels)) * 255.0
    made = [
        0 * one,
        255 * one,
        rng.integers(0, 256, (height, width, channels)),
        rng.integers(0, 2, (height, width, channels)) * 255,
        np.where(rng.random((height, width, channels)) < 0.05, 255, 0),
        noise(128, 20),
        noise(40, 30),
        noise(215, 30),
        ramp * one + noise(0, 4),
        np.abs(tints - ramp),
        board * one,
        flat,
    ]
    stacked = [np.broadcast_to(np.clip(np.rint(f), 0, 255), shape) for f in made]
    return np.stack(stacked).astype(np.uint8)
