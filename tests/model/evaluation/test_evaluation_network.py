"""A checkpoint over a split: predictions, tables, and errors that name what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from camera_path.frames import FrameFormat
from camera_path.head import HeadIntegers
from camera_path.path import Settings, boxes, in_picture, network_frame
from model.build import build
from model.checkpoint import save_checkpoint
from model.data import predictions
from model.data.wider import read_split, write_split
from model.detection.decode import Head, detect
from model.detection.image import load_image
from model.detection.letterbox import letterbox
from model.errors import ModelError
from model.evaluation.__main__ import main
from model.evaluation.network import predict

NAMES = ("0--A/a.png", "0--A/b.png", "1--B/c.png")
NAME = "dupnet-tinier-yolo"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pictures of noise, of other proportions than the letterbox, and a checkpoint."""
    folder = tmp_path_factory.mktemp("data")
    generator = np.random.default_rng(0)
    for name in NAMES:
        path = folder / "WIDER_val/images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = generator.integers(0, 256, (48, 80, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    boxes, flags = np.array([[8.0, 8, 40, 40]]), np.zeros((1, 6), dtype=np.int64)
    write_split(folder, "val", [(name, boxes, flags) for name in NAMES])
    save_checkpoint(folder / "c.npz", build(NAME, 1), {})
    return folder


def run(folder: Path, out: Path, **changes: str) -> int:
    values = {"--checkpoint": f"{folder}/c.npz", "--data": f"{folder}", "--out": f"{out}"}
    values |= {"--size": "64", "--batch": "2", "--device": "cpu"}
    values |= {f"--{key.replace('_', '-')}": value for key, value in changes.items()}
    return main(["network", *(part for pair in values.items() for part in pair)])


def test_predictions_are_the_networks_in_pixels_of_the_picture(data: Path, tmp_path: Path) -> None:
    assert run(data, tmp_path) == 0
    found = predictions.read(tmp_path / "predictions")
    assert set(found) == {predictions.key(name) for name in NAMES}
    network = build(NAME, 1, data / "c.npz")
    for one in read_split(data, "val"):
        frame, transform = letterbox(load_image(one.path), 64)
        with torch.no_grad():
            raw = network(torch.from_numpy(frame.transpose(2, 0, 1)[None] / np.float32(256)))
        (alone,) = detect(raw.permute(0, 2, 3, 1).numpy(), Head(network.spec.anchors), 0.01)
        ours = found[predictions.key(one.name)]
        assert len(ours) == len(alone) > 0
        np.testing.assert_allclose(ours.scores, alone.scores, rtol=1e-6)
        np.testing.assert_allclose(ours.boxes, transform.to_picture(alone.boxes), atol=1e-4)
        assert (ours.boxes >= 0).all() and (ours.boxes[:, 2] <= 80).all()


def test_the_camera_path_s_boxes_are_its_specification_s(data: Path, tmp_path: Path) -> None:
    """By camera_path alone, of the network's own integers; integers of the file, sixteenths."""
    words = ["--checkpoint", f"{data}/c.npz", "--data", f"{data}", "--out", f"{tmp_path}"]
    assert main(["network", *words, "--size", "64", "--device", "cpu", "--camera-path"]) == 0
    assert json.loads((tmp_path / "metrics.json").read_text())["camera_path"] is True
    network = build(NAME, 1, data / "c.npz")
    decoding = network.head_decoding()
    head = HeadIntegers.make(network.spec.anchors, decoding.scale, decoding.bias)
    found = dict(predict(network, read_split(data, "val"), 64, camera_path=True))
    for one in read_split(data, "val"):
        picture = load_image(one.path)
        layout = FrameFormat(picture.shape[1], picture.shape[0])
        frame, where = network_frame(picture.reshape(-1), layout, 64)
        sums = network.boundaries(
            torch.from_numpy(frame.transpose(2, 0, 1)[None] / np.float32(256))
        )["conv9"]
        kept = boxes(sums[0].permute(1, 2, 0).numpy(), head, Settings.make(0.01, 0.45, 750), 64)
        corners, scores = in_picture(kept, where)
        assert len(scores) > 0
        np.testing.assert_array_equal(found[one.name].boxes, corners)
        np.testing.assert_array_equal(found[one.name].scores, scores)


def test_the_camera_path_needs_integers() -> None:
    with pytest.raises(ModelError, match="tiny-yolo is full precision"):
        next(predict(build("tiny-yolo", 1), [], 64, camera_path=True))


def test_tables_are_those_of_the_files(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, tmp_path, json=f"{tmp_path}/same.json") == 0
    printed = capsys.readouterr().out
    assert "rate at 0.1 false positives per image" in printed and "3 faces in 3 pictures" in printed
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics == json.loads((tmp_path / "same.json").read_text())
    assert metrics["network"] == NAME and len(metrics["checkpoint"]) == 64
    files = ["--predictions", f"{tmp_path}/predictions", "--ground-truth", f"{data}"]
    for command in ("boxes", "wider", "bands"):
        size = ["--size", "64"] if command == "bands" else []
        assert main([command, *files, *size, "--json", f"{tmp_path}/{command}.json"]) == 0
        assert metrics[command] == json.loads((tmp_path / f"{command}.json").read_text())


def test_batches_do_not_matter(data: Path) -> None:
    network, pictures = build(NAME, 1, data / "c.npz"), read_split(data, "val")
    one, three = (dict(predict(network, pictures, 64, batch)) for batch in (1, 3))
    assert all((one[name].scores == three[name].scores).all() for name in NAMES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"checkpoint": "none.npz"}, "none.npz: cannot be read"),
        ({"model": "ifq-tinier-yolo"}, "checkpoint of dupnet-tinier-yolo; expected one of ifq-"),
        ({"data": "nowhere"}, "nowhere: no split 'val' of WIDER FACE here"),
        ({"split": "test"}, "no split 'test' of WIDER FACE here"),
        ({"size": "100"}, "size is 100; expected a multiple of 32"),
        ({"batch": "0"}, "batch is 0; expected 1 or more"),
        ({"least_score": "2"}, "least score 2.0: expected 0 to 1"),
        ({"fppi": "-1"}, "--fppi is -1.0; expected 0 or more"),
        ({"device": "abacus"}, "unknown device 'abacus'; expected cpu, cuda or cuda:<number>"),
        ({"device": "cuda:99"}, "no device 'cuda:99' here; expected cpu, or a GPU that there is"),
    ],
)
def test_bad_input_is_named(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    message: str,
) -> None:
    assert run(data, tmp_path, **changes) == (2 if message.startswith("--") else 1)
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_a_damaged_picture_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    path = folder / "WIDER_val/images" / NAMES[0]
    path.parent.mkdir(parents=True)
    path.write_bytes((data / "WIDER_val/images" / NAMES[0]).read_bytes()[:2000])
    write_split(folder, "val", [(NAMES[0], np.zeros((0, 4)), np.zeros((0, 6), dtype=np.int64))])
    assert run(data, tmp_path / "out", data=f"{folder}") == 1
    assert "a.png: truncated or damaged image" in capsys.readouterr().err
