"""Files that others have made: read whole, within limits, or an error of one line."""

from __future__ import annotations

import os
import stat
import tokenize
from typing import Any

import numpy as np

from .errors import AcceleratorError

#: What the header of a .npy file of other hands makes NumPy raise.
_FAULTS = (
    *(OSError, ValueError, EOFError, SyntaxError, TypeError, KeyError, OverflowError),
    tokenize.TokenError,
)


def check_regular(path: str, expected: str, limit: int | None) -> None:
    """AcceleratorError unless the path is a file of at most so many bytes: no pipe, no device.

    expected: for the message, what should be there.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise AcceleratorError(f"{path}: no such file; {expected}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise AcceleratorError(f"{path}: cannot be read ({reason})") from None
    if stat.S_ISDIR(status.st_mode):
        raise AcceleratorError(f"{path}: is a folder; {expected}")
    if not stat.S_ISREG(status.st_mode):
        raise AcceleratorError(f"{path}: is no file but a pipe or a device; {expected}")
    if limit is not None and status.st_size > limit:
        raise AcceleratorError(f"{path}: {status.st_size:,} bytes; expected at most {limit:,}")


def read_bytes(path: str, expected: str, limit: int) -> bytes:
    """A file's content; AcceleratorError as in ``check_regular``, or where it cannot be read."""
    check_regular(path, expected, limit)
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "no memory for it"
        raise AcceleratorError(f"{path}: cannot be read ({reason})") from None


def utf8_text(path: str, expected: str, limit: int) -> str:
    """A file's text, UTF-8; AcceleratorError as in ``read_bytes``, or where it is no text."""
    try:
        return read_bytes(path, expected, limit).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AcceleratorError(
            f"{path}: no text in UTF-8 (byte {error.start}); {expected}"
        ) from None


def load_array(path: str) -> Any:
    """The array in a .npy file; AcceleratorError where it is none or promises more than it has."""
    check_regular(path, "expected a .npy file", None)
    try:
        with open(path, "rb") as file:
            if file.read(6) != b"\x93NUMPY":
                raise ValueError("it begins as another kind of file")
        # mapped: a header that promises more than the file holds asks for no memory
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except _FAULTS as error:
        said = " ".join(str(error).split())[:200]  # NumPy says some things in three lines
        raise AcceleratorError(f"{path}: not a readable .npy file ({said})") from None
    except (MemoryError, RecursionError):
        raise AcceleratorError(f"{path}: not a readable .npy file (no memory for it)") from None
