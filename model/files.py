"""Files read within limits, and files that are either complete or not there."""

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
