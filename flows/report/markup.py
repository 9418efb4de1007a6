"""Pieces of HTML: escaped text, numbers, tables, sections. Cells and bodies are HTML already."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = '<span class="none">&ndash;</span>'
"""A cell without a value."""


def text(value: object) -> str:
    """Value as text, escaped for content and for attributes in double quotes."""
    return html.escape(str(value))


def code(value: object) -> str:
    """Value escaped, as a name of file, node or key."""
    return f"<code>{text(value)}</code>"


def number(value: float | None, decimals: int = 0) -> str:
    """Number with separators of thousands; a dash for None."""
    return NOTHING if value is None else f"{value:,.{decimals}f}"


def percent(share: float | None, decimals: int = 0) -> str:
    """Share 0..1 as a percentage; a dash for None."""
    return NOTHING if share is None else f"{100 * share:.{decimals}f}&#8239;%"


def meter(share: float, label: str) -> str:
    """A bar of share (0..1) with its label at the right."""
    width = 100 * min(max(share, 0.0), 1.0)
    bar = f'<span class="track"><span style="width:{width:.1f}%"></span></span>'
    return f'<span class="meter">{bar}<span class="of">{label}</span></span>'


@dataclass(frozen=True)
class Column:
    """Head of a column (plain text). align: "left" or "right"; hint: shown beneath the title."""

    title: str
    align: str = "right"
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """Cells (HTML) of one row; style: CSS class, "" for none."""

    cells: Sequence[str]
    style: str = ""


def table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    foot: Sequence[Row] = (),
    groups: Sequence[tuple[str, int]] = (),
) -> str:
    """A table that scrolls sideways where the page is narrow.

    groups: titles (HTML) above the columns with the number of columns each spans.
    """
    head = "".join(
        f'<th scope="col" class="{column.align}">{text(column.title)}'
        + (f'<span class="hint">{text(column.hint)}</span>' if column.hint else "")
        + "</th>"
        for column in columns
    )
    above = "".join(
        f'<th colspan="{span}" class="group{"" if title else " empty"}">{title}</th>'
        for title, span in groups
    )
    parts = [f"<tr>{above}</tr>" if groups else "", f"<tr>{head}</tr>"]
    result = f"<thead>{''.join(parts)}</thead><tbody>{_rows(columns, rows)}</tbody>"
    if foot:
        result += f"<tfoot>{_rows(columns, foot)}</tfoot>"
    return f'<div class="scroll"><table>{result}</table></div>'


def _rows(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        cells = "".join(
            f'<td class="{column.align}">{cell}</td>'
            for column, cell in zip(columns, row.cells, strict=True)
        )
        style = f' class="{row.style}"' if row.style else ""
        lines.append(f"<tr{style}>{cells}</tr>")
    return "\n".join(lines)


def note(body: str, style: str = "") -> str:
    """A paragraph of explanation. style "warning" sets it apart."""
    return f'<p class="note {style}">{body}</p>' if style else f'<p class="note">{body}</p>'


def section(identifier: str, title: str, *parts: str) -> str:
    """A section of the page under a heading."""
    body = "\n".join(part for part in parts if part)
    return f'<section id="{identifier}"><h2>{text(title)}</h2>\n{body}\n</section>'


def figure(content: str, caption: str) -> str:
    """A chart under its caption (HTML)."""
    return f'<figure><figcaption>{caption}</figcaption><div class="scroll">{content}</div></figure>'
