"""Evaluation: boxes of the quantized network, clipped as the faces' boxes are."""

from types import SimpleNamespace
from typing import Any, cast

import torch
from torch import Tensor

from model.network import Network
from model.training.validate import detections

ANCHOR = (1.0, 1.0)


class _Fixed:
    """A network of one anchor that finds a box of 64 x 32 pixels in the middle of every cell."""

    spec = SimpleNamespace(anchors=(ANCHOR,))

    def __call__(self, batch: Tensor) -> Tensor:
        output = torch.zeros(len(batch), 6, batch.shape[2] // 32, batch.shape[3] // 32)
        output[:, 2] = torch.log(torch.tensor(2.0))
        output[:, 4:] = 5.0
        return output


def test_boxes_are_clipped_to_the_picture() -> None:
    network = cast(Network, cast(Any, _Fixed()))
    (found,) = detections(network, [torch.zeros(1, 3, 64, 64)])
    corners = sorted(map(tuple, found.boxes.round(3).tolist()))
    assert corners == [(0, 0, 48, 32), (0, 32, 48, 64), (16, 0, 64, 32), (16, 32, 64, 64)]
