"""Colours and tables for people: where there is a terminal that takes them, else plain text."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TextIO

_ERROR = re.compile(r"\Aerror: ")


def has_colours(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal that is asked for colours (https://no-color.org)."""
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


def coloured(text: str, stream: TextIO | None) -> str:
    """The text of an error, its first word red where the stream has colours."""
    return _ERROR.sub("\x1b[1;31merror:\x1b[0m ", text) if has_colours(stream) else text


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO) -> str:
    """A table: drawn by rich where the stream is a terminal, else columns of plain text.

    Columns of numbers (digits, commas and points alone) stand to the right.
    """
    right = [all(re.fullmatch(r"[\d,.]+", row[at]) for row in rows) for at in range(len(columns))]
    if not has_colours(stream):
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        lines = [
            "  ".join(
                text.rjust(width) if to_right else text.ljust(width)
                for text, width, to_right in zip(row, widths, right, strict=True)
            ).rstrip()
            for row in (columns, *rows)
        ]
        return "\n".join(lines) + "\n"
    from rich import box
    from rich.console import Console
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, header_style="bold")
    for name, to_right in zip(columns, right, strict=True):
        made.add_column(name, justify="right" if to_right else "left")
    for row in rows:
        made.add_row(*row)
    console = Console(file=stream)
    with console.capture() as capture:
        console.print(made)
    return capture.get()
