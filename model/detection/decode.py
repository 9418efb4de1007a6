"""Decoding of the network's integers to boxes, as YOLOv2 does it (Redmon and Farhadi, CVPR 2017).

Of anchor a, the channels 6*a to 6*a+5 are t_x, t_y, t_w, t_h, t_o, t_f. In the cell (row, column):

    centre x = (column + sigmoid(t_x)) * 32      width  = anchor width  * exp(t_w) * 32
    centre y = (row    + sigmoid(t_y)) * 32      height = anchor height * exp(t_h) * 32
    score    = sigmoid(t_o) * sigmoid(t_f)

The network gives integers acc; t = scale * acc + bias. `Head` holds scale and bias.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from model.detection.nms import suppress
from model.errors import ModelError
from model.files import READER

OUTPUTS = 6
STRIDE = 32
DEFAULT_SCORE = 0.5
"""Least score of a box where neither the network nor the user says one."""

MAX_EXPONENT = 8.0
"""t_w and t_h are limited to it, so that no network overflows: 2981 times the anchor."""


#: Anchors in metadata: width and height of each, in cells.
Anchors = tuple[tuple[float, float], ...]
_Bits = Annotated[int, Field(ge=0, le=64)]
T = TypeVar("T")


@dataclass(frozen=True)
class Head:
    """How the integers of the head are read; by default they are real numbers already."""

    anchors: tuple[tuple[float, float], ...]  # width, height in cells of 32 pixels
    scale: float = 1.0
    bias: tuple[float, ...] | None = None  # one for a channel

    @classmethod
    def from_metadata(cls, properties: Mapping[str, str]) -> "Head":
        """From the metadata_props of an exported ONNX file (`model.export`)."""
        hint = "expected what model.export writes"

        def read(key: str, schema: type[T]) -> T:
            if key not in properties:
                raise ModelError(f"metadata without {key!r}; {hint}")
            return READER.parse(f"unreadable metadata {key}", properties[key], schema, hint)

        unit = 2.0 ** -read("head_bias_fraction_bits", _Bits)
        return cls(
            anchors=read("anchors", Anchors),
            scale=read("head_scale", float),
            bias=tuple(code * unit for code in read("head_bias_codes", tuple[int, ...])),
        )


@dataclass(frozen=True)
class Detections:
    """Boxes (M, 4) as left, top, right, bottom in pixels, and scores (M,), best first."""

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.scores)


def least_score(value: object, name: str) -> float:
    """A threshold of scores, 0 to 1; ModelError that begins with its name for anything else."""
    number = isinstance(value, (int, float, np.floating)) and not isinstance(value, bool)
    if number and 0 <= (score := float(value)) <= 1:  # type: ignore[arg-type]
        return score
    raise ModelError(f"{name} {value}: expected 0 to 1")


def _sigmoid(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic function that overflows nowhere."""
    small = np.exp(-np.abs(t))
    result: NDArray[np.float64] = np.where(t >= 0, 1.0, small) / (1.0 + small)
    return result


def decode(output: NDArray[np.generic], head: Head) -> list[tuple[NDArray[np.float64], ...]]:
    """All boxes of each frame, nothing left out.

    Args:
        output: the network's integers, (N, H, W, 6 * anchors), NHWC, of any number type.
        head: scale, biases and anchors.

    Returns: of each frame, boxes (H*W*A, 4) and scores (H*W*A,), in the order row, column, anchor.
    """
    channels = OUTPUTS * len(head.anchors)
    if output.ndim != 4 or output.shape[3] != channels:
        raise ModelError(f"output of shape {output.shape}; expected (N, H, W, {channels})")
    if head.bias is not None and len(head.bias) != channels:
        raise ModelError(f"{len(head.bias)} biases; expected {channels}")
    frames, height, width, _ = output.shape
    t = output.astype(np.float64) * head.scale
    if head.bias is not None:
        t = t + np.array(head.bias)
    t = t.reshape(frames, height, width, len(head.anchors), OUTPUTS)
    columns = np.arange(width)[np.newaxis, np.newaxis, :, np.newaxis]
    rows = np.arange(height)[np.newaxis, :, np.newaxis, np.newaxis]
    anchors = np.array(head.anchors)
    x = (columns + _sigmoid(t[..., 0])) * STRIDE
    y = (rows + _sigmoid(t[..., 1])) * STRIDE
    w = anchors[:, 0] * np.exp(np.minimum(t[..., 2], MAX_EXPONENT)) * STRIDE
    h = anchors[:, 1] * np.exp(np.minimum(t[..., 3], MAX_EXPONENT)) * STRIDE
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1)
    scores = _sigmoid(t[..., 4]) * _sigmoid(t[..., 5])
    return [(boxes[n].reshape(-1, 4), scores[n].reshape(-1)) for n in range(frames)]


def detect(
    output: NDArray[np.generic],
    head: Head,
    score_threshold: float = DEFAULT_SCORE,
    iou_threshold: float = 0.45,
    limit: int = 100,
) -> list[Detections]:
    """Detections of each frame of the network's integers, (N, H, W, 6 * anchors).

    Boxes of a score below the threshold are left out, the others suppressed by overlap; at most
    `limit` stay. Coordinates are those of the network's input (the letterbox).
    """
    least_score(score_threshold, "threshold")
    found = []
    for boxes, scores in decode(output, head):
        likely = np.flatnonzero(scores >= score_threshold)
        kept = likely[suppress(boxes[likely], scores[likely], iou_threshold)[:limit]]
        found.append(Detections(boxes[kept], scores[kept]))
    return found
