"""Biases are tuned for precision, and nothing else is touched."""

from pathlib import Path

import numpy as np
import pytest
from folders import make_split
from numpy.typing import NDArray

from model.build import build
from model.checkpoint import load_checkpoint, save_checkpoint
from model.errors import ModelError
from model.training import tune_biases as module
from model.training.assign import FACE, IGNORED
from model.training.data import PictureSet, load_split
from model.training.tune_biases import Precision, climb, main

SIZE = 64
ANCHORS = [(1.0, 1.0), (0.5, 0.5)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tuned")
    make_split(made, "train", 6, 1)
    make_split(made, "val", 4, 2)
    return made


def outputs(side: float, score: float) -> NDArray[np.float32]:
    """A box of the first anchor in the middle of the first cell, and none beside it."""
    found = np.full((1, 2, 2, 12), -9.0, np.float32)
    found[..., 2:4] = 0.0
    found[0, 0, 0, [0, 1, 2, 3, 4, 5]] = [0.0, 0.0, side, side, score, 9.0]
    return found


def faces(kind: int = FACE) -> PictureSet:
    boxes = np.array([[[0.0, 0.0, 32.0, 32.0]]], np.float32)
    return PictureSet([Path("a.jpg")], SIZE, boxes, np.array([[kind]], np.int8))


def test_the_precision_is_that_of_boxes_with_the_biases_added() -> None:
    """A box of 80 x 80 about (16, 16) on a face of 32 x 32: clipped 56 x 56, IoU 0.33; by hand."""
    precision = Precision(outputs(np.log(2.5), 3.0), faces(), ANCHORS)
    moved = np.zeros(12, np.float32)
    assert precision(moved) == 0.0
    moved[2] = -np.log(2.5)  # 32 x 56: IoU 0.57
    assert precision(moved) == 1.0
    moved[4] = -9.0  # below the least score: no box at all
    assert precision(moved) == 0.0
    nothing = Precision(outputs(0.0, 3.0), faces(IGNORED), ANCHORS)
    assert nothing(np.zeros(12, np.float32)) == 0.0


def test_climbing_ends_where_no_step_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hill of two biases, whose top is between steps; the others make no difference."""

    class Hill(Precision):
        asked = 0

        def __init__(self) -> None:
            super().__init__(outputs(0.0, 3.0), faces(), ANCHORS)

        def __call__(self, moved: NDArray[np.float32]) -> float:
            self.asked += 1
            return 1.0 - abs(float(moved[2]) + 0.17) - abs(float(moved[10]) - 0.5)

    monkeypatch.setattr(module, "STEPS", {"t_w": 0.1, "t_o": 0.2})
    hill = Hill()
    moved, first, best = climb(hill, 2)
    assert first == pytest.approx(1 - 0.17 - 0.5)
    assert moved[2] == pytest.approx(-0.15) and moved[10] == pytest.approx(0.5)
    assert best == pytest.approx(hill(moved)) and np.count_nonzero(moved) == 2


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.npz", tmp_path / "new.npz"
    save_checkpoint(old, build("dupnet-tinier-yolo", 3), {"metrics": {"ap": 0.9}, "seed": 3})
    arguments = ["--checkpoint", str(old), "--data", str(folder), "--out", str(new)]
    arguments += ["--size", str(SIZE), "--passes", "1", "--val", str(folder)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "AP of the 6 pictures" in printed and f"wrote {new}" in printed
    one, two = load_checkpoint(old), load_checkpoint(new)
    changed = {key for key in one.arrays if not np.array_equal(one.arrays[key], two.arrays[key])}
    assert changed <= {"conv9.bias_codes"}
    tuned = two.metadata["tuned"]
    codes = two.arrays["conv9.bias_codes"].astype(int) - one.arrays["conv9.bias_codes"].astype(int)
    assert np.array_equal(codes, np.round(np.array(tuned["moved"]) * 2048).astype(int))
    assert tuned["of"] == one.digest and tuned["ap"][1] >= tuned["ap"][0]
    assert two.metadata["metrics"]["pictures"] == 4 and two.metadata["seed"] == 3
    assert len(load_split(folder, "train", SIZE)) == tuned["pictures"] == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--checkpoint": "none.npz"}, "none.npz: cannot be read"),
        ({"--data": "nowhere"}, "nowhere: no such folder"),
        ({"--val": "nowhere"}, "nowhere: no such folder"),
        ({"--passes": "0"}, "0 passes, 0 pictures; expected 1 or more passes"),
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


def test_full_precision_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="tiny-yolo is full precision"):
        module.tune_biases(build("tiny-yolo", 1), load_split(folder, "train", SIZE), 1)
