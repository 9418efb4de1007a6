"""Frames that take a network's quantizers through as many levels as its input can."""

from typing import Any

import numpy as np

from flows.graph.input_type import InputType

#: Frames that ``frames`` makes.
COUNT = 12


def frames(shape: tuple[int, int, int], seed: int = 0, kind: InputType | None = None) -> Any:
    """(12, H, W, C) of shape (H, W, C): black, white, noise of several contrasts and means,
    extremes alone, few bright pixels, ramps, checkerboards and flat areas.

    kind: their integers, least for black and greatest for white; default: uint8 pixels.
    """
    kind = kind or InputType()
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
    return kind.spread(_finer(np.stack(stacked), kind, rng))


def _finer(grey: Any, kind: InputType, rng: np.random.Generator) -> Any:
    """Numbers 0 to 255 made finer where a type has more levels: black and white stay."""
    if kind.hi - kind.lo <= 255:
        return grey
    between = (grey > 0) & (grey < 255)
    return np.where(between, grey + rng.uniform(-0.5, 0.5, grey.shape), grey)
