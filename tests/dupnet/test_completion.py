"""``dupnet completion``: the scripts complete commands, options and names in a real shell."""

import shutil
import subprocess

import pytest

from dupnet import completion
from dupnet.commands import COMMANDS

_TRY = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p dupnet | sed 's/.*-F \\([^ ]*\\).*/\\1/')
"$function" dupnet "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def parser():
    return completion.whole_parser()


@pytest.fixture(scope="module")
def script(parser, tmp_path_factory):
    import shtab

    path = tmp_path_factory.mktemp("completion") / "dupnet.bash"
    path.write_text(shtab.complete(parser, "bash"))
    return path


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("dupnet bo", {"boards", "board-sim"}),
        ("dupnet build --bo", {"--board"}),
        ("dupnet build --board ZCU", {"ZCU102", "ZCU104", "ZCU111"}),
        ("dupnet config --network dupnet-t", {"dupnet-tinier-yolo"}),
        ("dupnet rtlsim --stal", {"--stalls"}),
        ("dupnet evaluate ne", {"network"}),
        ("dupnet completion f", {"fish"}),
    ],
)
def test_bash(script, typed, completed):
    words = ["bash", "-c", _TRY, "bash", str(script), *typed.split(" ")]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert set(found.stdout.split()) == completed, found.stderr


def test_every_shell_knows_every_command(parser):
    import shtab

    for shell in completion.SHELLS:
        text = shtab.complete(parser, shell)
        assert all(name in text for name in COMMANDS)
        if shutil.which(shell):
            subprocess.run([shell, "-n"], input=text, text=True, check=True)


def test_it_is_printed(parser, monkeypatch, capsys):
    monkeypatch.setattr(completion, "whole_parser", lambda: parser)
    assert completion.main(["bash"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(" dupnet")
