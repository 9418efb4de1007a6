"""Reading of pictures with Pillow: whatever the file holds, uint8 RGB comes back."""

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from model.errors import ModelError

MAX_PIXELS = 100_000_000
"""More than that is refused before it is decoded."""

BACKGROUND = 128
"""Grey level that shows through transparent pixels: that of the letterbox."""


def _to_rgb(path: Path, image: Image.Image) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) of an image of any of Pillow's modes."""
    if image.mode in ("I", "I;16", "I;16L", "I;16B", "I;16N"):  # 16-bit grey
        grey = np.asarray(image).astype(np.int64)
        if grey.size and (grey.min() < 0 or grey.max() > 65535):
            raise ModelError(f"{path}: samples exceed 16 bit; expected 8 or 16 bit a sample")
        eight = ((grey * 255 + 32767) // 65535).astype(np.uint8)
        return np.repeat(eight[:, :, np.newaxis], 3, axis=2)
    if image.mode == "F":
        raise ModelError(f"{path}: floating-point samples; expected 8 or 16 bit a sample")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        below = Image.new("RGBA", layer.size, (BACKGROUND, BACKGROUND, BACKGROUND, 255))
        image = Image.alpha_composite(below, layer)
    return np.array(image.convert("RGB"), dtype=np.uint8)


def load_image(path: str | Path) -> NDArray[np.uint8]:
    """The picture in a file, upright (EXIF orientation applied), (H, W, 3) uint8 RGB.

    Grey, palette, CMYK and 16-bit pictures are converted; transparent ones are laid over grey. Of
    an animation it is the first frame.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file; expected a picture (JPEG, PNG, ...)") from None
    except IsADirectoryError:
        raise ModelError(f"{path}: is a folder; expected a picture (JPEG, PNG, ...)") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's on large pictures; the limit here is lower
        return _decode(path, content)


def _decode(path: Path, content: bytes) -> NDArray[np.uint8]:
    try:
        image = Image.open(io.BytesIO(content))
        if image.width * image.height > MAX_PIXELS:
            raise ModelError(
                f"{path}: {image.width} x {image.height} pixels; expected at most {MAX_PIXELS:,}"
            )
    except UnidentifiedImageError:
        raise ModelError(f"{path}: not an image; expected a picture (JPEG, PNG, ...)") from None
    except Image.DecompressionBombError:
        raise ModelError(f"{path}: too many pixels; expected at most {MAX_PIXELS:,}") from None
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path}: damaged image; expected a complete picture") from error
    try:
        image.load()
        return _to_rgb(path, ImageOps.exif_transpose(image))
    except ModelError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged files
        raise ModelError(
            f"{path}: truncated or damaged image; expected a complete picture"
        ) from error
