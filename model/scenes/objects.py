"""Things that are no face: balls, clocks, wheels, plates, text, leaves, hands, blobs of skin."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from model.scenes.background import paint_colour, vary
from model.scenes.exact import Field, Random, f32, grid, linear, noise, step
from model.scenes.head import Light, Patch, render_head
from model.scenes.person import SKIN, any_colour, draw_person, ramp

WORDS = [
    "NEWS",
    "EXIT",
    "24",
    "OPEN",
    "Sale",
    "Cafe",
    "No.7",
    "HOTEL",
    "Bank",
    "1985",
    "stop",
    "MUSEUM",
    "Park",
    "tea",
    "A",
    "B",
    "88",
    "Radio",
]


def _patch(image: Image.Image, left: float, top: float) -> Patch:
    values = np.asarray(image, dtype=np.float32)
    alpha = values[..., 3] * f32(1 / 255)
    return Patch(int(left), int(top), linear(values[..., :3]), alpha, np.zeros_like(alpha))


def _sheet(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGBA", (max(4, int(width)), max(4, int(height))), (0, 0, 0, 0))
    return image, ImageDraw.Draw(image)


def _sphere(
    albedo: Field, x: Field, y: Field, radius: float, light: Light, gloss: float
) -> tuple[Field, Field]:
    """Light and alpha of a ball with that surface; x, y from its middle in pixels."""
    u, v = x * f32(1 / radius), y * f32(1 / radius)
    far = u * u + v * v
    w = np.sqrt(np.clip(f32(1) - far, 0, 1))
    d = light.direction
    facing = np.clip((u * d[0] + v * d[1] + w * d[2] + f32(0.1)) * f32(0.9), 0, 1)
    shine = np.clip(
        u * d[0] * f32(0.6) + v * d[1] * f32(0.6) + w * (d[2] + f32(1)) * f32(0.55), 0, 1
    )
    for _ in range(5):
        shine = shine * shine
    colour = albedo * (facing[..., None] * light.key + light.ambient * f32(0.9))
    colour = colour + (shine * f32(gloss))[..., None] * light.key
    return f32(colour), np.clip((f32(1) - np.sqrt(far)) * f32(radius) + f32(0.5), 0, 1)


def ball(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A ball, often of skin's colour, with seams, stripes or spots."""
    size = int(2 * r) + 4
    rows, columns = grid(size, size)
    rows, columns = rows - f32(size / 2), columns - f32(size / 2)
    base = ramp(SKIN, float(rng.random())) if rng.random() < 0.4 else any_colour(rng)
    albedo = base + np.zeros((size, size, 1), np.float32)
    kind = rng.random()
    u, v = columns / f32(r), rows / f32(r)
    if kind < 0.3:
        curve = u + f32(rng.uniform(-0.5, 0.5)) * v * v - f32(rng.uniform(-0.4, 0.4))
        albedo *= (f32(1) - f32(0.8) * step(0.08, 0.03, np.abs(curve)))[..., None]
        albedo *= (f32(1) - f32(0.8) * step(0.08, 0.03, np.abs(v + f32(0.3) * u)))[..., None]
    elif kind < 0.5:
        grain = noise(rng, size, size, size / 5, size / 5)
        albedo = np.where((grain > 0.3)[..., None], any_colour(rng), albedo)
    elif kind < 0.7:
        albedo *= (f32(1) + noise(rng, size, size, size / 9, size / 9) * f32(0.25))[..., None]
    colour, alpha = _sphere(albedo, columns, rows, r, light, float(rng.uniform(0, 0.8)))
    return Patch(int(x - size / 2), int(y - size / 2), colour, alpha, np.zeros_like(alpha))


