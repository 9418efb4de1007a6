"""Drawing of boxes with Pillow."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.detection.decode import Detections
from model.errors import ModelError
from model.files import write_atomic

COLOUR = (255, 64, 32)
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def draw_boxes(
    image: NDArray[np.uint8], found: Detections, colour: tuple[int, int, int] = COLOUR
) -> NDArray[np.uint8]:
    """A copy of the picture (H, W, 3) with every box outlined and its score written at it."""
    canvas = Image.fromarray(image)
    pen = ImageDraw.Draw(canvas)
    height, width = image.shape[:2]
    line = max(1, round(max(height, width) / 256))
    font = ImageFont.load_default(size=max(10.0, max(height, width) / 40))
    # the best is drawn last, on top
    for box, score in zip(found.boxes[::-1], found.scores[::-1], strict=True):
        left, right = np.clip(box[[0, 2]], 0, width - 1)
        top, bottom = np.clip(box[[1, 3]], 0, height - 1)
        pen.rectangle((left, top, max(left, right), max(top, bottom)), outline=colour, width=line)
        text = f"{score:.2f}"
        x0, _, x1, y1 = pen.textbbox((0, 0), text, font=font)
        text_top = top - y1 - 2 if top >= y1 + 2 else top
        pen.rectangle((left, text_top, left + x1 - x0 + 4, text_top + y1 + 2), fill=colour)
        pen.text((left + 2 - x0, text_top), text, fill=(255, 255, 255), font=font)
    return np.array(canvas, dtype=np.uint8)


def image_format(path: Path) -> str:
    """Pillow's name of the format that a path's ending says; ModelError for another."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ModelError(f"{path}: unknown picture format; expected {', '.join(FORMATS)}")
    return kind


def save_image(path: str | Path, image: NDArray[np.uint8]) -> None:
    """Write a picture (H, W, 3) as PNG or JPEG, by the ending of the path; complete or not."""
    path = Path(path)
    kind = image_format(path)
    content = io.BytesIO()
    Image.fromarray(image).save(content, format=kind, quality=95)
    write_atomic(path, content.getvalue())
