"""A picture file to pixels, (H, W, 3) uint8 RGB, upright: by Pillow, by OpenCV, or .npy by numpy.

The rules are those that the network was trained and measured with: EXIF's orientation is applied,
of 16 bit a sample the upper 8 count, transparent pixels lie over grey, of an animation it is the
first frame, colour profiles are ignored. The board has no more than this package, so it does not
share the code that trains; the project's tests hold the two together, pixel for pixel.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

import numpy as np

from .errors import AcceleratorError
from .files import check_regular, load_array, read_bytes
from .pixels import MAX_PIXELS, ORIENTATION, UPRIGHT, check_pixels, damaged, flatten, upright

EXPECTED = "expected a picture (JPEG, PNG, BMP, GIF, WebP, TIFF, PPM or .npy)"
#: Larger files are refused before they are read.
MAX_BYTES = 1 << 30
#: How files of the formats that are opened begin. Pillow knows others, of which some (EPS) start a
#: program.
_BEGINNINGS = {
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "BMP": rb"BM",
    "GIF": rb"GIF8[79]a",
    "WEBP": rb"RIFF.{4}WEBP",
    "TIFF": rb"II[*+]\x00|MM\x00[*+]",
    "PPM": rb"P[1-6f]",
}
#: From samples in a PNG to Pillow's pixels, by Pillow's name of the samples.
_GREY_SCALE = {"L;2": 85, "L;4": 17}


def read_picture(path: str) -> Any:
    """(H, W, 3) uint8 RGB of a picture file, by Pillow or OpenCV; of a .npy file what it holds.

    Raises AcceleratorError where it is none, damaged, too large, or of a kind that what is
    installed does not read exactly.
    """
    try:
        if path.endswith(".npy"):
            check_regular(path, EXPECTED, MAX_BYTES)
            return load_array(path)
        content = read_bytes(path, EXPECTED, MAX_BYTES)
        kind = _kind(path, content)
        try:
            from PIL import Image
        except ImportError:
            return _opencv(path, kind, content)
        return _pillow(path, kind, content, Image)
    except MemoryError:
        raise AcceleratorError(f"{path}: does not fit into memory; {EXPECTED}") from None


def _kind(path: str, content: bytes) -> str:
    for kind, beginning in _BEGINNINGS.items():
        if re.match(beginning, content, re.DOTALL):
            return kind
    raise AcceleratorError(f"{path}: not an image; {EXPECTED}")


def _opencv(path: str, kind: str, content: bytes) -> Any:
    try:
        import cv2
    except ImportError:
        raise AcceleratorError(
            f"{path}: reading pictures needs Pillow or OpenCV, and neither is installed "
            "(pip3 install pillow); a .npy file of (H, W, 3) uint8 needs neither"
        ) from None
    from .picture_opencv import decode

    return decode(path, kind, content, cv2)


def _pillow(path: str, kind: str, content: bytes, pillow: Any) -> Any:
    try:
        with warnings.catch_warnings():  # of large pictures and of damaged EXIF
            warnings.simplefilter("ignore")
            return _decode(path, kind, content, pillow)
    except AcceleratorError:
        raise
    except pillow.DecompressionBombError:
        raise AcceleratorError(
            f"{path}: too many pixels; expected at most {MAX_PIXELS:,}"
        ) from None
    except MemoryError:
        raise
    except Exception:  # Pillow's decoders raise many kinds on damaged files
        raise damaged(path) from None


def _decode(path: str, kind: str, content: bytes, pillow: Any) -> Any:
    opened = pillow.open
    try:
        image = opened(io.BytesIO(content), "r", [kind])
    except TypeError:  # Pillow before 8; the kind is the file's already
        image = opened(io.BytesIO(content))
    check_pixels(path, *image.size)
    samples = image.tile[0][3] if image.tile else ""
    image.load()
    orientation = _orientation(image, pillow)
    colour, alpha = _colour_and_alpha(path, image, samples)
    return upright(colour if alpha is None else flatten(colour, alpha), orientation)


def _orientation(image: Any, pillow: Any) -> int:
    """EXIF's orientation of a loaded image, 1 where there is none that makes sense."""
    try:
        if image.format == "TIFF":  # newer Pillows have turned it already, and say 1
            value = image.getexif().get(ORIENTATION)
        else:
            exif = pillow.Exif()
            exif.load(image.info.get("exif", b""))
            value = exif.get(ORIENTATION)
    except Exception:  # of damaged EXIF; the picture is whole
        return 1
    return value if isinstance(value, int) and value in UPRIGHT else 1


def _colour_and_alpha(path: str, image: Any, samples: Any) -> tuple[Any, Any]:
    """(H, W, 3) and (H, W) of an image in any of Pillow's modes; None for alpha: opaque.

    samples: Pillow's name of the samples in the file.
    """
    single = image.info.get("transparency")  # the one level or colour that is transparent
    mode = image.mode
    if mode.startswith("I;16") or (mode == "I" and image.format in ("PNG", "PPM")):
        deep = np.asarray(image)
        if image.format == "PPM":  # of any maximum, which Pillow has made 65535
            eight: Any = (deep.astype(np.uint32) * 255 + 32767) // 65535
        else:
            eight = deep >> 8
        alpha = None if single is None else np.where(deep == single, 0, 255).astype(np.uint8)
        return np.repeat(eight.astype(np.uint8)[..., None], 3, axis=2), alpha
    if mode == "F":
        raise AcceleratorError(f"{path}: floating-point samples; expected 8 or 16 bit a sample")
    if mode == "I":
        raise AcceleratorError(
            f"{path}: samples of 32 bit or signed ones; expected 8 or 16 bit a sample"
        )
    if mode in ("1", "L", "RGB"):
        colour = np.array(image.convert("RGB"), np.uint8)
        if single is None:
            return colour, None
        if samples == "RGB;16B":
            raise AcceleratorError(
                f"{path}: one transparent colour of 16 bit a sample; expected an alpha channel"
            )
        level = np.array(single) * _GREY_SCALE.get(samples, 1)
        return colour, np.where((colour == level).all(axis=2), 0, 255).astype(np.uint8)
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or single is not None:
        straight = image.convert("LA") if mode == "La" else image
        layer = np.asarray(straight.convert("RGBA"))
        return np.array(layer[..., :3]), np.array(layer[..., 3])
    if mode not in ("P", "CMYK", "YCbCr"):
        raise AcceleratorError(
            f"{path}: colours of the model {mode}; expected grey, RGB, palette or CMYK"
        )
    return np.array(image.convert("RGB"), np.uint8), None
