"""Frames for the network, and boxes from its integers: detection with model.detection."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flows.build.config import BuildConfig
from flows.build.sequence import load_step
from flows.errors import FlowError
from flows.files import READER, write_npy
from flows.metadata import Anchors, Channels, Score, read
from flows.run.emulator import Emulator
from model.detection.decode import DEFAULT_SCORE, Head, least_score
from model.detection.decode import detect as decode_boxes
from model.detection.draw import draw_boxes, save_image
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from outside.reader import MAX_ARRAY

#: Boxes drawn where none reaches the threshold (as with untrained weights).
BEST = 5


def picture(path: Path | None) -> Any:
    """(H, W, 3) uint8 of an image file; without one, scikit-image's public-domain portrait."""
    if path is not None:
        return load_image(path)
    from skimage.data import astronaut

    return astronaut()


def make_frames(config: BuildConfig, image: Path | None, count: int, seed: int) -> Any:
    """Frames (N, H, W, C) uint8: the letterboxed image, then variations of it.

    A variation is the image mirrored or turned, with seeded noise; where the network does not take
    a square of three channels, frames are random.
    """
    _, height, width, channels = load_step(config, "streamline").get_tensor_shape("global_in")
    if count < 1 or seed < 0:
        raise FlowError(f"--frames {count}, --seed {seed}: expected at least 1, and at least 0")
    if count > (most := MAX_ARRAY // (height * width * channels)):
        raise FlowError(f"--frames: expected at most {most:,}; more than that is not read back")
    rng = np.random.default_rng(seed)
    if channels != 3 or height != width:
        return rng.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    first, _ = letterbox(picture(image), height)
    return np.stack([_variation(first, index, rng) for index in range(count)])


def write_frames(config: BuildConfig, image: Path | None, count: int, seed: int, out: Path) -> None:
    """Write count frames of ``make_frames``."""
    write_npy(out, make_frames(config, image, count, seed))
    print(f"{count} frames, seed {seed}: {out}")


def _variation(frame: Any, index: int, rng: np.random.Generator) -> Any:
    if index == 0:
        return frame
    turned = np.rot90(frame, index // 2 % 4)
    mirrored = turned[:, ::-1] if index % 2 else turned
    noise = rng.integers(-24, 25, frame.shape)
    return np.clip(mirrored.astype(np.int64) + noise, 0, 255).astype(np.uint8)


def head_of(emulator: Emulator) -> Head:
    """Anchors of the exported network with the scale and biases that streamlining left over."""
    metadata = emulator.graph.metadata
    if "anchors" not in metadata:
        raise FlowError(
            "the network's metadata has no anchors: it is no detector exported by model.export"
        )
    scales = sorted(set(read(metadata, "output_scale", Channels)))
    if len(scales) != 1:
        raise FlowError("the network's output has a scale of its own for each channel")
    anchors = read(metadata, "anchors", Anchors)
    return Head(anchors, scales[0], read(metadata, "output_bias", Channels))


def network_threshold(metadata: Mapping[str, str]) -> float | None:
    """The least score of a box that an exported network's metadata says; None for none."""
    if not metadata.get("threshold"):
        return None
    return read(metadata, "threshold", Score, hint="expected a number from 0 to 1")


def choose_threshold(metadata: Mapping[str, str], given: float | None) -> tuple[float, str]:
    """The least score of a box, and what to say of where it is from: the command, the network."""
    if given is not None:
        return least_score(given, "--threshold"), ""
    own = network_threshold(metadata)
    if own is None:
        return DEFAULT_SCORE, " (the default: the network names no threshold)"
    return own, " (the network's own)"


def _integers(path: Path, emulator: Emulator) -> Any:
    """(1, H, W, C): the first frame's integers in a .npy file of an executor."""
    channels, height, width = emulator.graph.node(emulator.graph.output).shape
    array = READER.npy(path)
    shape: tuple[int, ...] = array.shape
    if len(shape) != 4 or 0 in shape or tuple(shape)[1:] != (height, width, channels):
        raise FlowError(
            f"{path}: not the network's integers; expected (N, {height}, {width}, {channels})"
        )
    return array[:1]


def detect(
    config: BuildConfig,
    image: Path | None,
    integers: Path | None,
    threshold: float | None,
    out: Path,
) -> None:
    """Draw the boxes found in an image.

    integers: (1, H, W, C) of an executor; default: emulate. threshold: least score of a box, 0 to
    1; default: the network's own.
    """
    emulator = Emulator(load_step(config, "fold_duplicated_weights"))
    head = head_of(emulator)
    least, origin = choose_threshold(emulator.graph.metadata, threshold)
    source = picture(image)
    frame, transform = letterbox(source, emulator.input_shape[0])
    result = emulator.run(frame[None]) if integers is None else _integers(integers, emulator)
    (found,) = decode_boxes(result, head, least)
    text = f"{len(found)} boxes of score {least:g} or more{origin}"
    if not len(found):
        (found,) = decode_boxes(result, head, 0.0, limit=BEST)
        text = f"no box reaches score {least:g}{origin}; drawn: the {len(found)} best"
    boxes = type(found)(transform.to_picture(found.boxes), found.scores)
    save_image(out, draw_boxes(source, boxes))
    print(f"{text}: {out}")
