"""Files read within limits, and files that are either complete or not there."""

import stat
from pathlib import Path

from model.errors import ModelError
from outside.reader import Reader
from outside.whole import write_whole

#: Reads what comes from outside; whatever is wrong with it is a ModelError.
READER = Reader(ModelError)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside it, then rename: never half a file."""
    try:
        write_whole(path, lambda file: file.write(content))
    except OSError as error:
        raise ModelError(f"{path}: cannot be written ({error.strerror})") from error


def check_regular(path: Path, expected: str, limit: int) -> None:
    """ModelError unless the path is a file of at most `limit` bytes: no folder, pipe or device.

    expected: for the message, what should be there.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file; {expected}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise ModelError(f"{path}: cannot be read ({reason})") from error
    if stat.S_ISDIR(status.st_mode):
        raise ModelError(f"{path}: is a folder; {expected}")
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path}: is no file but a pipe or a device; {expected}")
    if status.st_size > limit:
        raise ModelError(f"{path}: {status.st_size:,} bytes; expected at most {limit:,}")
