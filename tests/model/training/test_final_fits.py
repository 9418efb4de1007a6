"""The end of a training: which weights it changes, and that a failing fit costs nothing."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from folders import make_split

from model.checkpoint import load_checkpoint
from model.errors import ModelError
from model.training.config import TrainConfig
from model.training.trainer import Trainer

CPU = torch.device("cpu")
MOVED = {f"conv{i}.{one}" for i in range(1, 9) for one in ("gamma", "beta")} | {"conv9.bias_codes"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fits")
    make_split(made, "train", 16, 1)
    return made


def config(folder: Path) -> TrainConfig:
    return TrainConfig("dupnet-tinier-yolo", (str(folder),), steps=8, batch=8, size=64, sizes=(64,))


@pytest.mark.slow
def test_the_end_of_a_training_fits_them(folder: Path, tmp_path: Path) -> None:
    """The same run with and without: the same weights and statistics, other gains."""
    arrays = []
    for affine in (0, 40):
        out = tmp_path / str(affine)
        terms = dataclasses.replace(config(folder), affine=affine)
        Trainer(terms, out, CPU, tensorboard=False).run()
        arrays.append(load_checkpoint(out / "checkpoint.npz").arrays)
    differ = {key for key in arrays[0] if not np.array_equal(arrays[0][key], arrays[1][key])}
    assert differ == MOVED


def test_a_fit_that_fails_costs_no_checkpoint(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def failing(*arguments: object) -> None:
        raise ModelError("gains and shifts became not finite")

    monkeypatch.setattr("model.training.final_fits.fit_gains", failing)
    Trainer(config(folder), tmp_path / "run", CPU, tensorboard=False).run()
    assert "warning: gains and shifts became not finite" in capsys.readouterr().out
    assert load_checkpoint(tmp_path / "run" / "checkpoint.npz").digest
