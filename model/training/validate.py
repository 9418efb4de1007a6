"""How well a network detects on held-out pictures: the quantized network in evaluation mode."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.detection.decode import Detections, Head, detect
from model.evaluation.boxes import average_precision, curve
from model.network import Network
from model.training.assign import ABSENT, IGNORED
from model.training.data import PictureSet

FPPI = 0.1
LEAST_SCORE = 0.01
LIMIT = 200
"""Boxes a picture at most."""


def detections(network: Network, batches: Iterable[Tensor]) -> list[Detections]:
    """Boxes in each picture of batches (B, 3, S, S) of pixel/256, in pixels of the letterbox.

    They are clipped to it, as the faces' boxes are.
    """
    head = Head(network.spec.anchors)
    found: list[Detections] = []
    for batch in batches:
        with torch.no_grad():
            output = network(batch).permute(0, 2, 3, 1).cpu().numpy()
        size = float(batch.shape[-1])
        for one in detect(output, head, LEAST_SCORE, limit=LIMIT):
            found.append(Detections(np.clip(one.boxes, 0.0, size), one.scores))
    return found


def truth(
    pictures: PictureSet,
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.bool_]]]:
    """Boxes (M, 4) in each picture, in pixels of the letterbox, and which are ignored (M,)."""
    there = [kinds != ABSENT for kinds in pictures.kinds]
    return (
        [rows[mask].astype(np.float64) for rows, mask in zip(pictures.boxes, there, strict=True)],
        [kinds[mask] == IGNORED for kinds, mask in zip(pictures.kinds, there, strict=True)],
    )


def evaluate(network: Network, pictures: PictureSet, batches: Iterable[Tensor]) -> dict[str, Any]:
    """Figures on a set of pictures: rate at 0.1 false positives a picture, AP at IoU 0.5.

    Faces flagged invalid neither count nor make false positives (`model.evaluation.boxes`).
    """
    network.eval()
    result = curve(detections(network, batches), *truth(pictures))
    return {
        "rate": round(result.rate_at_fppi(FPPI), 5),
        "ap": round(average_precision(result), 5),
        "threshold": result.threshold_at_fppi(FPPI),
        "faces": result.faces,
        "pictures": result.pictures,
        "fppi": FPPI,
        "size": pictures.size,
    }


def described(figures: dict[str, Any]) -> str:
    """A line of `evaluate`'s figures; empty for none."""
    if not figures:
        return ""
    return (
        f"detection rate {figures['rate']:.4f} at {figures['fppi']} false positives a picture, "
        f"AP {figures['ap']:.4f}; {figures['faces']} faces in {figures['pictures']} pictures\n"
    )
