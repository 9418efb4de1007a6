"""Splits as tensors, their order, and batches."""

from pathlib import Path

import numpy as np
import pytest
import torch
from folders import make_split
from PIL import Image

from model.data.wider import images_folder, write_split
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from model.errors import ModelError
from model.training.assign import ABSENT, FACE, IGNORED
from model.training.batches import Batches, make_source
from model.training.config import TrainConfig
from model.training.data import MAX_FACES, Streamed, decode_picture, epoch_order, load_split

CPU = torch.device("cpu")


def test_letterbox_and_kinds(tmp_path: Path) -> None:
    images = images_folder(tmp_path, "train") / "1--Any"
    images.mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (60, 100, 3), dtype=np.uint8)
    Image.fromarray(noise).save(images / "a.jpg", quality=95)
    attributes = np.zeros((3, 6), dtype=np.int64)
    attributes[1, 3] = 1  # invalid
    boxes = np.array([[10, 10, 20, 30], [40, 0, 80, 40], [0, 0, 50, 50]], dtype=np.float64)
    write_split(tmp_path, "train", [("1--Any/a.jpg", boxes, attributes)])
    pictures = load_split(tmp_path, "train", 200)
    assert pictures.kinds.tolist() == [[FACE, IGNORED, FACE]]  # the largest first
    expected, transform = letterbox(load_image(images / "a.jpg"), 200)
    assert np.allclose(pictures.boxes[0], transform.to_box(boxes[[2, 1, 0]]))
    difference = decode_picture(pictures.paths[0], 200).astype(int) - expected
    assert np.abs(difference).mean() < 2  # of another filter
    assert np.array_equal(
        decode_picture(pictures.paths[0], 100), letterbox(load_image(images / "a.jpg"), 100)[0]
    )
    assert len(pictures.face_sizes()) == 2


def test_boxes_beyond_the_most_are_ignored_not_background(tmp_path: Path) -> None:
    """200 boxes of 9 x 9 are used; of three smaller ones two lie in one square of 64 pixels."""
    images = images_folder(tmp_path, "train") / "1--Any"
    images.mkdir(parents=True)
    Image.new("RGB", (256, 256)).save(images / "a.jpg")
    corners = [(10 * (i % 20), 10 * (i // 20)) for i in range(MAX_FACES)]
    rows = [(x, y, x + 9, y + 9) for x, y in corners]
    rows += [(200, 200, 208, 207), (230, 240, 236, 248), (100, 130, 105, 135)]
    boxes = np.array(rows, dtype=np.float64)
    write_split(tmp_path, "train", [("1--Any/a.jpg", boxes, np.zeros((len(boxes), 6), np.int64))])
    pictures = load_split(tmp_path, "train", 256)
    assert pictures.kinds.tolist() == [[FACE] * MAX_FACES + [IGNORED] * 2]
    assert pictures.boxes[0, MAX_FACES:].tolist() == [[100, 130, 105, 135], [200, 200, 236, 248]]
    assert set(map(tuple, pictures.boxes[0, :MAX_FACES].tolist())) == set(rows[:MAX_FACES])


def test_orders_are_functions_of_seed_and_epoch() -> None:
    orders = [epoch_order(50, 8, seed, epoch) for seed, epoch in ((1, 0), (1, 0), (1, 1), (2, 0))]
    flat = [np.concatenate(order).tolist() for order in orders]
    assert flat[0] == flat[1] and flat[0] != flat[2] and flat[0] != flat[3]
    assert len(orders[0]) == 6 and len(set(flat[0])) == 48
    assert [len(b) for b in epoch_order(5, 8, 1, 0)] == [5]


def test_ranks_share_a_batch() -> None:
    whole = epoch_order(50, 8, 1, 0)
    halves = [epoch_order(50, 4, 1, 0, rank, 2) for rank in range(2)]
    for one, first, second in zip(whole, *halves, strict=True):
        assert sorted(one) == sorted([*first, *second])


def test_streamed_and_preloaded_batches_are_equal(tmp_path: Path) -> None:
    make_split(tmp_path, "train", 12, 3, (120, 90))
    pictures = load_split(tmp_path, "train", 96)
    found = []
    for preload, workers in ((False, 0), (False, 2), (True, 2)):
        config = TrainConfig(
            "dupnet-tinier-yolo",
            (str(tmp_path),),
            batch=4,
            sizes=(64, 96),
            preload=preload,
            workers=workers,
        )
        batches = Batches(pictures, make_source(pictures, CPU, config), config, CPU)
        assert batches.per_epoch() == 3
        found.append(list(batches.epoch(2)))
        again = list(batches.epoch(2, start=1))
        for one, two in zip(found[-1][1:], again, strict=True):
            assert torch.equal(one.pixels, two.pixels)
    for first, *others in zip(*found, strict=True):
        for other in others:
            assert torch.equal(first.pixels, other.pixels)
            assert torch.equal(first.boxes, other.boxes)
            assert torch.equal(first.kinds, other.kinds)
    assert (first.kinds != ABSENT).any()
    assert first.boxes.max() <= first.pixels.shape[-1] / 32


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    make_split(tmp_path, "train", 2, 3)
    pictures = load_split(tmp_path, "train", 96)
    pictures.paths[1].write_bytes(pictures.paths[1].read_bytes()[:300])
    with pytest.raises(ModelError, match=r"1\.jpg: truncated or damaged image"):
        decode_picture(pictures.paths[1], 96)
    for workers in (0, 2):  # a worker's error comes as one line too
        with pytest.raises(ModelError) as error:
            list(Streamed(pictures, CPU, workers).batches([np.arange(2)]))
        assert str(error.value).startswith(f"{pictures.paths[1]}: truncated or damaged image")
        assert "\n" not in str(error.value)
