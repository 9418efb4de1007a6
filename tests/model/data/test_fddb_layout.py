"""FDDB's folds and detection files as published, and malformed ones."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data.fddb import Regions, read_detections, read_folds, write_detections, write_folds
from model.detection.decode import Detections
from model.errors import ModelError

ONE, TWO = "2002/08/11/big/img_591", "2002/08/26/big/img_265"
LIST = f"{ONE}\n{TWO}\n"
ELLIPSES = (
    f"{ONE}\n1\n123.583300 85.549500 1.265839 269.693400 161.781200  1\n"
    f"{TWO}\n2\n67.363819 44.511485 -1.476417 105.249970 87.209036  1\n"
    "41.936870 27.064477 1.471906 184.070915 129.345601  1\n"
)


def folds(folder: Path, listing: str = LIST, ellipses: str = ELLIPSES) -> Path:
    """Ten folds, of which the first has pictures; returns the first one's ellipses."""
    for n in range(1, 11):
        (folder / f"FDDB-fold-{n:02d}.txt").write_text(listing if n == 1 else "")
        (folder / f"FDDB-fold-{n:02d}-ellipseList.txt").write_text(ellipses if n == 1 else "")
    return folder / "FDDB-fold-01-ellipseList.txt"


def test_the_published_folds(tmp_path: Path) -> None:
    folds(tmp_path)
    first, second = read_folds(tmp_path)
    assert (first.name, first.fold, first.size) == (ONE, 1, None)
    assert first.ellipses.tolist() == [[123.5833, 85.5495, 1.265839, 269.6934, 161.7812]]
    assert second.ellipses.shape == (2, 5)
    assert [one.name for one in read_folds(tmp_path, folds=(2, 1))] == [ONE, TWO]


def test_what_is_written_is_what_is_published(tmp_path: Path) -> None:
    folds(tmp_path)
    out = tmp_path / "out"
    write_folds(out, read_folds(tmp_path))
    assert (out / "FDDB-fold-01-ellipseList.txt").read_text() == ELLIPSES
    assert (out / "FDDB-fold-01.txt").read_text() == LIST
    assert len(list(out.iterdir())) == 20


def test_sizes_come_from_the_pictures(tmp_path: Path) -> None:
    folds(tmp_path)
    images = tmp_path / "originalPics"
    for name, size in ((ONE, (30, 20)), (TWO, (5, 6))):
        path = images / f"{name}.jpg"
        path.parent.mkdir(parents=True)
        Image.new("L", size).save(path)
    assert [one.size for one in read_folds(tmp_path, images)] == [(30, 20), (5, 6)]
    path.unlink()
    with pytest.raises(ModelError) as error:
        read_folds(tmp_path, images)
    assert str(error.value) == f"{path}: no such picture; expected FDDB's originalPics"


@pytest.mark.parametrize(
    ("ellipses", "line", "problem"),
    [
        (
            f"{TWO}\n0\n",
            1,
            f"'{TWO}'; expected the picture {ONE}, as in FDDB-fold-01.txt line 1",
        ),
        (f"{ONE}\n0\n", 3, f"the file ends; expected the picture {TWO}, as in FDDB-fold-01.txt "
         "line 2"),
        (f"{ONE}\n1\n1 2 3 4 1\n", 3, "5 values; expected 6: major minor angle x y 1"),
        (f"{ONE}\n1\n1 2 3 4 5 x\n", 3, "'x'; expected numbers: major minor angle x y 1"),
        (f"{ONE}\n1\n-1 2 3 4 5 1\n", 3, "a radius below 0; expected 0 or more"),
        (f"{ONE}\n1\n1 2 3 4 1e5 1\n", 3, "a value beyond 10000; expected pixels of a picture"),
        (
            f"{ELLIPSES}more\n",
            8,
            "'more'; expected the end, as FDDB-fold-01.txt ends here",
        ),
    ],
)  # fmt: skip
def test_malformed_folds(tmp_path: Path, ellipses: str, line: int, problem: str) -> None:
    path = folds(tmp_path, LIST, ellipses)
    with pytest.raises(ModelError) as error:
        read_folds(tmp_path)
    assert str(error.value) == f"{path}:{line}: {problem}"


