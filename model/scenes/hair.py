"""Hair and headgear: a second solid around the head, open where the face shows.

Its slices are ellipses like the head's, each with a half width, a half depth and a centre.
`cover` is a map in front view, positive where the solid stands before the face; behind
`behind` (z over y) it is closed in any case.
"""

from dataclasses import dataclass

import numpy as np

from model.scenes.exact import Field, Random, f32, mix, noise, sample
from model.scenes.person import Person, any_colour
from model.scenes.shape import ROWS, Y_SPAN, Y_TOP, profile

MAP = 128  # size of the cover map
REACH = 1.6  # it covers x from -1.6 to 1.6, and y as the profiles do


@dataclass
class Shell:
    """The solid, its colour and its texture map in (across, down)."""

    wide: Field
    deep: Field
    middle: Field
    behind: Field
    cover: Field
    colour: Field
    texture: Field  # brightness factors
    shine: float
    fuzzy: float  # how ragged the edge is


def _dome(bottom: float, grow: float, width: float, puff: float) -> tuple[Field, Field]:
    """Half width and depth of a skull cap that reaches down to `bottom`."""
    y0, top = -0.12, 0.92 + grow + puff
    rows = [float(v) for v in np.linspace(y0 - top, y0, 20)]
    arc = [max(0.0, 1 - ((v - y0) / top) ** 2) ** 0.5 for v in rows]
    reach = 0.73 * width + grow
    wide = [(v, reach * a) for v, a in zip(rows, arc, strict=True)]
    deep = [(v, (0.93 + grow) * a) for v, a in zip(rows, arc, strict=True)]
    start, end = (rows[0] - 0.01, 0.0), [(bottom, 0.0), (bottom + 0.1, -0.2)]
    below = 0.97
    return (
        profile([start, *wide, (bottom - 0.15, reach * below), *end], 1.0),
        profile([start, *deep, (bottom - 0.15, 0.93 + grow), *end], 1.0),
    )


def _strands(rng: Random, kind: str) -> tuple[Field, float]:
    size = 192
    if kind in ("curls", "puff"):
        blobs = noise(rng, size, size, 9, 7) * f32(0.25) + noise(rng, size, size, 4, 4) * f32(0.2)
        return f32(1) + blobs, 0.07
    if kind == "crop":
        return f32(1) + noise(rng, size, size, 2, 2) * f32(0.16), 0.02
    lean = float(rng.uniform(6, 30))
    locks = noise(rng, size, size, lean * 2, 9) * f32(0.22)
    fine = noise(rng, size, size, lean, 2.2) * f32(0.2)
    # strands bend as they fall
    rows = np.arange(size)[:, None]
    bend = noise(rng, size, 1, 50, 2) * f32(float(rng.uniform(1, 9)))
    columns = (np.arange(size)[None, :] + bend.astype(np.int32)) % size
    return f32(1) + (locks + fine)[rows, columns], 0.03


def _hairline(rng: Random, x: Field, person: Person, kind: str) -> Field:
    """y of the hair's lower edge over |x| in front view."""
    side = np.abs(x)
    line = -0.6 + float(rng.uniform(-0.05, 0.06))
    if kind == "receding":
        line -= 0.17
    curve = f32(line) + f32(0.28) * side * side * side
    part = float(rng.uniform(-0.35, 0.35))
    if kind == "fringe":
        base = float(rng.uniform(-0.42, -0.2))
        teeth = noise(rng, 1, x.shape[1], 1, 6) * f32(0.035)
        slant = f32(float(rng.uniform(-0.22, 0.22))) * x
        return f32(np.maximum(f32(base) + teeth + slant, curve) + f32(0.1) * side * side)
    if kind in ("short", "long", "bob") and rng.random() < 0.7:
        # swept from a parting to one side
        away = (x - f32(part)) * f32(1 if part < 0 else -1)
        sweep = np.clip(away, 0, 1) * f32(float(rng.uniform(0.1, 0.55)))
        curve = curve + sweep * step_down(side)
    # sideburns: the temple's edge drops
    return f32(curve + np.where(side > 0.62, (side - f32(0.62)) * f32(5), f32(0)))


