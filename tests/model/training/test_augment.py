"""Boxes stay on what they are around, whatever happens to the picture."""

import dataclasses

import numpy as np
import pytest
import torch

from model.training.assign import ABSENT, FACE, IGNORED
from model.training.augment import AugmentConfig, apply, draws, move_boxes, plan

SIZE = 256
PLAIN_COLOURS = {
    "brightness": 0.0,
    "contrast": 1.0,
    "saturation": 1.0,
    "balance": 1.0,
    "grey": 0.0,
    "noise": 0.0,
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
    moved, new = move_boxes(boxes, kinds, one, target, config)
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
    moved, new = move_boxes(boxes, kinds, one, 128, config)
    assert new.tolist() == [[FACE, IGNORED, IGNORED, IGNORED]]
    assert moved.tolist() == [
        [[100, 10, 128, 50], [118, 10, 128, 50], [20, 20, 25, 60], [5, 5, 45, 45]]
    ]


def test_windows_lie_around_faces_or_within_the_picture() -> None:
    count = 400
    _, boxes, kinds = rectangles(count, 4)
    config = dataclasses.replace(AugmentConfig(), focus=1.0, plain=0.0)
    one = plan(config, draws(1, 0, count), boxes, kinds, SIZE, SIZE)
    x = (boxes[:, 0, 0] + boxes[:, 0, 2]) / 2
    assert ((x > one.left) & (x < one.left + one.wide)).all()
    inside = one.wide <= SIZE
    assert (one.left[inside] >= -1e-9).all()
    assert (one.left[inside] + one.wide[inside] <= SIZE + 1e-9).all()
    assert 0.3 < (SIZE / one.wide < 1).mean() < 0.75
