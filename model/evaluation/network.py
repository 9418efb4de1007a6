"""A checkpoint on a split: predictions of the quantized network, through Brevitas.

Pictures are letterboxed as for the hardware (`model.detection.letterbox`), boxes come back in
pixels of the picture. Or as the camera path has it, resize and boxes in integers
(`model.detection.integer_path`).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from tqdm import tqdm

from camera_path.path import HARDWARE_CANDIDATES
from model.data.wider import Annotation
from model.detection import integer_path
from model.detection.decode import Detections, Head, detect
from model.detection.decode import least_score as check_score
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from model.errors import ModelError
from model.network import Network
from model.quantizers import INPUT_STEP
from model.zoo import STRIDE

LEAST_SCORE = 0.01
LIMIT = 750
"""Boxes a picture at most, as is usual on WIDER FACE."""


def predict(
    network: Network,
    pictures: Sequence[Annotation],
    size: int = 512,
    batch: int = 8,
    device: torch.device | None = None,
    least_score: float = LEAST_SCORE,
    camera_path: bool = False,
) -> Iterator[tuple[str, Detections]]:
    """Name and detections of each picture, in their order, with a progress bar.

    Args:
        network: put into evaluation mode.
        pictures: their boxes are not looked at.
        size: height and width of the letterbox.
        batch: pictures at a time.
        device: where the network computes; none: the CPU.
        least_score: boxes of lower scores are left out.
        camera_path: letterbox and boxes as hardware with a camera path computes them, of as many
            candidates as it keeps. ModelError of a network in full precision, which has no
            integers.
    """
    if size < STRIDE or size % STRIDE:
        raise ModelError(f"size is {size}; expected a multiple of {STRIDE}")
    if batch < 1:
        raise ModelError(f"batch is {batch}; expected 1 or more")
    check_score(least_score, "least score")
    device = device or torch.device("cpu")
    network.eval().to(device)
    boxes_of = _integer_boxes(network, least_score) if camera_path else _boxes(network, least_score)
    frame_of = integer_path.letterbox if camera_path else letterbox
    with tqdm(total=len(pictures), unit="picture", disable=None) as bar:
        for start in range(0, len(pictures), batch):
            chosen = pictures[start : start + batch]
            boxed = [frame_of(load_image(one.path), size) for one in chosen]
            pixels = torch.from_numpy(np.stack([frame for frame, _ in boxed])).to(device)
            with torch.no_grad():
                found = boxes_of(pixels.permute(0, 3, 1, 2).float() * INPUT_STEP)
            for one, (_, transform), inside in zip(chosen, boxed, found, strict=True):
                yield one.name, Detections(transform.to_picture(inside.boxes), inside.scores)
            bar.update(len(chosen))


def _boxes(network: Network, least: float) -> Callable[[torch.Tensor], list[Detections]]:
    """From the network's input (N, 3, H, W) to boxes in its pixels, in real numbers."""
    head = Head(network.spec.anchors)

    def boxes(pixels: torch.Tensor) -> list[Detections]:
        output = network(pixels).permute(0, 2, 3, 1).cpu().numpy()
        return detect(output, head, least, limit=LIMIT)

    return boxes


def _integer_boxes(network: Network, least: float) -> Callable[[torch.Tensor], list[Detections]]:
    """The same by the head's accumulator, in integers."""
    decoding = network.head_decoding()
    head = Head(network.spec.anchors, decoding.scale, decoding.bias)

    def boxes(pixels: torch.Tensor) -> list[Detections]:
        sums = network.head.conv(network.features(pixels)) / decoding.scale
        integers = torch.round(sums).to(torch.int64).permute(0, 2, 3, 1).cpu().numpy()
        return integer_path.detect(
            integers, head, least, limit=LIMIT, candidates=HARDWARE_CANDIDATES
        )

    return boxes
