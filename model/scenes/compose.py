"""One scene from one seed: a picture with the boxes and attributes of its faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.scenes.background import background
from model.scenes.camera import take_picture
from model.scenes.canvas import Canvas
from model.scenes.exact import Random, f32
from model.scenes.head import Light
from model.scenes.objects import thing
from model.scenes.people import arrange, place_people

SMALLEST = 6.0  # pixels: smaller faces are marked invalid
HIDDEN = 0.3  # faces of which less is seen are marked invalid,
GONE = 0.08  # and below this they are no faces
BARE = 0.22  # share of the box that is bare skin: below this, invalid


@dataclass
class Scene:
    """A picture and its faces, as WIDER FACE annotates them."""

    image: NDArray[np.uint8]  # (H, W, 3)
    boxes: NDArray[np.float64]  # (M, 4): left, top, right, bottom
    attributes: NDArray[
        np.int64
    ]  # (M, 6): blur, expression, illumination, invalid, occlusion, pose


def draw_light(rng: Random) -> Light:
    """Sun, lamp, window or flash, with its colour and how much comes from everywhere else."""
    side = float(rng.normal(0, 0.55))
    down = float(rng.uniform(-0.15, 1.1))
    ahead = float(rng.uniform(0.35, 1.1)) if rng.random() < 0.92 else float(rng.uniform(-0.3, 0.3))
    length = max(0.05, side * side + down * down + ahead * ahead) ** 0.5
    warm = float(rng.normal(0, 0.07))
    key = float(rng.uniform(0.35, 1.0))
    other = float(rng.uniform(0.25, 0.7)) * (1.25 - 0.6 * key)
    tint = f32([1 + warm, 1, 1 - warm])
    if rng.random() < 0.05:  # coloured stage light
        tint = f32(rng.uniform(0.3, 1.3, 3))
    return Light(
        direction=f32([side / length, -down / length, ahead / length]),
        key=tint * f32(key),
        ambient=f32([1 - warm * 0.7, 1, 1 + warm * 0.7]) * f32(other),
        softness=float(rng.uniform(0.04, 0.5)),
        fill=float(rng.uniform(0.0, 0.5)),
    )


def _scatter(rng: Random, canvas: Canvas, light: Light, most: int) -> None:
    """Lay things that are no faces anywhere."""
    size = canvas.share.shape[0]
    for _ in range(int(rng.integers(0, most + 1))):
        radius = 0.012 * (0.3 / 0.012) ** float(rng.random()) * size
        x, y = float(rng.uniform(0, size)), float(rng.uniform(0, size))
        soften = float(rng.uniform(0.5, 3)) if rng.random() < 0.2 else 0.0
        canvas.lay(thing(rng, x, y, radius, light), soften=soften)


def _label(
    canvas: Canvas, blurred: float, exposure: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    height, width = canvas.share.shape
    boxes, attributes = [], []
    for face, seen in zip(canvas.faces, canvas.visible(), strict=True):
        left, top, right, bottom = face.box
        tall = bottom - top
        # hair or a hat may leave little of a turned face
        bare = face.area / max(1.0, (right - left) * tall)
        left, top = max(0.0, left), max(0.0, top)
        right, bottom = min(float(width), right), min(float(height), bottom)
        if min(seen, bare) < GONE or right - left < 2 or bottom - top < 2:
            continue
        smear = (blurred * blurred + face.blur * face.blur) ** 0.5 / tall
        invalid = seen < HIDDEN or bare < BARE or min(right - left, bottom - top) < SMALLEST
        hidden = 2 if seen < 0.68 else 1 if seen < 0.94 else 0
        boxes.append((left, top, right, bottom))
        attributes.append((
            2 if smear > 0.045 or tall < 12 else 1 if smear > 0.018 or tall < 30 else 0,
            face.expression,
            int(face.illumination or not 0.45 < exposure < 2.6),
            int(invalid),
            max(hidden, face.occlusion),
            face.pose,
        ))  # fmt: skip
    return (
        np.array(boxes, dtype=np.float64).reshape(-1, 4),
        np.array(attributes, dtype=np.int64).reshape(-1, 6),
    )


def render_scene(seed: int, size: int = 512, near: bool = False) -> Scene:
    """The scene of a seed: the same seed gives the same bytes, wherever it is rendered.

    Args:
        seed: 0 or more.
        size: pixels a side.
        near: one to three people close to the camera, or nobody, so that faces are large in the
            picture; otherwise groups, crowds, streets and posters as well.
    """
    if seed < 0:
        raise ModelError(f"seed {seed}: expected 0 or more")
    if not 64 <= size <= 4096:
        raise ModelError(f"size {size}: expected 64 to 4096 pixels")
    rng = np.random.Generator(np.random.PCG64(seed))
    light = draw_light(rng)
    places = arrange(rng, size, near)
    canvas = Canvas.start(background(rng, size))
    _scatter(rng, canvas, light, 8 if places else 18)
    place_people(rng, canvas, places, light)
    if rng.random() < 0.3:
        _scatter(rng, canvas, light, 2)
    heights = sorted(place.height for place in places if not place.back)
    typical = heights[len(heights) // 2] if heights else 60.0
    image, blurred, exposure = take_picture(canvas.light, rng, typical)
    boxes, attributes = _label(canvas, blurred, exposure)
    return Scene(image, boxes, attributes)
