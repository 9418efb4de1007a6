"""Neck opening, shoulders and clothes below a head."""

import numpy as np

from model.scenes.exact import Field, Random, f32, falloff, fractal, linear, mix, step, wave
from model.scenes.head import FACE, Light, Patch
from model.scenes.person import Person, any_colour

KINDS = ["round", "vee", "suit", "shirt", "uniform", "hoodie", "high"]


def _weave(rng: Random, x: Field, y: Field, base: Field) -> Field:
    """Cloth in one of several patterns, (H, W, 3)."""
    kind = str(rng.choice(["plain", "stripes", "bars", "plaid", "spots"],
                          p=[0.6, 0.12, 0.1, 0.1, 0.08]))  # fmt: skip
    flat = np.zeros((y.shape[0], x.shape[1]), np.float32)
    colour = base + flat[..., None]
    other = any_colour(rng)
    turns = float(rng.uniform(2, 8))
    if kind == "stripes":
        weight = step(-0.15, 0.15, wave(x * f32(turns) + f32(0.1) * y)) + flat
    elif kind == "bars":
        weight = step(-0.15, 0.15, wave(y * f32(turns) + f32(0.15) * x * x)) + flat
    elif kind == "plaid":
        weight = f32(0.25) * (wave(x * f32(turns)) + wave(y * f32(turns))) + f32(0.4)
    elif kind == "spots":
        weight = step(0.6, 0.9, wave(x * f32(turns)) * wave(y * f32(turns))) + flat
    else:
        return colour
    return mix(colour, other, np.clip(weight, 0, 1)[..., None])


def _lay(colour: Field, new: Field, weight: Field) -> None:
    colour += (new - colour) * weight[..., None]


def _suit(rng: Random, colour: Field, x: Field, y: Field, edge: float) -> None:
    """Shirt, tie and lapels within a jacket's opening."""
    side = np.abs(x)
    shirt = any_colour(rng, 0.5) if rng.random() < 0.4 else linear((238, 238, 235))
    depth = float(rng.uniform(2.4, 3.6))
    opening = f32(0.55) * (f32(depth) - y) * f32(1 / (depth - 1.2))
    inner = step(-edge, edge, opening - side)
    _lay(colour, shirt * (f32(0.85) + f32(0.15) * step(0.5, 0.0, side))[..., None], inner)
    if rng.random() < 0.7:
        tie = any_colour(rng)
        width = f32(0.06) + f32(0.06) * (y - f32(1.3))
        stripe = f32(0.8) + f32(0.35) * step(-0.2, 0.2, wave((x + y) * f32(6)))
        there = step(-edge, edge, width - side) * step(1.28, 1.33, y) * inner
        _lay(colour, tie * stripe[..., None], there)
    lapel = falloff(((opening - side) * f32(1 / 0.02)) ** 2) * step(1.2, 1.3, y)
    colour *= (f32(1) - f32(0.55) * lapel)[..., None]
    outer = falloff(((opening + f32(0.28) * step(depth, 1.6, y) - side) * f32(1 / 0.02)) ** 2)
    colour *= (f32(1) - f32(0.35) * outer * step(1.3, 1.5, y))[..., None]


def _collar(colour: Field, x: Field, y: Field, cloth: Field, edge: float) -> None:
    """Two points of a shirt's collar and its row of buttons."""
    side = np.abs(x)
    leaf = np.minimum(f32(1.78) - y - f32(0.5) * np.abs(side - f32(0.3)), y - f32(1.18))
    leaf = np.minimum(leaf, side - f32(0.28) * (y - f32(1.2)) * f32(1.4))
    leaf = np.minimum(leaf, f32(0.5) - side)
    there = step(-edge, edge, leaf)
    _lay(colour, cloth * f32(1.12) + f32(0.01), there)
    rim = falloff((leaf * f32(1 / 0.025)) ** 2)
    colour *= (f32(1) - f32(0.4) * rim)[..., None]
    placket = falloff(((side - f32(0.07)) * f32(1 / 0.015)) ** 2) * step(1.6, 1.7, y)
    colour *= (f32(1) - f32(0.3) * placket)[..., None]
    button = y * f32(2.2)
    near = (button - np.floor(button) - f32(0.5)) * f32(1 / 2.2)
    dots = step(0.05, 0.035, np.sqrt(near * near + x * x)) * step(1.7, 1.8, y)
    _lay(colour, cloth * f32(0.3) + f32(0.15), dots)


