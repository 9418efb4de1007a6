"""Backgrounds: painted places behind people, as light."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.scenes.exact import Field, Random, f32, fractal, grid, mix, noise, step, wave
from model.scenes.leaves import dead_leaves

Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw


def paint_colour(rng: Random, low: float = 10, high: float = 245, spread: float = 60) -> Colour:
    """A display colour, greyish or strong."""
    base = float(rng.uniform(low, high))
    parts = np.clip(base + rng.normal(0, spread if rng.random() < 0.6 else spread / 4, 3), 0, 255)
    return int(parts[0]), int(parts[1]), int(parts[2])


def vary(rng: Random, colour: Colour, spread: float) -> Colour:
    """A colour near another."""
    shift = float(rng.normal(0, spread))
    parts = np.clip(f32(colour) + f32(shift) + f32(rng.normal(0, spread / 3, 3)), 0, 255)
    return int(parts[0]), int(parts[1]), int(parts[2])


def _gradient(rng: Random, size: int) -> Field:
    rows, columns = grid(size, size)
    angle = float(rng.uniform(0, 2 * pi))
    along = (rows * f32(sin(angle)) + columns * f32(cos(angle))) * f32(1 / size)
    a, b = f32(paint_colour(rng)), f32(paint_colour(rng))
    share = np.clip(along * f32(0.7) + f32(0.5), 0, 1)[..., None]
    if rng.random() < 0.5:
        b = mix(a, b, 0.3)
    return mix(a, b, share)


def studio(rng: Random, size: int) -> Field:
    """A mottled or even backdrop."""
    cloud = fractal(rng, size, size, size / float(rng.uniform(2, 8)), size / 64)
    return _gradient(rng, size) + (cloud * f32(rng.uniform(0, 22)))[..., None]


def texture(rng: Random, size: int) -> Field:
    """Strong multi-scale noise: stone, carpet, foliage far away."""
    a, b = f32(paint_colour(rng)), f32(paint_colour(rng))
    keep = float(rng.uniform(0.5, 0.95))
    cloud = fractal(rng, size, size, size / float(rng.uniform(2, 30)), 2.5, keep)
    if rng.random() < 0.4:
        cloud = step(-0.4, 0.4, cloud) * f32(2) - f32(1)
    share = np.clip(f32(0.5) + cloud * f32(0.35), 0, 1)[..., None]
    return mix(a, b, share)


def weave(rng: Random, size: int) -> Field:
    """Fabric, stripes, flags, plaid."""
    rows, columns = grid(size, size)
    angle = float(rng.uniform(0, pi))
    bend = noise(rng, size, size, size / 3, size / 4) * f32(size * float(rng.uniform(0, 0.05)))
    along = (rows * f32(sin(angle)) + columns * f32(cos(angle)) + bend) * f32(1 / size)
    turns = float(rng.uniform(3, 40))
    colours = f32([paint_colour(rng) for _ in range(4)])
    index = (np.floor(along * f32(turns)) % 4).astype(np.int32)
    if rng.random() < 0.6:
        index %= 2
    image = colours[index]
    if rng.random() < 0.3:
        across = (columns * f32(sin(angle)) - rows * f32(cos(angle))) * f32(turns / size)
        image = mix(image, colours[(np.floor(across) % 2).astype(np.int32)], 0.5)
    shade = f32(1) + f32(0.2) * wave(along * f32(2.3)) + bend[..., None][..., 0] * f32(2 / size)
    return f32(image * shade[..., None])


def _windows(rng: Random, pen: Pen, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    wall, glass = paint_colour(rng, 40, 220, 30), paint_colour(rng, 10, 120, 25)
    pen.rectangle(box, fill=wall)
    nx, ny = int(rng.integers(2, 9)), int(rng.integers(2, 12))
    fx, fy = float(rng.uniform(0.4, 0.85)), float(rng.uniform(0.4, 0.85))
    w, h = (right - left) / nx, (bottom - top) / ny
    frame = vary(rng, wall, 40)
    for i in range(nx):
        for j in range(ny):
            x, y = left + (i + (1 - fx) / 2) * w, top + (j + (1 - fy) / 2) * h
            pen.rectangle((x, y, x + fx * w, y + fy * h), fill=vary(rng, glass, 18), outline=frame)
            if w > 24:
                pen.line((x + fx * w / 2, y, x + fx * w / 2, y + fy * h), fill=frame)


def _town(rng: Random, size: int, pen: Pen) -> None:
    horizon = float(rng.uniform(0.5, 0.95)) * size
    x = -float(rng.uniform(0, 80))
    while x < size:
        width = float(rng.uniform(0.15, 0.6)) * size
        top = float(rng.uniform(-0.2, 0.5)) * size
        _windows(rng, pen, (x, top, x + width, horizon))
        x += width + (float(rng.uniform(0, 40)) if rng.random() < 0.3 else 0)
    pen.rectangle((0, horizon, size, size), fill=paint_colour(rng, 50, 180, 20))


def _shelves(rng: Random, size: int, pen: Pen) -> None:
    pen.rectangle((0, 0, size, size), fill=paint_colour(rng, 20, 160, 30))
    y, board = 0.0, paint_colour(rng, 40, 200, 30)
    while y < size:
        high = float(rng.uniform(0.1, 0.3)) * size
        x = 0.0
        while x < size:
            w = float(rng.uniform(0.01, 0.07)) * size
            h = high * float(rng.uniform(0.5, 0.9))
            colour = paint_colour(rng)
            pen.rectangle((x, y + high - h, x + w, y + high), fill=colour)
            pen.line((x, y + high - h, x, y + high), fill=vary(rng, colour, 40))
            if w > 12:
                pen.rectangle((x + w / 4, y + high - 0.7 * h, x + 0.75 * w, y + high - 0.5 * h),
                              fill=vary(rng, colour, 60))  # fmt: skip
            x += w + (float(rng.uniform(0, 12)) if rng.random() < 0.3 else 0)
        pen.rectangle((0, y + high, size, y + high + size * 0.02), fill=board)
        y += high + size * 0.02


def _bricks(rng: Random, size: int, pen: Pen) -> None:
    mortar, brick = paint_colour(rng, 120, 220, 15), paint_colour(rng, 60, 180, 40)
    pen.rectangle((0, 0, size, size), fill=mortar)
    h = float(rng.uniform(0.02, 0.09)) * size
    w, gap = h * float(rng.uniform(1, 3.2)), max(1.0, h * 0.1)
    for row in range(int(size / h) + 1):
        shift = (row % 2) * w / 2
        for column in range(-1, int(size / w) + 2):
            x, y = column * w + shift, row * h
            pen.rectangle((x, y, x + w - gap, y + h - gap), fill=vary(rng, brick, 14))


def _foliage(rng: Random, size: int, pen: Pen) -> None:
    base = paint_colour(rng, 20, 90, 20)
    pen.rectangle((0, 0, size, size), fill=base)
    green = rng.random() < 0.75
    for index in range(int(rng.integers(150, 420))):
        x, y = float(rng.uniform(0, size)), float(rng.uniform(0, size))
        r = float(rng.uniform(0.01, 0.06)) * size
        level = 30 + 0.4 * index + float(rng.uniform(-30, 60))
        colour = (int(level * 0.6), int(level * 0.9), int(level * 0.35)) if green else (
            int(level), int(level * 0.65), int(level * 0.3))  # fmt: skip
        angle = float(rng.uniform(0, 2 * pi))
        dx, dy = r * cos(angle), r * sin(angle)
        pen.polygon([(x + dx, y + dy), (x - dy / 2.5, y + dx / 2.5), (x - dx, y - dy),
                     (x + dy / 2.5, y - dx / 2.5)], fill=colour)  # fmt: skip


def _room(rng: Random, size: int, pen: Pen) -> None:
    wall = paint_colour(rng, 80, 235, 25)
    pen.rectangle((0, 0, size, size), fill=wall)
    floor = float(rng.uniform(0.55, 1.0)) * size
    pen.rectangle((0, floor, size, size), fill=paint_colour(rng, 40, 180, 30))
    for _ in range(int(rng.integers(1, 8))):
        x, y = float(rng.uniform(-0.1, 0.9)) * size, float(rng.uniform(-0.1, 0.8)) * size
        w, h = float(rng.uniform(0.05, 0.5)) * size, float(rng.uniform(0.05, 0.6)) * size
        colour = paint_colour(rng)
        pen.rectangle((x, y, x + w, y + h), fill=colour, outline=vary(rng, colour, 60),
                      width=int(rng.integers(1, 9)))  # fmt: skip
        if rng.random() < 0.4:
            pen.rectangle((x + w * 0.12, y + h * 0.12, x + w * 0.88, y + h * 0.88),
                          fill=paint_colour(rng))  # fmt: skip


def _junk(rng: Random, size: int, pen: Pen) -> None:
    """Overlapping shapes and lines of every size."""
    pen.rectangle((0, 0, size, size), fill=paint_colour(rng))
    for _ in range(int(rng.integers(20, 140))):
        x, y = float(rng.uniform(-0.1, 1)) * size, float(rng.uniform(-0.1, 1)) * size
        r = size * 0.4 * float(rng.random()) ** 2 + 3
        colour, kind = paint_colour(rng), rng.random()
        tall = r * float(rng.uniform(0.3, 2))
        if kind < 0.3:
            pen.ellipse((x, y, x + r, y + tall), fill=colour)
        elif kind < 0.6:
            pen.rectangle((x, y, x + r, y + tall), fill=colour)
        elif kind < 0.8:
            points = [(x + float(rng.normal(0, r)), y + float(rng.normal(0, r))) for _ in range(4)]
            pen.polygon(points, fill=colour)
        else:
            end = (x + float(rng.normal(0, 2 * r)), y + float(rng.normal(0, 2 * r)))
            pen.line((x, y, *end), fill=colour, width=int(rng.integers(1, 10)))


def _stage(rng: Random, size: int, pen: Pen) -> None:
    """Dark, with lamps out of focus."""
    pen.rectangle((0, 0, size, size), fill=paint_colour(rng, 4, 50, 14))
    for _ in range(int(rng.integers(8, 60))):
        x, y = float(rng.uniform(0, size)), float(rng.uniform(0, size))
        r = float(rng.uniform(0.004, 0.05)) * size
        pen.ellipse((x - r, y - r, x + r, y + r), fill=paint_colour(rng, 80, 255, 70))


PENS: list[Callable[[Random, int, Pen], None]] = [
    _town, _shelves, _bricks, _foliage, _room, _room, _junk, _junk, _stage,
]  # fmt: skip


def _outdoors(rng: Random, size: int) -> Field:
    """Sky over ground, with a ragged line of trees or hills between."""
    rows, _ = grid(size, size)
    sky = mix(f32(paint_colour(rng, 120, 240, 25)), f32(paint_colour(rng, 160, 250, 15)),
              f32(rows / size)[..., None])  # fmt: skip
    sky = sky + np.zeros((size, size, 1), np.float32)
    cloud = np.clip(fractal(rng, size, size, size / 3, size / 60), 0, 2) * f32(rng.uniform(0, 40))
    sky = sky + cloud[..., None]
    line = f32(float(rng.uniform(0.25, 0.7)) * size) + noise(rng, 1, size, 1, size / 6) * f32(20)
    line = line + noise(rng, 1, size, 1, 6) * f32(rng.uniform(0, 8))
    ground = texture(rng, size)
    return np.where((rows > line)[..., None], ground, sky)


def _plain(rng: Random, size: int) -> Field:
    """One place, in display values."""
    kind = rng.random()
    if kind < 0.35:
        image = dead_leaves(rng, size)
    elif kind < 0.46:
        image = studio(rng, size)
    elif kind < 0.53:
        image = texture(rng, size)
    elif kind < 0.58:
        image = weave(rng, size)
    elif kind < 0.64:
        image = _outdoors(rng, size)
    else:
        canvas = Image.new("RGB", (size, size))
        PENS[int(rng.integers(len(PENS)))](rng, size, ImageDraw.Draw(canvas))
        image = np.asarray(canvas, dtype=np.float32)
    return image


def _joined(rng: Random, size: int) -> Field:
    """Two places that meet at a ragged line, or one seen through a frame."""
    first, second = _plain(rng, size), _plain(rng, size)
    rows, columns = grid(size, size)
    angle = float(rng.uniform(0, 2 * pi))
    x, y = columns * f32(1 / size) - f32(0.5), rows * f32(1 / size) - f32(0.5)
    across = x * f32(cos(angle)) + y * f32(sin(angle)) + f32(rng.uniform(-0.3, 0.3))
    if rng.random() < 0.5:
        rough = fractal(rng, size, size, size / 3, size / 100) * f32(rng.uniform(0.01, 0.25))
        across = across + rough
    elif rng.random() < 0.5:
        across = np.maximum(np.abs(x), np.abs(y)) - f32(rng.uniform(0.15, 0.45))
    soft = float(rng.choice([0.004, 0.004, 0.05]))
    return mix(first, second, step(-soft, soft, f32(across))[..., None])


def background(rng: Random, size: int) -> Field:
    """A background (size, size, 3) as light."""
    radius = 0.0
    if rng.random() < 0.5:
        radius = float(rng.uniform(0.5, 3) if rng.random() < 0.6 else rng.uniform(3, 12))
    # what is out of focus needs no fine drawing
    drawn = size // 2 if radius > 1.5 else size
    image = _joined(rng, drawn) if rng.random() < 0.35 else _plain(rng, drawn)
    if radius:
        canvas = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
        canvas = canvas.filter(ImageFilter.GaussianBlur(radius * drawn / 512))
        if drawn < size:
            canvas = canvas.resize((size, size), Image.Resampling.BILINEAR)
        image = np.asarray(canvas, dtype=np.float32)
    if rng.random() < 0.6:
        shade = noise(rng, size, size, size / 2, size / 2) * f32(rng.uniform(0.03, 0.25))
        image = image * (f32(1) + shade)[..., None]
    values = np.clip(image, 2, 253) * f32(1 / 255)
    return f32(values * values)
