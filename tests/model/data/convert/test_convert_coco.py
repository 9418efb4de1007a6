"""COCO's labels into WIDER FACE's layout; boxes by hand."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model.data.convert.__main__ import main
from model.data.wider import read_split

LABELS: dict[str, Any] = {
    "info": {"year": 2026},
    "images": [
        {"id": 7, "file_name": "day/a.jpg", "width": 80, "height": 60, "license": 1},
        {"id": 9, "file_name": "b.png", "width": 40, "height": 50},
    ],
    "categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "face"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 20, 30, 15.4], "area": 450},
        {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 80, 60]},
        # reaches 6 pixels beyond the left edge and 5 beyond the lower one
        {"id": 3, "image_id": 7, "category_id": 3, "bbox": [-6, 45, 20, 20]},
        {"id": 4, "image_id": 7, "category_id": 3, "bbox": [50, 5, 12, 14], "iscrowd": 1},
    ],
}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "day").mkdir(parents=True)
    Image.new("RGB", (80, 60)).save(folder / "day/a.jpg")
    Image.new("RGB", (40, 50)).save(folder / "b.png")
    return folder


def convert(pictures: Path, labels: Any, *more: str) -> int:
    file = pictures.parent / "labels.json"
    file.write_text(labels if isinstance(labels, str) else json.dumps(labels))
    command = ["coco", str(file), "--images", str(pictures), "--out", f"{pictures.parent}/out"]
    return main([*command, *more])


def test_boxes_of_the_class_called_face(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(pictures, LABELS) == 0
    assert "2 pictures, 3 boxes; 1 of them to be ignored, 1 clipped" in capsys.readouterr().out
    text = pictures.parent / "out/wider_face_split/wider_face_train_bbx_gt.txt"
    assert [line.strip() for line in text.read_text().splitlines()] == [
        "day/a.jpg", "3", "10 20 30 15 0 0 0 0 0 0", "0 45 14 15 0 0 0 0 0 0",
        "50 5 12 14 0 0 0 1 0 0", "pictures/b.png", "0", "0 0 0 0 0 0 0 0 0 0",
    ]  # fmt: skip
    first, second = read_split(pictures.parent / "out", "train", keep_invalid=True)
    assert first.boxes.tolist() == [[10, 20, 40, 35], [0, 45, 14, 60], [50, 5, 62, 19]]
    assert first.invalid.tolist() == [False, False, True]
    assert len(second.boxes) == 0
    assert first.path.read_bytes() == (pictures / "day/a.jpg").read_bytes()


def test_another_class_and_split(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(pictures, LABELS, "--category", "person", "--split", "val", "--link") == 0
    assert "next: make evaluate DATA=" in capsys.readouterr().out
    first, _ = read_split(pictures.parent / "out", "val")
    assert first.boxes.tolist() == [[0, 0, 80, 60]]
    assert first.path.is_symlink()
    assert convert(pictures, LABELS, "--split", "val") == 1
    assert "WIDER_val: is there already" in capsys.readouterr().err


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The labels with one value changed; None takes the key away."""
    made = copy.deepcopy(LABELS)
    place = made
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return made


BOX = ("annotations", 0, "bbox")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("{", "labels.json: not readable as JSON"),
        ("[1]", "labels.json: "),
        (changed("categories", to=None), "labels.json: key categories is missing"),
        (changed(*BOX, to=[1, 2, 3]), "annotations.0.bbox"),
        (changed(*BOX, to=["1", 2, 3, 4]), "annotations.0.bbox"),
        (changed(*BOX, to=[1, 2, 0, 4]), "annotation 1: box 1 2 0 4 (x y w h, pixels); expected a "
                                         "width and a height above 0"),
        (changed(*BOX, to=[80, 2, 9, 4]), "annotation 1: box 80 2 9 4 (x y w h, pixels) lies "
                                          "beyond its picture, 80 x 60"),
        (changed("annotations", 0, "image_id", to=8), "annotation 1: image_id 8; expected one of"),
        (changed("annotations", 0, "category_id", to=2), "annotation 1: category_id 2"),
        (changed("images", 1, "id", to=7), "image 7: stands there a second time"),
        (changed("images", 0, "width", to=60), "image 7: 60 x 60, but "),
        (changed("images", 0, "file_name", to="c.jpg"), "image 7: there is no "),
        (changed("images", 0, "file_name", to="../a.jpg"), "image 7: '../a.jpg'; expected a path"),
        (changed("images", 0, "file_name", to="a.gif"), "expected a picture .jpg, .jpeg, .png"),
        (changed("categories", 1, "name", to="head"), "no class called face; expected --category "
                                                      "with one of: 1 person, 3 head"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_written(
    pictures: Path, labels: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(pictures, labels) == 1
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (pictures.parent / "out").exists()


def test_a_turned_photograph_is_refused_where_its_boxes_are_of_the_file(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # shown a quarter turned
    Image.new("RGB", (80, 60)).save(pictures / "day/a.jpg", exif=exif)
    assert convert(pictures, LABELS) == 1
    assert "is 60 x 80 as it is shown (turned as EXIF says)" in capsys.readouterr().err
