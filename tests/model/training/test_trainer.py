"""Runs on small scenes: it learns, resumes exactly, and stops when it must."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from folders import make_split
from trainer_case import CPU, small, train

from model.checkpoint import load_checkpoint, network_from
from model.errors import ModelError
from model.training import trainer as module
from model.training.batches import load_data
from model.training.config import TrainConfig
from model.training.data import load_split
from model.training.ending import End
from model.training.loss import LossConfig
from model.training.state import read_state
from model.training.trainer import Trainer
from model.training.validate import evaluate


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("discs")
    make_split(folder, "train", 32, 1)
    make_split(folder, "val", 16, 2)
    return folder


def weights(out: Path) -> dict[str, torch.Tensor]:
    state = read_state(out / "state.pt")
    return {**state["network"], **{str(i): v for i, v in enumerate(state["average"]["values"])}}


def losses(out: Path) -> list[float]:
    lines = map(json.loads, (out / "log.jsonl").read_text().splitlines())
    return [line["loss"] for line in lines if "loss" in line]


@pytest.mark.parametrize(
    "name",
    [
        "dupnet-tinier-yolo",
        pytest.param("dupnet-l-pact", marks=pytest.mark.slow),
        pytest.param("tiny-yolo", marks=pytest.mark.slow),
    ],
)
def test_the_loss_falls(discs: Path, tmp_path: Path, name: str) -> None:
    steps = 10 if name == "tiny-yolo" else 24
    plain = dataclasses.replace(TrainConfig("", ()).augment, plain=1.0)
    config = small(
        discs, model=name, epochs=0, steps=steps, augment=plain, sizes=(64,), val=str(discs)
    )
    metrics = train(config, tmp_path)
    found = losses(tmp_path)
    assert sum(found[-4:]) < 0.85 * sum(found[:4])
    assert metrics["step"] == steps and 0 <= metrics["ap"] <= 1
    checkpoint = load_checkpoint(tmp_path / "checkpoint.npz", name)
    assert checkpoint.metadata["metrics"] == metrics
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    assert json.loads((tmp_path / "config.json").read_text())["seed"] == 1


def test_the_checkpoint_is_what_was_evaluated(discs: Path, tmp_path: Path) -> None:
    metrics = train(small(discs, val=str(discs)), tmp_path)
    network = network_from(load_checkpoint(tmp_path / "checkpoint.npz"))
    val = load_split(discs, "val", 64)
    from model.training.batches import make_source, plain_batches

    batches = plain_batches(make_source(val, CPU, small(discs)), range(len(val)), 8)
    again = evaluate(network, val, batches)
    assert {key: metrics[key] for key in again} == again


class _StopError(Exception):
    """Interrupts a run in these tests."""


@pytest.mark.parametrize("step", [4, 6])
def test_a_resumed_run_has_the_same_weights(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Interrupted at the end of an epoch and within one."""
    config = small(discs, save_minutes=0.0)
    train(config, tmp_path / "whole")
    learn = Trainer._learn

    def interrupted(self: Trainer, *arguments: Any) -> None:
        if self.step == step:
            raise _StopError
        learn(self, *arguments)

    monkeypatch.setattr(Trainer, "_learn", interrupted)
    with pytest.raises(_StopError):
        train(config, tmp_path / "parts")
    monkeypatch.setattr(Trainer, "_learn", learn)
    assert read_state(tmp_path / "parts" / "state.pt")["step"] == step
    train(config, tmp_path / "parts", resume=True)
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert whole.keys() == parts.keys() and len(whole) > 50
    for key, value in whole.items():
        assert torch.equal(value, parts[key]), key
    files = [tmp_path / run / "checkpoint.npz" for run in ("whole", "parts")]
    one, two = (load_checkpoint(file).arrays for file in files)
    assert all((one[key] == two[key]).all() for key in one)


def test_a_run_goes_on_with_more_epochs_alone(discs: Path, tmp_path: Path) -> None:
    train(small(discs), tmp_path)
    assert read_state(tmp_path / "state.pt")["step"] == 8
    with pytest.raises(ModelError, match="was trained with epochs 2, now 1; expected the same"):
        train(small(discs, epochs=1), tmp_path, resume=True)
    train(small(discs, epochs=3), tmp_path, resume=True)
    state = read_state(tmp_path / "state.pt")
    assert (state["step"], state["epoch"], state["config"]["epochs"]) == (12, 3, 3)
    with pytest.raises(ModelError, match="was trained with epochs 3, now 4"):
        Trainer(small(discs, epochs=4), tmp_path, CPU, resume=True, tensorboard=False, more=False)


def test_pictures_are_held_out_where_none_are_given(discs: Path) -> None:
    """A quarter of the 32, the same for the same seed, and none of them is trained on."""
    sets = [load_data(small(discs, limit=0, hold_out=0.25, seed=s), CPU) for s in (1, 1, 2)]
    names = [({*one.train.paths}, {*one.val.paths}) for one in sets if one.val is not None]
    for train_names, val_names in names:
        assert (len(train_names), len(val_names)) == (24, 8) and not train_names & val_names
    assert names[0] == names[1] != names[2]
    assert sets[0].train.counts == (24,)
    whole = load_split(discs, "train", 64)
    for one in (sets[0].train, sets[0].val):
        assert one is not None
        for row, path in enumerate(one.paths):
            assert (one.boxes[row] == whole.boxes[whole.paths.index(path)]).all()
    both = small(discs, limit=0, hold_out=0.25, val=str(discs))
    assert len(load_data(both, CPU).train) == 32


