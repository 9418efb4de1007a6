"""Records of measured runs: ``docs/figures/<name>.json``."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from flows.errors import FlowError
from flows.files import READER, write_text
from outside.schema import Document

#: What a cell of a table may be; None leaves it empty.
Cell = int | float | str | None


class Table(Document):
    """A table as a page shows it: a row has as many cells as there are columns."""

    columns: list[str]
    rows: list[list[Cell]]

    def markdown(self) -> list[str]:
        """Lines of Markdown."""
        lines = [self.columns, ["---"] * len(self.columns)]
        lines += [[said(cell) for cell in row] for row in self.rows]
        return [re.sub(r"\|  (?=\|)", "| ", f"| {' | '.join(line)} |") for line in lines]


class Record(Document):
    """One measured run.

    commands: what was run, in the folder of the Makefile. date: YYYY-MM-DD. commit: of the sources,
    with a + where they were changed since. note: what else has to be known. values: named figures,
    rounded as pages show them. tables: named tables.
    """

    commands: list[str] = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}-\d\d-\d\d$", description="expected YYYY-MM-DD")
    commit: str
    note: str = ""
    values: dict[str, int | float | str] = {}
    tables: dict[str, Table] = {}

    def figures(self) -> list[Cell]:
        """All figures, of values and of tables."""
        cells = [cell for table in self.tables.values() for row in table.rows for cell in row]
        return [*self.values.values(), *cells]

    def source(self) -> str:
        """The line below a table that says where it comes from."""
        # builds have folders of their own here; without NAME= the figures are the same
        plain = [re.sub(r" NAME=[\w-]+", "", command) for command in self.commands]
        commands = ", ".join(f"`{command}`" for command in plain)
        note = f" {self.note}" if self.note else ""
        return f"*{commands}; {self.date}, commit `{self.commit}`.{note}*"


def said(value: Cell) -> str:
    """A figure as pages show it: 264,196; 30.4; a text as it is."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,}"


def read_records(folder: Path) -> dict[str, Record]:
    """All records of a folder, by name. FlowError names a file that is none, or a ragged table."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        record = READER.json(path, Record, "python -m flows.figures --measure writes records")
        for name, table in record.tables.items():
            for row in table.rows:
                if len(row) != len(table.columns):
                    raise FlowError(
                        f"{path}: table {name}: a row of {len(row)} cells; expected "
                        f"{len(table.columns)}"
                    )
        found[path.stem] = record
    return found


def write_record(path: Path, record: Record) -> None:
    """Write a record; rows of tables stand in one line each."""
    write_text(path, _text(record.model_dump(exclude_defaults=True)) + "\n")


def _text(value: object, depth: int = 0) -> str:
    """JSON, indented, but lists of plain values in one line."""
    pad, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, Mapping):
        items = [f"{pad}{json.dumps(k)}: {_text(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{end}}}"
    if isinstance(value, list) and any(isinstance(one, list) for one in value):
        rows = [pad + _text(one, depth + 1) for one in value]
        return "[\n" + ",\n".join(rows) + f"\n{end}]"
    return json.dumps(value, ensure_ascii=False)
