"""The colours of a face, painted on a map in front view: skin, eyes, brows, lips, beard."""

from dataclasses import dataclass

import numpy as np

from model.scenes.exact import Field, Random, blur, f32, falloff, mix, noise, step
from model.scenes.person import Person
from model.scenes.shape import EXTENT, Y_HIGH, Y_LOW, face_grid, wave_lines

TEETH = f32([0.72, 0.68, 0.58])
SCLERA = f32([0.62, 0.58, 0.55])


@dataclass
class Paint:
    """A map being painted: its light, how it shines, and how rough its surface is."""

    x: Field  # (1, R)
    y: Field  # (R, 1)
    colour: Field  # (R, R, 3)
    gloss: Field  # (R, R)
    flat: Field  # (R, R): 1 where the surface ignores the skin's normals (lenses)

    @property
    def soft(self) -> float:
        """A pixel's size: edges are this soft."""
        return float(2 * EXTENT / self.x.size)

    def rows(self, low: float, high: float) -> slice:
        """The rows that hold y from low to high."""
        size = self.y.size
        scale = size / (Y_HIGH - Y_LOW)
        first = int((low - Y_LOW) * scale)
        last = int((high - Y_LOW) * scale) + 2
        return slice(min(max(0, first), size - 1), min(max(1, last), size))

    def lay(self, rows: slice, colour: Field, weight: Field) -> None:
        """Lay a colour (3,) or (r, R, 3) over rows, with a weight (r, R)."""
        part = self.colour[rows]
        part += (colour - part) * weight[..., None]

    def shade(self, rows: slice, factor: Field, weight: Field) -> None:
        """Multiply rows by a colour factor (3,) where the weight is 1."""
        self.colour[rows] *= f32(1) + (factor - f32(1)) * weight[..., None]

    def edge(self, distance: Field) -> Field:
        """1 where the distance is above 0, soft over a pixel."""
        return f32(np.clip(distance * f32(1 / self.soft) + f32(0.5), 0, 1))


def _bell(x: Field, y: Field, x0: float, y0: float, width: float, height: float) -> Field:
    dx, dy = (x - f32(x0)) * f32(1 / width), (y - f32(y0)) * f32(1 / height)
    return falloff(dx * dx + dy * dy)


def _ground(paint: Paint, p: Person, rng: Random) -> None:
    """Skin with its redder and darker places, freckles and grain."""
    x, y = paint.x, paint.y
    side, size = np.abs(x), x.size
    rows = paint.rows(-0.2, 0.75)
    red = _bell(side, y[rows], 0.38, 0.3, 0.2, 0.17) + _bell(x, y[rows], 0, 0.38, 0.12, 0.1)
    strength = (0.6 + 0.4 * p.oil + 0.9 * p.makeup) * (1 - 0.6 * p.darkness)
    paint.shade(rows, f32([1.02, 0.84, 0.82]), red * f32(strength))
    if p.freckles > 0.1:
        spots = noise(rng, red.shape[0], size, size / 70, size / 70)
        spots = np.clip(spots - f32(1.2), 0, 1) * red
        paint.shade(rows, f32([0.72, 0.58, 0.5]), spots * f32(1.6 * p.freckles))
    rows = paint.rows(-0.2, 0.3)
    tired = _bell(side, y[rows], p.eye_gap, 0.09, 0.14, 0.05)
    tired += _bell(side, y[rows], 0.15, 0.0, 0.06, 0.08)
    paint.shade(rows, f32([0.78, 0.7, 0.72]), tired * f32(0.35 + 0.5 * p.age))
    grain = noise(rng, size, size, size / 5, size / 5) * f32(0.05)
    grain += noise(rng, size, size, size / 24, size / 24) * f32(0.03)
    grain += noise(rng, size, size, 1.6, 1.6) * f32(0.025)
    paint.colour *= (f32(1) + grain)[..., None]
    if p.age > 0.5:
        rows = paint.rows(-0.56, -0.28)
        lines = np.maximum(-wave_lines(f32(y[rows] + f32(0.02) * x * x), 0.06), 0)
        fade = step(0.5, 0.2, side) * f32(0.5 * (p.age - 0.4))
        paint.shade(rows, f32([0.7, 0.62, 0.6]), lines * fade)
        rows = paint.rows(-0.12, 0.2)
        tilt = f32(y[rows] + f32(0.3) * (side - f32(0.4)))
        crow = np.maximum(-wave_lines(tilt, 0.05), 0)
        fade = _bell(side, y[rows], 0.52, 0.03, 0.08, 0.08)
        paint.shade(rows, f32([0.7, 0.62, 0.6]), crow * fade * f32(p.age))
    rows = paint.rows(0.3, 0.8)
    fold = side - (f32(0.15) + f32(0.55 + 0.25 * max(0.0, p.smile)) * (y[rows] - f32(0.4)))
    deep = 0.12 + 0.4 * max(0.0, p.smile) + 0.35 * p.age
    crease = falloff(fold * fold * f32(1800)) * step(0.36, 0.46, y[rows]) * step(0.74, 0.6, y[rows])
    paint.shade(rows, f32([0.72, 0.6, 0.58]), crease * f32(deep))


