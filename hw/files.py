"""Files that the hardware library reads from outside, and what it writes whole or not at all."""

from pathlib import Path

from hw.errors import HardwareError
from outside.reader import Reader
from outside.whole import reason, write_whole

#: Reads what comes from outside; whatever is wrong with it is a HardwareError.
READER = Reader(HardwareError)


def write_changed(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only if its content is another one."""
    if path.is_file() and path.read_bytes() == content:
        return
    write_whole(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write text whole or not at all; HardwareError where the file cannot be written."""
    try:
        write_whole(path, lambda file: file.write(text.encode()))
    except OSError as error:
        raise HardwareError(f"{path}: cannot be written: {reason(error)}") from error