def _badges(rng: Random, colour: Field, x: Field, y: Field, edge: float) -> None:
    """Pockets, name tags, patches, and straps of a uniform."""
    for _ in range(int(rng.integers(1, 5))):
        x0, y0 = float(rng.uniform(-1.3, 1.3)), float(rng.uniform(1.9, 3.2))
        w, h = float(rng.uniform(0.1, 0.35)), float(rng.uniform(0.06, 0.3))
        if rng.random() < 0.4:
            u, v = (x - f32(x0)) * f32(1 / w), (y - f32(y0)) * f32(1 / w)
            inside = (f32(1) - np.sqrt(u * u + v * v)) * f32(w)
        else:
            inside = np.minimum(f32(w) - np.abs(x - f32(x0)), f32(h) - np.abs(y - f32(y0)))
        _lay(colour, any_colour(rng), step(-edge, edge, inside))
        rim = step(0.02 + edge, edge, np.abs(inside - f32(0.03)))
        _lay(colour, any_colour(rng), rim * np.float32(0.7))
    if rng.random() < 0.5:
        x0 = float(rng.uniform(0.5, 0.9))
        strap = step(0.07 + edge, 0.07 - edge, np.abs(np.abs(x + f32(0.1) * y) - f32(x0)))
        _lay(colour, any_colour(rng) * f32(0.6), strap + 0 * y)


def _outline(person: Person, rng: Random, x: Field, y: Field) -> tuple[Field, float]:
    """How far inside the body a place is, and the shoulders' half width."""
    broad = float(rng.uniform(1.45, 1.85)) * (1.05 if person.male else 0.92)
    side = np.abs(x)
    drop, lean = float(rng.uniform(0.18, 0.36)), float(rng.normal(0, 0.08))
    line = f32(1.22) + f32(drop) * side + f32(lean) * x
    outer = np.clip((side - f32(broad - 0.45)) * f32(1 / 0.45), 0, 0.999)
    line = line + f32(0.45) * (f32(1) - np.sqrt(f32(1) - outer * outer))
    flank = f32(broad) + f32(0.05) * np.clip(y - f32(1.6), 0, 3)
    flank = flank - f32(0.6) * step(6.0, 7.0, y)
    legs = np.maximum(f32(7.5) - y, side - f32(0.12) - f32(0.02) * (y - f32(7.5)))
    return f32(np.minimum(np.minimum(y - line, flank - side), legs)), broad


def _neckline(
    rng: Random, person: Person, colour: Field, x: Field, y: Field, edge: float, kind: str
) -> None:
    """Bare skin in the opening of the clothes."""
    deep = {"round": 1.5, "vee": 2.1, "shirt": 1.5, "uniform": 1.42, "hoodie": 1.45}.get(kind, 0.0)
    if kind == "round" and not person.male:
        deep += float(rng.uniform(0, 0.45))
    if not deep:
        return
    side = np.abs(x)
    if kind in ("vee", "shirt", "uniform"):
        skin = np.minimum(f32(0.52) * (f32(deep) - y) - side, f32(0.6) - side)
    else:
        oval = (side * f32(1 / 0.55)) ** 2 + ((y - f32(1.1)) * f32(1 / (deep - 1.1))) ** 2
        skin = (f32(1) - np.sqrt(oval)) * f32(0.4)
    tone = f32(0.8) + f32(0.1) * step(1.2, 1.8, y) - f32(0.12) * falloff(f32((side * f32(12)) ** 2))
    _lay(colour, person.skin * tone[..., None], step(-edge, edge, f32(skin)))
    rim = falloff(f32(((skin + f32(0.03)) * f32(1 / 0.02)) ** 2))
    colour *= (f32(1) - f32(0.3) * rim)[..., None]