def _nose(paint: Paint, p: Person) -> None:
    """Nostrils and the shadow under the nose."""
    tip = 0.37 * p.nose_length
    rows = paint.rows(tip - 0.1, tip + 0.2)
    y, side = paint.y[rows], np.abs(paint.x)
    holes = _bell(side, y, 0.062 * p.nose_width, tip + 0.068, 0.036 * p.nose_width, 0.02)
    paint.shade(rows, f32([0.28, 0.2, 0.19]), np.clip(holes * f32(1.25), 0, 1))
    wings = _bell(side, y, 0.165 * p.nose_width, tip + 0.03, 0.018, 0.05)
    paint.shade(rows, f32([0.7, 0.6, 0.58]), wings * f32(0.7))
    under = _bell(side, y, 0, tip + 0.1, 0.13 * p.nose_width, 0.025)
    paint.shade(rows, f32([0.75, 0.66, 0.64]), under * f32(0.7))


def _eyes(paint: Paint, p: Person, rng: Random) -> None:
    """Whites, irises, pupils, catch-lights, lids and lashes."""
    rows = paint.rows(-0.2, 0.2)
    y, x = paint.y[rows], paint.x
    side, sign = np.abs(x), np.where(x < 0, f32(-1), f32(1))
    half = 0.135 * p.eye_size
    squint = 1 - 0.3 * max(0.0, p.smile - 0.3)
    high = 0.062 * p.eye_size * p.eyes_open * squint * (1 + 0.3 * max(0.0, p.mouth_open - 0.4))
    along = (side - f32(p.eye_gap)) * f32(1 / half)
    arch = np.clip(f32(1) - along * along, 0, 1)
    level = f32(0.01 - p.eye_tilt) * along + f32(0.012)
    upper = level - f32(high) * arch * (f32(1.1) - f32(0.12) * along)
    lower = level + f32(0.032 * p.eye_size * squint) * arch
    within = np.where(np.abs(along) < 1, f32(1), f32(0))
    # the lid above: its crease and colour
    lid = falloff(((y - upper + f32(0.035)) * f32(1 / 0.022)) ** 2) * within * arch
    shadow = f32(0.35 + 0.35 * p.makeup)
    paint.shade(rows, f32([0.72, 0.6, 0.6]), lid * shadow)
    if p.makeup > 0.35:
        tint = linear_tint(rng)
        above = falloff(((y - upper + f32(0.03)) * f32(1 / 0.035)) ** 2) * arch
        paint.lay(rows, tint * p.skin, above * f32(0.5 * p.makeup))
    opening = paint.edge(np.minimum(y - upper, lower - y)) * within
    shade = f32(1) - f32(0.5) * falloff(((y - upper) * f32(1 / 0.03)) ** 2)
    white = mix(SCLERA, SCLERA * p.skin * f32(1.4), 0.25)
    paint.lay(rows, white * shade[..., None], opening)
    gaze_x, gaze_y = p.gaze
    across = side - f32(p.eye_gap) - sign * f32(0.05 * gaze_x)
    down = y - f32(0.005 + 0.03 * gaze_y) + f32(0.2 * (high - 0.062))
    radius = 0.062 * p.eye_size
    distance = np.sqrt(across * across + down * down)
    disc = paint.edge(f32(radius) - distance) * opening
    ring = f32(0.55) + f32(0.45) * step(radius, radius * 0.75, distance)
    paint.lay(rows, p.iris * (ring * shade)[..., None], disc)
    paint.lay(rows, f32([0.006, 0.005, 0.005]), paint.edge(f32(radius * 0.45) - distance) * opening)
    spot = (side - f32(p.eye_gap)) - sign * f32(0.022 + 0.05 * gaze_x)
    glint = falloff((spot * spot + (down + f32(0.022)) ** 2) * f32(1 / 0.013**2))
    paint.lay(rows, f32([0.95, 0.95, 0.95]), np.clip(glint * f32(1.2), 0, 1) * opening)
    # lashes: a dark line on the upper lid, thicker outward; a faint one below
    lash = f32(0.012 + 0.01 * p.makeup + (0 if p.male else 0.004)) * (f32(0.8) + f32(0.4) * along)
    line = falloff(((y - upper + f32(0.004)) / np.maximum(lash, f32(0.006))) ** 2) * within
    paint.lay(rows, p.hair * f32(0.15) + f32(0.004), np.clip(line * f32(1.25), 0, 1) * f32(0.92))
    line = falloff(((y - lower) * f32(1 / 0.012)) ** 2) * within
    paint.shade(rows, f32([0.5, 0.4, 0.4]), line * f32(0.5 + 0.4 * p.makeup))
    corner = _bell(side, y, p.eye_gap - half + 0.005, 0.02, 0.02, 0.016)
    paint.shade(rows, f32([0.62, 0.38, 0.36]), corner)


