"""Weights of a network with other anchors."""

import dataclasses

import numpy as np
import pytest
import torch

from model import zoo
from model.detection.decode import Head, decode
from model.initialize import initialize
from model.network import Network
from model.training.transfer import start_weights, transfer

OLD = ((0.5, 0.65), (1.1, 1.45), (2.2, 2.9), (4.2, 5.5), (8.0, 10.0))
NEW = ((0.6, 0.8), (2.0, 2.5), (2.4, 3.0), (7.0, 9.0), (14.0, 18.0))
NEAREST = [0, 2, 2, 4, 4]


def network(anchors: tuple[tuple[float, float], ...]) -> Network:
    spec = dataclasses.replace(zoo.find("dupnet-tinier-yolo"), anchors=anchors)
    return Network(spec).eval()


def test_boxes_stay_where_they_were() -> None:
    """Each new anchor gives the boxes and scores of the old one nearest to it in shape."""
    source, target = network(OLD), network(NEW)
    initialize(source, 3)
    start_weights(target, 1, 0.1)
    assert "conv9" in transfer(source, target, 1, 0.1)
    target.load_state_dict(
        {**source.state_dict(), **{k: v for k, v in target.state_dict().items() if "head" in k}}
    )
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (1, 3, 96, 96), generator=generator) / 256
    found = []
    for one, anchors in ((source, OLD), (target, NEW)):
        with torch.no_grad():
            raw = one(pixels).permute(0, 2, 3, 1).numpy()
        boxes, scores = decode(raw, Head(anchors))[0]
        found.append((boxes.reshape(9, 5, 4), scores.reshape(9, 5)))
    (old, old_scores), (new, scores) = found
    # biases are multiples of 2^-8 or so: sizes to 1 %
    assert np.allclose(new, old[:, NEAREST], rtol=0.02, atol=0.5)
    assert scores == pytest.approx(old_scores[:, NEAREST], abs=1e-6)


def test_equal_anchors_change_nothing() -> None:
    source, target = network(OLD), network(OLD)
    initialize(source, 3)
    transfer(source, target, 1, 0.1)
    assert torch.equal(target.head.bias, source.head.bias)
    assert torch.equal(target.head.conv.weight.sign(), source.head.conv.weight.sign())
