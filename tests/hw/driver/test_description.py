"""accelerator.json: there and back, and what is not one."""

import json
from pathlib import Path
from typing import Any

import pytest

from hw.driver import AcceleratorError, Description, find_bitfile, read_description
from hw.driver.description import find_description
from tests.hw.driver.fake_bus import DESCRIPTION


def test_there_and_back() -> None:
    assert Description.from_json(DESCRIPTION.to_json()) == DESCRIPTION
    assert DESCRIPTION.input.frame_bytes == 48
    assert DESCRIPTION.output.frame_bytes == 96


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", None),
        ("build_id", 7),
        ("clock_mhz", "fast"),
        ("registers", []),
        ("detection", {"anchors": [1]}),
        ("input", {"shape": [4, 4], "dtype": "uint8", "scale": [1], "bias": [0]}),
        ("input", {"shape": [4, 0, 3], "dtype": "uint8", "scale": [1], "bias": [0]}),
        ("output", {"shape": [2, 2, 12], "dtype": "int64", "scale": [1], "bias": [0]}),
        ("output", {"shape": [2, 2, 12], "dtype": "int8", "scale": [1, 2], "bias": [0]}),
    ],
)
def test_something_else_is_refused_by_name(tmp_path: Path, key: str, value: Any) -> None:
    data = json.loads(DESCRIPTION.to_json())
    if value is None:
        del data[key]
    else:
        data[key] = value
    path = tmp_path / "accelerator.json"
    path.write_text(json.dumps(data))
    with pytest.raises(AcceleratorError, match=r"accelerator\.json: not an accelerator's"):
        read_description(path)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "\x00"])
def test_what_is_no_json_of_ours_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accelerator.json"
    path.write_text(text)
    with pytest.raises(AcceleratorError, match="not an accelerator's description"):
        read_description(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AcceleratorError, match=r"x\.json: no such file"):
        read_description(tmp_path / "x.json")
    with pytest.raises(AcceleratorError, match="cannot be read"):
        read_description(tmp_path)


def test_files_are_found_where_deploy_puts_them(tmp_path: Path) -> None:
    bitfile = tmp_path / "bitfile" / "a.bit"
    with pytest.raises(AcceleratorError, match="no bitfile; expected one"):
        find_bitfile(tmp_path)
    with pytest.raises(AcceleratorError, match=r"a\.bit: no such file; expected a bitfile"):
        find_description(bitfile)
    bitfile.parent.mkdir()
    bitfile.write_text("")
    with pytest.raises(AcceleratorError, match=r"no accelerator\.json beside it"):
        find_description(bitfile)
    (tmp_path / "accelerator.json").write_text("")
    assert find_description(bitfile) == tmp_path / "accelerator.json"
    assert find_bitfile(tmp_path) == bitfile
    (bitfile.parent / "b.bit").write_text("")
    with pytest.raises(AcceleratorError, match="2 bitfiles; expected one"):
        find_bitfile(tmp_path)
