"""One meaning of a picture: every reader of the project, and the driver with and without Pillow."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import ALPHA, COLOUR, SMOOTH, Case, cases, turned, write

from hw.driver import AcceleratorError
from hw.driver.picture import read_picture
from model.detection.image import image_size, load_image
from model.training.data import decode_picture

CASES = cases()

#: Kinds that OpenCV reads in its own way or not everywhere: the driver refuses them without Pillow.
PILLOW_ALONE = {
    "CMYK JPEG", "PNG with a transparent colour", "4-bit PNG with a transparent level",
    "16-bit grey PNG with a transparent level", "animated PNG", "1-bit BMP", "animated GIF", "WebP",
    "WebP with alpha", "TIFF", "16-bit grey TIFF", "TIFF of two pages",
    "opaque TIFF of premultiplied colours", "PPM", "16-bit PGM",
}  # fmt: skip


def trained_with(path: Path) -> Any:
    """A picture as training reads it, at its own size: the letterbox's border cut off."""
    width, height = image_size(path)
    size = max(width, height)
    frame = decode_picture(path, size)
    top, left = (size - height) // 2, (size - width) // 2
    return frame[top : top + height, left : left + width]


def without_pillow(path: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "PIL", None)
        return read_picture(str(path))


READERS: dict[str, Callable[[Path], Any]] = {
    "evaluation and flows": load_image,
    "training": trained_with,
    "driver": lambda path: read_picture(str(path)),
    "driver without Pillow": without_pillow,
}


def check(path: Path, case: Case, pillow_alone: bool) -> None:
    expected = case[2]
    assert expected.dtype == np.uint8
    assert image_size(path) == (expected.shape[1], expected.shape[0])
    for name, read in READERS.items():
        if pillow_alone and name == "driver without Pillow":
            with pytest.raises(AcceleratorError, match="reading it needs Pillow"):
                read(path)
            continue
        found = read(path)
        assert found.dtype == np.uint8, name
        assert np.array_equal(found, expected), name


@pytest.mark.parametrize("name", CASES)
def test_kind(tmp_path: Path, name: str) -> None:
    check(write(tmp_path, CASES[name]), CASES[name], name in PILLOW_ALONE)


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("name", turned(1))
def test_orientation(tmp_path: Path, name: str, orientation: int) -> None:
    case = turned(orientation)[name]
    check(write(tmp_path, case), case, name in PILLOW_ALONE)


def test_the_cases_can_fail() -> None:
    """No picture stays as it is when it is turned, and opacity shows."""
    shapes = {turned(n)["PNG"][2].tobytes() for n in range(1, 9)}
    assert len(shapes) == 8
    assert not np.array_equal(turned(1)["PNG with alpha"][2], COLOUR)
    assert len(np.unique(ALPHA)) > 200
    assert len(np.unique(SMOOTH)) > 100
