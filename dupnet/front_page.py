"""``dupnet --help`` on a terminal: the commands in groups, drawn by rich."""

import sys
from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dupnet.commands import GROUPS

_COMMAND, _FRAME = "bold cyan", "dim"


def front_page(description: str, examples: Mapping[str, str]) -> str:
    """The page, with the terminal's codes for colours. examples: what is typed -> what it does."""
    parts: list[RenderableType] = [
        Text.assemble("\n ", ("Usage: ", "bold"), "dupnet COMMAND ...\n"),
        Text(f" {description}\n"),
    ]
    for title, commands in GROUPS.items():
        parts.append(_panel(title, {command.name: command.help for command in commands}, 12))
    parts.append(_panel("examples", examples, max(map(len, examples))))
    parts.append(_panel("options", {"--version": "the version", "--debug": "tracebacks"}, 12))
    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(Group(*parts))
    return capture.get()


def _panel(title: str, rows: Mapping[str, str], width: int) -> Panel:
    table = Table(box=None, show_header=False, padding=(0, 1), expand=True)
    table.add_column(style=_COMMAND, width=width, no_wrap=True)
    table.add_column(ratio=1)
    for name, what in rows.items():
        table.add_row(name, what)
    return Panel(table, title=title, title_align="left", border_style=_FRAME)
