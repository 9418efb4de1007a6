"""Assignment and loss of whole batches against slow loops over boxes and outputs."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from model.training.assign import (
    ABSENT,
    FACE,
    IGNORED,
    IGNORED_SHARE,
    MAX_EXPONENT,
    assign,
    decode,
    undecided,
)
from model.training.loss import LossConfig, complete_iou, detection_loss, split_outputs

ANCHORS = torch.tensor([[0.5, 0.7], [1.1, 1.4], [2.2, 2.9], [4.2, 5.5], [7.0, 8.0]])
HEIGHT, WIDTH = 5, 7


def iou(a: list[float], b: list[float]) -> tuple[float, float, float]:
    """Common area over union, common area, area of a."""
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [max(0.0, c[2] - c[0]) * max(0.0, c[3] - c[1]) for c in (a, b)]
    union = areas[0] + areas[1] - wide * high
    return wide * high / max(union, 1e-9), wide * high, areas[0]


def example(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Raw output, boxes and kinds; some boxes share cells, some lie outside."""
    generator = torch.Generator().manual_seed(seed)
    raw = torch.randn(3, 30, HEIGHT, WIDTH, generator=generator)
    centre = torch.rand(3, 9, 2, generator=generator) * torch.tensor([WIDTH + 1.0, HEIGHT])
    size = torch.rand(3, 9, 2, generator=generator).square() * 5 + 0.2
    boxes = torch.cat([centre - size / 2, centre + size / 2], dim=-1)
    boxes[:, 4] = boxes[:, 3]  # twice the same place
    kinds = torch.tensor([FACE] * 6 + [IGNORED] + [ABSENT] * 2).repeat(3, 1)
    kinds[2] = ABSENT  # a picture with none
    boxes[kinds == ABSENT] = 0
    return raw, boxes, kinds


def answers(
    boxes: Tensor, kinds: Tensor, match: float, kind: int = FACE
) -> dict[tuple[int, int, int, int], int]:
    """(picture, anchor, row, column): box of that kind, by a loop."""
    found: dict[tuple[int, int, int, int], int] = {}
    for n in range(len(boxes)):
        for m in range(boxes.shape[1]):
            left, top, right, bottom = boxes[n, m].tolist()
            x, y = (left + right) / 2, (top + bottom) / 2
            if kinds[n, m] != kind or not (0 <= x < WIDTH and 0 <= y < HEIGHT):
                continue
            shapes = [
                iou([0, 0, right - left, bottom - top], [0, 0, w, h])[0]
                for w, h in ANCHORS.tolist()
            ]
            for a, overlap in enumerate(shapes):
                if overlap == max(shapes) or overlap > match:
                    found.setdefault((n, a, int(y), int(x)), m)
    return found


@pytest.mark.parametrize("match", [1.0, 0.4])
@pytest.mark.parametrize("seed", range(5))
def test_assignment(seed: int, match: float) -> None:
    _, boxes, kinds = example(seed)
    got = assign(boxes, kinds, ANCHORS, HEIGHT, WIDTH, match)
    expected = answers(boxes, kinds, match)
    assert len(expected) > 5
    assert int(got.positive.sum()) == len(expected)
    for (n, a, row, column), m in expected.items():
        assert got.positive[n, m, a]
        assert got.slot[n, m, a] == (a * HEIGHT + row) * WIDTH + column
        left, top, right, bottom = boxes[n, m].tolist()
        offset = [(left + right) / 2 - column, (top + bottom) / 2 - row]
        assert got.offset[n, m].tolist() == pytest.approx(offset, abs=1e-5)
        sizes = [math.log((right - left) / ANCHORS[a, 0]), math.log((bottom - top) / ANCHORS[a, 1])]
        assert got.log_size[n, m, a].tolist() == pytest.approx(sizes, abs=1e-5)


