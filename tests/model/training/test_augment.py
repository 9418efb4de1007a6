"""Boxes stay on what they are around, whatever happens to the picture."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from model.errors import ModelError
from model.training.assign import ABSENT, FACE, IGNORED
from model.training.augment import DRAWS, AugmentConfig, apply, draws, move_boxes, plan
from model.training.mosaic import lay_out

SIZE = 256
PLAIN_COLOURS = {
    "brightness": 0.0,
    "contrast": 1.0,
    "saturation": 1.0,
    "balance": 1.0,
    "grey": 0.0,
    "noise": 0.0,
    "rotated": 0.0,
}


def rectangles(count: int, seed: int) -> tuple[torch.Tensor, np.ndarray, np.ndarray]:
    """Grey pictures, each with one white rectangle, its box in the first of two places."""
    generator = np.random.default_rng(seed)
    pixels = torch.full((count, 3, SIZE, SIZE), 128, dtype=torch.uint8)
    boxes = np.zeros((count, 2, 4), dtype=np.float32)
    for index in range(count):
        left, top = generator.integers(8, 160, 2)
        wide, high = generator.integers(40, 80, 2)
        boxes[index, 0] = left, top, left + wide, top + high
        pixels[index, :, top : top + high, left : left + wide] = 255
    kinds = np.array([[FACE, ABSENT]] * count, dtype=np.int8)
    return pixels, boxes, kinds


@pytest.mark.parametrize("target", [192, 256, 320])
@pytest.mark.parametrize("seed", range(3))
def test_boxes_follow_the_pixels(seed: int, target: int) -> None:
    count = 24
    config = AugmentConfig(**PLAIN_COLOURS)
    pixels, boxes, kinds = rectangles(count, seed)
    one = plan(config, draws(seed, 0, count), boxes, kinds, SIZE, target)
    moved, new = move_boxes(boxes, kinds, one, config)
    output = apply(pixels, one, target, 0)
    assert output.shape == (count, 3, target, target)
    assert one.flip.any() and not one.flip.all() and len(set(one.level.tolist())) > 1
    assert (new[:, 0] == FACE).sum() > count // 2
    for index in range(count):
        white = output[index, 0] * 256 > (128 + 255) / 2
        if new[index, 0] == ABSENT:
            assert not white.any()
            continue
        rows, columns = white.any(1).nonzero().flatten(), white.any(0).nonzero().flatten()
        if not len(rows):
            assert new[index, 0] == IGNORED  # a sliver
            continue
        found = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        slack = 1.01 * 2.0 ** one.level[index] * target / min(one.wide[index], one.high[index])
        assert np.abs(np.array(found) - moved[index, 0]).max() <= max(1.01, slack)


def test_a_plain_picture_is_untouched() -> None:
    """Not a level is lost, so that what is plain is what is evaluated."""
    config = dataclasses.replace(AugmentConfig(**PLAIN_COLOURS), plain=1.0, flip=0.0, blur=0.0)
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (3, 3, 64, 64), generator=generator, dtype=torch.uint8)
    boxes, kinds = np.zeros((3, 1, 4), np.float32), np.zeros((3, 1), np.int8)
    one = plan(config, draws(0, 0, 3), boxes, kinds, 64, 64)
    assert torch.equal(apply(pixels, one, 64, 0) * 256, pixels.float())


def test_outputs_are_8_bit_pixels_and_repeat() -> None:
    pixels, boxes, kinds = rectangles(8, 1)
    one = plan(AugmentConfig(), draws(3, 5, 8), boxes, kinds, SIZE, 224)
    first, again, other = (apply(pixels, one, 224, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    levels = first * 256
    assert torch.equal(levels, levels.round()) and levels.min() >= 0 and levels.max() <= 255


def test_small_and_cut_faces_are_ignored() -> None:
    """Boxes of which 3/4 lie outside, narrow and low ones are not learned."""
    config = dataclasses.replace(AugmentConfig(), plain=1.0, flip=0.0)
    boxes = np.array(
        [
            [
                [100, 10, 140, 50],
                [118, 10, 158, 50],
                [20, 20, 25, 60],
                [130, 0, 150, 9],
                [5, 5, 45, 45],
            ]
        ],
        dtype=np.float32,
    )
    kinds = np.array([[FACE, FACE, FACE, FACE, IGNORED]], dtype=np.int8)
    one = plan(config, draws(0, 0, 1), boxes, kinds, 128, 128)
    moved, new = move_boxes(boxes, kinds, one, config)
    assert new.tolist() == [[FACE, IGNORED, IGNORED, IGNORED]]
    assert moved.tolist() == [
        [[100, 10, 128, 50], [118, 10, 128, 50], [20, 20, 25, 60], [5, 5, 45, 45]]
    ]


def test_windows_lie_around_faces_or_within_the_picture() -> None:
    count = 400
    _, boxes, kinds = rectangles(count, 4)
    config = dataclasses.replace(AugmentConfig(), focus=1.0, plain=0.0, scale=0.0)
    one = plan(config, draws(1, 0, count), boxes, kinds, SIZE, SIZE)
    x = (boxes[:, 0, 0] + boxes[:, 0, 2]) / 2
    assert ((x > one.left) & (x < one.left + one.wide)).all()
    inside = one.wide <= SIZE
    assert (one.left[inside] >= -1e-9).all()
    assert (one.left[inside] + one.wide[inside] <= SIZE + 1e-9).all()
    assert 0.3 < (SIZE / one.wide < 1).mean() < 0.75


def test_faces_get_all_sizes_from_10_to_500_pixels() -> None:
    """Faces of 20 to 200 pixels in letterboxes of 512, inputs of 512: every octave is there."""
    count = 6000
    generator = np.random.default_rng(0)
    side = 20 * 10 ** generator.random(count)
    corner = generator.random((count, 2)) * (512 - side[:, np.newaxis])
    boxes = np.concatenate([corner, corner + side[:, np.newaxis]], axis=1)[:, np.newaxis]
    kinds = np.full((count, 1), FACE, dtype=np.int8)
    config = AugmentConfig()
    tiles = lay_out(config.mosaic, generator, count, 512)
    shown, u = tiles.picture, draws(1, 0, len(tiles.picture))
    boxes, kinds = boxes.astype(np.float32)[shown], kinds[shown]
    one = plan(config, u, boxes, kinds, 512, 512, tiles.side)
    moved, new = move_boxes(boxes, kinds, one, config)
    sizes = np.sqrt((moved[..., 2:] - moved[..., :2]).prod(axis=-1))[new == FACE]
    shares = np.histogram(sizes, [10, 20, 40, 80, 160, 320, 500])[0] / len(sizes)
    assert shares[:5].min() > 0.05 and shares[5] > 0.005, shares
    assert (sizes >= 10).mean() > 0.95 and sizes.max() > 450


def test_a_drawn_size_is_what_comes_out() -> None:
    """A face of 40 x 90 (root of the area 60) in a letterbox of 256, scaled to inputs of 256.

    The picture is to cover 0.5 of the input at least, so that the face has 30 at least; twice its
    size, 120, is the most. Halfway in the logarithm: sqrt(30 * 120) = 60.
    """
    config = AugmentConfig(plain=0.0, scale=1.0, aspect=1.0, cover=0.5, enlarge=2.0)
    boxes = np.array([[[100, 60, 140, 150]]] * 3, dtype=np.float32)
    kinds = np.full((3, 1), FACE, dtype=np.int8)
    u = np.full((3, DRAWS), 0.5)
    u[:, 0] = 0.0, 0.5, 1.0
    one = plan(config, u, boxes, kinds, SIZE, SIZE)
    moved, new = move_boxes(boxes, kinds, one, config)
    sides = moved[:, 0, 2:] - moved[:, 0, :2]
    assert new.tolist() == [[FACE]] * 3
    assert np.sqrt(sides.prod(axis=1)) == pytest.approx([30, 60, 120], abs=1e-3)
    assert sides[:, 1] / sides[:, 0] == pytest.approx([2.25] * 3, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mosaic": (0.7, 0.4)}, "expected shares of 2 x 2 and of 4 x 4, 1 at most in all"),
        ({"mosaic": (0.7,)}, "expected shares"),
        ({"faces": (0.0, 9.0)}, "faces is"),
        ({"zoom": (2.0, 1.0)}, "zoom is (2.0, 1.0); expected least,greatest of more than 0"),
        ({"cover": 0.0}, "cover is 0.0; expected more than 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        AugmentConfig(**change).check()
    assert message in str(caught.value)


def test_boxes_lie_around_tilted_heads() -> None:
    """White ellipses, tilted by up to 30 degrees: the box is that of what is white."""
    count = 24
    generator = np.random.default_rng(2)
    config = AugmentConfig(**{**PLAIN_COLOURS, "rotated": 1.0}, tilt=30.0, blur=0.0, plain=0.0)
    boxes = np.zeros((count, 1, 4), dtype=np.float32)
    pixels = torch.full((count, 3, SIZE, SIZE), 128, dtype=torch.uint8)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    for index in range(count):
        wide, high = generator.integers(20, 30), generator.integers(34, 50)
        cx, cy = generator.integers(90, 160, 2)
        boxes[index, 0] = cx - wide, cy - high, cx + wide, cy + high
        inside = ((x - cx) / wide) ** 2 + ((y - cy) / high) ** 2 <= 1
        pixels[index, :, torch.from_numpy(inside)] = 255
    kinds = np.full((count, 1), FACE, dtype=np.int8)
    one = plan(config, draws(3, 0, count), boxes, kinds, SIZE, SIZE)
    assert (np.abs(np.degrees(one.angle)) > 20).any() and np.abs(np.degrees(one.angle)).max() < 30
    moved, new = move_boxes(boxes, kinds, one, config)
    output = apply(pixels, one, SIZE, 0)
    compared = 0
    for index in range(count):
        left, top, right, bottom = moved[index, 0]
        if new[index, 0] != FACE or min(left, top) < 1 or max(right, bottom) > SIZE - 1:
            continue
        white = output[index, 0] * 256 > (128 + 255) / 2
        rows, columns = white.any(1).nonzero().flatten(), white.any(0).nonzero().flatten()
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
        slack = 1 + 1.5 * SIZE / min(one.wide[index], one.high[index])
        assert np.abs(found - moved[index, 0]).max() <= slack, index
        compared += 1
    assert compared > 8
