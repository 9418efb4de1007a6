"""Pictures: the one reader of training, data, evaluation and flows. docs/pictures.md has the rules.

Whatever a file holds, uint8 RGB comes back, upright: EXIF's orientation is applied to pixels and to
sizes alike. The driver has rules of the same meaning of its own (hw/driver/picture.py); a test
holds the two together, pixel for pixel.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from model.errors import ModelError
from outside.files import Unreadable, open_regular

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
"""All that is opened. Pillow knows others, of which some (EPS) start a program."""

EXPECTED = "expected a picture (JPEG, PNG, BMP, GIF, WebP, TIFF or PPM)"

MAX_PIXELS = 100_000_000
"""More than that is refused before it is decoded."""

MAX_BYTES = 1 << 30
"""Of a picture's file."""

BACKGROUND = 128
"""Grey level that shows through transparent pixels: that of the letterbox."""

ORIENTATION = 0x0112
"""EXIF's tag."""

UPRIGHT: dict[int, Callable[[Any], Any]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""The turns that make pixels (H, W, ...) of an orientation upright; of 1 and any other: none."""

_GREY_SCALE = {"L;2": 85, "L;4": 17}
"""Pillow's factor from the file's samples to pixels, by its raw mode."""

# Pillow warns of large pictures (the limit here is another) and of damaged EXIF
warnings.filterwarnings("ignore", module=r"PIL\.")


def load_image(path: str | Path) -> NDArray[np.uint8]:
    """The picture in a file, upright, (H, W, 3) uint8 RGB; ModelError for anything else.

    Grey, palette, CMYK and 16-bit pictures are converted; transparent ones are laid over grey. Of
    an animation it is the first frame.
    """
    path = Path(path)
    with _opened(path) as image:
        return np.ascontiguousarray(_pixels(path, image, _samples(image)))


def image_size(path: str | Path) -> tuple[int, int]:
    """(width, height) of the picture that `load_image` gives; pixels are read only for TIFF and PNG
    that need it. ModelError as there.
    """
    path = Path(path)
    with _opened(path) as image:
        return _size(path, image, _samples(image))


def load_reduced(path: str | Path, fit: Callable[[int, int], tuple[int, int]]) -> NDArray[np.uint8]:
    """The picture reduced or enlarged to the (width, height) that `fit` makes of its own.

    Fast rather than equal on every machine: JPEG is decoded at a half, a quarter, an eighth of the
    size where that is enough, the rest is Pillow's bilinear filter. At its own size the pixels are
    those of `load_image`.
    """
    path = Path(path)
    with _opened(path) as image:
        samples = _samples(image)
        wanted = fit(*_size(path, image, samples))
        if image.format == "JPEG":
            turned = _orientation(image) >= 5
            image.draft("RGB", (wanted[1], wanted[0]) if turned else wanted)
        pixels = _pixels(path, image, samples)
    if pixels.shape[1::-1] == wanted:
        return np.ascontiguousarray(pixels)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize(wanted, Image.Resampling.BILINEAR))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[ImageFile.ImageFile]:
    """A picture whose header has been read; what Pillow raises meanwhile becomes a ModelError."""
    try:
        with open_regular(path, MAX_BYTES) as file, Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ModelError(
                    f"{path}: {image.width} x {image.height} pixels; "
                    f"expected at most {MAX_PIXELS:,}"
                )
            yield image
    except ModelError:
        raise
    except Unreadable as error:
        missing = isinstance(error.__cause__, FileNotFoundError)
        what = "no such file" if missing else f"cannot be read: {error}"
        raise ModelError(f"{path}: {what}; {EXPECTED}") from error
    except UnidentifiedImageError:
        raise ModelError(f"{path}: not an image; {EXPECTED}") from None
    except Image.DecompressionBombError:
        raise ModelError(f"{path}: too many pixels; expected at most {MAX_PIXELS:,}") from None
    except MemoryError:
        raise ModelError(f"{path}: does not fit into memory; expected a smaller picture") from None
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files
        raise ModelError(
            f"{path}: truncated or damaged image; expected a complete picture"
        ) from error


def _samples(image: ImageFile.ImageFile) -> str:
    """Pillow's name of the samples in the file; it forgets it once the pixels are read."""
    raw = image.tile[0].args if image.tile else ""
    return raw if isinstance(raw, str) else ""


def _size(path: Path, image: ImageFile.ImageFile, samples: str) -> tuple[int, int]:
    """(width, height) of the upright picture."""
    if image.format == "TIFF":  # Pillow turns it itself, some versions only while they read it
        height, width = _pixels(path, image, samples).shape[:2]
        return width, height
    width, height = image.size
    return (height, width) if _orientation(image) >= 5 else (width, height)


def _orientation(image: ImageFile.ImageFile) -> int:
    """EXIF's orientation, 1 to 8; 1 where there is none that makes sense."""
    if image.format == "TIFF":
        image.load()
        value = image.getexif().get(ORIENTATION)
    else:
        if image.format == "PNG" and "exif" not in image.info:
            image.load()  # the chunk may lie behind the pixels
        exif = Image.Exif()
        try:
            exif.load(image.info.get("exif", b""))
            value = exif.get(ORIENTATION)
        except Exception:  # Pillow raises many kinds on damaged EXIF; the picture is whole
            value = None
    return value if isinstance(value, int) and value in UPRIGHT else 1


def _pixels(path: Path, image: ImageFile.ImageFile, samples: str) -> NDArray[np.uint8]:
    """Upright pixels (H, W, 3). samples: of `_samples`."""
    image.load()
    colour, alpha = _colour_and_alpha(path, image, samples)
    if alpha is not None:
        for top in range(0, len(colour), 256):  # some rows at a time, for the memory
            rows = slice(top, top + 256)
            over = colour[rows].astype(np.uint16) * alpha[rows, :, None]
            under = BACKGROUND * (255 - alpha[rows].astype(np.uint16))
            colour[rows] = (over + under[..., None] + 127) // 255
    turn = UPRIGHT.get(_orientation(image))
    return turn(colour) if turn else colour


def _colour_and_alpha(
    path: Path, image: ImageFile.ImageFile, samples: str
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """(H, W, 3) and (H, W) of an image in any of Pillow's modes; no alpha: opaque.

    samples: of `_samples`.
    """
    single = image.info.get("transparency")  # the one level or colour that is transparent
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        deep = np.asarray(image)
        if image.format == "PPM":  # of any maximum, which Pillow has made 65535
            eight: Any = (deep.astype(np.uint32) * 255 + 32767) // 65535
        else:
            eight = deep >> 8
        alpha = None if single is None else np.where(deep == single, 0, 255).astype(np.uint8)
        return np.repeat(eight.astype(np.uint8)[..., None], 3, axis=2), alpha
    if image.mode == "F":
        raise ModelError(f"{path}: floating-point samples; expected 8 or 16 bit a sample")
    if image.mode == "I":
        raise ModelError(f"{path}: samples of 32 bit or signed ones; expected 8 or 16 bit a sample")
    if image.mode in ("1", "L", "RGB"):
        colour = np.array(image.convert("RGB"), dtype=np.uint8)
        if single is None:
            return colour, None
        if samples == "RGB;16B":
            raise ModelError(
                f"{path}: one transparent colour of 16 bit a sample; expected an alpha channel"
            )
        level = np.array(single) * _GREY_SCALE.get(samples, 1)
        return colour, np.where((colour == level).all(axis=2), 0, 255).astype(np.uint8)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or single is not None:
        straight = image.convert("LA") if image.mode == "La" else image
        layer = np.asarray(straight.convert("RGBA"))
        return np.array(layer[..., :3]), np.array(layer[..., 3])
    if image.mode not in ("P", "CMYK", "YCbCr"):
        raise ModelError(
            f"{path}: colours of the model {image.mode}; expected grey, RGB, palette or CMYK"
        )
    return np.array(image.convert("RGB"), dtype=np.uint8), None
