"""The log of a stage of long work: all that is printed, and its latest line as progress."""

import contextlib
import io
from collections.abc import Iterator
from typing import TextIO

from outside.progress import Progress


class Log(io.TextIOBase):
    """Takes what is printed: into the file, the latest line to the progress, where there is one."""

    def __init__(self, file: TextIO, progress: Progress | None) -> None:
        self._file, self._progress = file, progress

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Append to the file."""
        self._file.write(text)
        line = text.strip().rpartition("\n")[2]
        if self._progress is not None and line:
            self._progress(line)
        return len(text)

    def flush(self) -> None:
        """Of the file."""
        self._file.flush()


@contextlib.contextmanager
def printed_into(file: TextIO, progress: Progress | None = None) -> Iterator[None]:
    """Send the standard output and the standard error of the block to the file."""
    log = Log(file, progress)
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        yield
