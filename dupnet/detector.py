"""A detector on pictures: the emulator of the hardware's integers, letterbox, boxes."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from camera_path.path import HARDWARE_CANDIDATES
from dupnet.checkpoints import shipped
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.run.detect import choose_threshold, head_of
from flows.run.emulator import Emulator
from model import zoo
from model.detection import integer_path
from model.detection.decode import detect as decode_boxes
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from model.export import export

#: What names a detector.
EXPECTED = "expected the name of a network or checkpoint that ships, or a file (.npz, .onnx)"


@dataclass(frozen=True)
class Box:
    """A box in pixels of the picture, (0, 0) being its upper left corner. score: 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


class Detector:
    """Finds boxes in pictures, by the integers that the hardware computes.

    emulator: of the folded integer graph. size: height and width of the network's input.
    threshold: least score of a box where none is asked for. camera_path: whether letterbox and
    boxes are those of the camera path (`model.detection.integer_path`), not of real numbers.
    """

    def __init__(self, emulator: Emulator, camera_path: bool = False) -> None:
        self.emulator = emulator
        self.size = emulator.input_shape[0]
        self.threshold, _ = choose_threshold(emulator.graph.metadata, None)
        self.head = head_of(emulator)
        self.camera_path = camera_path

    def detect(self, picture: Any, threshold: float | None = None) -> list[Box]:
        """Boxes of one picture, the best first.

        picture: path of a file, a Pillow image, or an array (H, W, 3) uint8 RGB. threshold: least
        score. Raises ValueError for a picture that is not readable.
        """
        least = self.threshold if threshold is None else threshold
        pixels = pixels_of(picture)
        if self.camera_path:
            frame, where = integer_path.letterbox(pixels, self.size)
            integers = self.emulator.run(frame[None])
            (found,) = integer_path.detect(
                integers, self.head, least, candidates=HARDWARE_CANDIDATES
            )
            corners = where.to_picture(found.boxes)
        else:
            frame, transform = letterbox(pixels, self.size)
            (found,) = decode_boxes(self.emulator.run(frame[None]), self.head, least)
            corners = transform.to_picture(found.boxes)
        return [  # best first, as suppression leaves them
            Box(float(left), float(top), float(right), float(bottom), float(score))
            for (left, top, right, bottom), score in zip(corners, found.scores, strict=True)
        ]

    def __repr__(self) -> str:
        name = self.emulator.graph.metadata.get("network") or "detector"
        return f"<{name}, {self.size} x {self.size}, threshold {self.threshold:g}>"


def pixels_of(picture: Any) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a path, a Pillow image or an array."""
    if isinstance(picture, str | Path):
        return load_image(picture)
    if hasattr(picture, "convert"):  # Pillow's
        return np.asarray(picture.convert("RGB"))
    return np.asarray(picture)


def load(name: str | Path, size: int) -> Detector:
    """See ``dupnet.load``."""
    path = Path(name) if Path(name).suffix in (".npz", ".onnx") else shipped(str(name))
    if path is None:
        names = ", ".join(network for network in zoo.names() if shipped(network))
        raise FlowError(f"{name}: no such detector; {EXPECTED}; networks: {names}")
    if path.suffix == ".onnx":
        return Detector(_emulator(path))
    from model.checkpoint import load_checkpoint

    network = load_checkpoint(path).network
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "network.onnx"
        export(network, 1, size, exported, path)
        return Detector(_emulator(exported))


def _emulator(path: Path) -> Emulator:
    """Of the integer graph that the hardware is built of, as a build's steps make it."""
    model = streamline(prepare(load_qonnx(path)))
    return Emulator(model.transform(FuseDuplicatedInputs()).transform(FoldDuplicatedWeights()))
