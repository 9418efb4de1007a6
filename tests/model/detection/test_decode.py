"""Decoding and suppression against slow, plain references."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.detection.decode import Head, decode, detect
from model.detection.nms import iou, suppress
from model.errors import ModelError

ANCHORS = ((0.5, 0.7), (2.0, 3.0))


def sigmoid(t: float) -> float:
    return 1 / (1 + math.exp(-t))


def slow_iou(a: np.ndarray, b: np.ndarray) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / union if union > 0 else 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 2), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**31))
def test_decoding_equals_a_loop(frames: int, height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    output = random.integers(-200, 200, (frames, height, width, 12))
    bias = tuple(random.integers(-9, 9, 12) / 8)
    found = decode(output, Head(ANCHORS, 1 / 64, bias))
    assert len(found) == frames
    for n, (boxes, scores) in enumerate(found):
        index = 0
        for row in range(height):
            for column in range(width):
                for a, (anchor_w, anchor_h) in enumerate(ANCHORS):
                    t = [output[n, row, column, 6 * a + i] / 64 + bias[6 * a + i] for i in range(6)]
                    x, y = (column + sigmoid(t[0])) * 32, (row + sigmoid(t[1])) * 32
                    w, h = anchor_w * math.exp(t[2]) * 32, anchor_h * math.exp(t[3]) * 32
                    expected = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
                    np.testing.assert_allclose(boxes[index], expected, rtol=1e-12)
                    assert scores[index] == pytest.approx(sigmoid(t[4]) * sigmoid(t[5]))
                    index += 1
        assert index == len(boxes) == len(scores)


def test_extreme_outputs_overflow_nowhere() -> None:
    with np.errstate(all="raise", under="ignore"):
        ((boxes, scores),) = decode(np.full((1, 1, 1, 12), 1e6), Head(ANCHORS))
        ((_, low),) = decode(np.full((1, 1, 1, 12), -1e6), Head(ANCHORS))
    assert np.isfinite(boxes).all()
    assert scores.tolist() == [1, 1]
    assert low.tolist() == [0, 0]


def test_detections_are_likely_and_apart() -> None:
    random = np.random.default_rng(1)
    output = random.normal(size=(2, 16, 16, 12)) * 2
    for found in detect(output, Head(ANCHORS), 0.3, 0.4, limit=20):
        assert 0 < len(found) <= 20
        assert (found.scores >= 0.3).all()
        assert (np.diff(found.scores) <= 0).all()
        for i, box in enumerate(found.boxes):
            assert all(slow_iou(box, other) <= 0.4 for other in found.boxes[:i])


def test_limits_of_score_and_overlap_are_inside() -> None:
    """Integers 0: scores of a quarter, and one anchor that is half of the other, exactly."""
    head, zeros = Head(((2.0, 1.0), (1.0, 1.0))), np.zeros((1, 1, 1, 12))
    assert detect(zeros, head, 0.25, 0.5)[0].scores.tolist() == [0.25, 0.25]
    assert len(detect(zeros, head, float(np.nextafter(0.25, 1)), 0.5)[0]) == 0
    (kept,) = detect(zeros, head, 0.25, float(np.nextafter(0.5, 0)))
    assert kept.boxes.tolist() == [[-16, 0, 48, 32]]
    assert detect(zeros, head, 0.0, 1.0, limit=1)[0].boxes.tolist() == [[-16, 0, 48, 32]]


def test_sizes_are_limited() -> None:
    """t_w and t_h count up to 8."""
    for t, limited in ((7.5, 7.5), (8.0, 8.0), (8.5, 8.0)):
        output = np.zeros((1, 1, 1, 6))
        output[..., 2:4] = t
        ((boxes, _),) = decode(output, Head(((1.0, 1.0),)))
        side = 32 * math.exp(limited)
        np.testing.assert_allclose(boxes[0], [16 - side / 2] * 2 + [16 + side / 2] * 2)


def test_nothing_found_is_an_empty_array() -> None:
    (found,) = detect(np.full((1, 2, 2, 12), -50), Head(ANCHORS))
    assert found.boxes.shape == (0, 4)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 25), st.floats(0.0, 0.9), st.integers(0, 2**31))
def test_suppression_is_greedy(count: int, threshold: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    corner = random.integers(0, 20, (count, 2)).astype(float)
    boxes = np.concatenate([corner, corner + random.integers(0, 12, (count, 2))], axis=1)
    scores = random.integers(0, 8, count) / 8  # with ties
    kept: list[int] = []
    for i in sorted(range(count), key=lambda i: (-scores[i], i)):
        if all(slow_iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    assert suppress(boxes, scores, threshold).tolist() == kept


def test_overlap_of_empty_boxes_is_zero() -> None:
    assert iou(np.zeros(4), np.zeros((2, 4))).tolist() == [0, 0]


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ModelError) as caught:
        decode(np.zeros((1, 30, 16, 16)), Head(ANCHORS))
    assert str(caught.value) == "output of shape (1, 30, 16, 16); expected (N, H, W, 12)"
    with pytest.raises(ModelError) as caught:
        decode(np.zeros((1, 2, 2, 12)), Head(ANCHORS, 1.0, (0.0,)))
    assert str(caught.value) == "1 biases; expected 12"


def test_metadata() -> None:
    properties = {
        "anchors": json.dumps(ANCHORS),
        "head_scale": "0.25",
        "head_bias_codes": "[3, -1]",
        "head_bias_fraction_bits": "1",
    }
    assert Head.from_metadata(properties) == Head(ANCHORS, 0.25, (1.5, -0.5))
    with pytest.raises(ModelError) as caught:
        Head.from_metadata({**properties, "head_scale": "large"})
    message = str(caught.value)
    assert message.startswith("unreadable metadata head_scale: not readable as JSON")
    assert message.endswith("; expected what model.export writes")
    del properties["anchors"]
    with pytest.raises(ModelError) as caught:
        Head.from_metadata(properties)
    assert str(caught.value) == "metadata without 'anchors'; expected what model.export writes"
