"""Anchors by k-means."""

import numpy as np
import pytest

from model.errors import ModelError
from model.training.anchors import evenly, kmeans_anchors, mean_iou, shape_iou


def test_shape_iou_by_hand() -> None:
    got = shape_iou(np.array([[2.0, 4.0], [4.0, 2.0]]), np.array([[2.0, 2.0], [4.0, 4.0]]))
    assert got.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_clusters_are_found() -> None:
    centres = np.array([[0.5, 0.7], [1, 1.5], [2, 3], [4, 5], [8, 10]])
    generator = np.random.default_rng(0)
    sizes = np.concatenate(
        [centre * np.exp(generator.normal(0, 0.03, (200, 2))) for centre in centres]
    )
    got = np.array(kmeans_anchors(sizes, 5, seed=3))
    assert np.allclose(got, centres, rtol=0.05)
    assert mean_iou(sizes, kmeans_anchors(sizes, 5, seed=3)) > 0.9


def test_more_anchors_fit_better_and_seeds_repeat() -> None:
    sizes = np.exp(np.random.default_rng(1).normal(0.5, 0.8, (3000, 2)))
    fits = [mean_iou(sizes, kmeans_anchors(sizes, count)) for count in (1, 2, 5, 9)]
    assert fits == sorted(fits)
    assert kmeans_anchors(sizes, 5, seed=2) == kmeans_anchors(sizes, 5, seed=2)
    assert len(kmeans_anchors(sizes, 5, limit=100)) == 5


def test_equal_boxes_give_equal_anchors() -> None:
    assert kmeans_anchors(np.ones((9, 2)), 5) == ((1.0, 1.0),) * 5


def test_too_few_boxes_are_refused() -> None:
    with pytest.raises(ModelError) as caught:
        kmeans_anchors(np.array([[1.0, 1.0], [0.0, 3.0], [2.0, 2.0]]), 5)
    assert str(caught.value) == "2 boxes for 5 anchors; expected at least 5"
    with pytest.raises(ModelError, match="expected finite"):
        kmeans_anchors(np.full((9, 2), np.nan), 5)


def test_sizes_count_alike_however_many_have_them() -> None:
    """10,000 faces of 10 pixels, 200 of 100, 10 of 400, which is fewer than 1 % of 10,210 boxes.

    The first two sizes count alike, the third 10/102.1 of that: of 2.098 parts 1, 1 and 0.098.
    """
    sizes = np.repeat([[10.0, 10.0], [100.0, 100.0], [400.0, 400.0]], [10_000, 200, 10], axis=0)
    drawn = evenly(sizes, 20_000, 1)
    shares = [(drawn[:, 0] == side).mean() for side in (10, 100, 400)]
    assert shares == pytest.approx([0.4767, 0.4767, 0.0467], abs=0.01)
    assert np.array_equal(drawn, evenly(sizes, 20_000, 1))
    assert not np.array_equal(drawn, evenly(sizes, 20_000, 2))
