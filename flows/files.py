"""Files of the flow: read within limits, written whole or not at all."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from flows.errors import FlowError
from outside.reader import Reader
from outside.whole import reason, whole_folder, write_whole

#: Reads what comes from outside; whatever is wrong with it is a FlowError.
READER = Reader(FlowError)

MIN_FREE_BYTES = 200 << 20


def write_text(path: Path, text: str) -> None:
    """Write text by way of a temporary file, so that a half-written one never looks whole."""
    write_file(path, lambda file: file.write(text.encode("utf-8", "surrogateescape")))


def write_npy(path: Path, array: Any) -> None:
    """Write a .npy file by way of a temporary file."""
    write_file(path, lambda file: np.save(file, array))


def write_model(path: Path, model: Any) -> None:
    """Write an ONNX model."""
    write_file(path, lambda file: file.write(model.SerializeToString()))


def write_file(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file that fill writes, whole or not at all."""
    if not path.name:
        raise FlowError(f"{path}: a folder; expected the name of a file to write")
    try:
        write_whole(path, fill)
    except OSError as error:
        raise FlowError(f"{path}: cannot be written: {reason(error)}") from error


@contextlib.contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` when the block ends without error.

    Until then the old one stays as it was. Neither is ever there in part: the old one is deleted
    under another name, and what a kill leaves is deleted by the next run.
    """
    try:
        with whole_folder(folder) as work:
            yield work
    except OSError as error:
        raise FlowError(f"{folder}: cannot be written: {reason(error)}") from error


def sha256(path: Path) -> str:
    """SHA-256 of a file, by which a report or a build's state names it."""
    return hashlib.sha256(READER.data(path)).hexdigest()


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Work in a folder that no other process works in; it is waited for, with a word.

    The lock is the file ``.lock`` in it, and is free again when its process ends, however it ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise FlowError(f"{folder}: {reason(error)}") from error
    try:
        with contextlib.suppress(OSError):  # of drives that know no locks
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{folder}: another process builds in it; waiting", flush=True)
                fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def check_space(folder: Path) -> None:
    """FlowError if the disk that folder is on is nearly full."""
    parent = folder
    while not parent.exists():
        parent = parent.parent
    free = shutil.disk_usage(parent).free
    if free < MIN_FREE_BYTES:
        raise FlowError(
            f"{folder}: {free >> 20} MiB left on the disk; at least {MIN_FREE_BYTES >> 20} needed"
        )
