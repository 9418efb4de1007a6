"""False positives by their overlap with a face, on cases counted by hand."""

import numpy as np

from model.detection.decode import Detections
from model.evaluation.errors import false_positives

FACE = np.array([[0.0, 0, 10, 10]])
NO_FLAGS = np.zeros(1, dtype=np.bool_)


def wide(right: float) -> list[float]:
    """A box that holds the face; its overlap is 10 / right."""
    return [0.0, 0, right, 10]


def test_each_kind() -> None:
    boxes = np.array([wide(10), wide(12), wide(25), wide(50), [50, 50, 60, 60], wide(200)])
    found = Detections(boxes, np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]))
    kinds = ["second box of a face", "face, mislocated", "near a face", "none"]
    for count, expected in ((9, [1, 1, 1, 2]), (3, [1, 1, 1, 0]), (1, [1, 0, 0, 0])):
        table = false_positives([found], [FACE], [NO_FLAGS], count)
        assert list(table) == kinds and list(table.values()) == expected


def test_highest_scores_of_all_pictures_come_first() -> None:
    far = np.array([[50.0, 50, 60, 60]])
    one = Detections(np.concatenate([far, np.array([wide(25)])]), np.array([0.2, 0.1]))
    two = Detections(np.array([wide(25)]), np.array([0.9]))
    table = false_positives([one, two], [FACE, FACE], [NO_FLAGS, NO_FLAGS], 2)
    assert table == {
        "second box of a face": 0, "face, mislocated": 1, "near a face": 0, "none": 1
    }  # fmt: skip


def test_ignored_faces_and_pictures_without_faces() -> None:
    found = Detections(np.array([wide(12), wide(50)]), np.array([0.9, 0.8]))
    nothing = np.zeros((0, 4))
    table = false_positives([found, found], [FACE, nothing], [NO_FLAGS | True, NO_FLAGS[:0]], 10)
    assert table == {
        "second box of a face": 0, "face, mislocated": 0, "near a face": 1, "none": 2
    }  # fmt: skip
    empty = Detections(np.zeros((0, 4)), np.zeros(0))
    assert sum(false_positives([empty], [FACE], [NO_FLAGS], 5).values()) == 0
