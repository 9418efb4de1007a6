"""Mosaics: every tile's pixels and boxes in their place."""

import dataclasses

import numpy as np
import pytest
import torch

from model.training.assign import ABSENT, FACE, IGNORED
from model.training.augment import AugmentConfig, apply, draws, move_boxes, plan
from model.training.mosaic import Tiles, collect, lay_out, whole

PLAIN = AugmentConfig(
    brightness=0.0,
    contrast=1.0,
    saturation=1.0,
    balance=1.0,
    grey=0.0,
    noise=0.0,
    blur=0.0,
    rotated=0.0,
)


def test_shares_and_places() -> None:
    """Of 4,000 inputs half are of 2 x 2 tiles and a quarter of 4 x 4."""
    tiles = lay_out((0.5, 0.25), np.random.default_rng(0), 4000, 256)
    number = np.bincount(tiles.into)
    shares = [(number == count).mean() for count in (1, 4, 16)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.03)
    assert sum(shares) == 1
    assert np.array_equal(tiles.side, 256 // np.sqrt(number[tiles.into]).astype(int))
    area = np.bincount(tiles.into, tiles.side**2)
    assert (area == 256**2).all()
    places = {(i, x, y) for i, x, y in zip(tiles.into, tiles.left, tiles.top, strict=True)}
    assert len(places) == len(tiles.into)  # no two in one place
    assert ((tiles.left % tiles.side == 0) & (tiles.left + tiles.side <= 256)).all()
    assert np.array_equal(tiles.picture[:4000], np.arange(4000))
    of_last = tiles.picture[tiles.into == np.flatnonzero(number == 4)[-1]]
    assert np.array_equal((of_last - of_last[0]) % 4000, [0, 1, 2, 3])


def test_no_mosaic_draws_nothing() -> None:
    generator = np.random.default_rng(0)
    assert len(lay_out((0.0, 0.0), generator, 5, 64).picture) == 5
    assert generator.random() == np.random.default_rng(0).random()


def test_boxes_go_to_their_tiles() -> None:
    """Two inputs of 64: picture 0 alone, and 2 x 2 tiles of 32 with pictures 1, 0, 1, 0."""
    tiles = Tiles(
        *map(np.array, ([0, 1, 0, 1, 0], [0, 1, 1, 1, 1], [64, 32, 32, 32, 32])),
        np.array([0, 0, 32, 0, 32]),
        np.array([0, 0, 0, 32, 32]),
    )
    boxes = np.zeros((5, 2, 4), dtype=np.float32)
    boxes[:, 0], boxes[1:, 1] = [2, 4, 10, 12], [1, 1, 5, 5]
    kinds = np.array(
        [[FACE, ABSENT], [FACE, IGNORED], [FACE, ABSENT], [ABSENT, FACE], [IGNORED, ABSENT]],
        dtype=np.int8,
    )
    found, new = collect(tiles, boxes, kinds, 2)
    assert new.tolist() == [[FACE, 0, 0, 0, 0], [FACE, IGNORED, FACE, FACE, IGNORED]]
    assert found[0, 0].tolist() == [2, 4, 10, 12] and not found[0, 1:].any()
    assert found[1].tolist() == [
        [2, 4, 10, 12],
        [1, 1, 5, 5],
        [34, 4, 42, 12],
        [1, 33, 5, 37],
        [34, 36, 42, 44],
    ]


def test_pixels_and_boxes_of_a_mosaic_agree() -> None:
    """White rectangles on grey: what is white in an input lies in its boxes, and fills them."""
    count, size, target = 24, 128, 128
    generator = np.random.default_rng(3)
    pixels = torch.full((count, 3, size, size), 128, dtype=torch.uint8)
    boxes = np.zeros((count, 1, 4), dtype=np.float32)
    for index in range(count):
        left, top, wide, high = generator.integers(30, 60, 4)
        boxes[index, 0] = left, top, left + wide, top + high
        pixels[index, :, top : top + high, left : left + wide] = 255
    kinds = np.full((count, 1), FACE, dtype=np.int8)
    config = dataclasses.replace(
        PLAIN, mosaic=(0.4, 0.3), least_side=1.0, least_share=0.0, rotated=0.0
    )
    tiles = lay_out(config.mosaic, generator, count, target)
    assert set(tiles.side.tolist()) == {32, 64, 128}
    shown = tiles.picture
    u = draws(1, 0, len(shown))
    one = plan(config, u, boxes[shown], kinds[shown], size, target, tiles.side)
    moved, new = move_boxes(boxes[shown], kinds[shown], one, config)
    moved, new = collect(tiles, moved, new, count)
    output = apply(pixels, one, target, 0, tiles)
    assert output.shape == (count, 3, target, target)
    for index in range(count):
        white = (output[index, 0] * 256 > 200).numpy()
        wanted = np.zeros_like(white)
        edges = np.zeros_like(white)
        for box in moved[index][new[index] != ABSENT]:
            left, top, right, bottom = np.round(box).astype(int)
            wanted[top:bottom, left:right] = True
            edges[max(0, top - 3) : bottom + 3, max(0, left - 3) : right + 3] = True
            edges[top + 3 : bottom - 3, left + 3 : right - 3] = False
        assert wanted.any() and np.array_equal(white[~edges], wanted[~edges])


def test_alone_a_batch_is_what_it_is_without_tiles() -> None:
    pixels = torch.randint(0, 256, (6, 3, 64, 64), dtype=torch.uint8)
    boxes, kinds = np.zeros((6, 1, 4), np.float32), np.zeros((6, 1), np.int8)
    one = plan(AugmentConfig(), draws(2, 0, 6), boxes, kinds, 64, 96)
    assert torch.equal(apply(pixels, one, 96, 4), apply(pixels, one, 96, 4, whole(6, 96)))
