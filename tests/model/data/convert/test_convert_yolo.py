"""YOLO's labels into WIDER FACE's layout; boxes by hand."""

import json
from pathlib import Path

import pytest
from PIL import Image

from model.data.convert.__main__ import main
from model.data.wider import read_split

DATA = "path: .\ntrain: images/train\nval: images/val\nnc: 2\nnames:\n  0: cat\n  1: Face\n"
# 80 x 60: centre 40, 30 and sides 20, 15; then centre 4, 57 and sides 16, 12, of which the left 4
# columns and the lowest 3 rows lie beyond the picture
LINES = "1 0.5 0.5 0.25 0.25\n0 0.5 0.5 1 1\n\n1 0.05 0.95 0.2 0.2\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two pictures; the second, in a folder of its own, has no file of labels."""
    images, labels = tmp_path / "images/train", tmp_path / "labels/train"
    (images / "x/y").mkdir(parents=True)
    labels.mkdir(parents=True)
    Image.new("RGB", (80, 60)).save(images / "a.jpg")
    Image.new("RGB", (40, 50)).save(images / "x/y/b.png")
    (labels / "a.txt").write_text(LINES)
    (tmp_path / "data.yaml").write_text(DATA)
    return tmp_path


def boxes(folder: Path) -> dict[str, list[list[float]]]:
    return {one.name: one.boxes.tolist() for one in read_split(folder / "out", "train")}


def test_by_data_yaml(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out"]) == 0
    said = capsys.readouterr().out
    assert "2 pictures, 2 boxes; 0 of them to be ignored, 1 clipped" in said
    assert f"next: make train DATA={data}/out" in said
    wanted = {"pictures/a.jpg": [[30, 23, 50, 38], [0, 51, 12, 60]], "x-y/b.png": []}
    assert boxes(data) == wanted  # rows 22.5 to 37.5, on the grid of pixels


def test_for_programs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "out": f"{data}/out", "split": "train", "pictures": 2, "boxes": 2, "ignored": 0,
        "clipped": 1,
    }  # fmt: skip


def test_by_folders_and_number(data: Path) -> None:
    command = ["yolo", f"{data}/images/train", "--out", f"{data}/out"]
    assert main([*command, "--labels", f"{data}/labels/train", "--category", "0"]) == 0
    assert boxes(data)["pictures/a.jpg"] == [[0, 0, 80, 60]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1 0.5 0.5 0.2", "a.txt:1: 4 values; expected 5: class x y w h"),
        ("1 0.5 0.5 0.2 0.2 0.9", "a.txt:1: 6 values; expected 5"),
        ("1 0.5 0.5 0.2 x", "a.txt:1: 'x'; expected numbers"),
        ("1 0.5 0.5 0.2 nan", "a.txt:1: 'nan'; expected numbers"),
        ("1 40 30 20 15", "a.txt:1: 40 30 20 15; expected fractions of the picture, not pixels"),
        ("2 0.5 0.5 0.2 0.2", "a.txt:1: class 2; expected 0 to 1"),
        ("0.5 0.5 0.5 0.2 0.2", "a.txt:1: class 0.5; expected 0 to 1"),
        ("1 0.5 0.5 0 0.2", "a.txt:1: box 40 24 0 12 (x y w h, pixels); expected a width"),
        ("1 1.5 0.5 0.5 0.2", "a.txt:1: box 100 24 40 12 (x y w h, pixels) lies beyond"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    data: Path, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "labels/train/a.txt").write_text(f"{line}\n")
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out"]) == 1
    assert said in capsys.readouterr().err
    assert not (data / "out").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--split", "test"], "data.yaml: no split test; it has train, val"),
        (["--split", "val"], "images/val: no such folder; expected one of pictures"),
        (["--category", "dog"], "--category dog; expected --category with one of: 0 cat, 1 Face"),
        (["--labels", "nowhere"], "nowhere: no such folder; expected the labels of "),
    ],
)
def test_what_is_not_there_is_named(
    data: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out", *more]) == 1
    assert said in capsys.readouterr().err


def test_labels_without_a_picture_and_names_without_a_list(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "labels/train/c.txt").write_text(LINES)
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out"]) == 1
    assert "c.txt: no picture of this name in " in capsys.readouterr().err
    command = ["yolo", f"{data}/images/train", "--out", f"{data}/out", "--category", "face"]
    assert main(command) == 2
    assert "names are not known without a data.yaml; expected a number" in capsys.readouterr().err


def test_two_pictures_of_one_name_are_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "images/train/x-y").mkdir()
    Image.new("RGB", (40, 50)).save(data / "images/train/x-y/b.png")
    assert main(["yolo", f"{data}/data.yaml", "--out", f"{data}/out"]) == 1
    assert "would both be x-y/b.png" in capsys.readouterr().err
    assert not (data / "out").exists()