def linear_tint(rng: Random) -> Field:
    """The colour of make-up, as a factor."""
    return f32(rng.uniform(0.25, 0.95, 3))


def _brows(paint: Paint, p: Person, rng: Random) -> None:
    rows = paint.rows(-0.34, -0.04)
    y, x = paint.y[rows], paint.x
    side = np.abs(x)
    along = (side - f32(0.12)) * f32(1 / 0.38)
    angry = -0.05 * min(0.0, p.smile)
    line = f32(-0.155 - p.brow_height - p.brow_raise)
    line = line - f32(0.05) * wave(along) + f32(0.03) * along
    line = line + f32(angry) * (f32(1) - f32(2) * along)
    thick = f32(0.034 * p.brow_weight) * step(1.02, 0.35, along) * step(-0.06, 0.1, along)
    thick = thick + f32(0.004)
    away = (y - line) / thick
    weight = falloff(away * away * f32(0.8)) * step(-0.08, 0.06, along) * step(1.06, 0.85, along)
    size = x.size
    hairs = f32(0.85) + f32(0.25) * noise(rng, y.shape[0], size, 1.5, 3.0)
    strength = 0.95 if float(p.hair.mean(dtype=np.float64)) < 0.3 else 0.7
    colour = p.hair * f32(0.45) if strength > 0.8 else p.hair * f32(0.35) + p.skin * f32(0.2)
    paint.lay(rows, colour, np.clip(weight * hairs * f32(strength * 1.15), 0, 1))


def wave(along: Field) -> Field:
    """The arch of a brow: 0 at its ends, 1 past its middle."""
    return np.clip(f32(1) - ((along - f32(0.62)) * f32(1 / 0.62)) ** 2, 0, 1)


def _mouth(paint: Paint, p: Person, rng: Random) -> None:
    rows = paint.rows(0.45, 1.0)
    y, x = paint.y[rows], paint.x
    side = np.abs(x)
    smile = p.smile
    half = 0.245 * p.mouth_width * (1 + 0.22 * max(0.0, smile) - 0.12 * p.mouth_open)
    along = side * f32(1 / half)
    arch = np.clip(f32(1) - along * along, 0, 1)
    bend = f32(-0.055 * smile) * along * along
    gap = 0.018 * p.mouth_open + 0.15 * max(0.0, p.mouth_open - 0.3)
    if p.teeth:
        gap += 0.032 + 0.022 * smile
    middle = f32(0.64 + 0.012 * smile) + bend
    top = middle - f32(0.35 * gap) * arch
    bottom = middle + f32(gap) * arch
    bow = falloff((side * f32(1 / 0.035)) ** 2) - falloff(((side - f32(0.06)) * f32(1 / 0.05)) ** 2)
    root = np.sqrt(arch)
    upper = top - f32(0.052 * p.lip_weight) * root + f32(0.009) * bow
    lower = bottom + f32(0.075 * p.lip_weight) * root
    within = np.where(along < 1, f32(1), f32(0))
    if p.makeup > 0.3:
        base = f32(rng.uniform([0.25, 0.01, 0.02], [0.6, 0.14, 0.18]))
        lips = mix(p.skin * f32([0.75, 0.4, 0.42]), base, p.makeup)
    else:
        lips = p.skin * f32([0.78, 0.5, 0.5]) * f32(1.0 - 0.15 * p.darkness)
    mask = paint.edge(np.minimum(y - upper, lower - y)) * within
    light = np.where(y < middle, f32(0.78), f32(1.08))
    stripes = f32(1) + f32(0.06) * noise(rng, y.shape[0], x.size, 9, 2)
    paint.lay(rows, lips * (light * stripes)[..., None], mask * f32(0.9 if p.male else 1.0))
    paint.gloss[rows] += mask * f32(0.35 + 0.6 * p.makeup)
    opening = paint.edge(np.minimum(y - top, bottom - y)) * within
    if gap > 0.02:
        inside = f32([0.05, 0.012, 0.012])
        paint.lay(rows, inside, opening)
        if p.teeth or p.mouth_open > 0.35:
            reach = top + f32(min(gap * 1.2, 0.085)) * np.clip(arch * f32(1.6), 0, 1)
            tooth = side * f32(1 / 0.038)
            parts = np.abs(tooth - np.floor(tooth) - f32(0.5))
            lit = f32(1) - f32(0.3) * step(0.4, 0.5, parts) - f32(0.45) * along * along
            row = paint.edge(np.minimum(y - top, reach - y)) * opening * step(1.0, 0.8, along)
            paint.lay(rows, TEETH * lit[..., None], row)
        if p.mouth_open > 0.6:
            tongue = _bell(x, y, 0, 0.64 + gap * 0.85, 0.12, gap * 0.3) * opening
            paint.lay(rows, f32([0.3, 0.08, 0.08]), tongue)
    else:
        line = falloff(((y - middle) * f32(1 / 0.013)) ** 2) * within
        paint.lay(rows, lips * f32(0.12), line * f32(0.9))
    corner = _bell(side, y, half, 0.64 + 0.012 * smile - 0.055 * smile, 0.025, 0.022)
    paint.shade(rows, f32([0.45, 0.36, 0.36]), corner * f32(0.8))
    under = _bell(x, y, 0, 0.795 + gap, 0.16, 0.03)
    paint.shade(rows, f32([0.72, 0.64, 0.62]), under * f32(0.6))


