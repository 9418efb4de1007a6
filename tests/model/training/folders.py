"""Small folders in WIDER FACE's layout: discs with eyes and a mouth on noise."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from model.data.wider import images_folder, write_split


def draw_face(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """A face as children draw it, that fills the box."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    pen.ellipse(box, fill=(230, 180, 140))
    for x in (0.3, 0.7):
        centre = left + x * wide
        pen.ellipse(
            (centre - 0.1 * wide, top + 0.3 * high, centre + 0.1 * wide, top + 0.45 * high),
            fill=(20, 20, 40),
        )
    pen.ellipse(
        (left + 0.3 * wide, top + 0.65 * high, left + 0.7 * wide, top + 0.8 * high),
        fill=(150, 30, 30),
    )


def make_split(
    folder: Path, split: str, count: int, seed: int, size: tuple[int, int] = (128, 128)
) -> None:
    """Write `count` pictures with one or two faces each, every eighth with none."""
    generator = np.random.default_rng(seed)
    images = images_folder(folder, split) / "0--Discs"
    images.mkdir(parents=True)
    entries = []
    for index in range(count):
        coarse = generator.integers(0, 200, (size[1] // 16, size[0] // 16, 3)).astype(np.uint8)
        image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        pen = ImageDraw.Draw(image)
        boxes = []
        for half in range(0 if index % 8 == 7 else 1 + index % 2):
            side = int(generator.integers(24, 56))
            left = int(generator.integers(0, size[0] // 2 - side)) + half * size[0] // 2
            top = int(generator.integers(0, size[1] - side - side // 4))
            box = (left, top, left + side, top + side + side // 4)
            draw_face(pen, box)
            boxes.append(box)
        name = f"{index}.jpg"
        image.save(images / name, quality=92)
        rows = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        entries.append((f"0--Discs/{name}", rows, np.zeros((len(rows), 6), dtype=np.int64)))
    write_split(folder, split, entries)
