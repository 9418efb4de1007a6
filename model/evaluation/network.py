"""A checkpoint on a split: predictions of the quantized network, through Brevitas.

Pictures are letterboxed as for the hardware (`model.detection.letterbox`), boxes come back in
pixels of the picture.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from tqdm import tqdm

from model.data.wider import Annotation
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
) -> Iterator[tuple[str, Detections]]:
    """Name and detections of each picture, in their order, with a progress bar.

    Args:
        network: put into evaluation mode.
        pictures: their boxes are not looked at.
        size: height and width of the letterbox.
        batch: pictures at a time.
        device: where the network computes; none: the CPU.
        least_score: boxes of lower scores are left out.
    """
    if size < STRIDE or size % STRIDE:
        raise ModelError(f"size is {size}; expected a multiple of {STRIDE}")
    if batch < 1:
        raise ModelError(f"batch is {batch}; expected 1 or more")
    check_score(least_score, "least score")
    device = device or torch.device("cpu")
    network.eval().to(device)
    head = Head(network.spec.anchors)
    with tqdm(total=len(pictures), unit="picture", disable=None) as bar:
        for start in range(0, len(pictures), batch):
            chosen = pictures[start : start + batch]
            boxed = [letterbox(load_image(one.path), size) for one in chosen]
            pixels = torch.from_numpy(np.stack([frame for frame, _ in boxed])).to(device)
            with torch.no_grad():
                output = network(pixels.permute(0, 3, 1, 2).float() * INPUT_STEP)
            raw = output.permute(0, 2, 3, 1).cpu().numpy()
            found = detect(raw, head, least_score, limit=LIMIT)
            for one, (_, transform), inside in zip(chosen, boxed, found, strict=True):
                yield one.name, Detections(transform.to_picture(inside.boxes), inside.scores)
            bar.update(len(chosen))
