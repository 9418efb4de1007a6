"""Array arithmetic that gives the same bits on every machine.

numpy's exp, sin and power differ in the last bit from one processor to the next, and a scene has
to be the same bytes everywhere. Here and in all of `model.scenes` arrays meet only + - * /,
square roots, comparisons and look-ups, which IEEE 754 fixes to the bit.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Field: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator


def f32(values: object) -> Field:
    """An array of float32; a number becomes numpy's scalar, which acts as an array of one."""
    if type(values) is float or type(values) is int:
        return np.float32(values)  # type: ignore[return-value]
    return np.asarray(values, dtype=np.float32)


def falloff(q: Field) -> Field:
    """A bell over q = (distance / width) squared: near exp(-q), without the exp."""
    base = f32(f32(1.0) / (f32(1.0) + np.maximum(q, 0) * f32(0.25)))
    base = base * base
    return base * base


def step(low: float, high: float, values: Field) -> Field:
    """0 at `low` and below, 1 at `high` and above, smooth between; low may be above high."""
    t = np.clip((values - f32(low)) * f32(1.0 / (high - low)), 0, 1)
    return f32(t * t * (f32(3.0) - f32(2.0) * t))


def wave(turns: Field) -> Field:
    """Close to sin(2 pi turns): parabolas, period 1, from -1 to 1."""
    t = turns - np.floor(turns)
    s = np.where(t < 0.5, t, t - f32(1.0))
    return f32(16.0) * s * (f32(0.5) - np.abs(s))


def mix(first: Field, second: Field, weight: Field | float) -> Field:
    """`first` where the weight is 0, `second` where it is 1."""
    return first + (second - first) * f32(weight)


def resize(values: Field, height: int, width: int, smooth: bool = True) -> Field:
    """A float field at another size, cubic when enlarged; averaged when made smaller."""
    picture = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.BILINEAR
    return np.array(picture.resize((width, height), method), dtype=np.float32)


def blur(values: Field, radius: float) -> Field:
    """Close to a Gaussian blur of that standard deviation; over the first two axes."""
    if radius < 0.2:
        return values
    if radius < 0.7:
        # a 3-tap kernel of the same variance
        side = min(radius * radius / 2, 1 / 3)
        for axis in (0, 1):
            kernel = np.array([side, 1 - 2 * side, side])
            values = ndimage.correlate1d(values, kernel, axis=axis, mode="nearest")
        return values
    size = max(2, round((4 * radius * radius + 1) ** 0.5))
    shift = 0
    for _ in range(3):
        for axis in (0, 1):
            values = ndimage.uniform_filter1d(
                values, size, axis=axis, mode="nearest", origin=shift if size % 2 == 0 else 0
            )
        shift = -1 - shift if size % 2 == 0 else 0
    return values


def noise(rng: Random, height: int, width: int, cell_y: float, cell_x: float) -> Field:
    """Smooth random waves of standard deviation near 1, whose grain has the given size."""
    rows = max(2, int(height / cell_y) + 2)
    columns = max(2, int(width / cell_x) + 2)
    rows, columns = min(rows, height + 2), min(columns, width + 2)
    values = rng.standard_normal((rows, columns), dtype=np.float32) * f32(1.35)
    low, share = _between(rows, height)
    values = values[low] + (values[low + 1] - values[low]) * share[:, None]
    low, share = _between(columns, width)
    left = values[:, low]
    return f32(left + (values[:, low + 1] - left) * share)


def _between(count: int, size: int) -> tuple[NDArray[np.int32], Field]:
    """For `size` places over `count` knots: the knot before each, and the share of the next."""
    at = np.arange(size, dtype=np.float32) * f32((count - 1) / size)
    low = at.astype(np.int32)
    t = at - low.astype(np.float32)
    return low, t * t * (f32(3) - f32(2) * t)


def fractal(
    rng: Random, height: int, width: int, coarse: float, fine: float = 2.0, keep: float = 0.6
) -> Field:
    """Noise of grains from `coarse` down to `fine` pixels, each octave `keep` as strong."""
    total = np.zeros((height, width), dtype=np.float32)
    strength, power, cell = 1.0, 0.0, max(coarse, fine)
    while cell >= fine:
        total += noise(rng, height, width, cell, cell) * f32(strength)
        power += strength * strength
        strength *= keep
        cell /= 2
    return total * f32(1.0 / max(power, 1e-6) ** 0.5)


def linear(colour: tuple[float, float, float] | Field) -> Field:
    """Display values 0 to 255 as light 0 to 1 (a display of gamma 2)."""
    values = f32(colour) * f32(1 / 255)
    return values * values


def grid(height: int, width: int) -> tuple[Field, Field]:
    """Rows as a column vector and columns as a row vector, at pixel centres."""
    rows = np.arange(height, dtype=np.float32)[:, None] + f32(0.5)
    columns = np.arange(width, dtype=np.float32)[None, :] + f32(0.5)
    return rows, columns


def sample(field: Field, rows: Field, columns: Field) -> Field:
    """Bilinear look-up in (H, W) or (H, W, C) at float places, clamped to the border."""
    height, width = field.shape[:2]
    y = np.clip(rows, 0, height - 1.001)
    x = np.clip(columns, 0, width - 1.001)
    y0, x0 = y.astype(np.int32), x.astype(np.int32)
    fy, fx = y - y0.astype(np.float32), x - x0.astype(np.float32)
    if field.ndim == 3:
        fy, fx = fy[..., None], fx[..., None]
    flat = field.reshape(height * width, *field.shape[2:])
    index = y0 * width + x0
    top = flat[index]
    top = top + (flat[index + 1] - top) * fx
    bottom = flat[index + width]
    bottom = bottom + (flat[index + width + 1] - bottom) * fx
    return f32(top + (bottom - top) * fy)
