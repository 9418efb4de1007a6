"""JSON of unknown origin, field by field: of the type and in the range expected, or an error.

The board has no library of schemas; this is as much of one as ``accelerator.json`` needs.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

#: Longest text, and how much of a wrong value an error shows.
MAX_TEXT, SHOWN = 200, 40
_WORD = re.compile("0x[0-9a-fA-F]{1,8}")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]*")


class FieldError(ValueError):
    """A field that is missing, of another type or out of range; the text names it."""


def parse(text: str) -> Any:
    """The value of a JSON text; FieldError for what is none. NaN and infinities are none."""

    def constant(name: str) -> Any:
        raise FieldError(f"{name}: expected a finite number")

    try:
        return json.loads(text, parse_constant=constant)
    except FieldError:
        raise
    except RecursionError:
        raise FieldError("nested too deep") from None
    except ValueError as error:
        raise FieldError(f"no JSON: {error}") from None


class Fields:
    """The fields of a JSON object. where: its own name, for errors."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise FieldError(f"{where or 'the file'}: {_shown(data)}; expected an object")
        self._data = data
        self._where = where

    def names(self) -> list[str]:
        """The fields' names."""
        return list(self._data)

    def value(self, name: str) -> Any:
        """A field, whatever it is."""
        if name not in self._data:
            raise FieldError(f"no {self._path(name)}")
        return self._data[name]

    def optional(self, name: str) -> Any:
        """A field, None where it is missing."""
        return self._data.get(name)

    def inside(self, name: str) -> Fields:
        """A field that is an object."""
        return Fields(self.value(name), self._path(name))

    def text(self, name: str) -> str:
        """A field that is a printable text."""
        value = self.value(name)
        good = isinstance(value, str) and len(value) <= MAX_TEXT
        if not good or not _PRINTABLE.fullmatch(value):
            raise self.wrong(name, f"a text of {MAX_TEXT} characters at most")
        return str(value)

    def word(self, name: str) -> int:
        """A field that is a number of 32 bits, written as "0x...."."""
        value = self.value(name)
        if not isinstance(value, str) or not _WORD.fullmatch(value):
            raise self.wrong(name, 'a text such as "0x1234abcd"')
        return int(value, 16)

    def number(self, name: str, least: float, most: float) -> float:
        """A field that is a number in a range, both ends included."""
        value = _finite(self.value(name))
        if value is None or not least <= value <= most:
            raise self.wrong(name, f"a number from {least:g} to {most:g}")
        return value

    def integer(self, name: str, least: int, most: int) -> int:
        """A field that is an integer in a range, both ends included."""
        value = self.value(name)
        if not _is_integer(value, least, most):
            raise self.wrong(name, f"an integer from {least} to {most}")
        return int(value)

    def integers(self, name: str, count: int, least: int, most: int) -> tuple[int, ...]:
        """A field that is a list of so many integers in a range."""
        value = self.value(name)
        good = isinstance(value, list) and len(value) == count
        if not good or not all(_is_integer(v, least, most) for v in value):
            raise self.wrong(name, f"{count} integers from {least} to {most}")
        return tuple(value)

    def numbers(self, name: str, counts: tuple[int, ...]) -> tuple[float, ...]:
        """A field that is a list of finite numbers, of one of the lengths."""
        value = self.value(name)
        found = [_finite(v) for v in value] if isinstance(value, list) else []
        if len(found) not in counts or None in found:
            wanted = " or ".join(map(str, dict.fromkeys(counts)))
            raise self.wrong(name, f"{wanted} finite numbers")
        return tuple(v for v in found if v is not None)

    def objects(self, name: str, most: int) -> list[Fields]:
        """A field that is a list of at most so many objects."""
        value = self.value(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name, f"at most {most} objects")
        return [Fields(each, f"{self._path(name)}[{at}]") for at, each in enumerate(value)]

    def some_integers(self, name: str, count: int, least: int, most: int) -> tuple[int, ...]:
        """A field that is a list of at most so many integers in a range."""
        value = self.value(name)
        good = isinstance(value, list) and len(value) <= count
        if not good or not all(_is_integer(v, least, most) for v in value):
            raise self.wrong(name, f"at most {count} integers from {least} to {most}")
        return tuple(value)

    def texts(self, name: str, least: int, most: int) -> tuple[str, ...]:
        """A field that is a list of so many printable texts."""
        value = self.value(name)
        found = value if isinstance(value, list) and least <= len(value) <= most else [None]
        if not all(isinstance(text, str) and _PRINTABLE.fullmatch(text) for text in found):
            raise self.wrong(name, f"{least} to {most} texts")
        return tuple(found)

    def rows(self, name: str, width: int, most: int) -> list[tuple[float, ...]]:
        """A field that is a list of 1 to most lists of so many positive numbers."""
        value = self.value(name)
        found = value if isinstance(value, list) and 1 <= len(value) <= most else [None]
        rows = []
        for row in found:
            numbers = [_finite(v) for v in row] if isinstance(row, list) else []
            if len(numbers) != width or any(v is None or v <= 0 for v in numbers):
                raise self.wrong(name, f"1 to {most} lists of {width} positive numbers")
            rows.append(tuple(v for v in numbers if v is not None))
        return rows

    def wrong(self, name: str, expected: str) -> FieldError:
        """The error that names a field and its value."""
        return FieldError(f"{self._path(name)}: {_shown(self.value(name))}; expected {expected}")

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def _is_integer(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _finite(value: Any) -> float | None:
    """A number as a float; None for what is none, or no finite one."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**SHOWN:
        return "a number of many digits"
    text = json.dumps(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
