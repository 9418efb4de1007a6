"""Anchors for a run, made from what its first epoch shows."""

import numpy as np
import torch

from model import zoo
from model.errors import ModelError
from model.training.anchors import evenly, kmeans_anchors, mean_iou
from model.training.batches import Batches, Data
from model.training.config import TrainConfig

BOXES = 20_000
"""Boxes that anchors are made from."""

Anchors = tuple[tuple[float, float], ...]


def data_anchors(config: TrainConfig, data: Data, device: torch.device) -> tuple[Anchors, float]:
    """Anchors in cells, and the mean IoU of the shapes of faces with the best of them.

    By k-means on the faces of the first epoch, as the augmentation shows them to all processes
    together. Sizes count alike: small faces are many in few pictures, and without it the largest
    would have no anchor.
    """
    choices = len(zoo.ANCHORS)
    faces = data.train.face_sizes()
    if len(faces) < choices:
        raise ModelError(
            f"{config.described()} has {len(faces)} faces of 8 pixels or more; expected at least "
            f"{choices}, one for each anchor"
        )
    sizes = Batches(data.train, data.source, config, device).face_sizes()
    sizes = sizes[np.sqrt(sizes.prod(axis=1)) >= config.augment.faces[0]]
    sizes = (sizes if len(sizes) >= choices else faces) / zoo.STRIDE
    anchors = kmeans_anchors(evenly(sizes, BOXES, config.seed), choices, config.seed)
    return anchors, mean_iou(sizes, anchors)
