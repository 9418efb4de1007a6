"""Stages of a long command, a line each; what they print goes into a file.

On a terminal the latest line of a stage is shown while it runs, and is gone when it ends.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from outside.log import Log
from outside.progress import Progress

_WIDTH = 10


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
        terminal = sys.stdout.isatty()
        with (
            self.log.open("a", encoding="utf-8", errors="replace") as file,
            Progress(f"  {name}") if terminal else contextlib.nullcontext() as progress,
        ):
            file.write(f"--- {name}\n")
            with contextlib.redirect_stdout(Log(file, progress)):
                yield