def slow_boxes(raw: Tensor) -> list[list[list[float]]]:
    """Predicted boxes in the order of `decode`."""
    found = []
    for picture in split_outputs(raw, 5).tolist():
        rows = []
        for a, (w, h) in enumerate(ANCHORS.tolist()):
            for i in range(HEIGHT):
                for j in range(WIDTH):
                    tx, ty, tw, th = (picture[a][k][i][j] for k in range(4))
                    x, y = j + 1 / (1 + math.exp(-tx)), i + 1 / (1 + math.exp(-ty))
                    w2 = w * math.exp(min(tw, MAX_EXPONENT)) / 2
                    h2 = h * math.exp(min(th, MAX_EXPONENT)) / 2
                    rows.append([x - w2, y - h2, x + w2, y + h2])
        found.append(rows)
    return found


def slow_undecided(rows: list[list[float]], boxes: Tensor, kinds: Tensor, limit: float) -> list:
    found = []
    for row in rows:
        unsure = False
        for box, kind in zip(boxes.tolist(), kinds.tolist(), strict=True):
            overlap, common, area = iou(row, box)
            unsure |= kind == FACE and overlap > limit
            unsure |= kind == IGNORED and common > IGNORED_SHARE * area
        found.append(unsure)
    return found


def test_decoding_and_ignoring() -> None:
    raw, boxes, kinds = example(3)
    predicted = decode(split_outputs(raw, 5), ANCHORS)
    expected = slow_boxes(raw)
    assert torch.allclose(predicted, torch.tensor(expected), atol=1e-4)
    got = undecided(predicted, boxes, kinds, 0.3)
    assert got.any()
    for n in range(3):
        assert got[n].tolist() == slow_undecided(expected[n], boxes[n], kinds[n], 0.3)


def entropy(logit: float, target: float, gamma: float) -> float:
    p = 1 / (1 + math.exp(-logit))
    loss = -target * math.log(p) - (1 - target) * math.log(1 - p)
    return loss * abs(p - target) ** gamma


@pytest.mark.parametrize(
    "config",
    [
        LossConfig(coordinates="yolo", target="one", focal=0.0, face_background=False),
        LossConfig(coordinates="yolo", target="iou", focal=2.0, match=0.4, ignore=0.3),
        LossConfig(coordinates="ciou", background_weight=0.5, object_weight=3.0),
    ],
)
def test_loss(config: LossConfig) -> None:
    raw, boxes, kinds = example(1)
    got = detection_loss(raw, boxes, kinds, ANCHORS, config)
    chosen = answers(boxes, kinds, config.match)
    spared = answers(boxes, kinds, config.match, IGNORED)
    assert spared
    outputs, rows = split_outputs(raw, 5), slow_boxes(raw)
    parts = [0.0, 0.0, 0.0]
    for n in range(3):
        unsure = slow_undecided(rows[n], boxes[n], kinds[n], config.ignore)
        for index, row in enumerate(rows[n]):
            a, i, j = index // (HEIGHT * WIDTH), index // WIDTH % HEIGHT, index % WIDTH
            t = outputs[n, a, :, i, j].tolist()
            m = chosen.get((n, a, i, j))
            if m is None:
                if not unsure[index] and (n, a, i, j) not in spared:
                    weight = config.background_weight
                    parts[1] += weight * entropy(t[4], 0.0, config.focal)
                    parts[2] += config.face_background * weight * entropy(t[5], 0.0, config.focal)
                continue
            box = boxes[n, m].tolist()
            overlap = iou(row, box)[0]
            target = overlap if config.target == "iou" else 1.0
            parts[1] += config.object_weight * entropy(t[4], target, config.focal)
            parts[2] += entropy(t[5], 1.0, config.focal)
            if config.coordinates == "ciou":
                pair = complete_iou(torch.tensor(row), torch.tensor(box))
                assert float(pair[0]) == pytest.approx(overlap, abs=1e-5)
                parts[0] += 1 - float(pair[1])
            else:
                wide, high = box[2] - box[0], box[3] - box[1]
                scale = 2 - wide * high / (HEIGHT * WIDTH)
                centre = [(box[0] + box[2]) / 2 - j, (box[1] + box[3]) / 2 - i]
                error = sum(
                    (1 / (1 + math.exp(-t[k])) - centre[k]) ** 2
                    + (t[2 + k] - math.log((wide, high)[k] / float(ANCHORS[a, k]))) ** 2
                    for k in range(2)
                )
                parts[0] += scale * error
    count = max(len(chosen), 3)
    assert int(got.positives) == len(chosen)
    assert float(got.coordinates) == pytest.approx(
        parts[0] / count * config.coordinate_weight, rel=1e-4
    )
    assert float(got.objectness) == pytest.approx(parts[1] / count, rel=1e-4)
    assert float(got.face) == pytest.approx(parts[2] / count, rel=1e-4)
    total = float(got.coordinates + got.objectness + got.face)
    assert float(got.total) == pytest.approx(total, rel=1e-6)


