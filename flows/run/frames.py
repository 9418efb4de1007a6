"""``frames``: a picture, and variations of it, as frames for the network."""

from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.files import write_npy
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from outside.reader import MAX_ARRAY


def picture(path: Path | None) -> Any:
    """(H, W, 3) uint8 of an image file; without one, scikit-image's public-domain portrait."""
    if path is not None:
        return load_image(path)
    from skimage.data import astronaut

    return astronaut()


def make_frames(build: Build, image: Path | None, count: int, seed: int) -> Any:
    """Frames (N, H, W, C) uint8: the letterboxed image, then variations of it.

    A variation is the image mirrored or turned, with seeded noise; where the network does not take
    a square of three channels, frames are random.
    """
    _, height, width, channels = build.model(StepName.STREAMLINE).get_tensor_shape("global_in")
    if count < 1 or seed < 0:
        raise FlowError(f"--frames {count}, --seed {seed}: expected at least 1, and at least 0")
    if count > (most := MAX_ARRAY // (height * width * channels)):
        raise FlowError(f"--frames: expected at most {most:,}; more than that is not read back")
    rng = np.random.default_rng(seed)
    if channels != 3 or height != width:
        return rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    first, _ = letterbox(picture(image), height)
    return np.stack([_variation(first, index, rng) for index in range(count)])


def write_frames(build: Build, image: Path | None, count: int, seed: int, out: Path) -> None:
    """Write count frames of ``make_frames``."""
    write_npy(out, make_frames(build, image, count, seed))
    print(f"{count} frames, seed {seed}: {out}")


def _variation(frame: Any, index: int, rng: np.random.Generator) -> Any:
    if index == 0:
        return frame
    turned = np.rot90(frame, index // 2 % 4)
    mirrored = turned[:, ::-1] if index % 2 else turned
    noise = rng.integers(-24, 25, frame.shape)
    return np.clip(mirrored.astype(np.int64) + noise, 0, 255).astype(np.uint8)