def test_a_picture_in_two_folds(tmp_path: Path) -> None:
    folds(tmp_path)
    for name, text in (("FDDB-fold-03.txt", LIST), ("FDDB-fold-03-ellipseList.txt", ELLIPSES)):
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelError) as error:
        read_folds(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}/FDDB-fold-03.txt:1: '{ONE}' stands in fold 1 too; expected each picture once"
    )


def test_folds_that_are_not_there(tmp_path: Path) -> None:
    expected = (
        f"{tmp_path}: expected the folds of FDDB, FDDB-fold-NN.txt and "
        "FDDB-fold-NN-ellipseList.txt, NN from 01 to 10; "
    )
    with pytest.raises(ModelError) as error:
        read_folds(tmp_path)
    assert str(error.value) == expected + "there are none, first FDDB-fold-01.txt"
    folds(tmp_path)
    (tmp_path / "FDDB-fold-07-ellipseList.txt").unlink()
    with pytest.raises(ModelError) as error:
        read_folds(tmp_path)
    assert str(error.value) == (
        expected + "some of them are missing, first FDDB-fold-07-ellipseList.txt"
    )


def test_detections_of_one_file_or_ten(tmp_path: Path) -> None:
    rectangles = f"{ONE}\r\n2\r\n1 2 3 4 0.5\r\n1 2 3 4 0.25\r\n"
    ellipses = f"{TWO}\n1\n10 5 0.5 20 30 0.75\n"
    (tmp_path / "fold-01-out.txt").write_bytes(rectangles.encode())
    (tmp_path / "fold-02-out.txt").write_text(ellipses)
    (tmp_path / "notes.txt").write_text("not one of them")
    found = read_detections(tmp_path)
    assert (found[ONE].kind, found[TWO].kind) == ("rectangle", "ellipse")
    assert found[ONE].shapes.tolist() == [[1, 2, 3, 4]] * 2
    assert found[TWO].shapes.tolist() == [[10, 5, 0.5, 20, 30]]
    assert found[TWO].scores.tolist() == [0.75]
    write_detections(tmp_path / "all", found.items())
    assert (tmp_path / "all").read_text() == rectangles.replace("\r", "") + ellipses
    assert list(read_detections(tmp_path / "all")) == [ONE, TWO]


def test_boxes_become_rectangles() -> None:
    regions = Regions.of(Detections(np.array([[1.0, 2, 4, 8]]), np.array([0.5])))
    assert regions.shapes.tolist() == [[1, 2, 3, 6]]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a\n", 2, "the file ends; expected a number of detections"),
        ("a\nb\n", 2, "'b'; expected a number of detections"),
        ("a\n1\n1 2 3 4\n", 3, "4 values; expected 5: left top width height score"),
        (
            "a\n2\n1 2 3 4 5 6\n1 2 3 4 5\n",
            4,
            "5 values; expected 6: major minor angle x y score",
        ),
        ("a\n1\n1 2 -3 4 5\n", 3, "a width or height below 0; expected 0 or more"),
        ("a\n1\n1 2 3 2e4 5\n", 3, "a value beyond 10000; expected pixels of a picture"),
        ("a\n1\n2e4 2 3 4 5 6\n", 3, "a value beyond 10000; expected pixels of a picture"),
        ("a\n0\na\n0\n", 3, "'a' a second time; expected each picture once"),
    ],
)
def test_malformed_detections(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = tmp_path / "found.txt"
    path.write_text(text)
    with pytest.raises(ModelError) as error:
        read_detections(path)
    assert str(error.value) == f"{path}:{line}: {problem}"


def test_no_detections(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        read_detections(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: holds no detections; expected fold-01-out.txt to fold-10-out.txt"
    )
    with pytest.raises(ModelError) as error:
        read_detections(tmp_path / "no.txt")
    assert str(error.value) == (
        f"{tmp_path / 'no.txt'}: no such file; expected names of pictures and their detections"
    )
