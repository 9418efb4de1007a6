"""Figures by the size of the faces, computed by hand."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data.wider import Annotation
from model.detection.decode import Detections
from model.evaluation.bands import by_size, scales, sizes

NONE = Detections(np.zeros((0, 4)), np.zeros(0))


def squares(*rows: tuple[float, float]) -> np.ndarray:
    """Boxes of a picture: left edge and side, all from the top on."""
    return np.array([(x, 0, x + side, side) for x, side in rows], dtype=np.float64).reshape(-1, 4)


# Of ten pictures the first has faces of 5, 10, 30 and 60 pixels, which are 10, 20, 60 and 120 in
# the frame, and one of 30 that is flagged; the second has a false box of 30, the third one of 4:
#   0.95  on the flagged face   neither
#   0.9   the face of 10        found 1, false 0   precision 1
#   0.85  false, 60             found 1, false 1   1/2
#   0.8   the face of 60        found 2, false 1   2/3
#   0.3   the face of 120       found 3, false 1   3/4
#   0.1   false, 8              found 3, false 2   3/5
FACES = squares((0, 5), (10, 10), (40, 30), (100, 60), (200, 30))
FOUND = Detections(FACES[[4, 0, 2, 3]], np.array([0.95, 0.9, 0.8, 0.3]))
FALSE = [
    Detections(squares((0, side)), np.array([score])) for side, score in ((30, 0.85), (4, 0.1))
]
FLAGS = [np.array([False] * 4 + [True]), *[np.zeros(0, dtype=np.bool_)] * 9]


def test_by_hand() -> None:
    truth = [FACES, *[squares()] * 9]
    result, threshold = by_size([FOUND, *FALSE, *[NONE] * 7], truth, FLAGS, [2.0] * 10)
    assert threshold == 0.3  # one false positive in ten pictures
    figures = {name: (band.ap, band.rate, band.faces) for name, band in result.items()}
    assert figures == {
        "all": (pytest.approx(1 / 4 * (1 + 3 / 4 + 3 / 4)), 0.75, 4),
        "< 20": (1.0, 1.0, 1),  # its false positive comes behind the face
        "20-40": (0.0, 0.0, 1),
        "40-100": (0.5, 1.0, 1),  # its false positive comes first
        "> 100": (1.0, 1.0, 1),  # no false box is as large
    }
    # at 0.2 false positives a picture both may pass, yet no face more is found
    assert by_size([FOUND, *FALSE, *[NONE] * 7], truth, FLAGS, [2.0] * 10, 0.2)[1] == 0.1


def test_no_threshold_is_strict_enough() -> None:
    """In one picture 0.1 false positives are none, and the best box is false."""
    false = Detections(squares((300, 9), (0, 5)), np.array([0.9, 0.8]))
    result, threshold = by_size([false], [FACES[:1]], [FLAGS[0][:1]], [2.0])
    assert threshold is None and result["all"].rate == 0 and result["all"].ap == 0.5


def test_a_detection_of_a_face_of_another_band_is_no_false_positive() -> None:
    """A box of 36 (band 20-40) on a face of 42 (40-100): 36^2 / 42^2 = 0.73."""
    truth, found = [squares((0, 42))], [Detections(squares((0, 36)), np.array([0.9]))]
    result, _ = by_size(found, truth, [np.array([False])], [1.0])
    assert (result["20-40"].ap, result["20-40"].faces) == (0.0, 0)
    assert (result["40-100"].ap, result["40-100"].faces) == (1.0, 1)
    assert result["20-40"].rate == 0.0


def test_sizes_are_those_of_the_frame(tmp_path: Path) -> None:
    """640 x 480 into 512: 0.8; a box of 50 x 18 has sqrt(900) = 30 pixels, 24 there."""
    Image.new("RGB", (640, 480)).save(tmp_path / "a.png")
    one = Annotation(tmp_path / "a.png", squares(), np.zeros((0, 6), dtype=np.int64))
    assert scales([one], 512) == [0.8]
    assert sizes(np.array([[5.0, 5, 55, 23]]), 0.8).tolist() == pytest.approx([24.0])
