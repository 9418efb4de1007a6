"""Frames for the executors: of a picture, of a file, or drawn."""

from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.files import READER, write_npy
from flows.graph.input_type import InputType
from flows.graph.layout_metadata import layouts_of
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from outside.reader import MAX_ARRAY

#: Names that the frames' array may have in an archive of several.
NAMES = ("input", "frames")


def picture(path: Path | None) -> Any:
    """(H, W, 3) uint8 of an image file; without one, scikit-image's public-domain portrait."""
    if path is not None:
        return load_image(path)
    from skimage.data import astronaut

    return astronaut()


def input_of(build: Build) -> tuple[tuple[int, int, int], InputType]:
    """(H, W, C) of a frame, and its integers."""
    model = build.model(StepName.STREAMLINE)
    _, height, width, channels = model.get_tensor_shape("global_in")
    return (height, width, channels), InputType.of_model(model)


def takes_pictures(shape: tuple[int, int, int], kind: InputType) -> bool:
    """Whether frames can be pictures: squares of three channels of 8-bit pixels."""
    return shape[2] == 3 and shape[0] == shape[1] and kind.is_pixels


def input_frames(build: Build, path: Path) -> Any:
    """(N, H, W, C) frames of a file, of the network's size and type.

    .npy: integers (N, H, W, C) of any width, or one frame (H, W, C), or as the model's file has
    them where that has fewer axes. .npz: the one array in it, or the one that is called ``input``
    or ``frames``. Any other file is a picture, letterboxed.
    """
    shape, kind = input_of(build)
    if path.suffix not in (".npy", ".npz"):
        if not takes_pictures(shape, kind):
            raise FlowError(f"{path}: {_no_picture(shape, kind)}; expected a .npy or .npz file")
        return _pixels(letterbox(load_image(path), shape[0])[0][None], kind)
    array = READER.npy(path) if path.suffix == ".npy" else _of_archive(path)
    if array.ndim != 4:
        array = _as_in_file(build, array, shape)
    fits = array.ndim == 4 and array.shape[1:] == shape and len(array)
    if array.dtype.kind not in "iu" or not fits:
        height, width, channels = shape
        raise FlowError(
            f"{path}: has shape {array.shape} and type {array.dtype}; the network takes "
            f"(N, {height}, {width}, {channels}) {kind.dtype}"
        )
    kind.check(array, str(path))
    return array.astype(kind.dtype)


def _as_in_file(build: Build, array: Any, shape: tuple[int, int, int]) -> Any:
    """Frames (N, H, W, C) of one frame, or of frames as the model's file has them."""
    if array.shape == shape:
        return array[None]
    model = build.model(StepName.IMPORT)
    props = {prop.key: prop.value for prop in model.model.metadata_props}
    layout = layouts_of(props).get(model.graph.input[0].name)
    if layout is None or len(layout.dims) == 4 or array.shape[1:] != layout.dims[1:]:
        return array
    return layout.canonical(array).transpose(0, 2, 3, 1)


def _of_archive(path: Path) -> Any:
    arrays = READER.npz(path)
    if len(arrays) == 1:
        return next(iter(arrays.values()))
    named = [name for name in NAMES if name in arrays]
    if len(named) != 1:
        found = ", ".join(sorted(arrays)) or "none"
        raise FlowError(
            f"{path}: holds the arrays {found}; expected one, or one called {' or '.join(NAMES)}"
        )
    return arrays[named[0]]


def _no_picture(shape: tuple[int, int, int], kind: InputType) -> str:
    height, width, channels = shape
    return (
        f"the network takes {height} x {width} x {channels} of {kind}, and pictures are squares of "
        "3 channels of UINT8"
    )


def make_frames(build: Build, image: Path | None, count: int, seed: int) -> Any:
    """Frames (N, H, W, C): the letterboxed image, then variations of it.

    A variation is the image mirrored or turned, with seeded noise. Where the network does not take
    pictures, frames are random integers of the whole range that it takes.
    """
    shape, kind = input_of(build)
    if count < 1 or seed < 0:
        raise FlowError(f"--frames {count}, --seed {seed}: expected at least 1, and at least 0")
    if count > (most := MAX_ARRAY // (int(np.prod(shape)) * kind.dtype.itemsize)):
        raise FlowError(f"--frames: expected at most {most:,}; more than that is not read back")
    rng = np.random.default_rng(seed)
    if not takes_pictures(shape, kind):
        if image is not None:
            raise FlowError(f"{image}: {_no_picture(shape, kind)}")
        return kind.random(rng, (count, *shape))
    first, _ = letterbox(picture(image), shape[0])
    return _pixels(np.stack([_variation(first, index, rng) for index in range(count)]), kind)


def _pixels(frames: Any, kind: InputType) -> Any:
    """Pixels as a quantizer of fewer levels than 256 takes them: what is above is its greatest."""
    return np.minimum(frames, np.uint8(kind.hi))


def write_frames(build: Build, image: Path | None, count: int, seed: int, out: Path) -> None:
    """Write count frames of ``make_frames``."""
    write_npy(out, make_frames(build, image, count, seed))
    print(f"{count} frames, seed {seed}: {out}")


def copy_frames(build: Build, source: Path, out: Path) -> None:
    """Write the frames of a file that ``input_frames`` reads."""
    frames = input_frames(build, source)
    write_npy(out, frames)
    print(f"{len(frames)} frames of {source}: {out}")


def _variation(frame: Any, index: int, rng: np.random.Generator) -> Any:
    if index == 0:
        return frame
    turned = np.rot90(frame, index // 2 % 4)
    mirrored = turned[:, ::-1] if index % 2 else turned
    noise = rng.integers(-24, 25, frame.shape)
    return np.clip(mirrored.astype(np.int64) + noise, 0, 255).astype(np.uint8)
