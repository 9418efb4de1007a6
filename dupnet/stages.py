"""Stages of a long command, a line each; what they print goes into a file.

On a terminal the latest line of a stage is shown while it runs, and is gone when it ends.
"""

import contextlib
import io
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

#: Seconds between two updates of the line on a terminal.
_EVERY = 0.2
_WIDTH = 10


class _Log(io.TextIOBase):
    """Takes the standard output of a stage: into the file, the latest line onto the terminal."""

    def __init__(self, file: IO[str], name: str, terminal: IO[str] | None) -> None:
        self._file, self._name, self._terminal = file, name, terminal
        self._shown_at = 0.0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Append to the file."""
        self._file.write(text)
        now = time.monotonic()
        line = text.strip().rpartition("\n")[2]
        if self._terminal is not None and line and now - self._shown_at >= _EVERY:
            self._shown_at = now
            width = shutil.get_terminal_size().columns - 1
            shown = f"  {self._name:{_WIDTH}} {line}"[:width]
            self._terminal.write(f"\r\x1b[K{shown}")
            self._terminal.flush()
        return len(text)

    def flush(self) -> None:
        """Of the file."""
        self._file.flush()


class Stages:
    """Runs stages one after another. log: the file that all of them print to."""

    def __init__(self, log: Path) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")

    def run(self, name: str, work: Callable[[], int]) -> int:
        """Run one stage, print its name and seconds; returns its status.

        A stage that fails has said why on the standard error; the file is named there too.
        """
        began = time.monotonic()
        with self._captured(name):
            status = work()
        if status:
            print(f"{name} failed; what it printed: {self.log}", file=sys.stderr, flush=True)
        else:
            print(f"  {name:{_WIDTH}} {time.monotonic() - began:6.1f} s", flush=True)
        return status

    @contextlib.contextmanager
    def _captured(self, name: str) -> Iterator[None]:
        terminal = sys.stdout if sys.stdout.isatty() else None
        with self.log.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"--- {name}\n")
            try:
                with contextlib.redirect_stdout(_Log(file, name, terminal)):
                    yield
            finally:
                if terminal is not None:
                    terminal.write("\r\x1b[K")
                    terminal.flush()
