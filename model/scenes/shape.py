"""The head as a solid: elliptic slices stacked from crown to chin, with bumps pressed outward.

Half a head's height is 1. x runs to the viewer's right, y down (crown -1, eyes 0, chin 1), and z
to the viewer. A point lies inside where `inside` is below 0.
"""

from dataclasses import dataclass

import numpy as np

from model.scenes.exact import Field, Random, blur, f32, falloff, noise, resize, step
from model.scenes.person import Person

ROWS = 256  # of the profiles
Y_TOP, Y_SPAN = -1.7, 4.0  # profiles cover y from -1.7 to 2.3
EXTENT = 1.0  # bump and texture maps cover x from -1 to 1
FINEST = 150  # pixels a side at which bumps are drawn; larger maps are enlarged
Y_LOW, Y_HIGH = -1.1, 1.2  # and y from -1.1 to 1.2


def profile(points: list[tuple[float, float]], smooth: float = 2.0) -> Field:
    """Values over y at the rows of a profile, from (y, value) points in order."""
    y = Y_TOP + (np.arange(ROWS) + 0.5) * (Y_SPAN / ROWS)
    values = np.interp(y, [p[0] for p in points], [p[1] for p in points]).astype(np.float32)
    return blur(values[:, None], smooth)[:, 0]


@dataclass
class Head:
    """The solid's slices (half width, front and back depth over y) and its bumps."""

    wide: Field
    front: Field
    back: Field
    bumps: Field  # (R, R) of outward displacement
    slope_x: Field
    slope_y: Field
    hollow: Field  # (R, R): light that reaches the skin, 1 open, lower in hollows

    def pixel(self, x: Field, y: Field) -> tuple[Field, Field]:
        """Rows and columns of the maps at places of the face."""
        size = self.bumps.shape[0]
        rows = (y - f32(Y_LOW)) * f32(size / (Y_HIGH - Y_LOW)) - f32(0.5)
        columns = (x + f32(EXTENT)) * f32(size / (2 * EXTENT)) - f32(0.5)
        return rows, columns


def face_grid(size: int) -> tuple[Field, Field]:
    """x (1, R) and y (R, 1) of the maps' pixels."""
    at = (np.arange(size, dtype=np.float32) + f32(0.5)) / f32(size)
    return (at * 2 - 1)[None, :] * f32(EXTENT), (f32(Y_LOW) + at * f32(Y_HIGH - Y_LOW))[:, None]


def _slices(person: Person) -> tuple[Field, Field, Field]:
    chin = 1.0 + person.chin
    full = 0.05 if person.beard == "full" else 0.0
    jaw, top = person.jaw, 0.715
    y = np.linspace(-1.0, -0.15, 24)
    skull = [(float(v), top * max(0.0, 1 - ((v + 0.15) / 0.85) ** 2) ** 0.5) for v in y]
    wide = profile([
        (-1.01, 0.0), *skull, (0.1, top), (0.3, 0.685), (0.5, 0.615 + 0.04 * jaw + full / 2),
        (0.66, 0.535 + 0.085 * jaw + full), (0.8, 0.42 + 0.1 * jaw + full),
        (chin - 0.1, 0.29 + 0.09 * jaw + full), (chin - 0.03, 0.19 + 0.06 * jaw + full),
        (chin + full, 0.1), (chin + 0.03 + full, 0.0),
    ])  # fmt: skip
    y = np.linspace(-1.0, -0.25, 24)
    brow = [(float(v), 0.85 * max(0.0, 1 - ((v + 0.25) / 0.75) ** 2) ** 0.5) for v in y]
    front = profile([
        (-1.01, 0.0), *brow, (-0.1, 0.84), (0.3, 0.82), (0.6, 0.81), (0.8, 0.79 + full),
        (chin - 0.1, 0.76 + full), (chin - 0.03, 0.66 + full), (chin + full, 0.45),
        (chin + 0.03 + full, 0.0),
    ])  # fmt: skip
    back = profile([
        (-1.01, 0.0), *[(v, w * 1.15) for v, w in brow], (0.1, 0.95), (0.35, 0.8),
        (0.6, 0.45), (0.9, 0.25), (1.1, 0.1),
    ])  # fmt: skip
    return wide * f32(person.width), front, back


def _bell(x: Field, y: Field, x0: float, y0: float, width: float, height: float) -> Field:
    dx, dy = (x - f32(x0)) * f32(1 / width), (y - f32(y0)) * f32(1 / height)
    return falloff(dx * dx + dy * dy)


