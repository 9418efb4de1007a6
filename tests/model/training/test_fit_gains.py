"""Gains, shifts and biases are fitted, and nothing else is touched."""

from pathlib import Path

import numpy as np
import pytest
import torch
from folders import make_split

from model.build import build
from model.checkpoint import load_checkpoint, save_checkpoint
from model.errors import ModelError
from model.training.batches import Batches, plain_batches
from model.training.config import TrainConfig
from model.training.data import Streamed, load_split
from model.training.fit_gains import endless, fit_gains, main
from model.training.loss import LossConfig, detection_loss
from model.zoo import STRIDE

SIZE = 64
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gains")
    make_split(made, "train", 16, 1)
    make_split(made, "val", 4, 2)
    return made


def config(folder: Path) -> TrainConfig:
    return TrainConfig(
        "dupnet-tinier-yolo", (str(folder),), steps=8, batch=8, size=SIZE, sizes=(64,)
    )


@pytest.mark.parametrize("name", ["dupnet-tinier-yolo", "dupnet-l-pact", "tiny-yolo"])
def test_the_loss_falls_and_only_gains_shifts_and_biases_move(folder: Path, name: str) -> None:
    network = build(name, 3)
    pictures = load_split(folder, "train", SIZE)
    source = Streamed(pictures, CPU, 0)
    boxes = torch.from_numpy(pictures.boxes / STRIDE)
    kinds = torch.from_numpy(pictures.kinds.astype(np.int64))
    anchors = torch.tensor(network.spec.anchors)
    (inputs,) = plain_batches(source, range(16), 16)

    def loss() -> float:
        """Of the network itself, by Brevitas, on the pictures as they are."""
        with torch.no_grad():
            output = network.eval()(inputs)
        return float(detection_loss(output, boxes, kinds, anchors, LossConfig()).total)

    before = {key: value.clone() for key, value in network.state_dict().items()}
    wanted = [p.requires_grad for p in network.parameters()]
    first = loss()
    batches = Batches(pictures, source, config(folder), CPU)
    fit_gains(network, endless(batches, 0), LossConfig(), 12)
    assert loss() < 0.95 * first
    assert [p.requires_grad for p in network.parameters()] == wanted
    moved = {key for key, value in network.state_dict().items() if not value.equal(before[key])}
    norms = [f"blocks.{layer}.norm" for layer in network.blocks]
    assert moved == {"head.bias", *(f"{norm}.{p}" for norm in norms for p in ("weight", "bias"))}


MOVED = {f"conv{i}.{one}" for i in range(1, 9) for one in ("gamma", "beta")} | {"conv9.bias_codes"}


def test_what_is_not_finite_is_not_kept(folder: Path) -> None:
    network = build("dupnet-tinier-yolo", 3).eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    batches = Batches(
        pictures := load_split(folder, "train", SIZE),
        Streamed(pictures, CPU, 0),
        config(folder),
        CPU,
    )
    with pytest.raises(ModelError, match="became not finite"):
        fit_gains(network, endless(batches, 0), LossConfig(object_weight=float("nan")), 2)
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    metadata = {"metrics": {"ap": 0.9}, "training": {"loss": {"focal": 0.0}}, "seed": 3}
    save_checkpoint(old, build("dupnet-tinier-yolo", 3), metadata)
    arguments = ["--checkpoint", str(old), "--data", str(folder), "--out", str(new)]
    arguments += ["--size", str(SIZE), "--input", "64", "--steps", "2", "--batch", "8"]
    assert main([*arguments, "--val", str(folder), "--seed", "5"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("seed 5\n") and "detection rate" in shown and f"wrote {new}" in shown
    one, two = load_checkpoint(old), load_checkpoint(new)
    differ = {key for key in one.arrays if not np.array_equal(one.arrays[key], two.arrays[key])}
    assert differ == MOVED
    assert two.metadata["metrics"]["pictures"] == 4 and two.metadata["seed"] == 3
    assert two.metadata["affine"]["of"] == one.digest
    assert two.metadata["affine"]["steps"] == 2 and two.metadata["affine"]["seed"] == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--checkpoint": "none.npz"}, "none.npz: cannot be read"),
        ({"--data": "nowhere"}, "nowhere: no such folder"),
        ({"--val": "nowhere"}, "nowhere: no such folder"),
        ({"--steps": "0"}, "0 steps; expected 1 or more"),
        ({"--input": "50"}, "size is 50; expected a multiple of 32"),
        ({"--batch": "0"}, "batch is 0; expected 1 or more"),
    ],
)
def test_bad_arguments_are_named(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    message: str,
) -> None:
    checkpoint = tmp_path / "old.npz"
    save_checkpoint(checkpoint, build("dupnet-tinier-yolo", 3), {})
    given = {"--checkpoint": str(checkpoint), "--data": str(folder), "--size": str(SIZE)}
    given |= {"--out": str(tmp_path / "new.npz"), **changes}
    assert main([part for pair in given.items() for part in pair]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new.npz").exists()
