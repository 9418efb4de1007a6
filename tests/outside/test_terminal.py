"""Colours and drawn tables where there is a terminal that wants them, and plain text elsewhere."""

import io

import pytest

from outside.arguments import Parser
from outside.command import run_command
from outside.errors import UserError
from outside.nearest import meant, meant_file, nearest
from outside.terminal import coloured, has_colours, table

COLUMNS, ROWS = ("board", "LUT"), [("a", "5"), ("board-b", "53,200")]


class Terminal(io.StringIO):
    def isatty(self):
        super().isatty()  # an error where it is closed
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_who_gets_colours(monkeypatch):
    closed = Terminal()
    closed.close()
    assert [has_colours(s) for s in (Terminal(), io.StringIO(), None, closed)] == [
        *(True, False, False, False)
    ]
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colours(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Terminal())
    assert coloured("error: x", Terminal()) == "error: x"


def test_an_error_is_red_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    def action(_):
        raise UserError("an error: x")

    assert run_command(Parser(prog="python -m x"), action, []) == 1
    assert terminal.getvalue() == "\x1b[1;31merror:\x1b[0m an error: x\n"


def test_tables():
    assert table(COLUMNS, ROWS, io.StringIO()) == (
        "board       LUT\n"
        "a             5\n"
        "board-b  53,200\n"
    )  # fmt: skip
    drawn = table(COLUMNS, ROWS, Terminal())
    assert "\x1b[1m" in drawn
    assert "─" in drawn
    assert "53,200" in drawn


def test_help_has_colours_on_a_terminal(monkeypatch):
    parser = Parser(prog="python -m x", description="about x")
    parser.add_argument("--board", help="the board")
    plain = parser.format_help()
    monkeypatch.setattr("sys.stdout", Terminal())
    drawn = parser.format_help()
    assert "\x1b[" in drawn
    assert "\x1b[" not in plain
    assert "--board" in drawn


def test_nearest():
    known = ["Pynq-Z1", "ULX3S-85F", "--json"]
    assert [nearest(name, known) for name in ("pynq", "ulx3s_85f", "--jsno", "photo")] == [
        *("Pynq-Z1", "ULX3S-85F", "--json", None)
    ]
    assert meant("pynq", known) == "; did you mean Pynq-Z1?"
    assert meant("photo", known) == ""


def test_a_file_beside_it(tmp_path):
    (tmp_path / "my.yaml").write_text("")
    wanted = f"; did you mean {tmp_path / 'my.yaml'}?"
    assert meant_file(tmp_path / "mine.yaml") == wanted
    assert meant_file(tmp_path / "photo.jpg") == ""
    assert meant_file(tmp_path / "none" / "my.yaml") == ""
