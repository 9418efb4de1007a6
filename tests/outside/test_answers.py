"""``--json``: the result alone on the standard output, whatever else is printed."""

import json
import os

import pytest

from outside.answers import Answer, add_json
from outside.arguments import Parser
from outside.command import parser_of, run_command

DATA = {"rate": float("nan"), "of": [1, float("inf"), "ü"], "ok": True}


def command(words, file=False, status=0):
    def action(_):
        print("working")
        os.system("echo a child")
        return Answer(DATA, status)

    parser = Parser(prog="python -m x")
    add_json(parser, file=file)
    return run_command(parser, action, words)


@pytest.mark.parametrize("file", [False, True])
def test_nothing_else_is_printed(capfd, file):
    assert command(["--json"], file, status=3) == 3
    out, err = capfd.readouterr()
    assert json.loads(out) == {"rate": None, "of": [1, None, "ü"], "ok": True}
    assert err == "working\na child\n"


def test_without_it_all_is_for_people(capfd):
    assert command([]) == 0
    out, err = capfd.readouterr()
    assert (sorted(out.splitlines()), err) == (["a child", "working"], "")


def test_a_file(capfd, tmp_path):
    path = tmp_path / "new" / "x.json"
    assert command(["--json", str(path)], file=True) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["of"] == [1, None, "ü"]
    assert "working\n" in capfd.readouterr().out
    (tmp_path / "file").write_text("")
    assert command(["--json", str(tmp_path / "file" / "x.json")], file=True) == 1
    assert "x.json: cannot be written (Not a directory)" in capfd.readouterr().err


def test_an_error_leaves_the_output_empty(capfd):
    def action(_):
        raise ValueError

    parser = Parser(prog="python -m x")
    add_json(parser)
    assert run_command(parser, action, ["--json"]) == 70
    assert capfd.readouterr().out == ""


def test_the_parser_of_a_command():
    ran = []
    parser = Parser(prog="python -m x")
    assert parser_of(lambda words: run_command(parser, ran.append, words)) is parser
    assert ran == []
    with pytest.raises(ValueError, match="has no parser"):
        parser_of(lambda words: 0)
