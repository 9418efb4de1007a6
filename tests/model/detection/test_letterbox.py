"""Letterboxing: there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.detection.letterbox import letterbox, resize
from model.errors import ModelError


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_picture_of_the_right_size_is_unchanged() -> None:
    image = noise(64, 64)
    boxed, _ = letterbox(image, 64)
    assert np.array_equal(boxed, image)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**31))
def test_boxes_come_back(height: int, width: int, seed: int) -> None:
    boxed, transform = letterbox(noise(height, width), 64)
    assert boxed.shape == (64, 64, 3)
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0, width, (5, 2)), axis=1)
    y = np.sort(random.uniform(0, height, (5, 2)), axis=1)
    boxes = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)
    inside = transform.to_box(boxes)
    assert (inside >= -1e-9).all()
    assert (inside <= 64 + 1e-9).all()
    np.testing.assert_allclose(transform.to_picture(inside), boxes, atol=1e-9)


def test_padding_is_grey_and_the_picture_in_the_middle() -> None:
    boxed, transform = letterbox(np.full((32, 64, 3), 200, dtype=np.uint8), 64)
    assert (transform.left, transform.top) == (0, 16)
    assert (boxed[16:48] == 200).all()
    assert (boxed[:16] == 128).all()
    assert (boxed[48:] == 128).all()


def test_boxes_are_clipped_to_the_picture() -> None:
    _, transform = letterbox(noise(32, 64), 64)
    outside = np.array([[-5.0, 0.0, 100.0, 64.0]])
    assert transform.to_picture(outside).tolist() == [[0, 0, 64, 32]]


@pytest.mark.parametrize("size", [(20, 30), (100, 37), (7, 200)])
def test_resizing_filters_as_pillow_does(size: tuple[int, int]) -> None:
    image = noise(64, 48)
    expected = Image.fromarray(image).resize(size[::-1], Image.Resampling.BILINEAR)
    difference = np.abs(resize(image, *size).astype(int) - np.asarray(expected).astype(int))
    assert difference.max() <= 1


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ModelError) as caught:
        letterbox(np.zeros((4, 4), dtype=np.uint8))
    assert str(caught.value) == "picture of shape (4, 4), uint8; expected (H, W, 3), uint8"


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns"),
    [(5, 7, 23, 32), (2, 3, 21, 32), (3, 64, 2, 32), (1, 200, 1, 32), (200, 1, 32, 1)],
)
def test_sizes_are_the_nearest_and_never_nothing(
    height: int, width: int, rows: int, columns: int
) -> None:
    """22.86 rows are 23, 21.33 are 21, 1.5 are 2, and 0.16 are one."""
    frame, found = letterbox(np.zeros((height, width, 3), np.uint8), 32)
    assert (found.top, found.left) == ((32 - rows) // 2, (32 - columns) // 2)
    assert (found.scale_y, found.scale_x) == (rows / height, columns / width)
    inside = (frame == 0).all(axis=2)
    assert (inside.any(axis=1).sum(), inside.any(axis=0).sum()) == (rows, columns)


def test_pixels_are_rounded_to_the_nearest() -> None:
    """The mean of 0 and 1 is 1, of 0 and 254 it is 127."""
    for top, bottom, mean in ((0, 1, 1), (0, 254, 127), (1, 2, 2), (0, 0, 0)):
        picture = np.repeat(np.array([[[top]], [[bottom]]], np.uint8), 3, axis=2)
        assert resize(picture, 1, 1).tolist() == [[[mean] * 3]]
