"""Commands on a board: the copy, killed anywhere; the names that PYNQ has for boards."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flows.errors import FlowError
from flows.run.remote import Remote, check_board
from hw.boards import load_board

#: What the copy calls, each once at least.
CALLED = ("rm", "mkdir", "tar", "mv")
#: A command of the copy that dies at the call that the file ``kill`` counts down to; a deletion
#: has deleted one file by then.
DYING = """#!/bin/sh
left=$(($(cat {home}/kill) - 1)); echo $left >{home}/kill
if [ $left = 0 ]; then
  for last; do :; done
  if [ {name} = rm ]; then {path} -f "$(find "$last" -type f | head -n 1)"; fi
  kill -9 $PPID; exit 1
fi
exec {path} "$@"
"""


class Said(Remote):
    """A healthy board of the UltraScale+ family that says this of itself."""

    def __init__(self, **facts: str) -> None:
        super().__init__("root@board")
        self.facts = {"machine": "aarch64", "python": "True", "numpy": "yes", "pynq": "yes"} | facts

    def run(self, command: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        lines = "".join(f"{key}={value}\n" for key, value in self.facts.items())
        return subprocess.CompletedProcess([], 0, lines.encode(), b"")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home that a stand-in for ssh runs its commands in."""
    folder, tools = tmp_path / "home", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    (tools / "ssh").write_text(
        f'#!/bin/sh\nfor last; do :; done\nexport HOME={folder}\ncd {folder}\nexec sh -c "$last"\n'
    )
    (tools / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_copy_that_is_killed_leaves_the_old_folder_the_new_one_or_none(
    tmp_path: Path, home: Path
) -> None:
    for name in ("old/a", "old/b", "new/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (home / "bin").mkdir()
    for name in CALLED:
        script = DYING.format(home=home, name=name, path=shutil.which(name))
        (home / "bin" / name).write_text(script)
        (home / "bin" / name).chmod(0o755)
    (home / ".bash_profile").write_text(f"export PATH={home}/bin:$PATH\n")
    place, old, new = home / "dupnet" / "tiny", {"a", "b"}, {"c"}
    remote, call, killed = Remote("board"), 0, True
    while killed:
        call += 1
        (home / "kill").write_text("0")
        remote.copy(tmp_path / "old", "dupnet/tiny")  # whatever the last kill has left
        assert names(home / "dupnet") == {f"tiny/{name}" for name in old}
        (home / "kill").write_text(str(call))
        try:
            remote.copy(tmp_path / "new", "dupnet/tiny")
            killed = False
        except FlowError:
            assert not place.exists() or names(place) in (old, new)
    assert names(home / "dupnet") == {f"tiny/{name}" for name in new}
    assert call > len(CALLED)


@pytest.mark.parametrize(
    ("board", "says"),
    [
        ("KV260_SOM", "KV260"),
        ("KV260_SOM", "KV260_SOM"),
        ("Ultra96-V2", "Ultra96"),
        ("ZCU104", "zcu104"),
        ("ZCU104", ""),
    ],
)
def test_a_board_is_known_by_the_name_that_pynq_gives_it(board: str, says: str) -> None:
    check_board(Said(board=says), load_board(board))


@pytest.mark.parametrize(
    ("board", "says", "expected"),
    [
        ("Ultra96-V2", "KV260", "is a KV260, not a Ultra96-V2: deploy with BOARD=KV260_SOM"),
        (
            "KV260_SOM",
            "Ultra96",
            "is a Ultra96, not a KV260_SOM: deploy with BOARD=Ultra96 or BOARD=Ultra96-V2",
        ),
        ("KV260_SOM", "zcu104", "is a zcu104, not a KV260_SOM: deploy with BOARD=ZCU104"),
        ("KV260_SOM", "KR260", "is a KR260, not a KV260_SOM: wrong host"),
    ],
)
def test_only_boards_that_there_are_are_advised(board: str, says: str, expected: str) -> None:
    with pytest.raises(FlowError, match=expected):
        check_board(Said(board=says), load_board(board))
