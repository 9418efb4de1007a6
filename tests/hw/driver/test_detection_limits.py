"""The board's boxes at the limits of score, overlap and number: values that are exact by hand."""

from typing import Any

import numpy as np
import pytest

from hw.driver.description import Description, Tensor
from hw.driver.detection import MAX_EXPONENT, decode, find

#: Two anchors over one cell: 2 x 1 and 1 x 1 around one centre, so that one lies in the other and
#: they overlap by a half exactly. Of integers 0 the score is sigmoid(0) squared: a quarter exactly.
ANCHORS = ((2.0, 1.0), (1.0, 1.0))


def description(cells: tuple[int, int] = (1, 1)) -> Description:
    """Integers are real numbers, a cell has 2 pixels."""
    output = Tensor((*cells, 12), "int16", (1.0,), (0.0,))
    return Description(
        "d", "b", 0, 100.0, Tensor((8, 8, 3), "uint8"), output, {}, ANCHORS, stride=2
    )


def boxes(threshold: float, overlap: float, limit: int = 100) -> Any:
    return find(np.zeros((1, 1, 12), np.int16), description(), threshold, overlap, limit)


def test_a_score_equal_to_the_threshold_is_found() -> None:
    found = boxes(0.25, 1.0)
    assert found.scores.tolist() == [0.25, 0.25]
    assert found.boxes.tolist() == [[-1, 0, 3, 2], [0, 0, 2, 2]]
    assert len(boxes(np.nextafter(0.25, 1), 1.0)) == 0


def test_an_overlap_equal_to_the_limit_stays() -> None:
    assert len(boxes(0.0, 0.5)) == 2
    assert boxes(0.0, np.nextafter(0.5, 0)).boxes.tolist() == [[-1, 0, 3, 2]]


def test_of_equal_scores_the_first_anchor_stays_and_the_limit_takes_the_best() -> None:
    assert boxes(0.0, 1.0, limit=1).boxes.tolist() == [[-1, 0, 3, 2]]
    better = np.zeros((1, 1, 12), np.int16)
    better[0, 0, 10] = 3  # t_o of the second anchor
    assert find(better, description(), 0.0, 1.0, 1).boxes.tolist() == [[0, 0, 2, 2]]
    assert len(find(better, description(), 0.0, 1.0, 0)) == 0


def test_objectness_and_face_both_count_and_cells_lie_column_by_column() -> None:
    integers = np.zeros((2, 3, 12), np.int16)
    integers[1, 2, 4] = 40  # sigmoid(40) is 1 within 1e-17
    integers[0, 1, 11] = 40
    found, scores = decode(integers, description((2, 3)))
    assert scores.reshape(2, 3, 2)[1, 2].tolist() == [0.5, 0.25]
    assert scores.reshape(2, 3, 2)[0, 1].tolist() == [0.25, 0.5]
    assert found.reshape(2, 3, 2, 4)[1, 2, 1].tolist() == [4, 2, 6, 4]


@pytest.mark.parametrize(("t", "limited"), [(8, 8), (9, 8), (7, 7)])
def test_sizes_are_limited(t: int, limited: int) -> None:
    assert MAX_EXPONENT == 8
    integers = np.zeros((1, 1, 12), np.int16)
    integers[0, 0, 8:10] = t  # t_w and t_h of the second anchor
    box = decode(integers, description())[0][1]
    side = 2 * np.exp(float(limited))
    np.testing.assert_allclose(box, [1 - side / 2, 1 - side / 2, 1 + side / 2, 1 + side / 2])
