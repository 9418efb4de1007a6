"""Pictures of every kind as files, with the pixels that each has to give, computed without ours."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Case = tuple[str, bytes, Any]
"""Ending, content, and pixels (H, W, 3) uint8."""

RNG = np.random.default_rng(3)
HEIGHT, WIDTH = 24, 32
COLOUR = RNG.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
ALPHA = RNG.integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
SLOPES = ((3, 4), (6, 1), (2, 5))
SMOOTH = np.stack(
    [np.add.outer(np.arange(HEIGHT) * a, np.arange(WIDTH) * b) for a, b in SLOPES], axis=2
).astype(np.uint8)


def grey(values: Any) -> Any:
    return np.stack([values] * 3, axis=2).astype(np.uint8)


def over_grey(colour: Any, alpha: Any) -> Any:
    """Alpha over 128, rounded to the nearest."""
    part = alpha[..., None].astype(float) / 255
    return np.floor(colour * part + 128 * (1 - part) + 0.5 + 1e-9).astype(np.uint8)


def saved(kind: str, image: Image.Image, **options: Any) -> bytes:
    store = io.BytesIO()
    image.save(store, kind, **options)
    return store.getvalue()


def png(bits: int, colour: int, rows: Any, *chunks: tuple[bytes, bytes], late: Any = ()) -> bytes:
    """A PNG written by hand. rows: bytes of each row. late: chunks behind the pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", packed), *late, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def exif(orientation: int) -> bytes:
    """A block of EXIF with an orientation, written by hand."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    data = b"Exif\0\0" + exif(orientation)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def decoded(content: bytes) -> Any:
    """A JPEG's pixels by Pillow directly."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


#: From the pixels as stored, by the words of EXIF's standard: where row 0 and column 0 are shown.
SHOWN: dict[int, Callable[[Any], Any]] = {
    1: lambda p: p,  # top, left
    2: np.fliplr,  # top, right
    3: lambda p: np.flipud(np.fliplr(p)),  # bottom, right
    4: np.flipud,  # bottom, left
    5: lambda p: np.transpose(p, (1, 0, 2)),  # left, top
    6: lambda p: np.fliplr(np.transpose(p, (1, 0, 2))),  # right, top
    7: lambda p: np.flipud(np.fliplr(np.transpose(p, (1, 0, 2)))),  # right, bottom
    8: lambda p: np.flipud(np.transpose(p, (1, 0, 2))),  # left, bottom
}


def wide(values: Any) -> Any:
    """Random lower bytes under the upper bytes given, as big-endian rows."""
    low = np.random.default_rng(4).integers(0, 256, values.shape)
    return (values.astype(np.uint16) * 256 + low).astype(">u2")


