"""YOLOv2's loss for one class, with the options of its successors.

For every picture: where a box is (offsets and sizes, of the outputs that answer for a box), whether
there is one (objectness, of all outputs but the undecided ones; the target is the IoU that the
prediction has reached, or 1), and whether it is a face.

Sources: Redmon and Farhadi, YOLO9000, CVPR 2017 (and darknet's region_layer.c: squared errors of
sigmoid offsets and log sizes, scaled by 2 - w*h, so that small boxes count more); binary
cross-entropy instead of squared errors: Redmon and Farhadi, YOLOv3, 2018; complete IoU: Zheng et
al., Distance-IoU loss, AAAI 2020; focal weight |target - p|^gamma: Li et al., Generalized focal
loss, NeurIPS 2020.

All in float32, with no branch on data: nothing waits for the GPU.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from model.training.assign import MAX_EXPONENT, OUTPUTS, Assignment, assign, decode, undecided


@dataclass(frozen=True)
class LossConfig:
    """Weights and options of the loss."""

    coordinates: Literal["ciou", "yolo"] = "ciou"  # complete IoU, or YOLOv2's squared errors
    target: Literal["iou", "one"] = "iou"  # what objectness learns where a box is
    focal: float = 1.5  # gamma of the focal weight of objectness and face; 0: none
    ignore: float = 0.6  # IoU with a face above which a prediction is not background
    match: float = 1.0  # shape IoU above which further anchors answer for a box; 1: none
    coordinate_weight: float = 2.0
    object_weight: float = 1.0
    background_weight: float = 1.0
    face_weight: float = 1.0
    face_background: bool = True  # "face" learns background as well, so that its factor helps


@dataclass(frozen=True)
class Losses:
    """The loss and its parts, scalars that are already weighted."""

    total: Tensor
    coordinates: Tensor
    objectness: Tensor
    face: Tensor
    positives: Tensor  # number of outputs that answer for a box
    overlap: Tensor  # their mean IoU


def split_outputs(output: Tensor, choices: int) -> Tensor:
    """Raw output (B, A*6, H, W) as float32 (B, A, 6, H, W)."""
    batch, _, height, width = output.shape
    return output.float().reshape(batch, choices, OUTPUTS, height, width)


def complete_iou(predicted: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and complete IoU of pairs of boxes (..., 4)."""
    low = torch.maximum(predicted[..., :2], wanted[..., :2])
    high = torch.minimum(predicted[..., 2:], wanted[..., 2:])
    common = (high - low).clamp(min=0).prod(-1)
    size = (predicted[..., 2:] - predicted[..., :2]).clamp(min=1e-6)
    other = (wanted[..., 2:] - wanted[..., :2]).clamp(min=1e-6)
    iou = common / (size.prod(-1) + other.prod(-1) - common).clamp(min=1e-9)
    hull = torch.maximum(predicted[..., 2:], wanted[..., 2:]) - torch.minimum(
        predicted[..., :2], wanted[..., :2]
    )
    gap = (predicted[..., :2] + predicted[..., 2:] - wanted[..., :2] - wanted[..., 2:]) / 2
    distance = gap.square().sum(-1) / hull.square().sum(-1).clamp(min=1e-9)
    angles = torch.atan(other[..., 0] / other[..., 1]) - torch.atan(size[..., 0] / size[..., 1])
    shape = 4 / math.pi**2 * angles.square()
    weight = (shape / (1 - iou + shape).clamp(min=1e-9)).detach()
    return iou, iou - distance - weight * shape


def _focal(logits: Tensor, targets: Tensor, gamma: float) -> Tensor:
    """Binary cross-entropy with its focal weight."""
    loss = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    if gamma:
        loss = loss * (logits.detach().sigmoid() - targets).abs().pow(gamma)
    return loss


def _coordinates(
    picked: Tensor, found: Tensor, boxes: Tensor, chosen: Assignment, cells: int, kind: str
) -> tuple[Tensor, Tensor]:
    """Error and IoU (B, M, A) of the picked outputs (B, M, A, 6) and their boxes (.., 4)."""
    wanted = boxes.unsqueeze(2).expand_as(found)
    iou, complete = complete_iou(found, wanted)
    if kind == "ciou":
        return 1 - complete, iou
    share = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1, keepdim=True) / cells
    offset = (picked[..., :2].sigmoid() - chosen.offset.unsqueeze(2)).square().sum(-1)
    size = picked[..., 2:4].clamp(-MAX_EXPONENT, MAX_EXPONENT)
    return (2 - share) * (offset + (size - chosen.log_size).square().sum(-1)), iou


def detection_loss(
    output: Tensor, boxes: Tensor, kinds: Tensor, anchors: Tensor, config: LossConfig
) -> Losses:
    """Loss of raw output (B, A*6, H, W) on boxes (B, M, 4), in cells, of kinds (B, M).

    Sums over the batch are divided by the number of outputs that answer for a box, at least one a
    picture.
    """
    choices = len(anchors)
    raw = split_outputs(output, choices)
    batch, _, _, height, width = raw.shape
    count = boxes.shape[1]
    predicted = decode(raw, anchors)
    with torch.no_grad():
        chosen = assign(boxes, kinds, anchors, height, width, config.match)
        unsure = undecided(predicted, boxes, kinds, config.ignore)

    flat = raw.movedim(2, -1).reshape(batch, -1, OUTPUTS)
    slot = chosen.slot.reshape(batch, -1)
    picked = flat.gather(1, slot.unsqueeze(-1).expand(-1, -1, OUTPUTS))
    found = predicted.gather(1, slot.unsqueeze(-1).expand(-1, -1, 4))
    error, iou = _coordinates(
        picked.reshape(batch, count, choices, OUTPUTS),
        found.reshape(batch, count, choices, 4),
        boxes,
        chosen,
        height * width,
        config.coordinates,
    )
    mask = chosen.positive
    positives = mask.sum()
    scale = 1 / positives.clamp(min=batch)
    coordinates = torch.where(mask, error, 0.0).sum()

    # one slot more takes what answers for nothing
    slots = flat.shape[1]
    place = torch.where(mask, chosen.slot, slots).reshape(batch, -1)
    reached = iou.detach().clamp(0, 1) if config.target == "iou" else torch.ones_like(iou)
    answer = torch.zeros(batch, slots + 1, device=raw.device)
    target = answer.scatter(1, place, reached.reshape(batch, -1))[:, :slots]
    positive = answer.scatter(1, place, 1.0)[:, :slots]
    # what would answer for an ignored box is no background, wherever its prediction lies today
    place = torch.where(chosen.spared, chosen.slot, slots).reshape(batch, -1)
    spared = answer.scatter(1, place, 1.0)[:, :slots]
    background = config.background_weight * (1 - positive) * (1 - spared) * (~unsure)
    objectness = _focal(flat[..., 4], target, config.focal)
    objectness = (objectness * (config.object_weight * positive + background)).sum()
    face = _focal(flat[..., 5], positive, config.focal)
    face = (face * (positive + background if config.face_background else positive)).sum()

    parts = (
        coordinates * scale * config.coordinate_weight,
        objectness * scale,
        face * scale * config.face_weight,
    )
    overlap = (torch.where(mask, iou, 0.0).sum() / positives.clamp(min=1)).detach()
    return Losses(parts[0] + parts[1] + parts[2], *parts, positives, overlap)
