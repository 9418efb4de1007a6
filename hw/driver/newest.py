"""The newest picture of a camera: a thread reads, so that who comes late never gets an old one."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any

#: Seconds that a thread may take to its end: a camera's read lasts until the next picture.
PATIENCE = 5.0


def newest(source: Generator[Any, None, None], notes: list[str]) -> Generator[Any, None, None]:
    """Of a source's pictures always the newest one, each at most once, as long as it goes on.

    A thread takes them as they come; those that another one follows before they are asked for are
    dropped, and counted in notes at the end. What the source raises is raised here, behind the
    picture that waits. Closed, or at its end, the source is not read any more.
    """
    reader = _Reader(source)
    try:
        while True:
            picture = reader.take()
            if picture is None:
                return
            yield picture
    finally:
        reader.stop()
        if reader.dropped:
            notes.append(
                f"{reader.dropped} pictures came while others were worked on and were dropped for "
                "newer ones"
            )


class _Reader:
    """The thread, and the picture that waits."""

    def __init__(self, source: Generator[Any, None, None]) -> None:
        self.dropped = 0
        self._source = source
        self._changed = threading.Condition()
        self._picture: Any = None
        self._error: BaseException | None = None
        self._ended = self._stopped = False
        self._thread = threading.Thread(target=self._run, name="newest picture", daemon=True)
        self._thread.start()

    def take(self) -> Any:
        """The picture that waits, or the next one; None at the end."""
        with self._changed:
            while self._picture is None and not self._ended:
                self._changed.wait()
            picture, self._picture = self._picture, None
            if picture is None and self._error is not None:
                raise self._error
            return picture

    def stop(self) -> None:
        """Let the thread end behind the read that is under way."""
        self._stopped = True
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for picture in self._source:
                with self._changed:
                    if self._stopped:
                        break
                    self.dropped += self._picture is not None
                    self._picture = picture
                    self._changed.notify()
            self._source.close()
        except BaseException as raised:
            error = raised
        with self._changed:
            self._error, self._ended = error, True
            self._changed.notify()
