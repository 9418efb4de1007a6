"""The obstacles that keep a file from being built, all at once and each with its node."""

import contextlib
import re
from collections.abc import Iterator

from flows.errors import FlowError
from flows.remedies import remedy

_NODE = re.compile(r"^node (\S+) \(\w+\)")


class Obstacles:
    """Collects what would end a build, so that a user sees the whole of it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._nodes: set[str] = set()

    def add(self, text: str) -> None:
        """Note an obstacle; of each node the first is kept, for what follows may come of it."""
        found = _NODE.match(text)
        name = found.group(1) if found else ""
        if text in self.texts or (name and name in self._nodes):
            return
        self._nodes.add(name)
        self.texts.append(text)

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """A FlowError that the block raises is noted, and the block ends."""
        try:
            yield
        except ObstaclesError as error:
            for text in error.texts:
                self.add(text)
        except FlowError as error:
            self.add(str(error))

    def check(self) -> None:
        """Raise what was noted, if anything was."""
        if self.texts:
            raise ObstaclesError(self.texts)


class ObstaclesError(FlowError):
    """Obstacles of one file. texts: what each is, without what to do."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = list(texts)
        super().__init__("\n".join(_lines(texts)))


def _lines(texts: list[str]) -> list[str]:
    if len(texts) == 1:
        return [texts[0], *_what_to_do(texts[0], "  ")]
    lines = [f"{len(texts)} things stand in the way:"]
    for number, text in enumerate(texts, 1):
        lines += [f"  {number}. {text}", *_what_to_do(text, "     ")]
    return lines


def _what_to_do(text: str, indent: str) -> list[str]:
    found = remedy(text)
    return [f"{indent}what to do: {found}"] if found else []
