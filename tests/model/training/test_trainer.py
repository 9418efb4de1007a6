"""Runs on small scenes: it learns, resumes exactly, and stops when it must."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from folders import make_split

from model.checkpoint import load_checkpoint, network_from
from model.errors import ModelError
from model.training import trainer as module
from model.training.batches import load_data
from model.training.cli import main
from model.training.config import TrainConfig
from model.training.data import load_split
from model.training.ending import End
from model.training.loss import LossConfig
from model.training.state import read_state
from model.training.trainer import Trainer
from model.training.validate import evaluate

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("discs")
    make_split(folder, "train", 32, 1)
    make_split(folder, "val", 16, 2)
    return folder


def small(discs: Path, **changes: Any) -> TrainConfig:
    base = TrainConfig(
        "dupnet-tinier-yolo",
        (str(discs),),
        epochs=2,
        batch=4,
        limit=16,
        hold_out=0.0,
        size=64,
        sizes=(32, 64),
        workers=0,
        log_every=1,
        warmup=2,
        settle=4,
    )
    return dataclasses.replace(base, **changes)


def train(config: TrainConfig, out: Path, resume: bool = False) -> dict[str, Any]:
    return Trainer(config, out, CPU, resume=resume, tensorboard=False).run()


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


def run(*arguments: str) -> int:
    return main([*arguments, "--device", "cpu", "--workers", "0", "--no-tensorboard"])


def test_the_command(discs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--model", "ifq-tinier-yolo", "--data", str(discs / "train"), "--val"]
    arguments += [str(discs / "val"), "--steps", "2", "--batch", "4", "--size", "64", "--sizes"]
    arguments += ["32,64", "--out", str(tmp_path / "run"), "--set", "loss.focal=0"]
    assert run(*arguments, "--set", "augment.zoom=0.5,1.5") == 0
    output = capsys.readouterr().out
    assert "seed 1" in output and "detection rate" in output and "wrote" in output
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    assert f"next: make evaluate MODEL=ifq-tinier-yolo CHECKPOINT={checkpoint} DATA=" in output
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["loss"]["focal"] == 0 and config["augment"]["zoom"] == [0.5, 1.5]
    assert config["commit"] and len(config["anchors"]) == 5
    assert run(*arguments) == 1
    assert "holds a run already; expected --resume or a new folder" in capsys.readouterr().err
    assert run(*arguments, "--resume", "--set", "augment.zoom=0.4,2.0", "--rate", "0.1") == 1
    assert "was trained with augment" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--model": "yolo"}, "unknown network 'yolo'"),
        ({"--data": "nowhere"}, "nowhere: no such folder; expected one in WIDER FACE's layout"),
        ({"--data": "EMPTY"}, "no split 'train' of WIDER FACE here"),
        ({"--val": "EMPTY"}, "no split 'val' of WIDER FACE here"),
        ({"--init": "none.npz"}, "none.npz: no such file"),
        ({"--init": "EMPTY/text.npz"}, "truncated or not a checkpoint"),
        ({"--teacher": "EMPTY/text.pt"}, "not a state of training"),
        ({"--steps": "0"}, "no end of the training; expected epochs, steps or max_minutes"),
        ({"--sizes": "100"}, "size is 100; expected a multiple of 32 up to 4096"),
        ({"--hold-out": "1"}, "hold_out is 1.0; expected 0 to less than 1"),
        ({"--data": "a:0"}, "--data a:0: weight 0; expected more than 0"),
        ({"--set": "augment.mosaic=0.6,0.6"}, "mosaic is (0.6, 0.6); expected shares of 2 x 2"),
        ({"--hold": "1"}, "hold is 1.0; expected 0 to less than 1"),
        ({"--batch": "0"}, "batch is 0; expected 1 or more"),
        ({"--rate": "-1"}, "rate is -1.0; expected more than 0"),
        ({"--latent-rate": "nan"}, "latent_rate is nan; expected 0 or more"),
        ({"--decay": "nan"}, "decay is nan; expected 0 or more"),
        ({"--max-minutes": "nan"}, "max_minutes is nan; expected 0 or more"),
        ({"--set": "loss.focal=nan"}, "focal is nan; expected finite numbers"),
        ({"--set": "augment.zoom=1,inf"}, "zoom is (1.0, inf); expected finite numbers"),
        ({"--set": "loss.gamma=1"}, "--set loss.gamma=1: unknown field; expected one of loss."),
        ({"--set": "loss.focal=x"}, "--set loss.focal=x: unreadable value"),
        ({"--set": "loss.target=all"}, "unreadable value (iou or one)"),
    ],
)
def test_bad_input_is_named(
    discs: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    message: str,
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for name in ("text.npz", "text.pt"):
        (empty / name).write_text("not a checkpoint")
    values = {"--model": "dupnet-tinier-yolo", "--data": str(discs), "--steps": "1"}
    values |= {"--out": str(tmp_path / "run"), "--size": "64", "--sizes": "64", **changes}
    arguments = [part.replace("EMPTY", str(empty)) for pair in values.items() for part in pair]
    assert run(*arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_a_checkpoint_of_another_network_as_state(discs: Path, tmp_path: Path) -> None:
    train(small(discs, epochs=0, steps=1), tmp_path)
    with pytest.raises(ModelError, match="was trained with model 'dupnet-tinier-yolo', now 'ifq-"):
        train(small(discs, epochs=0, steps=1, model="ifq-tinier-yolo"), tmp_path, resume=True)
    content = (tmp_path / "state.pt").read_bytes()
    (tmp_path / "state.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=r"state.pt: (truncated or )?not a state of training"):
        train(small(discs, epochs=0, steps=1), tmp_path, resume=True)


def test_faces_too_small_to_learn_are_refused(tmp_path: Path) -> None:
    make_split(tmp_path, "train", 4, 1, (512, 512))
    with pytest.raises(ModelError, match="split 'train' has no face of 8 pixels or more"):
        train(small(tmp_path), tmp_path / "run")


def test_too_few_faces_for_the_anchors_are_refused(tmp_path: Path) -> None:
    make_split(tmp_path, "train", 2, 1)
    count = len(load_split(tmp_path, "train", 64).face_sizes())
    assert 0 < count < 5
    with pytest.raises(ModelError) as error:
        train(small(tmp_path), tmp_path / "run")
    assert str(error.value) == (
        f"{tmp_path}: split 'train' has {count} faces of 8 pixels or more; expected at least 5, "
        "one for each anchor"
    )


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
