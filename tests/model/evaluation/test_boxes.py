"""Detection rate and average precision of boxes, by hand and by properties."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.detection.decode import Detections
from model.errors import ModelError
from model.evaluation.boxes import average_precision, curve, judge, overlaps, rate_at_fppi

NONE = Detections(np.zeros((0, 4)), np.zeros(0))


def found(*rows: tuple[float, float, float, float, float]) -> Detections:
    """Detections of left, top, right, bottom, score."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Detections(table[:, :4], table[:, 4])


def faces(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


# Ten pictures, four faces of 10 x 10 in the first three; one false positive is 0.1 a picture.
#   0.9  face 1                       found 1, false 0    precision 1
#   0.8  upper half of face 2: 0.5    found 2, false 0    precision 1
#   0.7  face 1 again                 found 2, false 1    precision 2/3
#   0.6  face 3                       found 3, false 1    precision 3/4
#   0.5  a picture without faces      found 3, false 2    precision 3/5
#   0.4  face 4                       found 4, false 2    precision 4/6
# At one false positive 3 of 4 are found; area 1/4 * (1 + 1 + 3/4 + 2/3) = 41/48.
TRUTH = [
    faces((0, 0, 10, 10), (20, 0, 30, 10)),
    faces((0, 0, 10, 10)),
    faces((5, 5, 15, 15)),
    *[faces()] * 7,
]
FOUND = [
    found((0, 0, 10, 10, 0.7), (0, 0, 10, 10, 0.9), (20, 0, 30, 5, 0.8)),
    found((0, 0, 10, 10, 0.6)),
    found((5, 5, 15, 15, 0.4)),
    found((5, 5, 15, 15, 0.5)),
    *[NONE] * 6,
]


def test_by_hand() -> None:
    result = curve(FOUND, TRUTH)
    assert result.thresholds.tolist() == [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    assert result.found.tolist() == [1, 2, 2, 3, 3, 4]
    assert result.false_positives.tolist() == [0, 0, 1, 1, 2, 2]
    assert rate_at_fppi(FOUND, TRUTH) == 0.75
    assert rate_at_fppi(FOUND, TRUTH, 0.0) == 0.5
    assert rate_at_fppi(FOUND, TRUTH, 0.2) == 1.0
    assert result.threshold_at_fppi(0.1) == 0.6
    assert average_precision(result) == pytest.approx(41 / 48)


def test_equal_scores_stand_or_fall_together() -> None:
    # One threshold admits the hit and the miss alike: without a false positive nothing is found.
    both = [found((0, 0, 10, 10, 0.5), (50, 50, 60, 60, 0.5))]
    truth = [faces((0, 0, 10, 10))]
    assert rate_at_fppi(both, truth, 0.1) == 0.0
    assert rate_at_fppi(both, truth, 1.0) == 1.0


def test_a_detection_goes_to_a_face_that_is_still_free() -> None:
    # Faces 1 and 2 overlap; both detections lie on face 1 best, the second one goes to face 2:
    # 8 x 10 common of 120 is 2/3.
    one, two = (0, 0, 10, 10), (2, 0, 12, 10)
    hit, false = judge(faces(one, one), faces(one, two), np.array([False, False]))
    assert (hit.tolist(), false.tolist()) == ([True, True], [False, False])


def test_of_two_free_faces_the_one_that_overlaps_most() -> None:
    # The first detection is face 2 itself and 2/3 on face 1; the second one is 2/3 on face 1 alone.
    one, two, left = (0, 0, 10, 10), (2, 0, 12, 10), (-2, 0, 8, 10)
    hit, false = judge(faces(two, left), faces(one, two), np.array([False, False]))
    assert (hit.tolist(), false.tolist()) == ([True, True], [False, False])


def test_precision_that_rises_again_counts_from_the_left() -> None:
    # A miss, then two hits: precision 0, 1/2, 2/3, of which 2/3 holds for both halves of recall.
    rows = (50, 50, 60, 60, 0.9), (0, 0, 10, 10, 0.8), (20, 0, 30, 10, 0.7)
    result = curve([found(*rows)], [faces((0, 0, 10, 10), (20, 0, 30, 10))])
    assert average_precision(result) == pytest.approx(2 / 3)


def test_ignored_faces_neither_count_nor_make_false_positives() -> None:
    truth = [faces((0, 0, 10, 10), (20, 0, 30, 10))]
    ignored = [np.array([False, True])]
    result = curve([found((20, 0, 30, 10, 0.9), (0, 0, 10, 10, 0.5))], truth, ignored)
    assert (result.found.tolist(), result.false_positives.tolist()) == ([0, 1], [0, 0])
    assert result.faces == 1


def test_overlaps() -> None:
    ratio = overlaps(faces((0, 0, 10, 5), (5, 0, 15, 10), (3, 3, 3, 3)), faces((0, 0, 10, 10)))
    np.testing.assert_allclose(ratio[:, 0], [0.5, 1 / 3, 0.0])
    assert overlaps(faces((3, 3, 3, 3)), faces((3, 3, 3, 3)))[0, 0] == 0.0


def test_nothing_found_and_no_faces() -> None:
    assert rate_at_fppi([NONE], [faces((0, 0, 1, 1))]) == 0.0
    assert rate_at_fppi([found((0, 0, 1, 1, 1))], [faces()]) == 0.0
    assert average_precision(curve([NONE], [faces()])) == 0.0
    assert curve([], []).rate_at_fppi(0.1) == 0.0
    with pytest.raises(ModelError) as error:
        rate_at_fppi([NONE], [])
    assert str(error.value) == (
        "detections of 1 pictures, boxes of 0, flags of 0; expected as many of each"
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(0, 8))
def test_properties(seed: int, pictures: int, count: int) -> None:
    random = np.random.default_rng(seed)
    truth, detections = [], []
    for _ in range(pictures):
        low = random.uniform(0, 50, (3, 2))
        boxes = np.column_stack([low, low + random.uniform(5, 20, (3, 2))])
        truth.append(boxes)
        moved = boxes[random.integers(0, 3, count)] + random.normal(0, 2, (count, 4))
        detections.append(Detections(moved, random.integers(0, 5, count) / 5))
    result = curve(detections, truth)
    assert (np.diff(result.thresholds) < 0).all()
    assert (np.diff(result.found) >= 0).all()
    assert (np.diff(result.false_positives) >= 0).all()
    rates = [result.rate_at_fppi(fppi) for fppi in np.linspace(0, 5, 11)]
    assert rates == sorted(rates)
    assert 0.0 <= average_precision(result) <= 1.0
    if count:
        assert result.found[-1] + result.false_positives[-1] == count * pictures
    perfect = [Detections(boxes, np.full(len(boxes), 0.5)) for boxes in truth]
    assert rate_at_fppi(perfect, truth, 0.0) == 1.0
    assert average_precision(curve(perfect, truth)) == pytest.approx(1.0)
    # False positives below all others change no rate at fewer of them.
    far = Detections(np.array([[900.0, 900, 910, 910]]), np.array([-1.0]))
    more = [
        Detections(np.concatenate([a.boxes, b.boxes]), np.concatenate([a.scores, b.scores]))
        for a, b in zip(detections, itertools.repeat(far), strict=False)
    ]
    assert rate_at_fppi(more, truth, 0.1) == rate_at_fppi(detections, truth, 0.1)