def test_complete_iou_by_hand() -> None:
    """Equal boxes: 1. Beside each other, hull 4 x 2, centres 2 apart: 0 - 4/20."""
    box = torch.tensor([0.0, 0.0, 2.0, 2.0])
    assert [float(v) for v in complete_iou(box, box)] == pytest.approx([1.0, 1.0])
    beside = torch.tensor([2.0, 0.0, 4.0, 2.0])
    assert [float(v) for v in complete_iou(box, beside)] == pytest.approx([0.0, -0.2])


@pytest.mark.parametrize("coordinates", ["ciou", "yolo"])
def test_gradients_are_finite_whatever_the_output(coordinates: str) -> None:
    _, boxes, kinds = example(2)
    config = dataclasses.replace(LossConfig(), coordinates=coordinates)
    for scale in (0.0, 1.0, 300.0):
        raw = (example(2)[0] * scale).requires_grad_()
        losses = detection_loss(raw, boxes, kinds, ANCHORS, config)
        losses.total.backward()
        assert losses.total.isfinite()
        assert raw.grad is not None and raw.grad.isfinite().all()


def test_what_would_answer_for_an_ignored_box_is_no_background() -> None:
    """Two pictures of 3 x 3 cells, in each one output that says something.

    It is the middle cell's of anchor 2. Its box is 8 x 8 cells around (1.5, 1.5), the box in the
    picture 2 x 2 there: 4/64 of the prediction lie within it, and their IoU is 1/16. Were the box
    a face, this output would answer for it, for the anchors are 1 x 1 and 2 x 2. The second
    picture has no box.
    """
    anchors = torch.tensor([[1.0, 1.0], [2.0, 2.0]])
    raw = torch.zeros(2, 12, 3, 3)
    raw[:, 4::6] = raw[:, 5::6] = -100.0  # no face anywhere, for which there is no loss
    raw[:, 8:10, 1, 1] = math.log(4)
    raw[:, 10:, 1, 1] = 3.0
    raw.requires_grad_()
    boxes = torch.tensor([[[0.5, 0.5, 2.5, 2.5]], [[0.0, 0.0, 0.0, 0.0]]])
    kinds = torch.tensor([[IGNORED], [ABSENT]])
    got = detection_loss(raw, boxes, kinds, anchors, LossConfig(focal=0.0))
    # of the second picture alone: -log(1 - sigmoid(3)) = log(1 + e^3), over two pictures
    assert float(got.objectness) == pytest.approx(math.log(1 + math.exp(3)) / 2, rel=1e-6)
    assert float(got.face) == pytest.approx(math.log(1 + math.exp(3)) / 2, rel=1e-6)
    assert float(got.coordinates) == 0 and int(got.positives) == 0
    got.total.backward()
    assert raw.grad is not None
    touched = raw.grad.abs() > 1e-6
    assert touched.nonzero().tolist() == [[1, 10, 1, 1], [1, 11, 1, 1]]


def test_ignored_boxes_teach_nothing() -> None:
    """A prediction within an ignored region has no gradient."""
    raw = torch.zeros(1, 30, HEIGHT, WIDTH, requires_grad=True)
    boxes = torch.tensor([[[-20.0, -20.0, 30.0, 30.0]]])
    detection_loss(raw, boxes, torch.tensor([[IGNORED]]), ANCHORS, LossConfig()).total.backward()
    assert raw.grad is not None and not raw.grad.any()
