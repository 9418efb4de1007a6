"""Files written whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from flows.errors import FlowError

MIN_FREE_BYTES = 200 << 20


def write_text(path: Path, text: str) -> None:
    """Write text by way of a temporary file, so that a half-written one never looks whole."""
    temporary = _part(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise FlowError(f"{path}: cannot be written: {_reason(error)}") from error


def write_npy(path: Path, array: Any) -> None:
    """Write a .npy file by way of a temporary file."""
    temporary = _part(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.save(file, array)
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise FlowError(f"{path}: cannot be written: {_reason(error)}") from error


@contextlib.contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` when the block ends without error.

    Until then the old one stays as it was. Neither is ever there in part: the old one is deleted
    under another name, and what a kill leaves is deleted by the next run.
    """
    work, old = _part(folder), folder.with_name(folder.name + ".old")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        yield work
        shutil.rmtree(old, ignore_errors=True)
        if folder.is_dir():
            os.replace(folder, old)
        os.replace(work, folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise FlowError(f"{folder}: cannot be written: {_reason(error)}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _part(path: Path) -> Path:
    if not path.name:
        raise FlowError(f"{path}: a folder; expected the name of a file to write")
    return path.with_name(path.name + ".part")


def _reason(error: OSError) -> str:
    # a file where a folder is needed shows as one that exists
    return "Not a directory" if isinstance(error, FileExistsError) else str(error.strerror)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def read_frames(path: Path, shape: tuple[int, int, int]) -> Any:
    """(N, H, W, C) uint8 frames of a .npy file (one frame (H, W, C) will do)."""
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FlowError(f"{path}: not a readable .npy file ({error})") from error
    if not isinstance(array, np.ndarray):
        raise FlowError(f"{path}: not a .npy file of one array")
    if array.ndim == 3:
        array = array[None]
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[1:] != shape or not len(array):
        raise FlowError(
            f"{path}: has shape {array.shape} and type {array.dtype}; the network takes "
            f"(N, {shape[0]}, {shape[1]}, {shape[2]}) uint8"
        )
    return array


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
