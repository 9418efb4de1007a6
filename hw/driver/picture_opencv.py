"""JPEG, PNG and BMP by OpenCV, for boards without Pillow: the same pixels, or an error.

OpenCV is lenient where it should not be (what a truncated JPEG lacks comes grey) and reads some
kinds in its own way. Both show in the file's header, which is looked at first.
"""

from __future__ import annotations

import re
import struct
from typing import Any, NamedTuple

import numpy as np

from .errors import AcceleratorError
from .pixels import ORIENTATION, check_pixels, damaged, flatten, upright

#: A marker of JPEG that stands for itself: no stuffed byte, no restart, no filling.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END, _START_OF_SCAN, _APP1 = 0xD9, 0xDA, 0xE1
_GREY, _RGB = 0, 2  # PNG's types of colour that may name one transparent colour


class Header(NamedTuple):
    """Facts that a picture's file states. other: why only Pillow reads it right; else empty."""

    width: int
    height: int
    orientation: int
    other: str


def decode(path: str, kind: str, content: bytes, cv2: Any) -> Any:
    """(H, W, 3) uint8 RGB of a file's content; kind: JPEG, PNG, ...

    Raises AcceleratorError for damaged pictures, and for those that only Pillow reads.
    """
    reader = {"JPEG": jpeg_header, "PNG": png_header, "BMP": bmp_header}.get(kind)
    if reader is None:
        raise _needs_pillow(path, kind)
    try:
        header = reader(content)
    except (struct.error, IndexError, ValueError):
        raise damaged(path) from None
    check_pixels(path, header.width, header.height)
    if header.other:
        raise _needs_pillow(path, header.other)
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        image = None
    if image is None or image.shape[:2] != (header.height, header.width):
        raise damaged(path)
    if image.dtype == np.uint16:
        image = image >> 8
    image = image.astype(np.uint8)
    if image.ndim == 2:
        image = image[..., None]
    if image.shape[2] < 3:
        image = np.repeat(image[..., :1], 3, axis=2)
    colour = image[..., 2::-1]  # OpenCV has blue first
    if image.shape[2] == 4:
        colour = flatten(colour, image[..., 3])
    return upright(colour, header.orientation)


def jpeg_header(content: bytes) -> Header:
    """Of a JPEG that ends where it should; ValueError for others."""
    at, frame, orientation = 2, None, 1
    while True:
        found = _MARKER.search(content, at)
        if found is None:
            raise ValueError("no end of the image")
        marker, at = found.group(1)[0], found.end()
        if marker == _END:
            break
        if marker in (0x01, 0xD8):  # stand alone
            continue
        (length,) = struct.unpack_from(">H", content, at)
        segment = content[at + 2 : at + length]
        if marker in _START_OF_FRAME and frame is None:
            frame = struct.unpack_from(">BHHB", segment)
        elif marker == _APP1 and segment[:6] == b"Exif\0\0" and frame is None:
            orientation = exif_orientation(segment[6:])
        at += length
    if frame is None:
        raise ValueError("no frame")
    precision, height, width, components = frame
    other = "" if precision == 8 and components in (1, 3) else "JPEG of four colours or 12 bit"
    return Header(width, height, orientation, other)


def png_header(content: bytes) -> Header:
    """Of a PNG whose chunks are complete; ValueError for others."""
    at, orientation, other = 8, 1, ""
    width, height, _, colour = struct.unpack_from(">IIBB", content, 16)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        if len(data) < length:
            raise ValueError("a chunk is cut off")
        if kind == b"IEND":
            break
        if kind == b"eXIf":
            orientation = exif_orientation(data)
        elif kind == b"tRNS" and colour in (_GREY, _RGB):
            other = "PNG with one transparent colour"
        elif kind == b"acTL":
            other = "animated PNG"
        at += 12 + length
    return Header(width, height, orientation, other)


def bmp_header(content: bytes) -> Header:
    """Of a BMP."""
    size, width, height, _, bits, packing = struct.unpack_from("<IiiHHI", content, 14)
    plain = size >= 40 and bits in (8, 24) and packing == 0
    return Header(width, abs(height), 1, "" if plain else "BMP of this kind")


def exif_orientation(data: bytes) -> int:
    """The orientation that an EXIF block says, 1 where it says none that makes sense."""
    try:
        order = {b"II*\0": "<", b"MM\0*": ">"}[data[:4]]
        (at,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values = struct.unpack_from(order + "HHI", data, entry)
            if tag == ORIENTATION:
                size = {1: "B", 3: "H", 4: "I"}.get(kind, "I")
                (value,) = struct.unpack_from(order + size, data, entry + 8)
                return int(value) if 1 <= value <= 8 and values == 1 else 1
    except (struct.error, KeyError):
        pass
    return 1


def _needs_pillow(path: str, what: str) -> AcceleratorError:
    return AcceleratorError(
        f"{path}: {what}: reading it needs Pillow (pip3 install pillow); OpenCV alone reads JPEG, "
        "PNG and BMP of the usual kinds"
    )