def _clothes(rng: Random, person: Person, x: Field, y: Field, inside: Field, edge: float) -> Field:
    """The clothes' own colours, (H, W, 3)."""
    kind = str(rng.choice(KINDS))
    cloth = any_colour(rng)
    colour = _weave(rng, x, y, cloth)
    side = np.abs(x)
    if kind == "suit":
        colour[:] = linear(f32(rng.uniform(12, 80)) + f32(rng.uniform(0, 25, 3)))
        _suit(rng, colour, x, y, edge)
    elif kind in ("shirt", "uniform"):
        _collar(colour, x, y, cloth, edge)
    if kind == "uniform":
        _badges(rng, colour, x, y, edge)
    if kind == "hoodie":
        hood = step(0.1, 0.0, np.abs(inside - f32(0.12))) * step(0.9, 0.7, side)
        colour *= (f32(1) - f32(0.45) * hood)[..., None]
    if kind == "high":
        band = step(1.5, 1.5 - edge, y + f32(0.1) * side)
        colour *= (f32(1) - f32(0.3) * band)[..., None]
    _neckline(rng, person, colour, x, y, edge, kind)
    hips = float(rng.uniform(5.2, 6.8))
    _lay(colour, any_colour(rng, 0.5) * f32(0.6), step(-edge, edge, y - f32(hips)) + f32(0) * x)
    return colour


def render_body(
    rng: Random, person: Person, light: Light, centre: tuple[float, float], face_height: float,
    limits: tuple[int, int], tall: float = 15.0,
) -> Patch | None:  # fmt: skip
    """The body under a head at `centre`, cut to the picture or to `tall` half heads."""
    unit = face_height / FACE
    cx, cy = centre
    left, right = max(0, int(cx - 2.2 * unit)), min(limits[1], int(cx + 2.2 * unit) + 1)
    top, bottom = max(0, int(cy + 1.05 * unit)), min(limits[0], int(cy + tall * unit) + 1)
    if right - left < 2 or bottom - top < 2:
        return None
    x = ((np.arange(left, right, dtype=np.float32) + f32(0.5 - cx)) * f32(1 / unit))[None, :]
    y = ((np.arange(top, bottom, dtype=np.float32) + f32(0.5 - cy)) * f32(1 / unit))[:, None]
    edge = max(0.008, 0.6 / unit)
    inside, broad = _outline(person, rng, x, y)
    colour = _clothes(rng, person, x, y, inside, edge)
    # light: rounded chest, folds, the gap between arm and chest, the head's shadow
    side = np.abs(x)
    arms = falloff(f32(((side - f32(broad - 0.42)) * f32(1 / 0.05)) ** 2)) * step(2.2, 3.0, y)
    colour *= (f32(1) - f32(0.55) * arms)[..., None]
    grain = max(4.0, 0.5 * unit)
    folds = fractal(rng, y.shape[0], x.shape[1], grain, max(2.0, grain / 8))
    key = light.direction
    nx = x * f32(0.8 / broad) + folds * f32(0.14)
    facing = nx * key[0] + f32(-0.25) * key[1] + f32(0.8) * key[2]
    under = falloff(f32((x * f32(1.3)) ** 2 + ((y - f32(1.2)) * f32(2.2)) ** 2))
    bright = np.clip(facing + f32(0.15), 0, 1) * (f32(1) - f32(0.75) * under)
    rim = (f32(0.6) + f32(0.4) * step(0.0, 0.25, inside)) * (f32(1) + f32(0.1) * folds)
    colour *= bright[..., None] * light.key + rim[..., None] * (light.ambient * f32(0.9))
    alpha = step(-edge, edge, inside)
    return Patch(left, top, f32(colour), alpha, np.zeros_like(alpha))
