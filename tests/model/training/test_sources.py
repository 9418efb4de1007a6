"""Several folders to train on, with shares."""

from pathlib import Path

import numpy as np
import pytest
from folders import make_split

from model.errors import ModelError
from model.training.assign import ABSENT
from model.training.data import load_split
from model.training.sources import epoch_pictures, joined, parse, place, shares


def test_weights_stand_behind_the_folders(tmp_path: Path) -> None:
    (tmp_path / "odd:2").mkdir()
    assert parse(["a", "b/c"]) == (("a", "b/c"), ())
    assert parse(["a:0.7", "b:3"]) == (("a", "b"), (0.7, 3.0))
    assert parse(["C:\\faces"]) == (("C:\\faces",), ())
    assert parse([str(tmp_path / "odd:2")]) == ((str(tmp_path / "odd:2"),), ())
    assert parse([f"{tmp_path}/odd:2:0.5"]) == ((f"{tmp_path}/odd:2",), (0.5,))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a:0.7", "b"], "weights for 1 of 2 folders; expected one for each, FOLDER:WEIGHT"),
        (["a:0"], "--data a:0: weight 0; expected more than 0"),
        (["a:-1"], "weight -1; expected more than 0"),
        (["a:nan"], "weight nan; expected more than 0"),
        (["a:inf"], "weight inf; expected more than 0"),
        (["a:1", "a:2"], "--data a: given twice; expected each folder once"),
    ],
)
def test_weights_that_cannot_be_meant_are_refused(texts: list[str], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(texts)
    assert message in str(caught.value)


def test_a_folder_may_name_its_split(tmp_path: Path) -> None:
    (tmp_path / "WIDER_mine" / "images").mkdir(parents=True)
    assert place(str(tmp_path / "mine"), "train") == (tmp_path, "mine")
    assert place(str(tmp_path), "train") == (tmp_path, "train")


def test_shares_are_whole_numbers_that_add_up() -> None:
    """7 pictures by 1 : 1 : 1 are 2 1/3 each, the first third goes up; by 0.7 : 0.3 4.9 and 2.1."""
    assert shares(7, [1, 1, 1]) == [3, 2, 2]
    assert shares(7, [0.7, 0.3]) == [5, 2]
    assert shares(10, [0.001, 1]) == [0, 10]


def test_an_epoch_has_the_shares_and_every_picture_has_its_turn() -> None:
    """10 and 2 pictures by 1 : 3: 3 of the first ten and 9 of the other two an epoch."""
    epochs = [epoch_pictures([10, 2], [1, 3], 5, epoch) for epoch in range(10)]
    for rows in epochs:
        assert len(rows) == 12 and (rows < 10).sum() == 3
        # 9 of two pictures in turn: four times one, five times the other
        assert sorted(np.bincount(rows[rows >= 10] - 10).tolist()) == [4, 5]
    first = np.concatenate([rows[rows < 10] for rows in epochs])
    assert np.bincount(first).tolist() == [3] * 10  # 30 of ten
    assert np.array_equal(first[:10], np.concatenate([r[r < 10] for r in epochs[:4]])[:10])
    assert sorted(first[:10]) == list(range(10))
    again = epoch_pictures([10, 2], [1, 3], 5, 7)
    assert np.array_equal(again, epochs[7])
    assert not np.array_equal(np.sort(again), np.sort(epoch_pictures([10, 2], [1, 3], 6, 7)))


def test_without_weights_every_picture_comes_once() -> None:
    assert epoch_pictures([2, 3], [], 1, 4).tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ModelError, match="1 weights for 2 sources; expected one for each"):
        epoch_pictures([2, 3], [1.0], 1, 4)


def test_sets_are_joined_in_their_order(tmp_path: Path) -> None:
    make_split(tmp_path / "a", "train", 3, 1)
    make_split(tmp_path / "b", "train", 5, 2)
    one, two = (load_split(tmp_path / name, "train", 96) for name in "ab")
    two.boxes[:, 1:], two.kinds[:, 1:] = 0, ABSENT
    narrow = type(two)(two.paths, two.size, two.boxes[:, :1], two.kinds[:, :1])
    both = joined([one, narrow])
    assert both.paths == one.paths + two.paths and both.counts == (3, 5)
    assert np.array_equal(both.boxes[:3], one.boxes) and np.array_equal(both.boxes[3:], two.boxes)
    assert np.array_equal(both.kinds[:3], one.kinds) and np.array_equal(both.kinds[3:], two.kinds)
    assert joined([one]) is one
