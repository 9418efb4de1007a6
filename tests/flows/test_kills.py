"""Killed at any moment, twice at once, out of space: nothing half-made is taken for finished."""

import errno
import json
import os
import random
import re
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.sequence import STEPS
from tests import killing
from tests.flows.flow import small_network, write_config
from tests.killing import ended, small_files

NET = small_network()


#: What differs from run to run: times, logs, a lock, and the model that names the folder.
SKIPPED = {"build.log", "time_per_step.json", "build_state.json", ".lock", "generate_rtl.onnx"}


def made(folder: Path) -> dict[str, bytes]:
    """Content of all that a build leaves but its times, logs and caches, by name."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in SKIPPED
        and not any(part.endswith("-cache") for part in path.parts)
    }
    name = "report/verify_import.json"
    if name in found:
        found[name] = re.sub(rb'"seconds": [0-9.]+', b"", found[name])
    return found


def start(arguments: Sequence[object], change: Callable[[], None] = lambda: None) -> int:
    return killing.start(main, arguments, change)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """Files of an undisturbed build, and the seconds that it takes."""
    path = write_config(tmp_path_factory.mktemp("whole"), NET, target_fps=1000)
    began = time.monotonic()
    assert ended(start(["build", path])) == 0
    return made(path.parent / "build"), time.monotonic() - began


def killed(arguments: Sequence[object], seconds: float) -> bool:
    """Run a command and kill it, and all that it has started; whether it was still running."""
    return killing.kill(start(arguments), seconds)


def check_build_after(path: Path, expected: dict[str, bytes]) -> None:
    """A killed build is not taken for a whole one; the next one is right."""
    build = Build.load(path)
    if build.is_current():
        assert list(build.state().steps) == list(STEPS)
        assert made(build.folder) == expected
    assert ended(start(["build", path, "--if-changed"])) == 0
    assert build.is_current()
    assert made(build.folder) == expected


@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_a_killed_build(tmp_path: Path, whole: tuple[dict[str, bytes], float], kills: int) -> None:
    expected, seconds = whole
    path = write_config(tmp_path, NET, target_fps=1000)
    moments = random.Random(kills)
    for number in range(kills):
        restart = ["--start", "set_folding"] if number % 2 and Build.load(path).is_current() else []
        killed(["build", path, *restart], moments.uniform(0.05, 1.2) * seconds)
        check_build_after(path, expected)


def test_a_build_killed_while_it_writes_the_rtl_again(
    tmp_path: Path, whole: tuple[dict[str, bytes], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_config(tmp_path, NET, target_fps=1000)
    assert main(["build", str(path)]) == 0
    monkeypatch.setattr("flows.build.steps.generate_rtl._write_memories", lambda *a: killing.die())
    assert ended(start(["build", path, "--start", "generate_rtl"])) == -signal.SIGKILL
    monkeypatch.undo()
    assert not Build.load(path).is_current()
    check_build_after(path, whole[0])


def test_two_builds_at_once(tmp_path: Path, whole: tuple[dict[str, bytes], float]) -> None:
    path = write_config(tmp_path, NET, target_fps=1000)
    children = [start(["build", path]) for _ in range(3)]
    assert [ended(child) for child in children] == [0, 0, 0]
    assert made(path.parent / "build") == whole[0]


def test_no_space_is_one_line_and_the_next_build_is_right(
    tmp_path: Path, whole: tuple[dict[str, bytes], float], capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_config(tmp_path, NET, target_fps=1000)
    assert ended(start(["build", path], small_files)) == 1
    said = capfd.readouterr().err
    assert said.count("error: ") == 1
    assert "Traceback" not in said
    assert os.strerror(errno.EFBIG) in said
    check_build_after(path, whole[0])


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root may write everywhere: the refusal is put into the one place that makes files."""

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    path = write_config(tmp_path, NET, target_fps=1000)
    monkeypatch.setattr("outside.whole.tempfile.mkstemp", refuse)
    assert main(["build", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Read-only file system" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "result"),
    [("rtlsim", "rtlsim_performance"), ("cppsim", "cppsim"), ("emulate", "emulation")],
)
def test_a_killed_execution(tmp_path: Path, command: str, result: str) -> None:
    path = write_config(tmp_path, NET, target_fps=1000)
    assert main(["build", str(path)]) == 0
    np.save(tmp_path / "x.npy", NET.frames(2))
    arguments = [command, path, "--input", tmp_path / "x.npy", "--output", tmp_path / "y.npy"]
    began = time.monotonic()
    assert ended(start(arguments)) == 0
    seconds, expected = time.monotonic() - began, np.load(tmp_path / "y.npy")
    moments = random.Random(1)
    for _ in range(10):
        (tmp_path / "y.npy").unlink(missing_ok=True)
        if killed(arguments, moments.uniform(0.02, 1.1) * seconds):
            kept = tmp_path / "build" / "report" / f"{result}.json"
            if kept.exists():
                json.loads(kept.read_text(encoding="utf-8"))
            if (tmp_path / "y.npy").exists():
                assert np.array_equal(np.load(tmp_path / "y.npy"), expected)
        assert ended(start(arguments)) == 0
        assert np.array_equal(np.load(tmp_path / "y.npy"), expected)
