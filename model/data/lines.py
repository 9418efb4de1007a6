"""Reading of the line-wise text files of face data sets, with errors that name file and line."""

import math
import os
import re
from pathlib import Path

from model.errors import ModelError
from model.files import READER
from outside.reader import MAX_TOOL

LARGEST = 1e9
"""Greatest number that such a file can mean: what is behind it overflows further on."""


class Lines:
    """The lines of a text file, read one by one; `fail` names the line read last."""

    def __init__(self, path: Path, expected: str) -> None:
        self.path = path
        self.number = 0  # of the line read last, from 1
        if not os.path.exists(path):
            raise ModelError(f"{path}: no such file; expected {expected}")
        text = READER.text(path, f"expected {expected}", MAX_TOOL)
        self._lines = text.splitlines()
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()

    def __len__(self) -> int:
        return len(self._lines)

    def more(self) -> bool:
        """Whether a line is left."""
        return self.number < len(self._lines)

    def peek(self) -> str:
        """The next line, '' behind the last; it stays the next."""
        return self._lines[self.number].strip() if self.more() else ""

    def next(self, expected: str) -> str:
        """The next line without the blanks around it."""
        if not self.more():
            self.number += 1
            raise self.fail(f"the file ends; expected {expected}")
        self.number += 1
        return self._lines[self.number - 1].strip()

    def take(self, count: int, expected: str) -> list[str]:
        """The next `count` lines, blanks around them kept."""
        if self.number + count > len(self._lines):
            self.number = len(self._lines) + 1
            raise self.fail(f"the file ends; expected {expected}")
        self.number += count
        return self._lines[self.number - count : self.number]

    def fail(self, problem: str) -> ModelError:
        """The error to raise about the line read last."""
        return ModelError(f"{self.path}:{self.number}: {problem}")

    def count(self, what: str) -> int:
        """The next line as a number of `what`, 0 or more."""
        text = self.next(f"a number of {what}")
        if not re.fullmatch("[0-9]{1,9}", text):
            raise self.fail(f"{shorten(text)}; expected a number of {what}")
        return int(text)

    def numbers(self, count: int, names: str) -> list[list[float]]:
        """The next `count` lines as numbers up to LARGEST, as many in each as `names` has words."""
        width = len(names.split())
        first = self.number
        expected = f"{count} lines of {names}" if count != 1 else f"1 line of {names}"
        rows = [line.split() for line in self.take(count, expected)]
        try:
            values = [list(map(float, row)) for row in rows]
            good = all(
                len(row) == width and all(abs(value) <= LARGEST for value in row) for row in values
            )
        except ValueError:
            good = False
        if good:
            return values
        for offset, row in enumerate(rows):
            self.number = first + offset + 1
            if len(row) != width:
                raise self.fail(f"{len(row)} values; expected {width}: {names}")
            for text in row:
                if not _is_number(text):
                    raise self.fail(f"{shorten(text)}; expected numbers: {names}")
                if abs(float(text)) > LARGEST:
                    raise self.fail(f"{shorten(text)}; expected {LARGEST:g} at most: {names}")
        raise AssertionError("unreachable: one line is at fault")


def shorten(text: str) -> str:
    """Text of a file in quotes for an error message, at most 40 characters of it."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
