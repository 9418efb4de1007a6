"""Candidates and suppression in integers: against real numbers, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_path.decode import Boxes, decode
from camera_path.errors import CameraPathError
from camera_path.frames import FrameFormat
from camera_path.head import HIGHEST, LOWEST, HeadIntegers, half_side, sigmoid
from camera_path.path import Settings, boxes, in_picture, network_frame
from camera_path.resize import place
from camera_path.suppress import best, overlap_integer, suppress
from model.detection.decode import Head
from model.detection.decode import decode as real_decode
from model.detection.integer_path import detect
from model.errors import ModelError

ANCHORS = ((0.4, 0.5), (0.9375, 1.125), (3.03, 3.72))


def test_tables_are_as_near_as_stated() -> None:
    t = np.linspace(-12, 12, 4001)
    fixed = np.rint(t * 2**20).astype(np.int64)
    assert np.abs(sigmoid(fixed) / 2**16 - 1 / (1 + np.exp(-t))).max() < 0.001
    t = np.linspace(-6, 14.9, 4001)
    side = half_side(np.rint(t * 2**20).astype(np.int64))
    assert (np.abs(side - 2**t) <= 0.5 + 0.0002 * 2**t).all()
    assert half_side(np.array([15, 40, -3, -99]) << 20).tolist() == [32757, 32757, 0, 0]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_boxes_are_those_of_real_numbers_within_a_fraction_of_a_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale, bias = float(rng.uniform(0.005, 0.1)), rng.normal(size=18)
    integers = rng.integers(-60, 60, (1, 5, 7, 18))
    ((corners, scores),) = real_decode(integers, Head(ANCHORS, scale, tuple(bias.tolist())))
    found = decode(integers[0], HeadIntegers.make(ANCHORS, scale, bias.tolist()))
    assert len(found) == len(scores)
    assert np.abs(found.scores / 2**16 - scores).max() < 0.002
    side = np.maximum(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    clipped = np.clip(corners, LOWEST / 16, HIGHEST / 16)
    inside = side < 2 * HIGHEST / 16
    distance = np.abs(found.corners / 16 - clipped).max(axis=1)
    assert (distance <= 0.1 + 0.0001 * side)[inside].all()


def boxes_of(rows: list[tuple[int, ...]]) -> Boxes:
    """Of (left, top, right, bottom, score)."""
    table = np.array(rows, np.int64).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4], np.arange(len(table)))


def test_the_best_and_of_equal_scores_the_earlier() -> None:
    found = best(boxes_of([(0, 0, 1, 1, s) for s in (5, 9, 5, 7, 9, 5)]), 4)
    assert found.places.tolist() == [1, 4, 3, 0]
    assert len(best(boxes_of([]), 4)) == 0


def test_an_overlap_of_just_the_threshold_stays() -> None:
    # 10 x 10 beside 10 x 10, 5 in common: 50 / 150, a third
    pair = boxes_of([(0, 0, 10, 10, 9), (5, 0, 15, 10, 8)])
    third = 2**16 // 3  # a little less than a third
    assert suppress(pair, third).places.tolist() == [0]
    assert suppress(pair, third + 1).places.tolist() == [0, 1]
    same = boxes_of([(0, 0, 4, 4, 9), (0, 0, 4, 4, 8)])
    assert suppress(same, 2**16).places.tolist() == [0, 1]
    assert suppress(same, 2**16 - 1).places.tolist() == [0]
    half = boxes_of([(0, 0, 10, 10, 9), (0, 0, 10, 5, 8)])
    assert suppress(half, overlap_integer(0.5)).places.tolist() == [0, 1]
    empty = boxes_of([(3, 3, 3, 3, 9), (3, 3, 3, 3, 8), (9, 9, 3, 3, 7)])
    assert suppress(empty, 0).places.tolist() == [0, 1, 2]


def test_a_removed_box_removes_nothing() -> None:
    chain = boxes_of([(0, 0, 10, 10, 9), (4, 0, 14, 10, 8), (8, 0, 18, 10, 7)])
    assert suppress(chain, overlap_integer(0.4)).places.tolist() == [0, 2]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 30))
def test_suppression_is_greedy_by_fractions(seed: int, count: int) -> None:
    from fractions import Fraction

    rng = np.random.default_rng(seed)
    low = rng.integers(-40, 40, (count, 2))
    corners = np.hstack([low, low + rng.integers(0, 40, (count, 2))])
    found = Boxes(corners, rng.integers(0, 6, count), np.arange(count))
    limit = int(rng.integers(0, 2**16 + 1))
    kept: list[int] = []
    for i in sorted(range(count), key=lambda i: (-found.scores[i], i)):
        a = [int(v) for v in corners[i]]
        for j in kept:
            b = [int(v) for v in corners[j]]
            common = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(
                0, min(a[3], b[3]) - max(a[1], b[1])
            )
            union = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - common
            if union and Fraction(common, union) > Fraction(limit, 2**16):
                break
        else:
            kept.append(i)
    assert suppress(best(found, count), limit).places.tolist() == kept


def test_settings_and_limits() -> None:
    rng = np.random.default_rng(0)
    head = HeadIntegers.make(ANCHORS, 0.05)
    integers = rng.integers(-90, 90, (6, 6, 18), np.int16)
    every = boxes(integers, head, Settings.make(0.0, 1.0, 1000))
    assert len(every) == 108 and (np.diff(every.scores) <= 0).all()
    assert len(boxes(integers, head, Settings.make(0.0, 1.0, 7))) == 7
    assert len(boxes(integers, head, Settings.make(0.0, 1.0, 1000), candidates=50)) == 50
    some = boxes(integers, head, Settings.make(0.5))
    assert 0 < len(some) < 108 and some.scores.min() >= 2**15
    corners, scores = in_picture(some, place(640, 480, 192))
    assert corners.min() >= 0 and corners[:, 2].max() <= 640 and scores.max() <= 1
    assert len(boxes(integers, head, Settings.make(1.0))) == 0


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: Settings.make(1.1), "a threshold of 1.1; expected 0 to 1"),
        (lambda: Settings.make(0.5, -1), "an overlap of -1; expected 0 to 1"),
        (lambda: Settings.make(0.5, 0.4, 0), "expected 1 or more"),
        (lambda: HeadIntegers.make(ANCHORS, 20.0), "a scale of the head is too large"),
        (lambda: HeadIntegers.make(ANCHORS, float("nan")), "a scale of the head is too large"),
        (lambda: HeadIntegers.make(ANCHORS, 0.1, [1e9] * 18), "a bias of the head is too large"),
        (lambda: HeadIntegers.make(ANCHORS, 0.1, [0.0] * 5), "5 biases, 3 anchors"),
        (lambda: HeadIntegers.make(((1.0, 0.0),), 0.1), "above 0 of each"),
        (
            lambda: decode(np.zeros((2, 2, 6), np.int8), HeadIntegers.make(ANCHORS, 0.1)),
            r"expected \(H, W, 18\) integers",
        ),
        (
            lambda: network_frame(np.zeros(3, np.uint8), FrameFormat(1, 1), 2048),
            "expected 1024 a side at most",
        ),
    ],
)
def test_what_cannot_be_is_refused(act, message: str) -> None:
    with pytest.raises(CameraPathError, match=message):
        act()


def test_the_models_own_errors_and_detections() -> None:
    integers = np.zeros((1, 2, 2, 18), np.int64)
    with pytest.raises(ModelError, match="too large"):
        detect(integers, Head(ANCHORS, 99.0))
    with pytest.raises(ModelError, match="threshold 2: expected 0 to 1"):
        detect(integers, Head(ANCHORS, 0.1), 2)
    (found,) = detect(integers, Head(ANCHORS, 0.1), 0.2, limit=3)
    assert len(found) == 3 and found.scores.tolist() == [0.25] * 3
