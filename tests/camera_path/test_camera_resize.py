"""The integer resize is the exact mean under the triangle filter, by fractions; letterboxes."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from camera_path.errors import CameraPathError
from camera_path.resize import letterbox, place, resize
from model.detection.letterbox import letterbox as real_letterbox

sides = st.integers(1, 9)


def triangle(old: int, new: int) -> list[list[Fraction]]:
    """[new][old]: the filter as wide as the coarser pixel, normalized."""
    ratio = Fraction(old, new)
    radius = max(ratio, Fraction(1))
    half = Fraction(1, 2)
    rows = []
    for o in range(new):
        row = [
            max(Fraction(0), 1 - abs(i + half - (o + half) * ratio) / radius) for i in range(old)
        ]
        rows.append([weight / sum(row) for weight in row])
    return rows


@settings(max_examples=25, deadline=None)
@given(height=sides, width=sides, rows=sides, columns=sides, seed=st.integers(0, 99))
@example(height=1, width=1, rows=5, columns=1, seed=0)
@example(height=9, width=2, rows=1, columns=9, seed=1)
def test_it_is_the_exact_mean(height: int, width: int, rows: int, columns: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 1), np.uint8)
    down, across = triangle(height, rows), triangle(width, columns)
    wanted = [
        [
            sum(
                down[y][i] * across[x][j] * int(picture[i, j, 0])
                for i in range(height)
                for j in range(width)
            )
            for x in range(columns)
        ]
        for y in range(rows)
    ]
    rounded = [[(mean + Fraction(1, 2)).__floor__() for mean in row] for row in wanted]
    assert resize(picture, rows, columns)[..., 0].tolist() == rounded


@pytest.mark.parametrize(
    ("height", "width"), [(48, 64), (72, 128), (64, 64), (20, 30), (1, 100), (99, 7), (1, 1)]
)
def test_it_is_the_real_letterbox_but_for_means_between_two_levels(height: int, width: int) -> None:
    picture = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)
    frame, where = letterbox(picture, 64)
    real, transform = real_letterbox(picture, 64)
    distance = np.abs(frame.astype(int) - real)
    assert distance.max() <= 1 and np.mean(distance > 0) < 0.02
    boxes = np.random.default_rng(1).uniform(-9, 70, (20, 4))
    np.testing.assert_allclose(where.to_picture(boxes), transform.to_picture(boxes), atol=1e-12)


def test_by_hand() -> None:
    # 4 -> 2: weights 1 3 3 1 of 8 around each new pixel's middle, less what is outside
    row = np.array([[[0], [80], [160], [240]]], np.uint8)
    assert resize(row, 1, 2)[0, :, 0].tolist() == [
        round((3 * 80 + 160) / 7),
        round((80 + 3 * 160 + 3 * 240) / 7),
    ]
    # 2 -> 4: a quarter and three quarters, the border repeated
    assert resize(row[:, [0, 3]], 1, 4)[0, :, 0].tolist() == [0, 60, 180, 240]


def test_what_is_no_picture() -> None:
    with pytest.raises(CameraPathError, match=r"expected \(H, W, 3\), uint8"):
        letterbox(np.zeros((0, 4, 3), np.uint8), 8)
    with pytest.raises(CameraPathError, match="expected 1 or more each"):
        place(4, 0, 8)
