"""The curve read at its limits, by hand; in FDDB's matching it may rise and fall."""

import numpy as np
import pytest

from model.evaluation.curve import Curve, accumulate


def curve(found: list[float], false: list[int], pictures: int = 10, faces: int = 4) -> Curve:
    """Points at 0.9, 0.8, and so on."""
    thresholds = 0.9 - 0.1 * np.arange(len(found))
    return Curve(thresholds, np.array(found), np.array(false), faces, pictures)


def test_the_best_of_the_allowed_thresholds_is_not_always_the_last() -> None:
    falling = curve([1, 3, 2, 4], [0, 1, 1, 2])
    assert falling.rate_at(1) == 0.75
    assert falling.threshold_at_fppi(0.1) == pytest.approx(0.8)
    assert falling.threshold_at_fppi(0.0) == pytest.approx(0.9)
    assert falling.threshold_at_fppi(0.2) == pytest.approx(0.6)


def test_of_equal_rates_the_lowest_threshold() -> None:
    assert curve([2, 3, 3, 1], [0, 0, 1, 1]).threshold_at_fppi(0.1) == pytest.approx(0.7)


def test_false_positives_that_fall_again_are_allowed_again() -> None:
    back = curve([1, 2, 3], [1, 2, 1])
    assert back.rate_at(1) == 0.75
    assert back.threshold_at_fppi(0.1) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("pictures", "fppi", "false"), [(30, 0.1, 3), (10, 0.3, 3), (10, 0.7, 7), (3, 1.1, 3)]
)
def test_as_many_as_are_allowed_are_allowed(pictures: int, fppi: float, false: int) -> None:
    """Also where the product of floats is a little more or less than the whole number meant."""
    exact = curve([1, 2], [false, false + 1], pictures)
    assert exact.rate_at_fppi(fppi) == 0.25
    assert exact.threshold_at_fppi(fppi) == pytest.approx(0.9)
    assert curve([1], [false + 1], pictures).threshold_at_fppi(fppi) is None


def test_a_product_below_the_whole_number_meant() -> None:
    # 100 * 0.29 is 28.999999999999996 in floats
    assert 100 * 0.29 < 29
    below = curve([1, 2], [29, 30], 100)
    assert below.rate_at_fppi(0.29) == 0.25
    assert below.threshold_at_fppi(0.29) == pytest.approx(0.9)


def test_changes_of_several_pictures_are_added_up_by_score() -> None:
    scores = [np.array([0.9, 0.5]), np.array([0.7, 0.5])]
    found = [np.array([1.0, 0.0]), np.array([1.0, 1.0])]
    false = [np.array([0, 1]), np.array([0, 2])]
    made = accumulate(scores, found, false, 5, 2)
    assert made.thresholds.tolist() == [0.9, 0.7, 0.5]
    assert made.found.tolist() == [1, 2, 3]
    assert made.false_positives.tolist() == [0, 0, 3]
    assert made.rates.tolist() == [0.2, 0.4, 0.6]
    assert (made.faces, made.pictures) == (5, 2)


def test_no_faces_are_no_rates() -> None:
    assert curve([0, 0], [1, 2], faces=0).rates.tolist() == [0, 0]
