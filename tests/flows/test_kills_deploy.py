"""A deploy folder whose making was killed, or ran out of space, is the old one or the new one."""

import errno
import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.build.build import Build
from tests import killing

Folder = dict[str, bytes]
#: Of the two that are written, one inside the other's making.
NAMES = ("driver", "deploy")


def content(folder: Path) -> Folder:
    """Files by name; nothing where there is no folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class Place:
    """A copy of the tiny detector's build, with what deploy makes of it."""

    def __init__(self, folder: Path, detector: tuple[Path, Build]) -> None:
        shutil.copytree(detector[0].parent, folder)
        self.build = folder / "build"
        self.arguments = ["deploy", folder / "config.yaml", "--without-bitfile"]
        began = time.monotonic()
        assert main([str(part) for part in self.arguments]) == 0
        self.seconds = time.monotonic() - began
        self.whole = {name: content(self.build / name) for name in NAMES}
        for name in NAMES:
            shutil.rmtree(self.build / name)

    def check(self) -> None:
        """Nothing half-made bears the name of a result."""
        for name in NAMES:
            assert (
                not (self.build / name).exists() or content(self.build / name) == self.whole[name]
            )

    def check_next(self) -> None:
        """The next run is right, and leaves nothing of the killed one's."""
        assert killing.ended(killing.start(main, self.arguments)) == 0
        for name in NAMES:
            assert content(self.build / name) == self.whole[name]
        assert not list(self.build.glob(".*part"))


@pytest.fixture
def place(tmp_path: Path, detector: tuple[Path, Build]) -> Place:
    return Place(tmp_path / "net", detector)


def test_killed_at_each_of_its_files(place: Place) -> None:
    number, status = 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        child = killing.start(main, place.arguments, killing.at_rename(number))
        status = killing.ended(child)
        place.check()
        number += 1
    assert status == 0
    assert number > 8
    place.check_next()


@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_killed_at_random_moments(place: Place, kills: int) -> None:
    moments = random.Random(kills)
    for _ in range(kills):
        killing.kill(
            killing.start(main, place.arguments), moments.uniform(0.0, 1.1) * place.seconds
        )
        place.check()
        place.check_next()


def test_no_space_is_one_line_and_the_next_run_is_right(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    child = killing.start(main, place.arguments, lambda: killing.small_files(1000))
    assert killing.ended(child) == 1
    said = capfd.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1, said
    assert os.strerror(errno.EFBIG) in said
    assert not any((place.build / name).exists() for name in NAMES)
    place.check_next()
