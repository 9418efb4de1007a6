"""Glasses and masks, laid over the painted map of a face."""

import numpy as np

from model.scenes.exact import Field, Random, f32, falloff, linear, noise, step
from model.scenes.person import Person
from model.scenes.skin import Paint


def _outline(paint: Paint, rows: slice, p: Person, shape: int, grow: float) -> Field:
    """Distance to the lens's rim, positive inside, in half head heights."""
    y = paint.y[rows] - f32(0.03)
    side = np.abs(paint.x) - f32(p.eye_gap + 0.01)
    wide, high = 0.225 + grow, (0.15, 0.12, 0.19)[shape % 3] + grow
    u, v = side * f32(1 / wide), y * f32(1 / high)
    if shape % 3 == 2:
        v = v * (f32(1) - f32(0.15) * u)  # aviator
        reach = np.sqrt(u * u + v * v)
    else:
        u, v = u * u, v * v
        power = u * u + v * v
        reach = np.sqrt(np.sqrt(power))
    return f32((f32(1) - reach) * f32(high))


def paint_glasses(paint: Paint, p: Person, rng: Random) -> None:
    """Frame, lenses with their reflections, bridge, temples and the shadow they throw."""
    if p.glasses == "none":
        return
    rows = paint.rows(-0.3, 0.4)
    y, side = paint.y[rows], np.abs(paint.x)
    shape = int(rng.integers(3))
    grow = float(rng.uniform(-0.03, 0.03)) + (0.02 if p.glasses == "sun" else 0.0)
    inside = _outline(paint, rows, p, shape, grow)
    thick = {"thin": 0.009, "thick": 0.026, "sun": 0.016}[p.glasses]
    frame_colour = linear(f32(rng.uniform(8, 60, 3)))
    if rng.random() < 0.3:
        frame_colour = linear(f32(rng.uniform(20, 220, 3)))
    if p.glasses == "thin" and rng.random() < 0.6:
        frame_colour = linear(f32(float(rng.uniform(60, 210))))  # metal
    below = falloff((_outline(paint, rows, p, shape, grow) + f32(0.05)) ** 2 * f32(1 / 0.03**2))
    paint.shade(rows, f32([0.72, 0.66, 0.64]), below * step(0.0, 0.1, y) * f32(0.5))
    lens = paint.edge(inside)
    if p.glasses == "sun":
        tint = linear(f32(rng.uniform(5, 60, 3)))
        sheen = step(0.25, -0.2, y) * f32(float(rng.uniform(0, 0.12)))
        glow = noise(rng, y.shape[0], side.shape[1], 12, 20) * f32(0.015)
        colour = tint + np.clip(sheen + glow, 0, 1)[..., None]
        paint.lay(rows, colour, lens * f32(float(rng.uniform(0.85, 1.0))))
        paint.flat[rows] = np.maximum(paint.flat[rows], lens)
        paint.gloss[rows] += lens
    else:
        haze = float(rng.uniform(0, 0.08))
        glare = falloff(((paint.x * f32(0.9) + y - f32(rng.uniform(-0.5, 0.5))) / f32(0.06)) ** 2)
        haze_field = f32(haze) + glare * f32(max(0.0, float(rng.uniform(-0.8, 0.6))))
        paint.lay(rows, f32([0.85, 0.88, 0.92]), lens * haze_field)
    rim = paint.edge(f32(thick) - np.abs(inside))
    bridge = paint.edge(f32(thick * 1.1) - np.abs(y + f32(0.02) + f32(0.4) * side * side))
    bridge = bridge * np.where(side < p.eye_gap - 0.19, f32(1), f32(0))
    temple = paint.edge(f32(max(thick, 0.014)) - np.abs(y + f32(0.03)))
    temple = temple * np.where(side > p.eye_gap + 0.235 + grow, f32(1), f32(0))
    frame = np.maximum(np.maximum(rim, bridge), temple)
    paint.lay(rows, frame_colour, frame)
    paint.gloss[rows] += frame * f32(0.6)
    paint.flat[rows] = np.maximum(paint.flat[rows], frame * f32(0.7))


def paint_mask(paint: Paint, p: Person, rng: Random) -> None:
    """A surgical mask from the nose to the chin, with its folds and straps."""
    if not p.mask:
        return
    rows = paint.rows(0.0, 1.2)
    y, side = paint.y[rows], np.abs(paint.x)
    top = f32(0.2) + f32(0.25) * side * side - f32(0.06) * falloff(side * side * f32(30))
    inside = np.minimum(y - top, f32(0.6) - f32(0.25) * np.clip(y - f32(0.6), 0, 1) - side)
    tone = linear(f32(rng.uniform(20, 235, 3)) if rng.random() < 0.5 else f32([170, 205, 225]))
    folds = y * f32(9)
    folds = np.abs(folds - np.floor(folds) - f32(0.5))
    weave = f32(0.88) + f32(0.3) * folds * step(0.5, 0.2, side)
    paint.lay(rows, tone * weave[..., None], paint.edge(inside))
    line = y - f32(0.28) - f32(0.25) * (f32(0.75) - side)
    strap = paint.edge(f32(0.012) - np.abs(line)) * np.where(side > 0.58, f32(1), f32(0))
    paint.lay(rows, tone, strap)
    paint.flat[rows] = np.maximum(paint.flat[rows], paint.edge(inside) * f32(0.25))
