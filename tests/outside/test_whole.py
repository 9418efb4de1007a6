"""Files and folders that are whole or not there, with several writers at once."""

import contextlib
import errno
import multiprocessing
import os
import resource
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from outside.whole import new_folder, reason, whole_folder, write_whole


def write(path, letter, times):
    for _ in range(times):
        write_whole(path, lambda file: file.write(letter * 100_000))


def fill(folder, letter, times):
    for _ in range(times):
        with whole_folder(folder) as work:
            for index in range(5):
                (work / f"{index}").write_bytes(letter * 100)


@pytest.mark.parametrize("work", [write, fill])
def test_two_writers_at_once(tmp_path, work):
    context = multiprocessing.get_context("fork")
    place = tmp_path / "x"
    children = [
        context.Process(target=work, args=(place, letter, 40)) for letter in (b"a", b"b", b"c")
    ]
    for child in children:
        child.start()
    while any(child.is_alive() for child in children):
        if work is write and place.exists():
            content = place.read_bytes()
            assert len(content) == 100_000
            assert len(set(content)) == 1
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert os.listdir(tmp_path) == ["x"]
    if work is fill:
        assert sorted(os.listdir(place)) == ["0", "1", "2", "3", "4"]
        assert len({(place / name).read_bytes() for name in os.listdir(place)}) == 1


def test_a_folder_that_leaves_while_it_is_looked_at(tmp_path, monkeypatch):
    """Another writer moves the old folder away between one look at the name and the next."""
    look = Path.stat

    def leaving(path, **how):
        there = look(path, **how)
        if path == tmp_path / "x":
            shutil.rmtree(path)
        return there

    fill(tmp_path / "x", b"a", 1)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", leaving)
        fill(tmp_path / "x", b"b", 1)
    assert (tmp_path / "x" / "0").read_bytes() == b"b" * 100
    assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize("folder", [False, True])
def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_has_is_not(tmp_path, folder):
    def hang(path):
        if folder:
            with whole_folder(path) as work:
                (work / "half").write_text("half")
                time.sleep(60)
        write_whole(path, lambda file: (file.write(b"half"), file.flush(), time.sleep(60)))

    child = multiprocessing.get_context("fork").Process(target=hang, args=(tmp_path / "x",))
    child.start()
    while not os.listdir(tmp_path):
        time.sleep(0.01)
    time.sleep(0.1)
    again = fill if folder else write
    again(tmp_path / "x", b"a", 1)
    assert len(os.listdir(tmp_path)) == 2
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    again(tmp_path / "x", b"a", 1)
    assert os.listdir(tmp_path) == ["x"]


def test_an_error_leaves_what_was_there(tmp_path):
    write(tmp_path / "x", b"a", 1)
    fill(tmp_path / "y", b"a", 1)
    with pytest.raises(KeyError):
        write_whole(tmp_path / "x", lambda file: {}["a"])
    with pytest.raises(KeyError), whole_folder(tmp_path / "y") as work:
        (work / "half").write_text("")
        raise KeyError
    assert (tmp_path / "x").read_bytes() == b"a" * 100_000
    assert len(os.listdir(tmp_path / "y")) == 5
    assert sorted(os.listdir(tmp_path)) == ["x", "y"]


def test_a_new_folder_never_takes_the_place_of_another(tmp_path):
    with new_folder(tmp_path / "x") as work:
        (work / "a").write_text("a")
        assert not (tmp_path / "x").exists()
        fill(tmp_path / "x", b"a", 1)
    assert sorted(os.listdir(tmp_path / "x")) == ["0", "1", "2", "3", "4"]
    assert os.listdir(tmp_path) == ["x"]
    with pytest.raises(KeyError), new_folder(tmp_path / "y") as work:
        raise KeyError
    with pytest.raises(NotADirectoryError), new_folder(tmp_path / "z") as work:
        (tmp_path / "z").write_text("")
    assert sorted(os.listdir(tmp_path)) == ["x", "z"]


def test_a_file_of_the_longest_name(tmp_path):
    write(tmp_path / ("é" * 127), b"a", 1)
    assert os.listdir(tmp_path) == ["é" * 127]


@contextlib.contextmanager
def full_disk():
    """The limit on a file's size is the full disk that every test can have."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_no_space(tmp_path):
    write(tmp_path / "x", b"a", 1)
    with full_disk(), pytest.raises(OSError) as caught:
        write(tmp_path / "x", b"b", 1)
    assert caught.value.errno == errno.EFBIG
    assert os.listdir(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"a" * 100_000


@pytest.mark.parametrize(
    ("fill_with", "said"),
    [
        (lambda old, new: (new / "big").write_bytes(b"a" * 100_000), "File too large"),
        (lambda old, new: shutil.copytree(old, new / "copy"), "File too large: '"),
        (lambda old, new: np.save(new / "a", np.zeros(100_000)), "not all could be written (1000"),
        (lambda old, new: (old / "x").mkdir(), "Not a directory"),
    ],
)
def test_what_a_full_disk_is_called(tmp_path, fill_with, said):
    """Of the ways to write some lose what the system said, or keep it elsewhere."""
    (tmp_path / "old").mkdir()
    write(tmp_path / "old" / "x", b"a", 1)
    with full_disk(), pytest.raises(OSError) as caught, whole_folder(tmp_path / "new") as work:
        fill_with(tmp_path / "old", work)
    assert reason(caught.value).startswith(said)
    assert os.listdir(tmp_path) == ["old"]


def test_a_file_within_a_folder_that_is_being_filled(tmp_path):
    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)  # it once waited for the folder's own lock, for ever
    try:
        with whole_folder(tmp_path / "folder") as work:
            write_whole(work / "a", lambda file: file.write(b"1"))
            write_whole(work / "inner" / "b", lambda file: file.write(b"2"))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert (tmp_path / "folder" / "a").read_bytes() == b"1"
    assert (tmp_path / "folder" / "inner" / "b").read_bytes() == b"2"
