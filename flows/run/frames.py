"""Frames for the executors: of a picture, of a file, or drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.files import READER, write_npy
from flows.graph.input_type import InputType
from flows.graph.inputs import file_names
from flows.graph.integer_graph import from_onnx
from flows.graph.layout_metadata import layouts_of
from flows.run.frame_files import Source, sources, write_several
from flows.run.inputs import Frames, frames_of, together
from model.detection import integer_path
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
    """(H, W, C) of a frame of the only input, and its integers."""
    graph = from_onnx(build.model(StepName.STREAMLINE))
    channels, height, width = graph.input_shape
    return (height, width, channels), graph.input_type


def takes_pictures(shape: tuple[int, int, int], kind: InputType) -> bool:
    """Whether frames can be pictures: squares of three channels of 8-bit pixels."""
    return shape[2] == 3 and shape[0] == shape[1] and kind.is_pixels


def input_frames(build: Build, given: Path | Sequence[Path], camera_path: bool = False) -> Any:
    """(N, H, W, C) frames of a file, of the network's size and type.

    .npy: integers (N, H, W, C) of any width, or one frame (H, W, C), or as the model's file has
    them where that has fewer axes. .npz: the one array in it, or the one that is called ``input``
    or ``frames``. Any other file is a picture, letterboxed (camera_path: in the integers of the
    camera path). Of a network of several inputs: ``flows.run.frame_files``.
    """
    graph = from_onnx(build.model(StepName.STREAMLINE))
    paths = [given] if isinstance(given, Path) else list(given)
    names = file_names(graph.metadata)
    found = {}
    for index, (tensor, source) in enumerate(sources(paths, names).items()):
        channels, height, width = graph.inputs[tensor]
        kind = graph.type_of(tensor)
        reader = _Reader(build, index, (height, width, channels), kind, camera_path)
        found[names[tensor]] = reader.frames(source)
    return frames_of(graph, found)


@dataclass(frozen=True)
class _Reader:
    """Reads frames of an input. index: its number in the file; shape: (H, W, C).

    camera_path: how pictures are letterboxed.
    """

    build: Build
    index: int
    shape: tuple[int, int, int]
    kind: InputType
    camera_path: bool

    def frames(self, source: Source) -> Any:
        """(N, H, W, C) of the input's type."""
        path, shape, kind = source.path, self.shape, self.kind
        if path.suffix not in (".npy", ".npz"):
            if not takes_pictures(shape, kind):
                raise FlowError(f"{path}: {_no_picture(shape, kind)}; expected a .npy or .npz file")
            return _pixels(_boxed(load_image(path), shape[0], self.camera_path)[None], kind)
        array = READER.npy(path) if path.suffix == ".npy" else _of_archive(source)
        if array.ndim != 4:
            array = self._as_in_file(array)
        fits = array.ndim == 4 and array.shape[1:] == shape and len(array)
        if array.dtype.kind not in "iu" or not fits:
            height, width, channels = shape
            raise FlowError(
                f"{source}: has shape {array.shape} and type {array.dtype}; the network takes "
                f"(N, {height}, {width}, {channels}) {kind.dtype}"
            )
        kind.check(array, str(source))
        return array.astype(kind.dtype)

    def _as_in_file(self, array: Any) -> Any:
        """Frames (N, H, W, C) of one frame, or of frames as the model's file has them."""
        if array.shape == self.shape:
            return array[None]
        model = self.build.model(StepName.IMPORT)
        props = {prop.key: prop.value for prop in model.model.metadata_props}
        layout = layouts_of(props).get(model.graph.input[self.index].name)
        if layout is None or len(layout.dims) == 4 or array.shape[1:] != layout.dims[1:]:
            return array
        return layout.canonical(array).transpose(0, 2, 3, 1)


def _of_archive(source: Source) -> Any:
    path, arrays = source.path, READER.npz(source.path)
    if source.array:
        return arrays[source.array]
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


def _boxed(source: Any, size: int, camera_path: bool) -> Any:
    """(size, size, 3) uint8 of a picture, by the camera path's integers or by real numbers."""
    box: Any = integer_path.letterbox if camera_path else letterbox
    return box(source, size)[0]


def make_frames(
    build: Build, image: Path | None, count: int, seed: int, camera_path: bool = False
) -> Any:
    """Frames (N, H, W, C): the letterboxed image, then variations of it.

    A variation is the image mirrored or turned, with seeded noise. Where an input does not take
    pictures, its frames are random integers of the whole range that it takes. camera_path: as of
    ``input_frames``.
    """
    graph = from_onnx(build.model(StepName.STREAMLINE))
    if count < 1 or seed < 0:
        raise FlowError(f"--frames {count}, --seed {seed}: expected at least 1, and at least 0")
    kinds = {name: graph.type_of(name) for name in graph.inputs}
    shapes = {name: (h, w, c) for name, (c, h, w) in graph.inputs.items()}
    size = max(int(np.prod(shapes[name])) * kind.dtype.itemsize for name, kind in kinds.items())
    if count > (most := MAX_ARRAY // size):
        raise FlowError(f"--frames: expected at most {most:,}; more than that is not read back")
    pictures = [name for name, kind in kinds.items() if takes_pictures(shapes[name], kind)]
    if image is not None and not pictures:
        name = next(iter(kinds))
        raise FlowError(f"{image}: {_no_picture(shapes[name], kinds[name])}")
    rng = np.random.default_rng(seed)
    found = {}
    for name, kind in kinds.items():
        if name not in pictures:
            found[name] = kind.random(rng, (count, *shapes[name]))
            continue
        first = _boxed(picture(image), shapes[name][0], camera_path)
        other = pictures.index(name)  # each input a variation of its own
        made = [_variation(first, index + other, rng) for index in range(count)]
        found[name] = _pixels(np.stack(made), kind)
    return together(found)


def _pixels(frames: Any, kind: InputType) -> Any:
    """Pixels as a quantizer of fewer levels than 256 takes them: what is above is its greatest."""
    return np.minimum(frames, np.uint8(kind.hi))


def write_frames(
    build: Build,
    image: Path | None,
    count: int,
    seed: int,
    out: Path,
    camera_path: bool = False,
) -> None:
    """Write count frames of ``make_frames``."""
    paths = _write(build, make_frames(build, image, count, seed, camera_path), out)
    print(f"{count} frames, seed {seed}: {paths}")


def copy_frames(
    build: Build, given: Path | Sequence[Path], out: Path, camera_path: bool = False
) -> None:
    """Write the frames of files that ``input_frames`` reads."""
    frames = input_frames(build, given, camera_path)
    source = given if isinstance(given, Path) else ", ".join(map(str, given))
    print(f"{len(frames)} frames of {source}: {_write(build, frames, out)}")


def _write(build: Build, frames: Any, out: Path) -> str:
    """Write frames; the files' names."""
    if not isinstance(frames, Frames):
        write_npy(out, frames)
        return str(out)
    names = file_names(from_onnx(build.model(StepName.STREAMLINE)).metadata)
    return write_several(out, {names[tensor]: each for tensor, each in frames.arrays.items()})


def _variation(frame: Any, index: int, rng: np.random.Generator) -> Any:
    if index == 0:
        return frame
    turned = np.rot90(frame, index // 2 % 4)
    mirrored = turned[:, ::-1] if index % 2 else turned
    noise = rng.integers(-24, 25, frame.shape)
    return np.clip(mirrored.astype(np.int64) + noise, 0, 255).astype(np.uint8)
