"""WIDER FACE's layout: what is published, its quirks, and files that are none."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.data.wider import Annotation, boxes_of, iterate_split, read_split, write_split
from model.errors import ModelError

PARADE = "0--Parade/0_Parade_marchingband_1_849.jpg"
PRESS = "5--Car_Accident/5_Car_Accident_Accident_5_20.jpg"
COLUMNS = "x y w h blur expression illumination invalid occlusion pose"


def picture(folder: Path, name: str, size: tuple[int, int] = (100, 80), split: str = "val") -> Path:
    path = folder / f"WIDER_{split}" / "images" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path)
    return path


def text_file(folder: Path, text: str, split: str = "val") -> Path:
    path = folder / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_published_layout(tmp_path: Path) -> None:
    path = picture(tmp_path, PARADE)
    picture(tmp_path, PRESS)
    text_file(
        tmp_path,  # lines end in a blank, as in the published file
        f"{PARADE}\n2\n10 20 30 40 2 1 1 0 2 1 \n0 0 5 6 0 0 0 0 0 0 \n"
        f"{PRESS}\n1\n1 2 3 4 0 0 0 0 0 0 \n",
    )
    first, second = read_split(tmp_path, "val")
    assert (first.path, first.name) == (path, PARADE)
    assert first.boxes.dtype == np.float64
    assert first.boxes.tolist() == [[10, 20, 40, 60], [0, 0, 5, 6]]
    assert first.attributes.tolist() == [[2, 1, 1, 0, 2, 1], [0] * 6]
    assert second.boxes.tolist() == [[1, 2, 4, 6]]
    assert boxes_of([first, second]).shape == (3, 4)
    assert boxes_of([]).shape == (0, 4)


@pytest.mark.parametrize("zeros", ["0 0 0 0 0 0 0 0 0 0 \n", ""])
def test_a_picture_without_faces_has_a_line_of_zeros_or_none(tmp_path: Path, zeros: str) -> None:
    picture(tmp_path, PARADE)
    picture(tmp_path, PRESS)
    text_file(tmp_path, f"{PARADE}\n0\n{zeros}{PRESS}\n1\n1 2 3 4 0 0 0 0 0 0 \n")
    first, second = read_split(tmp_path, "val")
    assert first.boxes.shape == (0, 4)
    assert first.attributes.shape == (0, 6)
    assert len(second.boxes) == 1


def test_quirks_of_boxes(tmp_path: Path) -> None:
    picture(tmp_path, PARADE, (100, 80))
    text_file(
        tmp_path,
        f"{PARADE}\n6\n"
        "10 10 0 5 0 0 0 0 0 0 \n"  # of no width
        "10 10 5 0 0 0 0 0 0 0 \n"  # of no height
        "90 70 20 20 1 0 0 0 0 0 \n"  # beyond the right and lower side
        "-5 -5 15 15 2 0 0 0 0 0 \n"  # beyond the left and upper side
        "200 10 5 5 0 0 0 0 0 0 \n"  # outside
        "1 1 3 3 0 0 0 1 0 0 \n",  # flagged invalid
    )
    (one,) = read_split(tmp_path, "val")
    assert one.boxes.tolist() == [[90, 70, 100, 80], [0, 0, 10, 10]]
    assert one.attributes[:, 0].tolist() == [1, 2]
    assert not one.invalid.any()
    (one,) = read_split(tmp_path, "val", keep_invalid=True)
    assert one.boxes.tolist() == [[90, 70, 100, 80], [0, 0, 10, 10], [1, 1, 4, 4]]
    assert one.invalid.tolist() == [False, False, True]


def test_pictures_come_one_by_one(tmp_path: Path) -> None:
    picture(tmp_path, PARADE)  # the second is missing, but not asked for
    text_file(tmp_path, f"{PARADE}\n1\n1 2 3 4 0 0 0 0 0 0 \n{PRESS}\n1\n1 2 3 4 0 0 0 0 0 0 \n")
    (one,) = itertools.islice(iterate_split(tmp_path, "val"), 1)
    assert isinstance(one, Annotation)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"{PARADE}\n", 2, "the file ends; expected a number of faces"),
        (f"{PARADE}\nmany\n", 2, "'many'; expected a number of faces"),
        (f"{PARADE}\n-1\n", 2, "'-1'; expected a number of faces"),
        (f"{PARADE}\n2\n1 2 3 4 0 0 0 0 0 0\n", 4, f"the file ends; expected 2 lines of {COLUMNS}"),
        (f"{PARADE}\n1\n1 2 3 4\n", 3, f"4 values; expected 10: {COLUMNS}"),
        (f"{PARADE}\n1\n1 2 3 x 0 0 0 0 0 0\n", 3, f"'x'; expected numbers: {COLUMNS}"),
        (f"{PARADE}\n1\n1 2 nan 4 0 0 0 0 0 0\n", 3, f"'nan'; expected numbers: {COLUMNS}"),
        (
            f"{PARADE}\n2\n1 2 3 4 0 0 0 0 0 0\n1 2 3 4 0.5 0 0 0 0 0\n",
            4,
            "blur is 0.5; expected an integer from 0",
        ),
        (
            f"{PARADE}\n1\n1 2 3 4 0 0 0 0 0 -1\n",
            3,
            "pose is -1; expected an integer from 0",
        ),
        (
            f"{PARADE}\n1\n1 2 3 4 0 0 0 0 0 0\n1 2 3 4 0 0 0 0 0 0\n",
            4,
            "'1 2 3 4 0 0 0 0 0 0'; expected a picture's name <event>/<image>.jpg",
        ),
        ("../../etc.jpg\n0\n", 1, "'../../etc.jpg'; expected a picture's name <event>/<image>.jpg"),
        ("../x.jpg\n0\n", 1, "'../x.jpg'; expected a picture's name <event>/<image>.jpg"),
        (
            f"{PARADE}\n0\n{PARADE}\n0\n",
            3,
            f"{PARADE} stands here a second time; expected each picture once",
        ),
    ],
)
def test_malformed_files(tmp_path: Path, text: str, line: int, problem: str) -> None:
    picture(tmp_path, PARADE)
    path = text_file(tmp_path, text)
    with pytest.raises(ModelError) as error:
        read_split(tmp_path, "val")
    assert str(error.value) == f"{path}:{line}: {problem}"


def test_a_missing_or_damaged_picture(tmp_path: Path) -> None:
    path = picture(tmp_path, PARADE)
    listing = text_file(tmp_path, f"{PARADE}\n0\n0 0 0 0 0 0 0 0 0 0 \n{PRESS}\n0\n")
    lost = tmp_path / "WIDER_val/images" / PRESS
    with pytest.raises(ModelError) as error:
        read_split(tmp_path, "val")
    assert str(error.value) == (
        f"{listing}:4: there is no {lost}; expected every picture listed here"
    )
    path.write_bytes(b"no picture")
    with pytest.raises(ModelError, match=f"{path}: not an image"):
        read_split(tmp_path, "val")


def test_an_empty_folder_a_missing_split_and_an_empty_file(tmp_path: Path) -> None:
    def message(folder: Path, split: str) -> str:
        with pytest.raises(ModelError) as error:
            iterate_split(folder, split)
        return str(error.value)

    expected = (
        "no split '{0}' of WIDER FACE here; expected WIDER_{0}/images and "
        "wider_face_split/wider_face_{0}_bbx_gt.txt"
    )
    assert message(tmp_path / "no", "val") == f"{tmp_path / 'no'}: {expected.format('val')}"
    assert message(tmp_path, "val") == f"{tmp_path}: {expected.format('val')}"
    picture(tmp_path, PARADE)
    path = text_file(tmp_path, "\n\n")
    assert message(tmp_path, "train") == f"{tmp_path}: {expected.format('train')}"
    assert (
        message(tmp_path, "val") == f"{path}: empty; expected pictures and their boxes ({COLUMNS})"
    )
    path.write_bytes(b"\xff\xfe\x00")
    assert message(tmp_path, "val") == (
        f"{path}: not UTF-8 text (byte 0: invalid start byte); expected the boxes of WIDER FACE"
    )


def test_the_writer_writes_what_is_published(tmp_path: Path) -> None:
    boxes = np.array([[10.4, 19.6, 40.2, 60.0], [3.0, 3.0, 3.2, 3.2]])
    attributes = np.array([[2, 1, 1, 0, 2, 1], [0] * 6])
    none = (PRESS, np.zeros((0, 4)), np.zeros((0, 6), dtype=np.int64))
    write_split(tmp_path, "train", [(PARADE, boxes, attributes), none])
    folder = tmp_path / "wider_face_split"
    assert [path.name for path in folder.iterdir()] == ["wider_face_train_bbx_gt.txt"]
    assert (folder / "wider_face_train_bbx_gt.txt").read_text() == (
        f"{PARADE}\n2\n10 20 30 40 2 1 1 0 2 1 \n3 3 1 1 0 0 0 0 0 0 \n"
        f"{PRESS}\n0\n0 0 0 0 0 0 0 0 0 0 \n"
    )


def test_the_writer_refuses_and_leaves_what_was_there(tmp_path: Path) -> None:
    good = (PARADE, np.array([[1.0, 2, 3, 4]]), np.zeros((1, 6), dtype=np.int64))
    write_split(tmp_path, "val", [good])
    path = tmp_path / "wider_face_split/wider_face_val_bbx_gt.txt"
    before = path.read_bytes()
    wrong = {
        "picture 'x.jpg'; expected a name <event>/<image>.jpg": ("x.jpg", *good[1:]),
        f"{PRESS}: boxes of shape (1, 4), attributes of shape (1, 5); expected (M, 4) and (M, 6)": (
            (PRESS, good[1], good[2][:, :5])
        ),
        f"{PRESS}: a box is not finite or of negative size; expected l, t, r, b": (
            (PRESS, np.array([[3.0, 2, 1, 4]]), good[2])
        ),
    }
    for message, entry in wrong.items():
        with pytest.raises(ModelError) as error:
            write_split(tmp_path, "val", [good, entry])
        assert str(error.value) == message
        assert path.read_bytes() == before


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 40)] * 2, *[st.integers(0, 1)] * 6),
        max_size=6,
    )
)
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("wider")
    picture(folder, PARADE, (100, 100))
    table = np.array(rows, dtype=np.int64).reshape(-1, 10)
    boxes = np.column_stack([table[:, :2], table[:, :2] + table[:, 2:4]]).astype(np.float64)
    write_split(folder, "val", [(PARADE, boxes, table[:, 4:])])
    (one,) = read_split(folder, "val", keep_invalid=True)
    assert np.array_equal(one.boxes, boxes)
    assert np.array_equal(one.attributes, table[:, 4:])