def step_down(side: Field) -> Field:
    """1 in the middle, 0 at the temples."""
    return f32(np.clip((f32(0.85) - side) * f32(2.5), 0, 1))


def _map_grid() -> tuple[Field, Field]:
    at = (np.arange(MAP, dtype=np.float32) + f32(0.5)) / f32(MAP)
    return (at * 2 - 1)[None, :] * f32(REACH), (f32(Y_TOP) + at * f32(Y_SPAN))[:, None]


def _curtain(rng: Random, y: Field, person: Person) -> Field:
    """Half width of the gap between falling hair, over y."""
    base = float(rng.uniform(0.6, 0.74)) * person.width
    wobble = noise(rng, y.shape[0], 1, 16, 2) * f32(0.025)
    gap = f32(base) + wobble - f32(float(rng.uniform(0, 0.12))) * np.clip(y - f32(0.4), 0, 1)
    return f32(gap)


def _long(rng: Random, person: Person, bottom: float) -> tuple[Field, Field]:
    wide, deep = _dome(bottom, 0.0, person.width, 0.0)
    y = Y_TOP + (np.arange(ROWS) + 0.5) * (Y_SPAN / ROWS)
    grow = float(rng.uniform(0.06, 0.2))
    flare = float(rng.uniform(-0.05, 0.25))
    down = np.clip((y + 0.3) / 1.4, 0, 1.4).astype(np.float32)
    inside = wide > 0.01
    wide = np.where(inside, wide + f32(grow) + f32(flare) * down, wide)
    deep = np.where(inside, deep + f32(grow * 0.8) - f32(0.12) * np.clip(down, 0, 1), deep)
    return f32(wide), f32(deep)


def build_hair(rng: Random, person: Person, kind: str) -> Shell | None:
    """The hair of that kind; None for a bald head."""
    if kind == "bald":
        return None
    x, y = _map_grid()
    line = _hairline(rng, x, person, kind)
    ragged = noise(rng, MAP, MAP, 5, 2.5) * f32(0.02)
    cover = (line - y) + ragged
    grow = {"crop": 0.015, "receding": 0.03, "curls": 0.16, "puff": 0.4, "bun": 0.03}.get(
        kind, 0.07
    )
    grow *= float(rng.uniform(0.7, 1.3))
    if kind in ("short", "fringe") and not person.male:
        grow += float(rng.uniform(0.0, 0.22))  # full hair stands off the head
    behind = profile([(-1.7, 0.3), (-0.3, 0.2), (-0.1, 0.02), (0.1, -0.1), (2.3, -0.12)])
    if kind in ("long", "bob", "curls") and (kind != "curls" or not person.male):
        bottom = float(rng.uniform(0.7, 1.15)) if kind != "long" else float(rng.uniform(1.3, 2.1))
        wide, deep = _long(rng, person, bottom)
        if rng.random() < 0.75:
            cover = np.maximum(cover, np.abs(x) - _curtain(rng, y, person) + ragged)
            behind = profile([(-1.7, 0.45), (-0.3, 0.45), (0.3, 0.4), (2.3, 0.3)])
    else:
        bottom = 0.55 if person.male else 0.75
        if kind in ("short", "crop", "receding", "bun", "fringe") and (
            person.male or rng.random() < 0.5
        ):  # ears bare
            behind = profile([(-1.7, 0.3), (-0.3, 0.2), (-0.15, 0.0), (-0.05, -0.25), (2.3, -0.3)])
            cover = np.minimum(cover, np.maximum(f32(-0.08) - y, f32(0.68) - np.abs(x)))
        wide, deep = _dome(bottom, grow, person.width, 0.02 if kind == "short" else 0.0)
    texture, fuzzy = _strands(rng, kind)
    return Shell(wide, deep, np.zeros(ROWS, np.float32) - f32(0.06), behind, f32(cover),
                 person.hair, texture, float(rng.uniform(0.1, 0.8)), fuzzy)  # fmt: skip


