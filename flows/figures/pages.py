"""Pages in which figures stand between marks, and what is put there.

    <!-- figure: hardware.clocks -->1,576,982<!-- /figure -->     a value of the record "hardware"
    <!-- table: hardware.operators -->                            a table, with its source below
    <!-- /table -->

Marks are comments, so that a page reads the same with and without this module.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from flows.errors import FlowError
from flows.figures.records import Record, said

_FIGURE = re.compile(r"(<!-- figure: ([\w.-]+) -->)(.*?)(<!-- /figure -->)", re.DOTALL)
_TABLE = re.compile(r"(<!-- table: ([\w.-]+) -->\n)(.*?)(^<!-- /table -->)", re.DOTALL | re.M)
_OPEN, _CLOSE = re.compile(r"<!-- (?:figure|table): "), re.compile(r"<!-- /(?:figure|table) -->")
#: A whole number that is written with commas.
_LONG = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?!,?\d|\.\d)")

LONG = 10_000
"""Whole numbers from here on are told from others that happen to be equal."""


def pages(root: Path) -> list[Path]:
    """README and the pages of docs, below the repository's folder."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def render(page: str, text: str, records: Mapping[str, Record]) -> str:
    """The text with every figure and table put in anew; page: its name, for errors."""
    inside = len(_FIGURE.findall(text)) + len(_TABLE.findall(text))
    if not inside == len(_OPEN.findall(text)) == len(_CLOSE.findall(text)):
        raise FlowError(
            f"{page}: a mark of a figure or table is not closed; expected "
            "<!-- figure: record.name -->...<!-- /figure --> or, each on a line of its own, "
            "<!-- table: record.name --> and <!-- /table -->"
        )

    def figure(match: re.Match[str]) -> str:
        record, name = _named(page, match[2], records)
        if name not in record.values:
            raise FlowError(f"{page}: figure {match[2]}: its record has {_list(record.values)}")
        return f"{match[1]}{said(record.values[name])}{match[4]}"

    def table(match: re.Match[str]) -> str:
        record, name = _named(page, match[2], records)
        if name not in record.tables:
            raise FlowError(f"{page}: table {match[2]}: its record has {_list(record.tables)}")
        lines = [*record.tables[name].markdown(), "", record.source()]
        return match[1] + "\n" + "\n".join(lines) + "\n\n" + match[4]

    return _TABLE.sub(table, _FIGURE.sub(figure, text))


def unmarked(text: str, records: Mapping[str, Record]) -> list[str]:
    """Figures of the records that stand in a page outside of marks: copied by hand."""
    known = {
        said(value)
        for record in records.values()
        for value in record.figures()
        if isinstance(value, int) and value >= LONG
    }
    return sorted(known & set(_LONG.findall(_TABLE.sub("", _FIGURE.sub("", text)))))


def _named(page: str, name: str, records: Mapping[str, Record]) -> tuple[Record, str]:
    """The record of "record.name", and the name."""
    first, _, rest = name.partition(".")
    if first not in records:
        raise FlowError(f"{page}: {name}: no record {first}; docs/figures has {_list(records)}")
    return records[first], rest


def _list(names: Mapping[str, object]) -> str:
    return ", ".join(names) or "none"
