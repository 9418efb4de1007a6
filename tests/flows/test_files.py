"""A folder that is written anew: the old one or the new one, whenever the process is killed."""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows.errors import FlowError
from flows.files import check_space, fresh_folder

#: What renames and deletes.
CALLS = ("rename", "replace", "unlink", "rmdir")


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text(name)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def killed_at(call: int, folder: Path) -> bool:
    """Write the folder anew in a process that dies at one of its calls; whether it did."""
    child = os.fork()
    if not child:
        done = [0]

        def counted(work: Callable[..., Any]) -> Callable[..., Any]:
            def run(*arguments: Any, **options: Any) -> Any:
                done[0] += 1
                if done[0] == call:
                    os.kill(os.getpid(), signal.SIGKILL)
                return work(*arguments, **options)

            return run

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        with fresh_folder(folder) as work:
            fill(work, "c")
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_kill_leaves_the_old_folder_the_new_one_or_none(tmp_path: Path) -> None:
    old, new = {"a/file", "b/file"}, {"c/file"}
    folder, call, killed = tmp_path / "deploy", 0, True
    while killed:
        call += 1
        with fresh_folder(folder) as work:  # whatever the last kill has left
            fill(work, "a", "b")
        assert names(tmp_path) == {f"deploy/{name}" for name in old}
        killed = killed_at(call, folder)
        assert not folder.exists() or names(folder) in (old, new)
    assert names(tmp_path) == {f"deploy/{name}" for name in new}
    assert call > len(old) + 2


def test_a_file_in_the_way_stays(tmp_path: Path) -> None:
    (tmp_path / "deploy").write_text("mine")
    with (
        pytest.raises(FlowError, match="deploy: cannot be written"),
        fresh_folder(tmp_path / "deploy") as work,
    ):
        fill(work, "a")
    assert names(tmp_path) == {"deploy"}


@pytest.mark.parametrize(("missing", "refused"), [(0, False), (1, True)])
def test_as_much_space_as_is_needed_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: int, refused: bool
) -> None:
    """200 MiB, on the disk of the nearest folder that there is."""
    usage = SimpleNamespace(free=(200 << 20) - missing)
    asked = []
    monkeypatch.setattr("flows.files.shutil.disk_usage", lambda at: asked.append(at) or usage)
    expected = pytest.raises(FlowError, match="199 MiB left on the disk; at least 200 needed")
    with expected if refused else contextlib.nullcontext():
        check_space(tmp_path / "not" / "yet")
    assert asked == [tmp_path]
