"""Refused pictures: each reader says so in one line, starts no program, fetches no memory."""

import os
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from picture_files import COLOUR, GREY, SMOOTH, png, saved
from PIL import Image

from hw.driver import AcceleratorError
from hw.driver.picture import read_picture
from model.detection.image import image_size, load_image
from model.errors import ModelError
from model.training.data import decode_picture

ROOT = Path(__file__).parents[2]
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"


def without_pillow(path: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "PIL", None)
        return read_picture(str(path))


READERS: dict[str, Callable[[Path], Any]] = {
    "evaluation and flows": load_image,
    "training": lambda path: decode_picture(path, 64),
    "driver": lambda path: read_picture(str(path)),
    "driver without Pillow": without_pillow,
}


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest) -> Callable[[Path], Any]:
    return READERS[request.param]


def refusal(read: Callable[[Path], Any], path: Path) -> str:
    """The one line that a reader says of a path, which it names."""
    with pytest.raises((ModelError, AcceleratorError)) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


# --- no picture -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        EPS,
        b"\xc5\xd0\xd3\xc6" + EPS,
        b"%PDF-1.7\n",
        b"<svg/>",
        b"#define x_width 9\n",
        b"",
        b"text",
    ],
    ids=["EPS", "EPS with a preview", "PDF", "SVG", "XBM", "empty", "text"],
)
@pytest.mark.parametrize("ending", [".eps", ".jpg"])
def test_other_formats_start_no_program(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[Path], Any],
    content: bytes,
    ending: str,
) -> None:
    started = tmp_path / "started"
    for name in ("gs", "convert", "inkscape"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {started}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    path = tmp_path / f"picture{ending}"
    path.write_bytes(content)
    assert refusal(read, path).startswith("not an image; expected a picture (JPEG, PNG, BMP, GIF")
    assert not started.exists()


def test_pillow_itself_would_start_ghostscript(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in of the test above is what Pillow calls where formats are not limited."""
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path / 'started'}\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    from PIL import EpsImagePlugin

    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    (tmp_path / "picture.jpg").write_bytes(EPS)
    with pytest.raises(OSError), Image.open(tmp_path / "picture.jpg") as image:
        image.load()
    assert (tmp_path / "started").exists()


def test_what_is_no_file(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe.npy")
    (tmp_path / "zeros.png").symlink_to("/dev/zero")
    for name in ("pipe.jpg", "pipe.npy", "zeros.png"):
        said = refusal(read, tmp_path / name)
        assert said.startswith(("is no file but a pipe or a device;", "cannot be read: a "))
    assert "a folder; expected a picture" in refusal(read, tmp_path)
    assert refusal(read, tmp_path / "no.png").startswith("no such file; expected a picture")
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert "Too many levels" in refusal(read, tmp_path / "loop.png")
    assert "embedded null" in refusal(read, Path("a\0b.png"))
    with (tmp_path / "sparse.png").open("wb") as file:
        file.truncate(1 << 40)
    assert refusal(read, tmp_path / "sparse.png").count("1,099,511,627,776 bytes")


# --- damaged ----------------------------------------------------------------------------------


def test_every_truncation_is_seen(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    smooth = Image.fromarray(SMOOTH)
    files = {
        "a.jpg": saved("JPEG", smooth, quality=95),
        "b.jpg": saved("JPEG", smooth, quality=60, progressive=True),
        "c.png": saved("PNG", Image.fromarray(COLOUR)),
        "d.bmp": saved("BMP", smooth),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        read(path)
        for length in [*range(0, len(content) - 21, 37), len(content) - 21]:
            path.write_bytes(content[:length])
            assert refusal(read, path).startswith(("truncated or damaged image", "not an image"))


def test_a_picture_without_its_pixels_or_with_wrong_ones(
    tmp_path: Path, read: Callable[[Path], Any]
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(8, 2, []))
    assert refusal(read, path).startswith("truncated or damaged image")
    path.write_bytes(saved("PNG", Image.fromarray(COLOUR)).replace(b"IDAT", b"iDAT"))
    assert refusal(read, path).startswith(("truncated or damaged image", "not an image"))


# --- too large --------------------------------------------------------------------------------


def header_alone(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [(10_001, 10_000), (14_000, 13_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels(
    tmp_path: Path, read: Callable[[Path], Any], side: tuple[int, int]
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(header_alone(*side))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(read, path).endswith("expected at most 100,000,000")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
    with pytest.raises(ModelError, match="expected at most 100,000,000"):
        image_size(path)


# --- samples and colours ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (Image.fromarray(GREY.astype(np.float32)), "floating-point samples"),
        (Image.fromarray(GREY.astype(np.int32) - 5), "samples of 32 bit or signed ones"),
        (Image.new("LAB", (8, 6)), "colours of the model LAB; expected grey, RGB"),
    ],
)
def test_samples_of_other_kinds(tmp_path: Path, image: Image.Image, said: str) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(saved("TIFF", image))
    for name, read in READERS.items():
        found = refusal(read, path)
        assert found.startswith("TIFF: reading" if name.endswith("out Pillow") else said), name


def test_a_transparent_colour_of_16_bit(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    rows = [bytes(row.astype(">u2").tobytes()) for row in COLOUR]
    path.write_bytes(png(16, 2, rows, (b"tRNS", bytes(6))))
    for name, read in READERS.items():
        if not name.endswith("without Pillow"):
            assert refusal(read, path).startswith("one transparent colour of 16 bit")


# --- arrays, as the driver takes them ---------------------------------------------------------


def array_header(shape: str, kind: str = "|u1") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        array_header("(1000000, 1000000, 3)") + bytes(64),
        array_header("(-4, 4, 3)") + bytes(64),
        array_header("(4, 4, 3)") + bytes(5),
        array_header("(4,)", "|O") + bytes(64),
        array_header("(" * 300 + ")" * 300) + bytes(64),
        array_header("(" + "9" * 400 + ", 3)") + bytes(64),
        b"\x93NUMPY\x09\x00" + bytes(64),
        b"PK\x03\x04",
        b"",
    ],
)
def test_arrays_that_are_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    assert refusal(READERS["driver"], path).startswith("not a readable .npy file (")


def test_arrays_in_an_archive(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=COLOUR)
    (tmp_path / "a.npz").rename(tmp_path / "a.npy")
    assert refusal(READERS["driver"], tmp_path / "a.npy").startswith("not a readable .npy file (")


def test_an_array(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", COLOUR)
    assert np.array_equal(read_picture(str(tmp_path / "a.npy")), COLOUR)


def test_reading_without_pillow_and_opencv(tmp_path: Path) -> None:
    """In a Python of its own, where neither is."""
    (tmp_path / "a.png").write_bytes(saved("PNG", Image.fromarray(COLOUR)))
    code = (
        "import sys; sys.modules['PIL'] = sys.modules['cv2'] = None\n"
        "from hw.driver.picture import read_picture\nread_picture(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.png"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "reading pictures needs Pillow or OpenCV, and neither is installed" in done.stderr
