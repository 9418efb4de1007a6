"""`python -m model.evaluation`: tables, JSON, and errors that name what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data import predictions
from model.data.wider import write_split
from model.detection.decode import Detections
from model.evaluation.__main__ import main

NAMES = ("0--A/a.jpg", "0--A/b.jpg")
FACE = np.array([[10.0, 10, 30, 30]])
NONE = Detections(np.zeros((0, 4)), np.zeros(0))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A split of two pictures: one face, found; none, but a false one below it in score."""
    for name in NAMES:
        path = tmp_path / "WIDER_val/images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48)).save(path)
    attributes = np.zeros((1, 6), dtype=np.int64)
    write_split(
        tmp_path, "val", [(NAMES[0], FACE, attributes), (NAMES[1], FACE[:0], attributes[:0])]
    )
    found = [Detections(FACE, np.array([0.75])), Detections(FACE, np.array([0.25]))]
    predictions.write(tmp_path / "found", zip(NAMES, found, strict=True))
    return tmp_path


def test_wider(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data / "table.json"
    arguments = ["wider", "--predictions", f"{data}/found", "--ground-truth", f"{data}"]
    assert main([*arguments, "--json", f"{out}"]) == 0
    assert capsys.readouterr().out == "setting         AP    faces\nall         1.0000        1\n"
    assert json.loads(out.read_text()) == {"all": {"ap": 1.0, "faces": 1, "missing": 0}}
    (data / "found/0--A/b.txt").unlink()
    assert main(arguments) == 0
    assert capsys.readouterr().err == "warning: 1 pictures have no predictions; none found\n"


def test_boxes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data / "table.json"
    arguments = ["boxes", "--predictions", f"{data}/found", "--ground-truth", f"{data}"]
    assert main([*arguments, "--json", f"{out}"]) == 0
    assert capsys.readouterr().out == (
        "rate at 0.1 false positives per image  1.0000  (score 0.7500 and above)\n"
        "average precision                     1.0000\n"
        "1 faces in 2 pictures\n"
    )
    assert json.loads(out.read_text()) == {
        "fppi": 0.1, "rate": 1.0, "threshold": 0.75, "ap": 1.0, "faces": 1, "images": 2
    }  # fmt: skip


def test_bands(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The face of 20 pixels has 160 in a frame of 512, for the picture is 64 wide."""
    out, page = data / "table.json", data / "page.html"
    arguments = ["bands", "--predictions", f"{data}/found", "--ground-truth", f"{data}"]
    assert main([*arguments, "--json", f"{out}", "--page", f"{page}"]) == 0
    assert capsys.readouterr().out == (
        "face, pixels        AP    rate   faces\n"
        "all              1.000   1.000       1\n"
        "< 20             0.000   0.000       0\n"
        "20-40            0.000   0.000       0\n"
        "40-100           0.000   0.000       0\n"
        "> 100            1.000   1.000       1\n"
        "rate: at score 0.750, 0.1 false positives a picture or less\n"
        f"pictures in {page}\n"
    )
    assert json.loads(out.read_text())["bands"]["> 100"] == {"ap": 1.0, "rate": 1.0, "faces": 1}
    assert main([*arguments, "--size", "128"]) == 0
    assert "40-100           1.000   1.000       1\n" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["wider", "boxes"])
def test_predictions_of_other_pictures_are_told(
    data: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    predictions.write(data / "found", [("0--A/old.jpg", NONE)])
    assert main([command, "--predictions", f"{data}/found", "--ground-truth", f"{data}"]) == 0
    assert capsys.readouterr().err == (
        "warning: 1 pictures with predictions are not among those evaluated, first 0--A/old\n"
    )


def test_fddb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folds = tmp_path / "FDDB-folds"
    folds.mkdir()
    for n in range(1, 11):
        text = "2002/a\n" if n == 3 else ""
        (folds / f"FDDB-fold-{n:02d}.txt").write_text(text)
        text = "2002/a\n1\n40 30 0.5 60 60  1\n" if n == 3 else ""
        (folds / f"FDDB-fold-{n:02d}-ellipseList.txt").write_text(text)
    found = tmp_path / "found.txt"
    found.write_text("2002/a\n1\n40 30 0.5 60 60 0.9\n")
    out = tmp_path / "table.json"
    arguments = ["fddb", "--folds", f"{folds}", "--detections", f"{found}"]
    assert main([*arguments, "--json", f"{out}", "--roc", f"{tmp_path}/roc"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "warning: no pictures in folds 1, 2, 4, 5, 6, 7, 8, 9, 10\n"
    assert captured.out == (
        "false positives     discrete  continuous\n"
        "0.1 per image         1.0000      1.0000\n"
        "1000                  1.0000      1.0000\n"
        "2000                  1.0000      1.0000\n"
        "1 faces in 1 pictures\n"
    )
    rates = {"0.1 per image": 1.0, "1000": 1.0, "2000": 1.0}
    assert json.loads(out.read_text()) == {
        "discrete": rates, "continuous": rates, "faces": 1, "images": 1
    }  # fmt: skip
    assert (tmp_path / "rocDiscROC.txt").read_text() == "1 0 0.9\n"


def test_errors(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def message(*arguments: str) -> str:
        status = main(list(arguments))
        captured = capsys.readouterr()
        assert captured.out == ""
        assert status == (2 if captured.err.startswith("error: --") else 1)
        return captured.err

    found = ("--predictions", f"{data}/found")
    truth = ("--ground-truth", f"{data}")
    assert message("wider", *found) == (
        "error: nothing to compare with; expected --ground-truth, --mat or both\n"
    )
    assert message("boxes", *found, *truth, "--split", "test") == (
        f"error: {data}: no split 'test' of WIDER FACE here; expected WIDER_test/images and "
        "wider_face_split/wider_face_test_bbx_gt.txt\n"
    )
    assert message("boxes", *found, *truth, "--fppi", "nan") == (
        "error: --fppi is nan; expected 0 or more\n"
    )
    assert message("boxes", *found, *truth, "--errors", "-1") == (
        "error: --errors is -1; expected 0 or more\n"
    )
    (data / "found/0--A/b.txt").unlink()
    assert message("boxes", *found, *truth) == (
        "error: 1 of 2 pictures have no predictions, first 0--A/b.jpg; expected a file for each, "
        "with the number 0 where nothing was found\n"
    )
