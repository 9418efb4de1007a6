"""The checkpoint that ships: what the flow builds is the trained network, to the last integer."""

from pathlib import Path

import numpy as np
import pytest
import torch

import model
from flows.build.steps.import_model import load_qonnx, prepare
from flows.build.steps.streamline import streamline
from flows.errors import FlowError
from flows.graph.fold_duplicated_weights import FoldDuplicatedWeights
from flows.graph.fuse_duplicated_inputs import FuseDuplicatedInputs
from flows.run.brevitas_check import brevitas_boundaries
from flows.run.detect import choose_threshold, head_of, network_threshold
from flows.run.emulate import _layer_names, original_order
from flows.run.emulator import Emulator
from flows.run.frames import picture
from hw.driver import Description, Tensor
from hw.driver.detection import find
from model.build import build
from model.checkpoint import load_checkpoint
from model.detection.decode import Head, detect
from model.detection.nms import iou
from model.export import export

CHECKPOINT = Path(model.__file__).parent / "checkpoints" / "dupnet-tinier-yolo.npz"
#: The portrait's face, forehead to chin and ear to ear, marked by eye (left, top, right, bottom).
FACE = np.array([183.0, 60.0, 272.0, 188.0])


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(QONNX model, emulator of its folded graph) of the shipped checkpoint at 512 x 512."""
    path = tmp_path_factory.mktemp("trained") / "m.onnx"
    export("dupnet-tinier-yolo", 1, 512, path, CHECKPOINT)
    qonnx = load_qonnx(path)
    folds = (FuseDuplicatedInputs(), FoldDuplicatedWeights())
    graph = streamline(prepare(load_qonnx(path)))
    for fold in folds:
        graph = graph.transform(fold)
    return qonnx, Emulator(graph)


def test_emulator_equals_the_trained_brevitas_model_and_finds_the_same_faces(trained):
    qonnx, emulator = trained
    frame = picture(None)
    expected = brevitas_boundaries(qonnx, CHECKPOINT)(frame)
    integers = emulator.boundaries(frame)
    found = {name: array[0] for name, array in original_order(emulator, integers).items()}
    for name, array in _layer_names(found, expected).items():
        np.testing.assert_array_equal(array, expected[name], name)

    network = build("dupnet-tinier-yolo", 1, CHECKPOINT).double()
    with torch.no_grad():
        real = network(torch.from_numpy(frame.transpose(2, 0, 1)[None] / 256.0))
    head = head_of(emulator)
    (ours,) = detect(integers[emulator.graph.output], head, 0.05)
    (theirs,) = detect(real.permute(0, 2, 3, 1).numpy(), Head(head.anchors), 0.05)
    np.testing.assert_array_equal(ours.boxes, theirs.boxes)
    np.testing.assert_array_equal(ours.scores, theirs.scores)


def test_the_best_box_of_a_portrait_that_was_never_seen_is_on_its_face(trained):
    _, emulator = trained
    output = emulator.run(picture(None)[None])
    (found,) = detect(output, head_of(emulator), 0.2)
    assert len(found) == 1
    assert iou(FACE, found.boxes)[0] > 0.6


def test_by_its_own_threshold_flow_and_driver_find_the_face_and_nothing_else(trained):
    qonnx, emulator = trained
    metadata = emulator.graph.metadata
    assert load_checkpoint(CHECKPOINT).threshold == 0.274  # 0.1 false positives a photograph
    assert qonnx.get_metadata_prop("threshold") == metadata["threshold"] == "0.274"
    assert network_threshold(metadata) == 0.274
    output, head = emulator.run(picture(None)[None]), head_of(emulator)
    (found,) = detect(output, head, choose_threshold(metadata, None)[0])
    description = Description(
        "n", "b", 0, 100.0, Tensor((512, 512, 3), "uint8"),
        Tensor(output.shape[1:], "int16", (head.scale,), head.bias), {}, head.anchors,
        threshold=network_threshold(metadata),
    )  # fmt: skip
    boxes = find(output[0], description, description.least_score(), 0.45, 100)
    for one in (found, boxes):
        assert len(one) == 1
        assert iou(FACE, one.boxes)[0] > 0.6
    assert len(detect(output, head)[0]) == 1  # from 0.5 on too


def test_the_check_wants_the_very_checkpoint(trained):
    with pytest.raises(FlowError, match=r"give that very file as --checkpoint \(SHA-256 "):
        brevitas_boundaries(trained[0])
