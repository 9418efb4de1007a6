"""The page of pictures: what is false, missed and found, and that it shows the place."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.data.wider import Annotation
from model.detection.decode import Detections
from model.evaluation.page import FACE, FOUND, sort_cuts, write_page

FACES = np.array([[10.0, 10, 30, 30], [50, 10, 70, 30], [10, 50, 30, 70], [50, 50, 70, 70]])
FLAGS = np.array([False, False, False, True])
# the first face is found; of the second there is a box below the threshold, of the third none;
# one box is on the flagged face, one on none
BOXES = np.array([FACES[0], FACES[1], FACES[3], [80.0, 80, 90, 90]])
DETECTIONS = Detections(BOXES, np.array([0.6, 0.2, 0.9, 0.7]))


def test_cuts_by_hand() -> None:
    cuts = sort_cuts([DETECTIONS], [FACES], [FLAGS], [2.0], 0.5)
    found = {kind: [(c.box.tolist(), c.score, c.size) for c in some] for kind, some in cuts.items()}
    assert found == {
        "false": [([80, 80, 90, 90], 0.7, 20)],
        "missed": [(FACES[1].tolist(), 0.2, 40), (FACES[2].tolist(), 0.0, 40)],
        "found": [(FACES[0].tolist(), 0.6, 40)],
    }


def test_the_page_shows_the_places(tmp_path: Path) -> None:
    image = np.full((100, 100, 3), 128, dtype=np.uint8)
    image[12:28, 12:28] = 0, 0, 255  # the first face is blue
    path = tmp_path / "images" / "A & B" / "x.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(image).save(path)
    attributes = np.zeros((4, 6), dtype=np.int64)
    attributes[3, 3] = 1
    one = Annotation(path, FACES, attributes)
    page = tmp_path / "page.html"
    assert write_page(page, [one], [DETECTIONS], [2.0], 0.5, "a < b") == {
        "false": 1,
        "missed": 2,
        "found": 1,
    }
    text = page.read_text()
    assert "a &lt; b" in text and "0.60, 40 px, A &amp; B/x.png" in text
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', text)
    assert len(pictures) == text.count("<img") == 4 and "http" not in text
    # the last is the face that was found: 20 pixels of 48, 60 of 144, from 42 to 102
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures[-1])))).astype(int)
    assert shown.shape == (144, 144, 3)
    assert np.abs(shown[60:84, 60:84] - [0, 0, 255]).max() < 40
    assert np.abs(shown[5:30, 60:84] - 128).max() < 30
    edge = shown[72, 38:48]  # green under red
    near = [np.abs(edge - colour).sum(axis=1).min() for colour in (FOUND, FACE)]
    assert near[0] < 150, near


def test_many_found_faces_are_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.evaluation.page.LIMIT", 3)
    path = tmp_path / "images" / "A" / "x.png"
    path.parent.mkdir(parents=True)
    Image.new("RGB", (200, 20)).save(path)
    boxes = np.array([[20.0 * i, 0, 20 * i + 10, 10] for i in range(7)])
    one = Annotation(path, boxes, np.zeros((7, 6), dtype=np.int64))
    scores = np.array([0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6])
    counts = write_page(tmp_path / "p.html", [one], [Detections(boxes, scores)], [1.0], 0.5)
    assert counts["found"] == 7
    shown = re.findall(r"<figcaption>([0-9.]+),", (tmp_path / "p.html").read_text())
    assert shown == ["0.90", "0.75", "0.60"]
