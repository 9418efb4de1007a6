"""The command line of trainings, and what it refuses: each time in one line, with the reason."""

import json
from pathlib import Path

import pytest
from folders import make_split
from trainer_case import small, train

from model.errors import ModelError
from model.training.cli import main, next_commands
from model.training.config import TrainConfig
from model.training.data import load_split


@pytest.fixture(scope="module")
def discs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("discs")
    make_split(folder, "train", 32, 1)
    make_split(folder, "val", 16, 2)
    return folder


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
    command = f"make evaluate MODEL=ifq-tinier-yolo CHECKPOINT={checkpoint} DATA={discs}\n"
    assert f"wrote {checkpoint}\nnext: {command}" in output
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert f"AP {metrics['ap']:.4f}; {metrics['faces']} faces in 16 pictures\nwrote" in output
    assert "tensorboard" not in output  # --no-tensorboard
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["loss"]["focal"] == 0 and config["augment"]["zoom"] == [0.5, 1.5]
    assert config["commit"] and len(config["anchors"]) == 5
    assert run(*arguments) == 1
    assert "holds a run already; expected --resume or a new folder" in capsys.readouterr().err
    assert run(*arguments, "--resume", "--set", "augment.zoom=0.4,2.0", "--rate", "0.1") == 1
    assert "was trained with augment" in capsys.readouterr().err


def test_what_is_typed_next(discs: Path) -> None:
    def lines(val: str, tensorboard: bool = True) -> list[str]:
        config = TrainConfig(model="m", data=("d",), val=val)
        return next_commands(config, Path("a run"), tensorboard).splitlines()

    evaluate = "next: make evaluate MODEL=m 'CHECKPOINT=a run/checkpoint.npz' DATA="
    assert lines(str(discs))[0] == lines(f"{discs}/val")[0] == f"{evaluate}{discs}"
    assert lines("")[0] == f"{evaluate}FOLDER  (FOLDER: pictures that training has not seen)"
    assert lines(f"{discs}/train")[0] == (
        "next: python -m model.evaluation network '--checkpoint=a run/checkpoint.npz' "
        f"--data={discs} --split=train '--out=a run/evaluation'"
    )
    assert lines("")[1].startswith("      tensorboard --logdir 'a run'  (the curves;")
    assert lines("")[2] == (
        "      --resume, and more of --epochs, --steps or --max-minutes, goes on with this run"
    )
    assert len(lines("", tensorboard=False)) == 2


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
    status = run(*arguments)
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1
    assert status == (2 if error.startswith("error: --") else 1)


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