def test_latent_weights_stay_within_one(discs: Path, tmp_path: Path) -> None:
    train(small(discs, latent_rate=0.5, epochs=1), tmp_path)
    found = [v for k, v in weights(tmp_path).items() if k.endswith("conv.weight")]
    assert len(found) == 9
    assert all(value.abs().max() <= 1 for value in found)


def test_nan_stops_and_keeps_the_last_good_state(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.detection_loss

    def poisoned(*arguments: Any) -> Any:
        found = real(*arguments)
        poisoned.calls += 1
        bad = float("nan") if poisoned.calls > 5 else 1.0
        return dataclasses.replace(found, total=found.total * bad)

    poisoned.calls = 0
    monkeypatch.setattr(module, "detection_loss", poisoned)
    with pytest.raises(ModelError, match=r"the loss is not finite near step 6: stopped; the last "):
        train(small(discs, save_minutes=0.0), tmp_path)
    state = read_state(tmp_path / "state.pt")
    assert state["step"] == 5
    assert all(v.isfinite().all() for v in state["network"].values())
    assert not (tmp_path / "checkpoint.npz").exists()


def test_the_clock_ends_a_run(discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by 1 s a step: in 12 s are 10 steps and a quarter as many of the fit.

    The rate falls with the clock.
    """
    monkeypatch.setattr(Trainer, "clock", lambda self: float(self.step))
    monkeypatch.setattr(End, "measure", lambda self, network, data: None)
    fitted = []
    monkeypatch.setattr(module, "fit_gains_and_shifts", lambda *a: fitted.append(a[3]))
    metrics = train(small(discs, epochs=0, max_minutes=0.2), tmp_path)
    lines = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    rates = [line["rate"] for line in lines]
    assert metrics["step"] == metrics["train_seconds"] == 10 and fitted == [2]
    assert rates[1:] == sorted(rates[1:], reverse=True) and rates[-1] < 0.15 * rates[1]


def test_early_stop(discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    falling = iter([0.5, 0.4, 0.3, 0.2, 0.1])
    real = module.evaluate
    monkeypatch.setattr(module, "evaluate", lambda *a: {**real(*a), "ap": next(falling)})
    config = small(discs, val=str(discs), epochs=9, validate_every=1, patience=2, anneal=0.0)
    metrics = train(config, tmp_path)
    assert metrics["ap"] == 0.5 and metrics["step"] == 4  # of the first epoch
    assert read_state(tmp_path / "state.pt")["epoch"] == 3


def test_patience_begins_with_binary_weights(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 steps the first 20 anneal; the first epoch that ends behind them is the sixth."""
    falling = iter(range(99, 0, -1))
    real = module.evaluate
    monkeypatch.setattr(module, "evaluate", lambda *a: {**real(*a), "ap": next(falling) / 100})
    config = small(discs, val=str(discs), epochs=10, validate_every=1, patience=2, anneal=0.5)
    train(config, tmp_path)
    assert read_state(tmp_path / "state.pt")["epoch"] == 7


def test_full_precision_has_nothing_to_turn_into_signs(discs: Path, tmp_path: Path) -> None:
    """Patience counts from its first evaluation on."""
    made = Trainer(small(discs, model="tiny-yolo"), tmp_path, CPU, tensorboard=False)
    assert (made.anneal, float(made.lean.sharpness)) == (0.0, 1.0)


@pytest.mark.parametrize("anneal", [0.0, 0.5])
def test_weights_turn_into_signs(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anneal: float
) -> None:
    sharpness = []
    real = module.TrainingNetwork.forward

    def forward(self: Any, x: torch.Tensor) -> torch.Tensor:
        if not self.fixed:
            sharpness.append(float(self.sharpness))
        return real(self, x)

    monkeypatch.setattr(module.TrainingNetwork, "forward", forward)
    train(small(discs, epochs=0, steps=8, anneal=anneal), tmp_path)
    assert sharpness == ([0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0] if anneal else [1.0] * 8)


@pytest.mark.slow
def test_curriculum_and_teacher(discs: Path, tmp_path: Path) -> None:
    train(small(discs, model="tiny-yolo", epochs=0, steps=2), tmp_path / "full")
    train(
        small(
            discs,
            model="ifq-tinier-yolo",
            epochs=0,
            steps=2,
            init=str(tmp_path / "full" / "state.pt"),
        ),
        tmp_path / "ifq",
    )
    train(
        small(
            discs,
            epochs=0,
            steps=2,
            init=str(tmp_path / "ifq" / "checkpoint.npz"),
            teacher=str(tmp_path / "full" / "checkpoint.npz"),
        ),
        tmp_path / "dupnet",
    )
    anchors = [
        load_checkpoint(tmp_path / run / "checkpoint.npz").anchors
        for run in ("full", "ifq", "dupnet")
    ]
    assert anchors[0] == anchors[1] == anchors[2]


@pytest.mark.slow
def test_two_minutes_on_the_cpu_find_most_faces(tmp_path: Path) -> None:
    """From nothing, on 128 scenes of discs: AP above 0.7 on 64 others (0.87 when written)."""
    make_split(tmp_path, "train", 128, 1)
    make_split(tmp_path, "val", 64, 2)
    config = TrainConfig(
        "dupnet-tinier-yolo",
        (str(tmp_path),),
        val=str(tmp_path),
        steps=800,
        batch=16,
        size=96,
        sizes=(96,),
        preload=True,
        workers=1,
        # what suits few, plain discs; the defaults are those that did better on scenes
        latent_rate=5e-3,
        loss=LossConfig(focal=0.0, match=0.6),
    )
    found = train(config, tmp_path / "run")
    assert found["ap"] > 0.7
    assert found["rate"] > 0.6
