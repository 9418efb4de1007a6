"""Boxes from the network's integers: detection with model.detection."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from camera_path.path import HARDWARE_CANDIDATES
from flows.build.build import Build
from flows.build.names import StepName
from flows.errors import FlowError
from flows.files import READER
from flows.metadata import Anchors, Channels, Score, read
from flows.run.emulator import Emulator
from flows.run.frames import picture
from model.detection import integer_path
from model.detection.decode import DEFAULT_SCORE, Head, least_score
from model.detection.decode import detect as decode_boxes
from model.detection.draw import draw_boxes, save_image
from model.detection.letterbox import letterbox

#: Boxes drawn where none reaches the threshold (as with untrained weights).
BEST = 5


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
    build: Build,
    image: Path | None,
    integers: Path | None,
    threshold: float | None,
    out: Path,
    camera_path: bool = False,
) -> dict[str, Any]:
    """Draw the boxes found in an image; return them as plain values, with the picture's path.

    integers: (1, H, W, C) of an executor; default: emulate. threshold: least score of a box, 0 to
    1; default: the network's own. Where no box reaches it, none is returned. camera_path: letterbox
    and boxes are those of the camera path's integers, as hardware with one has them.
    """
    box: Any = integer_path.letterbox if camera_path else letterbox
    decode: Any = decode_boxes
    if camera_path:
        decode = partial(integer_path.detect, candidates=HARDWARE_CANDIDATES)
    emulator = Emulator(build.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    head = head_of(emulator)
    least, origin = choose_threshold(emulator.graph.metadata, threshold)
    source = picture(image)
    frame, transform = box(source, emulator.input_shape[0])
    result = emulator.run(frame[None]) if integers is None else _integers(integers, emulator)
    (found,) = decode(result, head, least)
    text = f"{len(found)} boxes of score {least:g} or more{origin}"
    is_none = not len(found)
    if is_none:
        (found,) = decode(result, head, 0.0, limit=BEST)
        text = f"no box reaches score {least:g}{origin}; drawn: the {len(found)} best"
    boxes = type(found)(transform.to_picture(found.boxes), found.scores)
    save_image(out, draw_boxes(source, boxes))
    print(f"{text}: {out}")
    names = ("left", "top", "right", "bottom", "score")
    listed = [
        dict(zip(names, map(float, (*box, score)), strict=True))
        for box, score in zip(boxes.boxes, boxes.scores, strict=True)
    ]
    return {"picture": str(out), "threshold": least, "boxes": [] if is_none else listed}
