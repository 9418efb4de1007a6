"""Stages: a line each, what they print in a file, a failure that names it."""

import io
import sys

from dupnet.stages import Stages
from outside import progress


def talkative(status):
    print("a long table\nits last line")
    return status


def test_a_line_a_stage(tmp_path, capsys):
    stages = Stages(tmp_path / "demo.log")
    assert stages.run("build", lambda: talkative(0)) == 0
    assert stages.run("rtlsim", lambda: talkative(0)) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["build", "rtlsim"]
    assert (out.count(" s\n"), err) == (2, "")
    table = "a long table\nits last line\n"
    assert stages.log.read_text() == f"--- build\n{table}--- rtlsim\n{table}"


def test_a_stage_that_fails_names_the_file(tmp_path, capsys):
    stages = Stages(tmp_path / "demo.log")
    assert stages.run("build", lambda: talkative(3)) == 3
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"build failed; what it printed: {tmp_path / 'demo.log'}\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_the_latest_line_until_the_end(tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(progress, "MOVES", 0)
    Stages(tmp_path / "demo.log").run("build", lambda: talkative(0))
    shown, cleared = terminal.getvalue().split("its last line, 0 s")
    assert shown.endswith("\r  build: ")
    assert cleared.endswith("\r  build         0.0 s\n")