def disc(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A clock, a wheel, a plate, or a button: rings with ticks, spokes or holes."""
    s = 2 * r + 2
    image, pen = _sheet(s, s)
    c = s / 2
    base = paint_colour(rng)

    def ring(share: float, fill: tuple[int, int, int]) -> None:
        pen.ellipse((c - share * r, c - share * r, c + share * r, c + share * r), fill=fill)

    ring(1.0, paint_colour(rng))
    ring(float(rng.uniform(0.75, 0.95)), base)
    kind = int(rng.integers(4))
    ink = vary(rng, (255 - base[0], 255 - base[1], 255 - base[2]), 20)
    wide = max(1, int(r * 0.05))
    spokes = 12 if kind == 0 else int(rng.integers(3, 14))
    start = float(rng.uniform(0, pi))
    if kind in (0, 1):
        inner = 0.72 if kind == 0 else 0.15
        for index in range(spokes):
            a = start + 2 * pi * index / spokes
            pen.line((c + inner * r * cos(a), c + inner * r * sin(a),
                      c + 0.85 * r * cos(a), c + 0.85 * r * sin(a)),
                     fill=ink, width=wide)  # fmt: skip
        if kind == 0:
            for reach in (0.45, 0.7):
                a = float(rng.uniform(0, 2 * pi))
                pen.line((c, c, c + reach * r * cos(a), c + reach * r * sin(a)), fill=ink,
                         width=wide + 1)  # fmt: skip
    elif kind == 2:
        for share in (0.7, 0.62, 0.35):
            ring(share, vary(rng, base, 25))
    else:
        for index in range(4):  # four holes as a button has, which are no eyes
            a = start + pi / 2 * index
            hole = 0.12 * r
            hx, hy = c + 0.3 * r * cos(a), c + 0.3 * r * sin(a)
            pen.ellipse((hx - hole, hy - hole, hx + hole, hy + hole), fill=ink)
    return _patch(image, x - c, y - c)


def text(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A sign or a page of writing."""
    w, h = 3.2 * r, float(rng.uniform(0.8, 3)) * r
    image, pen = _sheet(w, h)
    paper = paint_colour(rng)
    if rng.random() < 0.7:
        pen.rectangle((0, 0, w, h), fill=paper)
    ink = vary(rng, (255 - paper[0], 255 - paper[1], 255 - paper[2]), 20)
    tall = max(5.0, h / float(rng.uniform(1, 7)))
    font = ImageFont.load_default(size=tall)
    line = 0.0
    while line < h:
        words = " ".join(WORDS[int(rng.integers(len(WORDS)))] for _ in range(4))
        pen.text((2, line), words, fill=ink, font=font)
        line += tall * 1.2
    return _patch(image.rotate(float(rng.normal(0, 8)), expand=True), x - w / 2, y - h / 2)


def leaf(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A leaf or a petal with its veins."""
    image, pen = _sheet(2 * r, 2 * r)
    colour = paint_colour(rng, 40, 190, 60)
    a = float(rng.uniform(0, 2 * pi))
    points = []
    for index in range(24):
        t = 2 * pi * index / 24
        px, py = r * 0.95 * cos(t), r * 0.42 * sin(t) * (1 + 0.3 * cos(t))
        points.append((r + px * cos(a) - py * sin(a), r + px * sin(a) + py * cos(a)))
    pen.polygon(points, fill=colour)
    pen.line((*points[0], *points[12]), fill=vary(rng, colour, 40), width=max(1, int(r / 20)))
    for index in range(2, 11, 2):
        pen.line((*points[index], *points[24 - index]), fill=vary(rng, colour, 30))
    return _patch(image, x - r, y - r)


def hand(
    rng: Random, x: float, y: float, r: float, light: Light, skin: Field | None = None
) -> Patch:
    """A fist or an open hand: shaded capsules of skin."""
    size = int(2.6 * r) + 4
    rows, columns = grid(size, size)
    rows, columns = (rows - f32(size / 2)) / f32(r), (columns - f32(size / 2)) / f32(r)
    a = float(rng.normal(0, 0.5)) if rng.random() < 0.6 else float(rng.uniform(0, 2 * pi))
    u = columns * f32(cos(a)) + rows * f32(sin(a))
    v = rows * f32(cos(a)) - columns * f32(sin(a))
    tone = ramp(SKIN, float(rng.random()) ** 1.15) if skin is None else skin
    colour = tone + np.zeros((size, size, 1), np.float32)
    alpha = np.zeros((size, size), np.float32)
    reach = float(rng.uniform(0.0, 0.75))
    parts = [(0.0, 0.45, 0.0, 1.4, 0.42), (0.0, 0.1, 0.0, 0.45, 0.48)]
    spread = float(rng.uniform(0.16, 0.26))
    for finger in range(4):
        fx = (finger - 1.5) * spread
        tip = -0.3 - reach * (1 - 0.12 * abs(finger - 1.3))
        parts.append((fx, 0.0, fx * (1 + 0.5 * reach), tip, 0.125))
    parts.append((0.4, 0.3, 0.62 + 0.2 * reach, -0.1 - 0.3 * reach, 0.14))
    d = light.direction
    for x0, y0, x1, y1, wide in parts:
        dx, dy = x1 - x0, y1 - y0
        t = ((u - f32(x0)) * f32(dx) + (v - f32(y0)) * f32(dy)) * f32(1 / (dx * dx + dy * dy))
        t = np.clip(t, 0, 1)
        px, py = u - f32(x0) - t * f32(dx), v - f32(y0) - t * f32(dy)
        away = np.sqrt(px * px + py * py) * f32(1 / wide)
        there = np.clip((f32(1) - away) * f32(r * wide) + f32(0.5), 0, 1)
        rise = np.sqrt(np.clip(f32(1) - away * away, 0, 1))
        facing = (px * d[0] + py * d[1]) * f32(0.7 / wide) + rise * d[2]
        lit = np.clip(facing + f32(0.25), 0, 1) * f32(0.8)
        new = tone * (
            lit[..., None] * light.key + light.ambient * (f32(0.45) + f32(0.5) * rise)[..., None]
        )
        colour += (new - colour) * there[..., None]
        alpha = np.maximum(alpha, there)
    return Patch(int(x - size / 2), int(y - size / 2), colour, alpha, np.zeros_like(alpha))


def blob(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A rough lump, often in a colour of skin or hair: bread, stones, bare arms, fur."""
    size = int(3.4 * r) + 4
    rows, columns = grid(size, size)
    rows, columns = rows - f32(size / 2), columns - f32(size / 2)
    wobble = noise(rng, size, size, size / 3, size / 3) * f32(0.12 * r)
    tall = float(rng.uniform(0.7, 1.5))
    base = ramp(SKIN, float(rng.random())) if rng.random() < 0.6 else any_colour(rng)
    grain = noise(rng, size, size, size / float(rng.uniform(3, 20)), size / 8)
    albedo = base * (f32(1) + grain * f32(rng.uniform(0.02, 0.3)))[..., None]
    colour, alpha = _sphere(np.maximum(albedo, 0), columns * f32(tall) + wobble, rows + wobble, r,
                            light, 0.1)  # fmt: skip
    return Patch(int(x - size / 2), int(y - size / 2), colour, alpha, np.zeros_like(alpha))


def slab(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A box, a phone, a book, a sheet of paper, a pole."""
    w = r * float(rng.uniform(0.15, 1.4))
    h = r * float(rng.uniform(0.6, 2.5))
    image, pen = _sheet(w, h)
    colour = paint_colour(rng)
    pen.rectangle((0, 0, w, h), fill=colour, outline=vary(rng, colour, 50))
    if rng.random() < 0.5:
        pen.rectangle((w * 0.1, h * 0.1, w * 0.9, h * 0.6), fill=paint_colour(rng))
    image = image.rotate(
        float(rng.uniform(-40, 40)), expand=True, resample=Image.Resampling.BILINEAR
    )
    return _patch(image, x - image.width / 2, y - image.height / 2)


def microphone(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A microphone with its stick, leaning."""
    image, pen = _sheet(4 * r, 4 * r)
    lean = float(rng.uniform(-1.2, 1.2))
    dark = paint_colour(rng, 10, 60, 8)
    c, head = 2 * r, 0.42 * r
    pen.line((c, c, c + lean * r, c + 2 * r), fill=dark, width=max(1, int(0.3 * r)))
    pen.ellipse((c - head, c - head * 1.15, c + head, c + head * 1.15), fill=vary(rng, dark, 12))
    pen.ellipse((c - head * 0.6, c - head * 0.8, c, c - head * 0.1), fill=vary(rng, dark, 40))
    image = image.filter(ImageFilter.GaussianBlur(max(0.5, r * 0.04)))
    return _patch(image, x - c, y - c)


def scrambled(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """A head whose face is cut into pieces and put together wrongly, or is missing."""
    person = draw_person(rng)
    pose = (float(rng.normal(0, 20)), float(rng.normal(0, 8)), float(rng.normal(0, 10)))
    blank = bool(rng.random() < 0.2 and r > 12)
    patch = render_head(rng, person, light, (x, y), 1.3 * r, pose, faceless=blank)
    assert patch.box is not None
    if not blank:
        left, top, right, bottom = (int(v) for v in patch.box)
        count = 3
        h, w = max(1, (bottom - top) // count), max(1, (right - left) // count)
        places = [
            (slice(top - patch.top + i * h, top - patch.top + (i + 1) * h),
             slice(left - patch.left + j * w, left - patch.left + (j + 1) * w))
            for i in range(count) for j in range(count)
        ]  # fmt: skip
        before = patch.colour.copy()
        order = rng.permutation(len(places))
        shift = int(rng.integers(1, len(places)))
        for index, place in enumerate(places):
            source = before[places[int(order[(list(order).index(index) + shift) % len(places)])]]
            if source.shape == patch.colour[place].shape:
                patch.colour[place] = source[:, ::-1] if rng.random() < 0.3 else source
    return Patch(patch.left, patch.top, patch.colour, patch.alpha, np.zeros_like(patch.alpha))


KINDS: list[Callable[[Random, float, float, float, Light], Patch]] = [
    ball, ball, disc, disc, text, leaf, hand, hand, blob, blob, slab, scrambled,
]  # fmt: skip


def thing(rng: Random, x: float, y: float, r: float, light: Light) -> Patch:
    """One of them at random, of about that radius."""
    return KINDS[int(rng.integers(len(KINDS)))](rng, x, y, r, light)


def occluder(rng: Random, x: float, y: float, r: float, light: Light, skin: Field) -> Patch:
    """Something that is held before a face."""
    kind = rng.random()
    if kind < 0.4:
        return hand(rng, x, y, r * float(rng.uniform(0.5, 0.9)), light, skin)
    if kind < 0.65:
        return microphone(rng, x, y, r * float(rng.uniform(0.4, 0.8)), light)
    if kind < 0.85:
        return slab(rng, x, y, r, light)
    return thing(rng, x, y, r * 0.6, light)
