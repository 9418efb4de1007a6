"""``dupnet detect``: pictures, folders and films; one bad picture does not end the others."""

import json
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

import dupnet
from dupnet import detect

#: Loaded once for all tests: that takes seconds.
LOAD = cache(dupnet.load)
ARGUMENTS = ["--size", "160", "--threshold", "0.02"]


@pytest.fixture(scope="module")
def expected():
    """Boxes of the portrait."""
    return LOAD("dupnet-tinier-yolo", 160).detect(astronaut(), 0.02)


@pytest.fixture(autouse=True)
def _loads_once(monkeypatch):
    monkeypatch.setattr(dupnet, "load", LOAD)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two pictures and a text; the working directory is beside it."""
    pictures = tmp_path / "in"
    pictures.mkdir()
    Image.fromarray(astronaut()).save(pictures / "a.png")
    Image.fromarray(astronaut()[:, ::-1]).save(pictures / "b.JPG", format="PNG")
    (pictures / "c.txt").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    return pictures


def run(capsys, *words):
    try:
        status = detect.main([*words])
    except SystemExit as end:
        status = end.code
    return status, *capsys.readouterr()


def test_a_folder(folder, capsys, expected):
    status, out, err = run(capsys, "in", "--out", "found", *ARGUMENTS)
    assert (status, err) == (0, "")
    scores = ", ".join(f"{box.score:.2f}" for box in expected)
    noun = "box" if len(expected) == 1 else "boxes"
    assert out.startswith(f"in/a.png: {len(expected)} {noun} ({scores}): found/a.png\nin/b.JPG: ")
    assert "\n2 pictures, " in out
    drawn = np.asarray(Image.open(folder.parent / "found" / "a.png"))
    assert drawn.shape == astronaut().shape
    assert (drawn != astronaut()).any(axis=-1).any()


def test_json(folder, capsys, expected):
    status, out, _ = run(capsys, "in/a.png", "--json", *ARGUMENTS)
    assert status == 0
    (line,) = out.splitlines()
    found = json.loads(line)
    assert found["picture"] == "in/a.png"
    assert [box["score"] for box in found["boxes"]] == [box.score for box in expected]
    assert not (folder.parent / "build").exists()


def test_a_bad_picture_among_others(folder, capsys):
    (folder / "b.JPG").write_bytes(b"no picture")
    status, out, err = run(capsys, "in", *ARGUMENTS)
    assert status == 1
    assert err.startswith("error: in/b.JPG: ")
    assert "in/a.png: " in out
    assert "2 pictures, 1 of them unreadable" in out


def test_a_film(folder, capsys):
    path = folder.parent / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (96, 64))
    for shade in (0, 90, 180):
        writer.write(np.full((64, 96, 3), shade, np.uint8))
    writer.release()
    status, out, _ = run(capsys, "film.avi", "--frames", "2", "--size", "64")
    assert status == 0
    assert out.startswith("film.avi: 2 frames, ")
    capture = cv2.VideoCapture(str(folder.parent / "build" / "detections" / "film.avi"))
    assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == 2
    status, out, _ = run(capsys, "film.avi", "--frames", "2", "--size", "64", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert [(one["source"], one["frame"]) for one in told] == [("film.avi", 0), ("film.avi", 1)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no SOURCE: expected pictures"),
        (["none.jpg"], "none.jpg: "),
        (["--source", "none.jpg"], "none.jpg: "),
        (["none.mp4"], "none.mp4: no such file; expected a film"),
        (["."], ".: no picture in this folder"),
        (["in/a.png", "--checkpoint", "yolo"], "yolo: no such detector; expected the name"),
        (["in/a.png", "--size", "100"], "size is 100; expected a multiple of 32"),
        (["in/a.png", "--size", "64", "--threshold", "2"], "threshold 2"),
        (["in/a.png", "--size", "64", "--out", "in"], "in/a.png: --out is the folder of this"),
    ],
)
def test_mistakes(folder, capsys, words, message):
    status, out, err = run(capsys, *words)
    assert (status, out) == (1, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


def test_of_a_build(folder, capsys):
    status, _, err = run(capsys, "none.yaml", "--image", "in/a.png", "--out", "x.png")
    assert (status, err.partition(";")[0]) == (1, "error: none.yaml: no such file")
