"""Reading pictures of every kind, and refusing the rest in one clear line."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.detection.decode import Detections
from model.detection.draw import draw_boxes, save_image
from model.detection.image import EXPECTED, load_image
from model.errors import ModelError

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5


def message(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_image(path)
    return str(caught.value)


def test_rgb(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    save_image(tmp_path / "a.png", image)
    assert np.array_equal(load_image(tmp_path / "a.png"), image)


@pytest.mark.parametrize("mode", ["L", "P", "I;16"])
def test_grey_of_every_kind(tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(GREY.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(GREY).convert(mode)
    image.save(tmp_path / "a.png")
    assert np.array_equal(load_image(tmp_path / "a.png"), np.stack([GREY] * 3, axis=2))


def test_two_levels(tmp_path: Path) -> None:
    Image.fromarray(GREY > 100).save(tmp_path / "a.png")
    assert np.array_equal(load_image(tmp_path / "a.png")[:, :, 1], (GREY > 100) * 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_over_grey(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(GREY).convert(mode)
    image.putalpha(Image.fromarray(np.where(GREY > 100, 255, 0).astype(np.uint8)))
    image.save(tmp_path / "a.png")
    expected = np.where(GREY > 100, GREY, 128)
    assert np.array_equal(load_image(tmp_path / "a.png"), np.stack([expected] * 3, axis=2))


def test_cmyk(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 6), (0, 0, 0, 0)).save(tmp_path / "a.jpg")
    assert load_image(tmp_path / "a.jpg").shape == (6, 8, 3)
    assert (load_image(tmp_path / "a.jpg") > 250).all()


def test_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    Image.fromarray(GREY).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_image(tmp_path / "a.png")[:, :, 0], np.rot90(GREY, -1))


def test_missing(tmp_path: Path) -> None:
    path = tmp_path / "no.png"
    assert message(path) == f"{path}: no such file; {EXPECTED}"


def test_folder(tmp_path: Path) -> None:
    assert message(tmp_path) == f"{tmp_path}: cannot be read: a folder; {EXPECTED}"


@pytest.mark.parametrize("content", [b"", b"not a picture at all\n"])
def test_not_an_image(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert message(path) == f"{path}: not an image; {EXPECTED}"


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_truncated(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    save_image(path, image)
    path.write_bytes(path.read_bytes()[:1500])
    assert message(path) == f"{path}: truncated or damaged image; expected a complete picture"


@pytest.mark.parametrize(
    ("side", "said"), [(12_000, "12000 x 12000 pixels"), (40_000, "too many pixels")]
)
def test_huge(tmp_path: Path, side: int, said: str) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    path = tmp_path / "a.png"
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b""))
    assert message(path) == f"{path}: {said}; expected at most 100,000,000"


def test_floating_point(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    Image.fromarray(GREY.astype(np.float32)).save(path)
    assert message(path) == f"{path}: floating-point samples; expected 8 or 16 bit a sample"


def test_drawing_leaves_the_original_alone(tmp_path: Path) -> None:
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    found = Detections(np.array([[10.0, 20.0, 40.0, 50.0], [-9, -9, 99, 99]]), np.array([0.9, 0.5]))
    drawn = draw_boxes(image, found)
    assert not image.any()
    assert drawn[50, 25].tolist() == [255, 64, 32]
    assert drawn[35, 25].tolist() == [0, 0, 0]
    save_image(tmp_path / "a.jpg", drawn)
    assert load_image(tmp_path / "a.jpg").shape == (64, 64, 3)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    with pytest.raises(ModelError) as caught:
        save_image(path, np.zeros((2, 2, 3), dtype=np.uint8))
    assert str(caught.value) == (f"{path}: unknown picture format; expected .png, .jpg, .jpeg")
