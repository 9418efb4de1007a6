"""The board's letterbox and decoding against those that train, byte for byte and box for box."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_path.head import HeadIntegers
from camera_path.path import Settings, boxes
from hw.driver import AcceleratorError, DupNetAccelerator, Tensor
from hw.driver.description import Description
from hw.driver.detection import find, letterbox
from model.detection import integer_path
from model.detection.decode import Head
from model.detection.decode import detect as model_detect
from model.detection.letterbox import letterbox as model_letterbox
from tests.hw.driver.fake_bus import DESCRIPTION, FakeBus, sums

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    size=st.sampled_from([8, 32, 64]),
    seed=seeds,
)
def test_letterbox_gives_the_bytes_of_the_models(
    height: int, width: int, size: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (height, width, 3), np.uint8)
    frame, placement = letterbox(picture, size)
    reference, transform = model_letterbox(picture, size)
    np.testing.assert_array_equal(frame, reference)
    boxes = rng.uniform(-10, size + 10, (5, 4))
    np.testing.assert_array_equal(placement.to_picture(boxes), transform.to_picture(boxes))


@settings(max_examples=40, deadline=None)
@given(
    seed=seeds,
    cells=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    anchors=st.integers(1, 5),
    threshold=st.sampled_from([0.0, 0.05, 0.3, 0.5]),
    limit=st.sampled_from([3, 100]),
)
def test_boxes_are_those_of_the_model_on_the_same_integers(
    seed: int, cells: tuple[int, int], anchors: int, threshold: float, limit: int
) -> None:
    rng = np.random.default_rng(seed)
    channels = 6 * anchors
    scale, bias = float(rng.uniform(0.01, 0.1)), tuple(rng.normal(size=channels).tolist())
    sizes = tuple((float(w), float(h)) for w, h in rng.uniform(0.3, 4, (anchors, 2)))
    integers = rng.integers(-90, 120, (*cells, channels))
    description = Description(
        "d", "b", 0, 100.0, Tensor((8, 8, 3), "uint8"),
        Tensor((*cells, channels), "int16", (scale,), bias), {}, sizes,
    )  # fmt: skip
    found = find(integers.astype(np.int16), description, threshold, 0.45, limit)
    (wanted,) = model_detect(
        integers[None], Head(sizes, scale, bias), threshold, iou_threshold=0.45, limit=limit
    )
    np.testing.assert_array_equal(found.boxes, wanted.boxes)
    np.testing.assert_array_equal(found.scores, wanted.scores)


def test_detect_is_letterbox_network_boxes_and_back() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (7, 5, 3), np.uint8)
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    found = accelerator.detect(picture, threshold=0.0)
    frame, transform = model_letterbox(picture, 4)
    head = Head(DESCRIPTION.anchors or (), 0.25, DESCRIPTION.output.bias)
    integers = sums(frame)[None]
    # the model's stride is 32, the fake's 2: cells are 16 times smaller
    (wanted,) = model_detect(integers, head, 0.0)
    assert len(found) == len(wanted) > 0
    np.testing.assert_allclose(found.boxes, transform.to_picture(wanted.boxes / 16), atol=1e-12)
    np.testing.assert_array_equal(found.scores, wanted.scores)


def test_detect_stream_keeps_pictures_and_boxes_together() -> None:
    rng = np.random.default_rng(4)
    pictures = [rng.integers(0, 256, (h, w, 3), np.uint8) for h, w in [(4, 4), (9, 3), (2, 8)]]
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    for picture, found in zip(pictures, accelerator.detect_stream(pictures, 0.0), strict=True):
        alone = accelerator_boxes(picture)
        np.testing.assert_array_equal(found.boxes, alone)


def test_the_camera_path_s_integers_are_the_model_s() -> None:
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (7, 5, 3), np.uint8)
    found = DupNetAccelerator(FakeBus(), DESCRIPTION).detect(picture, 0.5, camera_path=True)
    frame, where = integer_path.letterbox(picture, 4)
    head = HeadIntegers.make(DESCRIPTION.anchors or (), 0.25, DESCRIPTION.output.bias, 2)
    wanted = boxes(sums(frame), head, Settings.make(0.5))
    assert len(found) == len(wanted) > 0
    np.testing.assert_array_equal(found.scores, wanted.scores / 2**16)
    np.testing.assert_array_equal(found.boxes, where.to_picture(wanted.corners / 16))
    real = DupNetAccelerator(FakeBus(), DESCRIPTION).detect(picture, 0.5)
    np.testing.assert_allclose(found.scores[0], real.scores[0], atol=0.002)


def test_the_camera_path_refuses_as_the_rest() -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match="an overlap of 2; expected 0 to 1"):
        accelerator.detect(np.zeros((4, 4, 3), np.uint8), 0.5, 2, camera_path=True)
    with pytest.raises(AcceleratorError, match=r"expected \(H, W, 3\), uint8"):
        accelerator.detect(np.zeros((4, 4), np.uint8), camera_path=True)


def accelerator_boxes(picture: np.ndarray) -> np.ndarray:
    return DupNetAccelerator(FakeBus(), DESCRIPTION).detect(picture, 0.0).boxes


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
def test_a_threshold_beyond_its_range_is_refused(threshold: float) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match="expected 0 to 1"):
        accelerator.detect(np.zeros((4, 4, 3), np.uint8), threshold)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_something_else_than_a_picture_is_refused(shape: tuple[int, ...]) -> None:
    accelerator = DupNetAccelerator(FakeBus(), DESCRIPTION)
    with pytest.raises(AcceleratorError, match=r"expected \(H, W, 3\), uint8"):
        accelerator.detect(np.zeros(shape, np.uint8))
