"""Files from outside: regular ones alone, of bounded size, with one line where they are not."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from outside.errors import UserError
from outside.reader import MAX_YAML, Reader
from outside.schema import Document


class MineError(UserError):
    pass


class Settings(Document):
    count: int = Field(description="a number of frames")
    rate: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="a number above 0")
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    clocks: int
    fill: Annotated[dict[str, int], Field(validation_alias="fifo_fill")]


READER = Reader(MineError)


def test_a_document_is_read(tmp_path):
    path = tmp_path / "größe.yaml"
    path.write_bytes("\ufeffcount: 3\nnames: [é]\n".encode())
    assert READER.yaml(path, Settings) == Settings(count=3, names=("é",))
    path.write_text('{"clocks": 1, "fifo_fill": {"a": 2}, "more": null}')
    assert READER.json(path, Figures) == Figures(1, {"a": 2})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("counts: 3", "unknown key counts; did you mean count?"),
        ("count: 3\nxyz: 1", "unknown key xyz; known: count, rate, names"),
        ("rate: 3", "key count is missing"),
        ("count: '3'", "count = '3'; expected a number of frames"),
        ("count: 3.5", "count = 3.5; expected a number of frames"),
        ("count: true", "count = True; expected a number of frames"),
        ("count: 1\nrate: .inf", "rate = inf; expected a number above 0"),
        ("count: 1\nrate: .nan", "rate = nan; expected a number above 0"),
        ("count: 1\nrate: -1", "rate = -1; expected a number above 0"),
        ("count: 2001-01-01", "a value that is no text, number, list or table"),
        ("count: 1\nnames: [1]", "names.0 = 1; expected a valid string"),
        ("- 1", "expected an object"),
        ("count: [", "not readable as YAML: while parsing"),
    ],
)
def test_a_document_that_does_not_fit(tmp_path, text, message):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(MineError) as caught:
        READER.yaml(path, Settings, "write it again")
    said = str(caught.value)
    assert said.startswith(f"{path}: {message}")
    assert said.endswith("; write it again")
    assert "\n" not in said


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = {}
    for path in (
        *(tmp_path / name for name in ("pipe", "socket", "folder", "none", "loop")),
        *(Path("/dev/zero"), Path("/dev/stdin"), tmp_path / ("x" * 300), tmp_path / "a\0b"),
    ):
        for read in (READER.text, READER.npy, READER.data):
            with pytest.raises(MineError) as caught:
                read(path)
        found[path.name[:6]] = str(caught.value).partition(": ")[2]
    assert found["pipe"] == "a named pipe"
    assert found["socket"] == "a socket"
    assert found["folder"] == "a folder"
    assert found["zero"] == "a device"
    assert found["none"] == "No such file or directory"
    assert found["loop"] == "Too many levels of symbolic links"
    assert found["xxxxxx"] == "File name too long"
    assert found["a\0b"].startswith("not a name of a file")


def test_a_file_that_is_too_large_or_no_text(tmp_path):
    path = tmp_path / "c.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_YAML + 1)
    with pytest.raises(MineError, match="65,537 bytes; at most 65,536 are read"):
        READER.yaml(path, Settings)
    path.write_bytes(b"count: \xff")
    with pytest.raises(MineError, match=r"not UTF-8 text \(byte 7: invalid start byte\)"):
        READER.yaml(path, Settings)
    path.write_bytes("count: 1".encode("utf-16"))
    with pytest.raises(MineError, match=r"not UTF-8 text \(byte 0"):
        READER.yaml(path, Settings)
    with pytest.raises(MineError, match="Input/output error"):
        READER.data(Path("/proc/self/mem"))


def test_a_text_that_is_in_no_file():
    assert READER.parse("metadata anchors", "[[1, 2.5]]", list[tuple[float, float]]) == [(1, 2.5)]
    with pytest.raises(MineError, match=r"^metadata anchors: 0\.1 = 'a'; expected a valid number"):
        READER.parse("metadata anchors", '[[1, "a"]]', list[tuple[float, float]])