def _beard(paint: Paint, p: Person, rng: Random) -> None:
    if p.beard == "none":
        return
    rows = paint.rows(0.05, 1.2)
    y, x = paint.y[rows], paint.x
    side, size = np.abs(x), x.size
    height = y.shape[0]
    rough = noise(rng, height, size, size / 30, size / 30) * f32(0.02)
    half = 0.27 * p.mouth_width
    whiskers = paint.edge(f32(0.0) + f32(1) - (side * f32(1 / (half + 0.03))) ** 2)
    lip = step(0.465, 0.5, y + rough) * step(0.635, 0.59, y + f32(0.1) * side) * whiskers
    jaw = step(0.0, 0.08, y + rough - (f32(0.93) - f32(1.12) * side)) * step(0.68, 0.76, y + rough)
    cheek = step(0.0, 0.1, side + rough - f32(0.46)) * step(0.12, 0.3, y + rough)
    ring = step(0.0, 0.05, side + rough - f32(half + 0.005)) * step(half + 0.13, half + 0.05, side)
    ring = ring * step(0.5, 0.58, y)
    chin = step(half + 0.1, half - 0.05, side + rough) * step(0.78, 0.84, y + rough)
    area = {
        "stubble": np.maximum(np.maximum(jaw, cheek), np.maximum(lip, ring)) * f32(0.55),
        "moustache": lip,
        "goatee": np.maximum(np.maximum(lip, ring), chin),
        "full": np.maximum(np.maximum(jaw, cheek), np.maximum(lip, ring)),
    }[p.beard]
    area = blur(area, 0.02 / paint.soft)
    if p.beard in ("full", "goatee"):
        tuft = _bell(x, y, 0, 0.82, 0.07, 0.05)
        area = np.maximum(area, tuft)
    strands = noise(rng, height, size, 5, 1.5)
    density = np.clip(area * (f32(1) + f32(0.18) * strands), 0, 1)
    colour = p.hair * (f32(0.55) + f32(0.2) * np.clip(strands, -1, 2))[..., None]
    if p.beard == "stubble":
        paint.lay(rows, mix(p.hair * f32(0.6), p.skin * f32(0.45), 0.4), blur(density, 1.0))
    else:
        paint.lay(rows, colour, density)


def paint_face(person: Person, size: int, rng: Random) -> Paint:
    """The map of a person's face, `size` pixels a side, without glasses."""
    x, y = face_grid(size)
    colour = np.empty((size, size, 3), dtype=np.float32)
    colour[:] = person.skin
    zeros = np.zeros((size, size), dtype=np.float32)
    gloss = zeros + _bell(x, y, 0, 0.1, 0.5, 0.6) * f32(0.4 * person.oil) + f32(0.2)
    gloss += _bell(x, y, 0, 0.33, 0.06, 0.08) * f32(0.5 * person.oil)
    paint = Paint(x, y, colour, gloss, zeros.copy())
    _ground(paint, person, rng)
    _nose(paint, person)
    _beard(paint, person, rng)
    _mouth(paint, person, rng)
    _eyes(paint, person, rng)
    _brows(paint, person, rng)
    return paint
