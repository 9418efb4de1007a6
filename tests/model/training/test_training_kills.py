"""A training that is killed or runs out of space leaves nothing half-made, and resumes exactly."""

import errno
import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from folders import make_split

from model.checkpoint import load_checkpoint
from model.training.cli import main
from model.training.state import read_state
from tests import killing

#: Figures that are times of this machine.
TIMES = {"train_seconds"}


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of a training of eight steps, which writes its state at each and evaluates half-way."""
    folder = tmp_path_factory.mktemp("discs")
    make_split(folder, "train", 8, 1)
    make_split(folder, "val", 4, 2)
    return [
        *("--model", "dupnet-tinier-yolo", "--data", str(folder), "--val", str(folder)),
        *("--epochs", "4", "--batch", "4", "--size", "32", "--sizes", "32", "--workers", "0"),
        *("--warmup", "1", "--settle", "2", "--save-minutes", "0", "--validate-every", "2"),
        *("--device", "cpu", "--no-tensorboard"),
    ]


def one_thread() -> None:
    """A fork has the threads of OpenMP no more; with one the sums have one order, too."""
    torch.set_num_threads(1)


def run(arguments: list[str], out: Path, change: Callable[[], object] = lambda: None) -> int:
    """Train in a fork, in a run folder, resuming what is there; the exit status."""

    def prepare() -> None:
        one_thread()
        change()

    resume = ["--resume"] if (out / "state.pt").exists() else []
    return killing.ended(killing.start(main, [*arguments, "--out", out, *resume], prepare))


def check_whole(out: Path) -> None:
    """A file with the name of a result is one."""
    names = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    assert names <= {"config.json", "state.pt", "checkpoint.npz", "metrics.json", "log.jsonl"}
    if "state.pt" in names:
        read_state(out / "state.pt")
    if "checkpoint.npz" in names:
        load_checkpoint(out / "checkpoint.npz")
    for name in names & {"config.json", "metrics.json"}:
        json.loads((out / name).read_text(encoding="utf-8"))


def result(out: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Arrays of the checkpoint, tensors of the state, and figures."""
    arrays = load_checkpoint(out / "checkpoint.npz").arrays
    state = read_state(out / "state.pt")
    tensors = {**state["network"], **{str(i): v for i, v in enumerate(state["average"]["values"])}}
    figures = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return arrays, tensors, {key: figures[key] for key in figures.keys() - TIMES}


def check_equal(found: Path, expected: Path) -> None:
    """Two runs have the same result, bit for bit."""
    arrays, tensors, figures = result(found)
    right_arrays, right_tensors, right_figures = result(expected)
    assert figures == right_figures
    assert arrays.keys() == right_arrays.keys() and len(arrays) > 40
    assert all(np.array_equal(arrays[key], value) for key, value in right_arrays.items())
    assert tensors.keys() == right_tensors.keys() and len(tensors) > 50
    assert all(torch.equal(tensors[key], value) for key, value in right_tensors.items())


@pytest.fixture(scope="module")
def whole(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of an undisturbed training."""
    out = tmp_path_factory.mktemp("whole") / "run"
    assert run(arguments, out) == 0
    return out


def check_killed(arguments: list[str], out: Path, whole: Path, number: int) -> bool:
    """Kill a training at a rename and let it resume; whether it came to that rename."""
    status = run(arguments, out, killing.at_rename(number))
    check_whole(out)
    if status == -signal.SIGKILL:
        assert run(arguments, out) == 0
        assert not [path for path in out.iterdir() if path.name.startswith(".")]
    check_equal(out, whole)
    return status == -signal.SIGKILL


def test_a_training_that_is_killed_as_it_writes(
    arguments: list[str], whole: Path, tmp_path: Path
) -> None:
    assert check_killed(arguments, tmp_path, whole, 7)


@pytest.mark.slow
def test_a_training_that_is_killed_at_each_of_its_files(
    arguments: list[str], whole: Path, tmp_path: Path
) -> None:
    number = 0
    while check_killed(arguments, tmp_path / str(number), whole, number):
        number += 1
    assert number > 12  # configuration, a state a step, and what two evaluations ship


@pytest.mark.slow
def test_a_training_that_is_killed_at_random_moments(
    arguments: list[str], whole: Path, tmp_path: Path
) -> None:
    began = time.monotonic()
    assert run(arguments, tmp_path / "timed") == 0
    seconds = time.monotonic() - began
    moments = random.Random(1)
    for number in range(4):
        out = tmp_path / str(number)
        for _ in range(4):
            resume = ["--resume"] if (out / "state.pt").exists() else []
            child = killing.start(main, [*arguments, "--out", out, *resume], one_thread)
            killing.kill(child, moments.uniform(0.02, 0.6) * seconds)
            if out.exists():
                check_whole(out)
        assert run(arguments, out) == 0
        check_equal(out, whole)


def test_no_space_is_one_line_and_the_next_training_is_right(
    arguments: list[str], whole: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Enough for the configuration, not for the state."""
    assert run(arguments, tmp_path, lambda: killing.small_files(100_000)) == 1
    said = capfd.readouterr().err
    assert (
        said == f"error: {tmp_path / 'state.pt'}: cannot be written ({os.strerror(errno.EFBIG)})\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json"]
    assert run(arguments, tmp_path) == 0
    check_equal(tmp_path, whole)
