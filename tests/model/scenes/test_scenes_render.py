"""A scene is the same bytes every time, and its labels fit its picture."""

import numpy as np
import pytest

from model.errors import ModelError
from model.scenes import Scene, render_scene
from model.scenes.compose import draw_light
from model.scenes.exact import falloff, noise, resize, step, wave
from model.scenes.head import render_head
from model.scenes.person import draw_person

SIZE = 192  # small pictures are quick


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [render_scene(seed, SIZE) for seed in range(40)]


def test_same_seed_gives_the_same_scene(scenes: list[Scene]) -> None:
    for seed in (0, 7, 13):
        again = render_scene(seed, SIZE)
        assert again.image.tobytes() == scenes[seed].image.tobytes()
        assert again.boxes.tobytes() == scenes[seed].boxes.tobytes()
        assert again.attributes.tobytes() == scenes[seed].attributes.tobytes()


def test_other_seed_gives_another_scene(scenes: list[Scene]) -> None:
    assert len({scene.image.tobytes() for scene in scenes}) == len(scenes)


def test_near_scenes_hold_few_and_large_faces() -> None:
    near = [render_scene(seed, SIZE, near=True) for seed in range(30)]
    assert {len(scene.boxes) for scene in near} <= {0, 1, 2, 3}
    assert sum(len(scene.boxes) for scene in near) > 10
    valid = [scene.boxes[scene.attributes[:, 3] == 0] for scene in near]
    heights = np.concatenate([boxes[:, 3] - boxes[:, 1] for boxes in valid])
    assert np.median(heights) > 0.2 * SIZE
    again = render_scene(3, SIZE, near=True)
    assert again.image.tobytes() == near[3].image.tobytes()


def test_types_and_shapes(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert scene.image.shape == (SIZE, SIZE, 3) and scene.image.dtype == np.uint8
        assert scene.boxes.dtype == np.float64 and scene.boxes.shape == (len(scene.boxes), 4)
        assert scene.attributes.dtype == np.int64
        assert scene.attributes.shape == (len(scene.boxes), 6)


def test_boxes_lie_inside_and_hold_something(scenes: list[Scene]) -> None:
    boxes = np.concatenate([scene.boxes for scene in scenes])
    assert (boxes >= 0).all() and (boxes <= SIZE).all()
    assert (boxes[:, 2] - boxes[:, 0] >= 2).all() and (boxes[:, 3] - boxes[:, 1] >= 2).all()


def test_attributes_are_within_wider_faces_range(scenes: list[Scene]) -> None:
    rows = np.concatenate([scene.attributes for scene in scenes])
    assert (rows >= 0).all() and (rows.max(axis=0) <= [2, 1, 1, 1, 2, 1]).all()


def test_small_faces_are_invalid(scenes: list[Scene]) -> None:
    for scene in scenes:
        sides = np.minimum(*(scene.boxes[:, 2:] - scene.boxes[:, :2]).T)
        assert (scene.attributes[sides < 6, 3] == 1).all()


def test_counts_and_sizes_cover_the_range(scenes: list[Scene]) -> None:
    counts = [len(scene.boxes) for scene in scenes]
    assert min(counts) == 0
    assert max(counts) > 10
    heights = np.concatenate([s.boxes[:, 3] - s.boxes[:, 1] for s in scenes]) * (512 / SIZE)
    assert heights.min() < 16 and heights.max() > 200


def test_face_stands_out_at_its_box() -> None:
    """A face turned to the camera: skin in the box, eyes darker than cheeks."""
    rng = np.random.Generator(np.random.PCG64(3))
    person = draw_person(rng)
    person.glasses, person.mask, person.beard, person.cover = "none", False, "none", "crop"
    person.eyes_open, person.darkness = 1.0, 0.3
    light = draw_light(rng)
    light.direction[:] = (0, -0.5, 0.866)
    patch = render_head(rng, person, light, (150.0, 150.0), 120.0, (0.0, 0.0, 0.0))
    assert patch.box is not None
    left, top, right, bottom = patch.box
    assert 100 < bottom - top < 135 and 0.65 < (right - left) / (bottom - top) < 1.0
    grey = patch.colour.mean(axis=2)

    def level(x: float, y: float) -> float:
        """Mean over a spot at x, y in half head heights (74 pixels) from the middle."""
        column, row = int(150 + x * 74) - patch.left, int(150 + y * 74) - patch.top
        return float(grey[row - 3 : row + 4, column - 3 : column + 4].mean())

    for side in (-1, 1):
        eye, cheek = level(side * person.eye_gap, 0.0), level(side * 0.4, 0.3)
        assert eye < 0.7 * cheek
    assert level(0, 0.64) < 0.9 * level(0, 0.25)


def test_bad_arguments() -> None:
    with pytest.raises(ModelError, match="seed -1: expected 0 or more"):
        render_scene(-1)
    with pytest.raises(ModelError, match="size 20: expected 64 to 4096 pixels"):
        render_scene(0, 20)


def test_arithmetic_is_plain() -> None:
    """The stand-ins for exp and sin have the shapes they should."""
    q = np.linspace(0, 4, 50, dtype=np.float32)
    assert np.abs(falloff(q) - np.exp(-q)).max() < 0.07
    t = np.linspace(-2, 2, 101, dtype=np.float32)
    assert np.abs(wave(t) - np.sin(2 * np.pi * t)).max() < 0.06
    assert step(1.0, 0.0, np.float32([2, 1, 0.5, 0, -1])).tolist() == [0, 0, 0.5, 1, 1]
    rng = np.random.Generator(np.random.PCG64(0))
    field = noise(rng, 200, 200, 8, 8)
    assert field.dtype == np.float32 and 0.6 < field.std() < 1.4
    assert resize(field, 50, 60).shape == (50, 60)
