"""The head's biases are fitted, and nothing else is touched."""

from pathlib import Path

import numpy as np
import pytest
import torch
from folders import make_split

from model.build import build
from model.checkpoint import load_checkpoint, save_checkpoint
from model.training.batches import plain_batches
from model.training.data import Streamed, load_split
from model.training.fit_biases import fit_biases, main
from model.training.loss import LossConfig, detection_loss
from model.zoo import STRIDE

SIZE = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("biases")
    make_split(made, "train", 12, 1)
    make_split(made, "val", 4, 2)
    return made


@pytest.mark.parametrize("name", ["dupnet-tinier-yolo", "tiny-yolo"])
def test_the_loss_falls_and_only_the_biases_move(folder: Path, name: str) -> None:
    network = build(name, 3)
    pictures = load_split(folder, "train", SIZE)
    boxes = torch.from_numpy(pictures.boxes / STRIDE)
    kinds = torch.from_numpy(pictures.kinds.astype(np.int64))
    anchors = torch.tensor(network.spec.anchors)
    inputs = list(plain_batches(Streamed(pictures, torch.device("cpu"), 0), range(12), 6))

    def loss() -> float:
        with torch.no_grad():
            output = torch.cat([network(x) for x in inputs])
        return float(detection_loss(output, boxes, kinds, anchors, LossConfig()).total)

    before = {key: value.clone() for key, value in network.state_dict().items()}
    first = loss()
    with torch.no_grad():
        features = [network.features(x) for x in inputs]
    fit_biases(network, features, boxes, kinds, LossConfig(), 60)
    assert loss() < 0.95 * first
    moved = [key for key, value in network.state_dict().items() if not value.equal(before[key])]
    assert moved == ["head.bias"]


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    metadata = {"metrics": {"ap": 0.9}, "training": {"loss": {"focal": 0.0}}, "seed": 3}
    save_checkpoint(old, build("dupnet-tinier-yolo", 3), metadata)
    arguments = ["--checkpoint", str(old), "--data", str(folder), "--out", str(new)]
    arguments += ["--size", str(SIZE), "--steps", "3"]
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"wrote {new}\n"
    one, two = load_checkpoint(old), load_checkpoint(new)
    differ = [key for key in one.arrays if not np.array_equal(one.arrays[key], two.arrays[key])]
    assert differ == ["conv9.bias_codes"]
    assert two.metadata["metrics"] == {} and two.metadata["seed"] == 3
    assert two.metadata["settled"]["of"] == one.digest
    assert two.metadata["settled"]["pictures"] == 12

    assert main([*arguments, "--val", str(folder)]) == 0
    assert "detection rate" in capsys.readouterr().out
    assert load_checkpoint(new).metadata["metrics"]["pictures"] == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--checkpoint": "none.npz"}, "none.npz: cannot be read"),
        ({"--data": "nowhere"}, "nowhere: no such folder"),
        ({"--val": "nowhere"}, "nowhere: no such folder"),
        ({"--steps": "0"}, "0 steps, 256 pictures; expected 1 or more steps"),
    ],
)
def test_bad_input_is_named(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    message: str,
) -> None:
    old = tmp_path / "old.npz"
    save_checkpoint(old, build("dupnet-tinier-yolo", 3), {})
    values = {"--checkpoint": str(old), "--data": str(folder), "--out": str(tmp_path / "new.npz")}
    values |= {"--size": str(SIZE), **changes}
    assert main([part for pair in values.items() for part in pair]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1
    assert not (tmp_path / "new.npz").exists()