def _brim(wide: Field, deep: Field, middle: Field, at: float, reach: float, ahead: float) -> None:
    """Push the slices at one height outward to a brim."""
    row = int((at - Y_TOP) / Y_SPAN * ROWS)
    thick = 6
    part = slice(row, row + thick)
    wide[part] = np.maximum(wide[part], f32(0.74 + reach))
    deep[part] = 0.8 + 0.5 * ahead + reach * 0.5
    middle[part] = 0.5 * ahead


def build_hat(rng: Random, person: Person, kind: str) -> Shell:
    """Headgear: cap, beanie, helmet, scarf, brim, turban or hood."""
    x, y = _map_grid()
    side = np.abs(x)
    edge = float(rng.uniform(-0.52, -0.3))
    middle = np.zeros(ROWS, np.float32) - f32(0.05)
    behind = profile([(-1.7, 0.3), (-0.3, 0.2), (0.0, -0.05), (2.3, -0.1)])
    cover = f32(edge) + f32(0.1) * side * side - y
    weave = (
        f32(1) + noise(rng, 192, 192, 24, 24) * f32(0.13) + noise(rng, 192, 192, 2, 2) * f32(0.04)
    )
    shine, fuzzy = 0.08, 0.0
    if kind in ("scarf", "hood"):
        wide, deep = _dome(1.9, 0.06 if kind == "scarf" else 0.16, person.width, 0.03)
        y_mid, tall = 0.22, 0.86 if kind == "scarf" else 1.0
        hole = (side * f32(1 / (0.62 * person.width + (0.1 if kind == "hood" else 0)))) ** 2
        hole = hole + ((y - f32(y_mid)) * f32(1 / tall)) ** 2
        cover = (np.sqrt(hole) - f32(1)) * f32(0.6)
        behind = profile([(-1.7, 0.4), (2.3, 0.35)])
        folds = noise(rng, 192, 192, 30, 8) * f32(0.2)
        weave = weave + folds
        return Shell(wide, deep, middle, behind, f32(cover), person.hat, weave, shine, fuzzy)
    grow = {"beanie": 0.05, "helmet": 0.15, "turban": 0.15, "cap": 0.06, "brim": 0.08}[kind]
    bottom = 0.35 if kind != "helmet" else 0.5
    wide, deep = _dome(bottom, grow, person.width, 0.1 if kind in ("cap", "turban") else 0.02)
    if kind == "helmet":
        shine = 1.2
        cover = np.maximum(cover, side - f32(0.7 * person.width))
        weave = mix(weave, np.ones_like(weave), 0.8)
    elif kind == "beanie":
        ribs = f32(np.arange(192) % 12 < 6) * f32(0.16)
        weave = weave + ribs[None, :]
    elif kind == "turban":
        slant = (np.arange(192)[:, None] + np.arange(192)[None, :] // 2) % 24
        weave = weave * (f32(0.75) + f32(slant) * f32(0.02))
    elif kind == "cap":
        _brim(wide, deep, middle, edge, 0.0, float(rng.uniform(0.9, 1.3)))
    else:
        _brim(wide, deep, middle, edge, float(rng.uniform(0.3, 0.7)), 0.15)
    if kind in ("cap", "brim") or rng.random() < 0.3:
        band = any_colour(rng)
        rows = int((edge - 0.16 - Y_TOP) / Y_SPAN * 192)
        painted = np.ones((192, 192, 3), np.float32)
        if rng.random() < 0.5:
            painted[rows : rows + 8] = band / np.maximum(person.hat, 0.02)
        weave = weave[..., None] * painted
    return Shell(wide, deep, middle, behind, f32(cover), person.hat, f32(weave), shine, fuzzy)


def build_shell(rng: Random, person: Person) -> Shell | None:
    """The cover of a person's head: hair, a hat, or nothing."""
    if person.cover in ("cap", "beanie", "helmet", "scarf", "brim", "turban", "hood"):
        return build_hat(rng, person, person.cover)
    return build_hair(rng, person, person.cover)


def shell_texture(shell: Shell, across: Field, down: Field) -> Field:
    """Brightness factors (N,) or colour factors (N, 3) at places of the solid."""
    size = shell.texture.shape[0]
    rows = (down - f32(Y_TOP)) * f32(size / Y_SPAN)
    columns = (across + f32(2.6)) * f32(size / 5.2)
    return sample(shell.texture, rows, columns)
