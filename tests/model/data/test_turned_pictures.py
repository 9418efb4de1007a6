"""Boxes are in the grid of the picture as it is shown: data, training and evaluation agree."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from model.data import fddb, predictions, wider
from model.detection.decode import Detections
from model.detection.image import load_image
from model.evaluation.__main__ import main
from model.training.data import decode_picture, load_split

WIDTH, HEIGHT = 96, 64
#: As stored: wide; the face lies near the right edge, beyond the height of the picture.
FACE = (70, 20, 90, 44)


def turned(path: Path, orientation: int) -> tuple[int, int, int, int]:
    """Write a picture with a white face and EXIF's orientation; the face's box as it is shown."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    left, top, right, bottom = FACE
    pixels[top:bottom, left:right] = 255
    tag = Image.Exif()
    tag[0x0112] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    store = io.BytesIO()
    Image.fromarray(pixels).save(store, "JPEG", exif=tag, quality=95)
    path.write_bytes(store.getvalue())
    rows, columns = np.nonzero(np.asarray(ImageOps.exif_transpose(Image.open(path)))[..., 0] > 128)
    return (
        int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    )  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
def test_average_precision_and_training_go_by_the_picture_as_shown(
    tmp_path: Path, orientation: int, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "0--Any/a.jpg"
    path = tmp_path / "WIDER_val" / "images" / name
    box = np.array([turned(path, orientation)], float)
    wider.write_split(tmp_path, "val", [(name, box, np.zeros((1, 6), np.int64))])
    (one,) = wider.read_split(tmp_path, "val")
    assert one.boxes.tolist() == box.tolist()  # nothing clipped
    predictions.write(tmp_path / "found", [(name, Detections(box, np.array([0.9])))])
    where = ["--predictions", str(tmp_path / "found"), "--ground-truth", str(tmp_path)]
    assert main(["boxes", *where]) == 0
    assert "1.0000" in capsys.readouterr().out
    left, top, right, bottom = (int(v) for v in box[0])
    seen = load_image(path)
    assert seen[top + 1 : bottom - 1, left + 1 : right - 1].min() > 200
    pictures = load_split(tmp_path, "val", 96)  # the picture's size: pixels as they are
    left, top, right, bottom = (int(v) for v in pictures.boxes[0, 0])
    frame = decode_picture(pictures.paths[0], 96)
    assert frame[top + 1 : bottom - 1, left + 1 : right - 1].min() > 200
    half = load_split(tmp_path, "val", 48)  # JPEG's own reduction
    left, top, right, bottom = (int(v) for v in half.boxes[0, 0])
    frame = decode_picture(half.paths[0], 48)
    assert frame[top + 2 : bottom - 2, left + 2 : right - 2].min() > 200
    assert frame.shape == (48, 48, 3)


def test_sizes_of_fddb_are_those_shown(tmp_path: Path) -> None:
    turned(tmp_path / "pictures" / "one.jpg", 8)
    faces = [fddb.Faces("one", 1, np.array([[9.0, 8, 0, 20, 60]]))]
    fddb.write_folds(tmp_path / "folds", faces)
    found = fddb.read_folds(tmp_path / "folds", tmp_path / "pictures")
    assert [face.size for face in found] == [(HEIGHT, WIDTH)]