def bumps(person: Person, size: int, rng: Random) -> Field:
    """How far the face stands out of its slices: nose, brow, sockets, cheeks, lips, chin."""
    p = person
    x, y = face_grid(size)
    side = np.abs(x)
    smile, gap = max(0.0, p.smile), p.eye_gap
    tip = 0.37 * p.nose_length
    # nose: a ridge that rises towards the tip and falls steeply below it
    along = step(-0.16, tip, y)
    rise = f32(0.055) + f32(0.19 * p.nose_height) * along * along
    rise = rise * step(tip + 0.125, tip - 0.01, y) * step(-0.3, -0.08, y)
    breadth = (f32(0.075) + f32(0.045) * along) * f32(p.nose_width)
    breadth = breadth * (f32(1) - f32(0.35) * step(tip - 0.01, tip + 0.12, y))
    ridge = f32(side / breadth)
    out = rise * falloff(ridge * ridge * f32(0.8))
    out = out + f32(0.07 * p.nose_height) * _bell(x, y, 0, tip, 0.075 * p.nose_width, 0.06)
    out = out + f32(0.075) * _bell(side, y, 0.115 * p.nose_width, tip + 0.025, 0.055, 0.055)
    # brow, sockets, eyeballs
    ridge_strength = (0.06 if p.male else 0.035) + 0.01 * p.age
    out += f32(ridge_strength) * _bell(side, y, 0.26, -0.15, 0.24, 0.075)
    out -= f32(0.105) * _bell(side, y, gap - 0.03, 0.0, 0.2, 0.105)
    out -= f32(0.05) * _bell(side, y, 0.13, -0.02, 0.06, 0.09)
    out += f32(0.06) * _bell(side, y, gap, 0.01, 0.1, 0.075)
    # cheeks, temples, forehead
    out += f32(0.05 + 0.05 * smile) * _bell(side, y, 0.4, 0.3 - 0.03 * smile, 0.17, 0.14)
    out -= f32(0.045) * _bell(side, y, 0.47, 0.6, 0.14, 0.18)
    out -= f32(0.04) * _bell(side, y, 0.62, -0.2, 0.15, 0.25)
    out += f32(0.02) * _bell(side, y, 0.2, -0.45, 0.25, 0.18)
    # mouth mound, the fold beside it, lips, the hollow below, chin
    mouth = 0.64
    out += f32(0.05) * _bell(x, y, 0, mouth, 0.24, 0.14)
    fold = side - (f32(0.15) + f32(0.55 + 0.25 * smile) * (y - f32(0.4)))
    deep = 0.02 + 0.03 * smile + 0.02 * p.age
    out -= f32(deep) * falloff(fold * fold * f32(900)) * step(0.38, 0.46, y) * step(0.74, 0.6, y)
    span = f32(1.0) - (side / f32(0.27 * p.mouth_width)) ** 2
    lip = f32(np.clip(span, 0, 1))
    out += f32(0.035 * p.lip_weight) * lip * _bell(x, y, 0, mouth - 0.045, 9, 0.032)
    out += f32(0.045 * p.lip_weight) * lip * _bell(x, y, 0, mouth + 0.055, 9, 0.04)
    out -= f32(0.03) * lip * _bell(x, y, 0, mouth, 9, 0.016)
    out -= f32(0.016) * _bell(x, y, 0, 0.53, 0.03, 0.05)
    out -= f32(0.04) * _bell(x, y, 0, 0.8, 0.17, 0.04)
    out += f32(0.065) * _bell(x, y, 0, 0.92 + p.chin, 0.15, 0.09)
    if p.age > 0.45:
        wrinkle = wave_lines(y, 0.055) * step(-0.3, -0.4, y) * step(0.55, 0.3, side)
        out += f32(0.012 * (p.age - 0.4)) * wrinkle
        out -= f32(0.03 * (p.age - 0.4)) * _bell(side, y, gap, 0.12, 0.12, 0.025)
    out += f32(0.006) * noise(rng, size, size, size / 10, size / 10)
    # nothing stands out where the slices turn to the side
    return f32(out) * step(0.98, 0.7, side)


def wave_lines(y: Field, period: float) -> Field:
    """Folds that run across: 1 at a crest, -1 in a crease."""
    t = y * f32(1 / period)
    t = t - np.floor(t)
    return f32(f32(1) - f32(8) * (t - f32(0.5)) ** 2)


def build_head(person: Person, size: int, rng: Random) -> Head:
    """The solid of a person's head with maps of `size` pixels a side."""
    wide, front, back = _slices(person)
    drawn = min(size, FINEST)
    out = resize(bumps(person, drawn, rng), size, size)
    unit_x, unit_y = size / (2 * EXTENT), size / (Y_HIGH - Y_LOW)
    slope_x = np.empty_like(out)
    slope_y = np.empty_like(out)
    slope_x[:, 1:-1] = (out[:, 2:] - out[:, :-2]) * f32(unit_x / 2)
    slope_x[:, 0] = slope_x[:, -1] = 0
    slope_y[1:-1] = (out[2:] - out[:-2]) * f32(unit_y / 2)
    slope_y[0] = slope_y[-1] = 0
    near = blur(out, 0.06 * unit_x) - out
    far = blur(out, 0.16 * unit_x) - out
    hollow = np.clip(
        f32(1) - f32(7.0) * np.maximum(near, 0) - f32(3.5) * np.maximum(far, 0), 0.25, 1
    )
    return Head(wide, front, back, out, slope_x, slope_y, hollow)
