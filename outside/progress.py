"""How far a long piece of work has come: a line that moves on a terminal, else one now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

#: Seconds from one line to the next where there is no terminal, and from one state of the moving
#: line to the next.
LINES, MOVES = 10.0, 0.1
#: Characters of the moving line.
_WIDTH = 78


class Progress:
    """Call it with what is being done; nothing is shown of work that takes less than ``LINES``
    seconds without a terminal.

    name: what begins every line. stream: default standard output. clock: seconds.
    """

    def __init__(
        self, name: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._stream, self._clock = name, stream or sys.stdout, clock
        self._moves = self._stream.isatty()
        self._began = self._shown = clock()
        self._is_open = False

    def __call__(self, text: str) -> None:
        """Say what is being done now."""
        now = self._clock()
        if now - self._shown < (MOVES if self._moves else LINES):
            return
        self._shown = now
        line = f"{self._name}: {text.strip()}, {round(now - self._began)} s"
        if self._moves:
            print(f"\r{line[:_WIDTH]:{_WIDTH}}", end="", file=self._stream, flush=True)
            self._is_open = True
        else:
            print(line, file=self._stream, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the moving line away."""
        if self._is_open:
            print(f"\r{'':{_WIDTH}}\r", end="", file=self._stream, flush=True)


def silent(text: str) -> None:
    """Progress that nobody asked for."""
