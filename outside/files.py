"""Regular files of bounded size: no pipe, device or endless file is ever waited for."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

#: What else than a regular file a name can stand for.
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Unreadable(Exception):  # noqa: N818 (says what the file is)
    """Why a file cannot be read, without its name."""


def open_regular(path: Path, limit: int) -> BinaryIO:
    """A regular file of at most limit bytes, open for reading; Unreadable says why not."""
    try:
        _check(os.stat(path), limit)  # before it is opened: a device may act on that
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    except ValueError as error:  # a NUL in the name, or what the locale cannot write
        raise Unreadable(f"not a name of a file ({error})") from error
    try:
        _check(os.fstat(number), limit)  # it may be another one by now
        return os.fdopen(number, "rb")
    except BaseException:
        os.close(number)
        raise


def _check(found: os.stat_result, limit: int) -> None:
    for is_kind, name in _KINDS:
        if is_kind(found.st_mode):
            raise Unreadable(name)
    if found.st_size > limit:
        raise Unreadable(f"{found.st_size:,} bytes; at most {limit:,} are read")


def read_bytes(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most limit bytes; Unreadable says why not."""
    with open_regular(path, limit) as file:
        try:
            content = file.read(limit + 1)
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error
    if len(content) > limit:
        raise Unreadable(f"more than {limit:,} bytes")
    return content


def read_text(path: Path, limit: int) -> str:
    """UTF-8 text of a regular file, a byte order mark left out; Unreadable says why not."""
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 text (byte {error.start}: {error.reason})") from error