def cases() -> dict[str, Case]:
    """By name; those of EXIF are in `turned`."""
    picture, single = Image.fromarray(COLOUR), Image.fromarray(GREY)
    smooth = Image.fromarray(SMOOTH)
    palette = picture.quantize(16)
    colours = np.array(palette.getpalette()).reshape(-1, 3)[np.asarray(palette)].astype(np.uint8)
    opacity = bytes(range(0, 240, 15))
    clear = np.frombuffer(opacity, np.uint8)[np.asarray(palette)]
    jpeg = saved("JPEG", smooth, quality=95)
    progressive = saved("JPEG", smooth, quality=80, progressive=True)
    subsampled = saved("JPEG", smooth, quality=60, subsampling=2)
    grey_jpeg = saved("JPEG", single, quality=90)
    cmyk = saved("JPEG", Image.fromarray(np.dstack([SMOOTH, GREY // 4]), "CMYK"), quality=95)
    bilevel = GREY > 100
    four = GREY >> 4
    two = GREY >> 6
    rgba = np.dstack([COLOUR, ALPHA])
    la = np.dstack([GREY, ALPHA])
    nibbles = (four[:, ::2] << 4) | four[:, 1::2]
    pairs = two[:, ::4] << 6 | two[:, 1::4] << 4 | two[:, 2::4] << 2 | two[:, 3::4]
    chosen = COLOUR[0, 0]
    single_clear = np.where((chosen == COLOUR).all(axis=2), 0, 255).astype(np.uint8)
    first, second = Image.fromarray(GREY), Image.fromarray(255 - GREY)
    premultiplied = np.dstack([(COLOUR // 2), np.full_like(GREY, 255)])
    icc = b"\0" * 3 + b"\x84" + b"no profile that anybody could use" * 4
    return {
        "JPEG": (".jpg", jpeg, decoded(jpeg)),
        "progressive JPEG": (".jpg", progressive, decoded(progressive)),
        "JPEG with 4:2:0": (".jpg", subsampled, decoded(subsampled)),
        "grey JPEG": (".jpg", grey_jpeg, decoded(grey_jpeg)),
        "CMYK JPEG": (".jpg", cmyk, decoded(cmyk)),
        "PNG": (".png", saved("PNG", picture), COLOUR),
        "PNG called JPEG": (".jpg", saved("PNG", picture), COLOUR),
        "PNG with ICC": (".png", saved("PNG", picture, icc_profile=icc), COLOUR),
        "grey PNG": (".png", saved("PNG", single), grey(GREY)),
        "1-bit PNG": (".png", saved("PNG", Image.fromarray(bilevel)), grey(bilevel * 255)),
        "2-bit PNG": (".png", png(2, 0, pairs), grey(two * 85)),
        "4-bit PNG": (".png", png(4, 0, nibbles), grey(four * 17)),
        "16-bit grey PNG": (".png", png(16, 0, map(bytes, wide(GREY))), grey(GREY)),
        "16-bit PNG": (".png", png(16, 2, map(bytes, wide(COLOUR))), COLOUR),
        "16-bit PNG with alpha": (
            ".png", png(16, 6, map(bytes, wide(rgba))), over_grey(COLOUR, ALPHA)
        ),
        "16-bit grey PNG with alpha": (
            ".png", png(16, 4, map(bytes, wide(la))), over_grey(grey(GREY), ALPHA)
        ),
        "PNG with alpha": (".png", saved("PNG", Image.fromarray(rgba)), over_grey(COLOUR, ALPHA)),
        "LA PNG": (".png", saved("PNG", Image.fromarray(la, "LA")), over_grey(grey(GREY), ALPHA)),
        "palette PNG": (".png", saved("PNG", palette), colours),
        "palette PNG with alpha": (
            ".png", saved("PNG", palette, transparency=opacity), over_grey(colours, clear)
        ),
        "PNG with a transparent colour": (
            ".png",
            png(8, 2, map(bytes, COLOUR), (b"tRNS", bytes(v for c in chosen for v in (0, c)))),
            over_grey(COLOUR, single_clear),
        ),
        "4-bit PNG with a transparent level": (
            ".png",
            png(4, 0, nibbles, (b"tRNS", b"\0\x05")),
            over_grey(grey(four * 17), np.where(four == 5, 0, 255)),
        ),
        "16-bit grey PNG with a transparent level": (
            ".png",
            png(16, 0, map(bytes, wide(GREY)), (b"tRNS", int(wide(GREY)[2, 3]).to_bytes(2, "big"))),
            over_grey(grey(GREY), np.where(wide(GREY) == wide(GREY)[2, 3], 0, 255)),
        ),
        "animated PNG": (
            ".png", saved("PNG", first, save_all=True, append_images=[second]), grey(GREY)
        ),
        "BMP": (".bmp", saved("BMP", picture), COLOUR),
        "grey BMP": (".bmp", saved("BMP", single), grey(GREY)),
        "1-bit BMP": (".bmp", saved("BMP", Image.fromarray(bilevel)), grey(bilevel * 255)),
        "animated GIF": (
            ".gif", saved("GIF", first, save_all=True, append_images=[second]), grey(GREY)
        ),
        "WebP": (".webp", saved("WEBP", picture, lossless=True), COLOUR),
        "WebP with alpha": (
            ".webp",
            saved("WEBP", Image.fromarray(rgba), lossless=True, exact=True),
            over_grey(COLOUR, ALPHA),
        ),
        "TIFF": (".tiff", saved("TIFF", picture), COLOUR),
        "16-bit grey TIFF": (
            ".tif", saved("TIFF", Image.fromarray(wide(GREY).astype("<u2"))), grey(GREY)
        ),
        "TIFF of two pages": (
            ".tif", saved("TIFF", first, save_all=True, append_images=[second]), grey(GREY)
        ),
        "opaque TIFF of premultiplied colours": (
            ".tif", saved("TIFF", Image.fromarray(premultiplied, "RGBA")), COLOUR // 2
        ),
        "PPM": (".ppm", b"P6 %d %d 255\n" % (WIDTH, HEIGHT) + COLOUR.tobytes(), COLOUR),
        "16-bit PGM": (
            ".pgm",
            b"P5 %d %d 65535\n" % (WIDTH, HEIGHT) + (GREY.astype(">u2") * 257).tobytes(),
            grey(GREY),
        ),
    }  # fmt: skip


def turned(orientation: int) -> dict[str, Case]:
    """Pictures with EXIF's orientation; 0 and 9 mean nothing."""
    show = SHOWN.get(orientation, SHOWN[1])
    jpeg = saved("JPEG", Image.fromarray(SMOOTH), quality=95)
    tag = Image.Exif()
    tag[0x0112] = orientation
    return {
        "JPEG": (".jpg", with_exif(jpeg, orientation), show(decoded(jpeg))),
        "PNG": (
            ".png",
            png(8, 2, map(bytes, COLOUR), (b"eXIf", exif(orientation))),
            show(COLOUR),
        ),
        "PNG, behind its pixels": (
            ".png",
            png(8, 2, map(bytes, COLOUR), late=[(b"eXIf", exif(orientation))]),
            show(COLOUR),
        ),
        "PNG with alpha": (
            ".png",
            png(8, 6, map(bytes, np.dstack([COLOUR, ALPHA])), (b"eXIf", exif(orientation))),
            show(over_grey(COLOUR, ALPHA)),
        ),
        "16-bit PNG": (
            ".png",
            png(16, 0, map(bytes, wide(GREY)), (b"eXIf", exif(orientation))),
            show(grey(GREY)),
        ),
        "WebP": (
            ".webp",
            saved("WEBP", Image.fromarray(COLOUR), lossless=True, exif=exif(orientation)),
            show(COLOUR),
        ),
        "TIFF": (".tif", saved("TIFF", Image.fromarray(COLOUR), exif=tag), show(COLOUR)),
    }


def write(folder: Path, case: Case) -> Path:
    path = folder / f"picture{case[0]}"
    path.write_bytes(case[1])
    return path
