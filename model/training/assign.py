"""YOLOv2's assignment of boxes to the network's outputs, for whole batches at once.

Redmon and Farhadi, YOLO9000, CVPR 2017, and darknet's region_layer.c: the cell that holds the
centre of a box answers for it, with the anchor whose shape overlaps the box best. Predictions that
overlap any box by more than a threshold, but do not answer for one, are neither face nor
background; nor are the outputs that would answer for an ignored box if it were a face. `match` adds
an option of later detectors: every anchor whose shape overlaps the box by more than that answers
for it as well.

Boxes are (B, M, 4): left, top, right, bottom in cells; kinds (B, M): FACE, IGNORED (a region in
which nothing is learned) or ABSENT (padding).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

ABSENT, FACE, IGNORED = 0, 1, -1

IGNORED_SHARE = 0.5
"""A prediction of which that much lies in an ignored region is not background."""

MAX_EXPONENT = 8.0
"""t_w and t_h are limited to +-8, as decoding limits them from above."""

OUTPUTS = 6


@dataclass(frozen=True)
class Assignment:
    """The slots that answer for each box. P = anchors * H * W slots a picture, in that order."""

    slot: Tensor  # (B, M, A) int64: index into the P slots
    positive: Tensor  # (B, M, A) bool: this box has this slot, and no other box has it
    spared: Tensor  # (B, M, A) bool: this box, which is ignored, would have this slot as a face
    offset: Tensor  # (B, M, 2): centre within the cell, 0 to 1
    log_size: Tensor  # (B, M, A, 2): log(width / anchor width), log(height / anchor height)


def shape_iou(sizes: Tensor, anchors: Tensor) -> Tensor:
    """IoU (..., A) of boxes of sizes (..., 2) with anchors (A, 2), all centred on one point."""
    common = torch.minimum(sizes.unsqueeze(-2), anchors).prod(-1)
    union = sizes.prod(-1, keepdim=True) + anchors.prod(-1) - common
    return common / union.clamp(min=1e-9)


def assign(
    boxes: Tensor, kinds: Tensor, anchors: Tensor, height: int, width: int, match: float = 1.0
) -> Assignment:
    """Slots of the boxes of a batch. Of two boxes with the same slot the earlier one has it."""
    batch, count, _ = boxes.shape
    choices = len(anchors)
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=1e-6)
    centre = (boxes[..., :2] + boxes[..., 2:]) / 2
    limit = torch.tensor([width, height], dtype=centre.dtype, device=centre.device)
    inside = ((centre >= 0) & (centre < limit)).all(-1)
    cell = torch.minimum(centre.floor().clamp(min=0), limit - 1)
    overlap = shape_iou(size, anchors)
    best = overlap.argmax(-1, keepdim=True)
    index = torch.arange(choices, device=boxes.device)
    answers = (index == best) | (overlap > match)
    wanted = answers & ((kinds == FACE) & inside).unsqueeze(-1)
    spared = answers & ((kinds == IGNORED) & inside).unsqueeze(-1)

    place = cell[..., 1].long() * width + cell[..., 0].long()
    slot = index * (height * width) + place.unsqueeze(-1)
    # of several boxes that want a slot the one with the lowest index is its owner
    slots = choices * height * width
    rank = torch.arange(count, device=boxes.device).reshape(1, count, 1).expand_as(slot)
    asked = torch.where(wanted, slot, slots).reshape(batch, -1)
    owner = torch.full((batch, slots + 1), count, device=boxes.device, dtype=torch.int64)
    owner = owner.scatter_reduce(1, asked, rank.reshape(batch, -1), "amin")
    positive = wanted & (owner.gather(1, slot.reshape(batch, -1)).reshape(slot.shape) == rank)
    return Assignment(
        slot=slot,
        positive=positive,
        spared=spared,
        offset=centre - cell,
        log_size=torch.log(size.unsqueeze(-2) / anchors),
    )


def decode(raw: Tensor, anchors: Tensor) -> Tensor:
    """Predicted boxes (B, A*H*W, 4) in cells of raw output (B, A, 6, H, W), which is float32."""
    batch, choices, _, height, width = raw.shape
    columns = torch.arange(width, device=raw.device, dtype=raw.dtype)
    rows = torch.arange(height, device=raw.device, dtype=raw.dtype).reshape(-1, 1)
    x = raw[:, :, 0].sigmoid() + columns
    y = raw[:, :, 1].sigmoid() + rows
    size = raw[:, :, 2:4].clamp(-MAX_EXPONENT, MAX_EXPONENT).exp()
    half = size * anchors.reshape(1, choices, 2, 1, 1) / 2
    corners = torch.stack([x - half[:, :, 0], y - half[:, :, 1], x + half[:, :, 0]], dim=-1)
    bottom = (y + half[:, :, 1]).unsqueeze(-1)
    return torch.cat([corners, bottom], dim=-1).reshape(batch, -1, 4)


def _common_and_areas(boxes: Tensor, others: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Intersections (B, P, M) of boxes (B, P, 4) with others (B, M, 4), and the areas."""
    one, two = boxes.unsqueeze(2), others.unsqueeze(1)
    wide = torch.minimum(one[..., 2], two[..., 2]) - torch.maximum(one[..., 0], two[..., 0])
    high = torch.minimum(one[..., 3], two[..., 3]) - torch.maximum(one[..., 1], two[..., 1])
    common = wide.clamp(min=0) * high.clamp(min=0)
    return common, _area(boxes).unsqueeze(2), _area(others).unsqueeze(1)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2] - boxes[..., 0]).clamp(min=0) * (boxes[..., 3] - boxes[..., 1]).clamp(
        min=0
    )


def undecided(predicted: Tensor, boxes: Tensor, kinds: Tensor, threshold: float) -> Tensor:
    """(B, P) bool: predictions that are not to be taught that they are background.

    Those that overlap a face by more than the threshold (IoU), and those of which more than
    IGNORED_SHARE lies in an ignored region.
    """
    common, area, other = _common_and_areas(predicted, boxes)
    near = (common / (area + other - common).clamp(min=1e-9) > threshold) & (
        kinds == FACE
    ).unsqueeze(1)
    within = (common > IGNORED_SHARE * area) & (kinds == IGNORED).unsqueeze(1)
    return (near | within).any(-1)
