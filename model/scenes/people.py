"""Where people stand: portraits, groups, rows, crowds, streets."""

from dataclasses import dataclass

import numpy as np

from model.scenes.body import render_body
from model.scenes.canvas import Canvas, Face
from model.scenes.exact import Random, f32
from model.scenes.head import FACE, Light, Patch, render_head
from model.scenes.objects import occluder
from model.scenes.person import Person, draw_person


@dataclass
class Place:
    """Where a head goes and how large its face is, in pixels."""

    x: float
    y: float
    height: float
    pose: tuple[float, float, float]
    back: bool = False  # seen from behind: no face
    body: bool = True
    tall: float = 15.0  # of the body, in half head heights


def any_pose(rng: Random, calm: bool = False) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees; mostly towards the camera."""
    if calm:
        return (float(rng.normal(0, 14)), float(rng.normal(0, 6)), float(rng.normal(0, 5)))
    wide = rng.random() < 0.3
    yaw = float(rng.uniform(-75, 75)) if wide else float(rng.normal(0, 20))
    roll = float(rng.uniform(-40, 40)) if rng.random() < 0.12 else float(rng.normal(0, 8))
    return (yaw, float(np.clip(rng.normal(2, 10), -28, 30)), roll)


def _sized(rng: Random, low: float, high: float) -> float:
    """A size between two, small and large equally likely by ratio."""
    return float(low * (high / low) ** float(rng.random()))


def portrait(rng: Random, size: int) -> list[Place]:
    """One person, large."""
    height = _sized(rng, 0.16, 0.78) * size
    x = float(rng.uniform(0.25, 0.75)) * size
    y = float(rng.uniform(0.22, 0.58)) * size
    return [Place(x, y, height, any_pose(rng, rng.random() < 0.6))]


def few(rng: Random, size: int) -> list[Place]:
    """Two or three people side by side, close to the camera."""
    return _side_by_side(rng, size, int(rng.integers(2, 4)), 0.2, 0.45)


def group(rng: Random, size: int) -> list[Place]:
    """Two to six people side by side."""
    return _side_by_side(rng, size, int(rng.integers(2, 7)), 0.09, 0.36)


def _side_by_side(rng: Random, size: int, count: int, low: float, high: float) -> list[Place]:
    """So many people, their heads of low to high of the picture's height."""
    height = min(_sized(rng, low, high), 0.95 / count) * size
    step = min(size / count, height * float(rng.uniform(1.1, 2.4)))
    start = (size - step * count) / 2 + float(rng.normal(0, 0.05)) * size
    y = float(rng.uniform(0.25, 0.6)) * size
    return [
        Place(start + (i + 0.5 + float(rng.normal(0, 0.12))) * step,
              y + float(rng.normal(0, 0.3)) * height,
              height * float(rng.uniform(0.82, 1.2)), any_pose(rng, rng.random() < 0.5))
        for i in range(count)
    ]  # fmt: skip


def rows(rng: Random, size: int) -> list[Place]:
    """A class or a team: rows of people looking at the camera, or a crowd that does not."""
    crowd = rng.random() < 0.45
    height = _sized(rng, 0.022, 0.06) * size if crowd else _sized(rng, 0.045, 0.11) * size
    step = height * float(rng.uniform(1.15, 2.2))
    lines = int(rng.integers(2, 6)) if crowd else int(rng.integers(1, 4))
    top = float(rng.uniform(0.12, 0.5)) * size
    gap = height * float(rng.uniform(1.2, 2.2))
    places: list[Place] = []
    first = 0
    for line in range(lines):
        y = top + line * gap
        x = float(rng.uniform(0.0, 1.0)) * step
        grow = 1 + 0.08 * line
        while x < size and len(places) < 44:
            if rng.random() < 0.92:
                back = crowd and rng.random() < 0.12
                places.append(Place(
                    x + float(rng.normal(0, 0.12)) * step, y + float(rng.normal(0, 0.2)) * height,
                    height * grow * float(rng.uniform(0.88, 1.12)),
                    any_pose(rng, not crowd), back))  # fmt: skip
            x += step * grow
        if line:
            for place in places[:first]:  # hidden by the row before it
                place.tall = 5.0 + 2.5 * gap / height
        first = len(places)
    return places


def street(rng: Random, size: int) -> list[Place]:
    """A few people of very different sizes, anywhere."""
    count = int(rng.integers(1, 8))
    horizon = float(rng.uniform(0.2, 0.5)) * size
    places: list[Place] = []
    for _ in range(count):
        height = _sized(rng, 0.017, 0.28) * size
        y = horizon + float(rng.normal(0, 0.06)) * size + 0.3 * height
        if rng.random() < 0.25:
            y = float(rng.uniform(0.05, 0.95)) * size
        places.append(Place(float(rng.uniform(-0.02, 1.02)) * size, y, height, any_pose(rng),
                            bool(rng.random() < 0.12)))  # fmt: skip
    return places


