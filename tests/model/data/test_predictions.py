"""Prediction files: as the tool takes them, there and back, and malformed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data import predictions
from model.detection.decode import Detections
from model.errors import ModelError

NAME = "0--Parade/0_Parade_marchingband_1_465"
COLUMNS = "x y w h score"


def test_the_format_of_the_tool(tmp_path: Path) -> None:
    boxes = np.array([[1.0, 2.5, 11.0, 22.5], [0.0, 0.0, 4.0, 4.0]])
    found = Detections(boxes, np.array([0.875, 0.25]))
    none = Detections(np.zeros((0, 4)), np.zeros(0))
    predictions.write(tmp_path, [(f"{NAME}.jpg", found), ("1--Handshaking/1_a.b.jpg", none)])
    assert (tmp_path / f"{NAME}.txt").read_text() == (
        "0_Parade_marchingband_1_465.jpg\n2\n1 2.5 10 20 0.875\n0 0 4 4 0.25\n"
    )
    back = predictions.read(tmp_path)
    assert list(back) == [NAME, "1--Handshaking/1_a.b"]
    assert np.array_equal(back[NAME].boxes, boxes)
    assert back["1--Handshaking/1_a.b"].boxes.shape == (0, 4)


def test_other_writers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "e" / "a.txt"
    path.parent.mkdir()
    path.write_bytes(b"e/a\r\n2\r\n0 0 4 4 0.25 \r\n1 2  3 4 9e-1\r\n\r\n")
    found = predictions.read(tmp_path)["e/a"]
    assert found.scores.tolist() == [0.9, 0.25]  # best first
    assert found.boxes.tolist() == [[1, 2, 4, 6], [0, 0, 4, 4]]


def test_equal_scores_keep_their_order() -> None:
    found = predictions.best_first(
        Detections(np.arange(16.0).reshape(4, 4), np.array([1, 2, 1, 2]))
    )
    assert found.boxes[:, 0].tolist() == [4, 12, 0, 8]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "the file ends; expected the picture's name"),
        ("a\n", 2, "the file ends; expected a number of boxes"),
        ("a\n1.5\n", 2, "'1.5'; expected a number of boxes"),
        ("a\n2\n1 2 3 4 5\n", 4, f"the file ends; expected 2 lines of {COLUMNS}"),
        ("a\n1\n1 2 3 4\n", 3, f"4 values; expected 5: {COLUMNS}"),
        ("a\n" + 5000 * "9" + "\n", 2, f"'{37 * '9'}...'; expected a number of boxes"),
        ("a\n2\n1 2 3 4 .5\n1 2 3 4 inf\n", 4, f"'inf'; expected numbers: {COLUMNS}"),
        ("a\n1\n1 2 3 4 -1e30\n", 3, f"'-1e30'; expected 1e+09 at most: {COLUMNS}"),
        ("a\n1\n1 2 3 4 .5\n1 2 3 4 .5\n", 4, f"a line too many; expected 1 of {COLUMNS}, as line "
         "2 says"),
        ("a\n2\n1 2 3 4 .5\n1 2 -3 4 .5\n", 4, "a box of -3 x 4; expected a width and height of at "
         "least 0"),
    ],
)  # fmt: skip
def test_malformed_files(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = tmp_path / "e" / "a.txt"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ModelError) as error:
        predictions.read(tmp_path)
    assert str(error.value) == f"{path}:{line}: {problem}"


def test_no_predictions(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        predictions.read(tmp_path / "no")
    assert str(error.value) == (
        f"{tmp_path / 'no'}: no such folder; expected predictions <event>/<image>.txt"
    )
    with pytest.raises(ModelError) as error:
        predictions.read(tmp_path)
    assert str(error.value) == f"{tmp_path}: holds no predictions; expected <event>/<image>.txt"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 20), st.integers(0, 2**31))
def test_there_and_back(tmp_path_factory: pytest.TempPathFactory, count: int, seed: int) -> None:
    folder = tmp_path_factory.mktemp("predictions")
    random = np.random.default_rng(seed)
    low = random.uniform(-10, 900, (count, 2))
    boxes = np.column_stack([low, low + random.uniform(0, 300, (count, 2))])
    found = predictions.best_first(Detections(boxes, random.uniform(0, 1, count)))
    predictions.write(folder, [("e/a.jpg", found)])
    back = predictions.read(folder)["e/a"]
    np.testing.assert_allclose(back.boxes, found.boxes, atol=1e-5)
    np.testing.assert_allclose(back.scores, found.scores, atol=1e-9)
