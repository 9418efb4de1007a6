"""Rows of a section: each a figure with its unit, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measurement. value: None where nothing was measured, then note says why.

    ratio: value / that of the row named ``against`` (filled in by ``with_ratios``).
    """

    what: str
    value: float | None
    unit: str
    note: str = ""
    ratio: float | None = None
    against: str = ""


@dataclass(frozen=True)
class Section:
    """The findings of one section. facts: what the figures depend on (machine, versions, inputs).

    details: more than people are shown, for the JSON file. columns, cells: a table of several
    figures a row in place of rows; a cell is shown as it stands.
    """

    name: str
    title: str
    rows: list[Row]
    facts: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Section":
        """The inverse of ``to_json``; TypeError or KeyError for other data."""
        return cls(**{**data, "rows": [Row(**row) for row in data["rows"]]})


@dataclass(frozen=True)
class Options:
    """The command line's options. work: folder for what a section builds; jobs: yosys at a time."""

    work: Path
    frames: int = 3
    finn_hlslib: Path | None = None
    jobs: int = 1


def missing(what: str, reason: str) -> Row:
    """A row without a figure."""
    return Row(what, None, "", reason)


def with_ratios(rows: Sequence[Row], against: str) -> list[Row]:
    """Rows with their ratio to the row named against, where both have a figure of one unit."""
    base = next((row for row in rows if row.what == against), None)
    result = []
    for row in rows:
        ratio = None
        if base is not None and base.value and row.value is not None and row.unit == base.unit:
            ratio = row.value / base.value
        fields = {**asdict(row), "ratio": ratio, "against": against if ratio is not None else ""}
        result.append(Row(**fields))
    return result


def _figure(row: Row) -> str:
    """A value with its unit; whole numbers in full."""
    if row.value is None:
        return "not measured"
    whole = float(row.value).is_integer() and abs(row.value) < 1e15
    number = f"{int(row.value):,}" if whole else f"{row.value:,.4g}"
    return f"{number} {row.unit}"


def _ratio(row: Row) -> str:
    return "" if row.ratio is None else f"{row.ratio:,.3g} x"


def markdown(section: Section) -> str:
    """A section as Markdown: its title, a table, its facts."""
    lines = [f"### {section.title} (`{section.name}`)", ""]
    if section.cells:
        lines += [f"| {' | '.join(section.columns)} |", "|---" * len(section.columns) + "|"]
        lines += [f"| {' | '.join(cells)} |" for cells in section.cells]
    else:
        lines += ["| | | ratio | |", "|---|---|---|---|"]
    for row in section.rows:
        lines.append(f"| {row.what} | {_figure(row)} | {_ratio(row)} | {row.note} |")
    lines += ["", *(f"- {name}: {value}" for name, value in section.facts.items())]
    return "\n".join(lines) + "\n"


def table(section: Section) -> str:
    """Text of a section for people."""
    lines = [f"{section.title}"]
    lines += [f"  {name}: {value}" for name, value in section.facts.items()]
    for cells in _aligned([section.columns, *section.cells]) if section.cells else ():
        lines.append(f"  {cells}")
    widest = max((len(row.what) for row in section.rows), default=0)
    for row in section.rows:
        line = f"  {row.what:{widest}}  {_figure(row):>22}  {_ratio(row):>10}  {row.note}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
