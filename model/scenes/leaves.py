"""Dead leaves: shapes of all sizes that hide one another, which has a photograph's statistics.

Small shapes are many and large ones few (a power law), each with a shade, a slope of light and a
texture of its own, so that edges, corners and textures meet as they do in a photograph.
"""

from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.scenes.exact import Field, Random, f32, fractal, grid, noise, wave

MOST = 255  # shapes in a layer


def _shapes(rng: Random, size: int, count: int, smallest: float) -> np.ndarray:
    """A map (size, size) of which shape is seen, 0 to count."""
    canvas = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(canvas)
    flavour = rng.random(4) + 0.1
    flavour /= flavour.sum()
    for index in range(1, count + 1):
        # density falls with the cube of the size, cut at the largest
        spread = 1 - float(rng.random()) * (1 - (smallest / 0.5) ** 2)
        r = min(0.5, smallest / spread**0.5) * size
        x, y = float(rng.uniform(-0.1, 1.1)) * size, float(rng.uniform(-0.1, 1.1)) * size
        kind, long = rng.random(), r * float(rng.uniform(0.25, 1.0))
        if kind < flavour[0]:
            pen.ellipse((x - r, y - long, x + r, y + long), fill=index)
            continue
        angle = float(rng.uniform(0, 2 * pi)) if rng.random() < 0.6 else 0.0
        if kind < flavour[0] + flavour[1]:
            long = r * float(rng.uniform(0.03, 0.2))  # a stick
            r *= 2
        if kind < flavour[0] + flavour[1] + flavour[2]:
            corners = [(-r, -long), (r, -long), (r, long), (-r, long)]
        else:
            turns = sorted(float(t) for t in rng.uniform(0, 2 * pi, int(rng.integers(3, 9))))
            corners = [(r * cos(t), r * sin(t) * 0.8) for t in turns]
        pen.polygon(
            [(x + a * cos(angle) - b * sin(angle), y + a * sin(angle) + b * cos(angle))
             for a, b in corners], fill=index)  # fmt: skip
    return np.asarray(canvas, dtype=np.uint8)


def dead_leaves(rng: Random, size: int) -> Field:
    """A picture of overlapping textured shapes, (size, size, 3) in display values."""
    count = int(rng.integers(30, MOST))
    shape = _shapes(rng, size, count, float(rng.uniform(0.006, 0.05)))
    total = count + 1
    rows, columns = grid(size, size)
    # a picture keeps to a palette
    anchor = rng.uniform(20, 235, (3, 1)) + rng.normal(0, 35, (3, 3))
    base = anchor[rng.integers(0, 3, total)] + rng.normal(0, 30, (total, 1))
    base = base + rng.normal(0, 9, (total, 3))
    level = f32(rng.normal(0, 40 / size, total))[shape] * (columns - f32(size / 2))
    level += f32(rng.normal(0, 40 / size, total))[shape] * (rows - f32(size / 2))
    rough = f32(np.maximum(rng.normal(-4, 14, total), 0))[shape]
    coarse = f32(np.maximum(rng.normal(-4, 16, total), 0))[shape]
    half = (size + 1) // 2
    grain = fractal(rng, half, half, 12, 2.0, 0.8)
    level += rough * np.tile(grain, (2, 2))[:size, :size]
    level += coarse * noise(rng, size, size, float(rng.uniform(12, 60)), float(rng.uniform(12, 60)))
    striped = f32(np.maximum(rng.normal(-30, 26, total), 0))
    if striped.max() > 0:
        turn = rng.uniform(0, 2 * pi, total)
        pace = 1 / rng.uniform(4, 40, total)
        across = f32([cos(t) * p for t, p in zip(turn, pace, strict=True)])[shape] * columns
        across += f32([sin(t) * p for t, p in zip(turn, pace, strict=True)])[shape] * rows
        level += striped[shape] * wave(across)
    if rng.random() < 0.6:  # shapes round off or throw shadows at their edges
        radius = float(rng.uniform(1.5, 8))
        edge = np.zeros((size, size), bool)
        edge[1:] = shape[1:] != shape[:-1]
        edge[:, 1:] |= shape[:, 1:] != shape[:, :-1]
        line = Image.fromarray(edge.astype(np.uint8) * np.uint8(255))
        line = line.filter(ImageFilter.GaussianBlur(radius))
        near = np.asarray(line).astype(np.float32) * f32(radius / 128)
        level -= np.minimum(near, 1) * f32(rng.uniform(5, 60))
    return f32(f32(base)[shape] + level[..., None])