def posters(rng: Random, size: int) -> list[Place]:
    """Heads without bodies, in all sizes and places."""
    count = int(rng.integers(1, 12))
    return [
        Place(float(rng.uniform(0, 1)) * size, float(rng.uniform(0, 1)) * size,
              _sized(rng, 0.016, 0.3) * size, any_pose(rng), bool(rng.random() < 0.1),
              bool(rng.random() < 0.2))
        for _ in range(count)
    ]  # fmt: skip


def no_one(rng: Random, size: int) -> list[Place]:
    """Nobody, or people from behind only."""
    if rng.random() < 0.6:
        return []
    places = street(rng, size)
    for place in places:
        place.back = True
    return places


ALL = ((0.25, portrait), (0.46, group), (0.6, rows), (0.8, street), (0.89, posters), (1.0, no_one))
"""Kinds of scenes, each up to its share of the whole."""

NEAR = ((0.5, portrait), (0.8, few), (1.0, no_one))
"""Kinds in which faces are large in the picture: for small pictures."""


def arrange(rng: Random, size: int, near: bool = False) -> list[Place]:
    """Places of people in a scene of one kind (of NEAR or of ALL), far ones first."""
    kind = rng.random()
    for share, make in NEAR if near else ALL:
        if kind < share:
            places = make(rng, size)
            break
    if rng.random() < 0.05:  # everything tilted or mirrored: heads cut by the border
        for place in places:
            place.y -= 0.25 * size
    return sorted(places, key=lambda place: place.height)


def _flip(patch: Patch, place: Place, source: Place) -> Patch:
    """A patch used again at another place, mirrored."""
    width = patch.alpha.shape[1]
    dx = place.x - source.x
    left = round(2 * source.x - (patch.left + width) + dx)
    top = round(patch.top + place.y - source.y)
    assert patch.box is not None
    moved_x, moved_y = left - (2 * source.x - patch.left - width), top - patch.top
    x0, y0, x1, y1 = patch.box
    box = (2 * source.x - x1 + moved_x, y0 + moved_y, 2 * source.x - x0 + moved_x, y1 + moved_y)
    return Patch(left, top, patch.colour[:, ::-1], patch.alpha[:, ::-1], patch.face[:, ::-1], box)


def _look(rng: Random, person: Person, place: Place, light: Light) -> Face:
    """The attributes of a face that the annotation has beside its box."""
    yaw, pitch, roll = place.pose
    dim = float(light.direction[2]) < 0.15
    return Face(
        (0, 0, 0, 0), 0.0,
        expression=int(person.mouth_open > 0.38 or person.smile > 0.85),
        illumination=int(dim),
        occlusion=int(person.glasses == "sun" or person.mask),
        pose=int(abs(yaw) > 40 or abs(pitch) > 25 or abs(roll) > 30),
    )  # fmt: skip


def place_people(rng: Random, canvas: Canvas, places: list[Place], light: Light) -> None:
    """Render everyone onto the canvas, with bodies, and things before some faces."""
    size = canvas.share.shape[0]
    made: list[tuple[Patch, Face, Place]] = []
    for place in places:
        again = [m for m in made if abs(m[2].height - place.height) < 0.09 * place.height]
        if len(made) > (4 if place.height < 30 else 6) and again and not place.back:
            patch, face, source = again[int(rng.integers(len(again)))]
            patch = _flip(patch, place, source)
            person = None
        else:
            person = draw_person(rng)
            if place.back:
                turn = float(rng.uniform(125, 235))
                place.pose = (turn, place.pose[1], place.pose[2])
                person.cover = "short" if person.cover == "bald" else person.cover
            patch = render_head(rng, person, light, (place.x, place.y), place.height, place.pose,
                                place.back)  # fmt: skip
            face = _look(rng, person, place, light)
            if not place.back:
                made.append((patch, face, place))
        assert patch.box is not None
        soften = 0.0
        if place.height > 14 and rng.random() < 0.12:
            soften = place.height * float(rng.uniform(0.008, 0.032))
        body = None
        if place.body and rng.random() < 0.96:
            wearer = person if person is not None else draw_person(rng)
            body = render_body(rng, wearer, light, (place.x, place.y), place.height, (size, size),
                               place.tall)  # fmt: skip
        behind = rng.random() < 0.35 and body is not None
        if body is not None and behind:
            canvas.lay(body, soften=soften)
        label = None
        if not place.back:
            label = Face(patch.box, float(patch.face.sum(dtype=np.float64)), soften,
                         face.expression, face.illumination, face.occlusion, face.pose)  # fmt: skip
        canvas.lay(patch, label, soften)
        if body is not None and not behind:
            canvas.lay(body, soften=soften)
        if person is not None and not place.back and rng.random() < 0.11:
            radius = place.height * 0.6
            x = place.x + float(rng.normal(0, 0.35)) * place.height
            y = place.y + float(rng.normal(0.35, 0.35)) * place.height
            canvas.lay(occluder(rng, x, y, radius, light, person.skin))


__all__ = ["FACE", "Place", "arrange", "f32", "place_people"]
