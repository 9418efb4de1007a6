"""accelerator.json: there and back, and what is not one."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hw.driver import AcceleratorError, Description, find_bitfile, read_description
from hw.driver.description import find_description
from hw.driver.files import load_array
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
    with pytest.raises(AcceleratorError, match="is a folder"):
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


def change(path: str, value: Any) -> str:
    """The description's text with one field changed, named as in errors."""
    data = json.loads(DESCRIPTION.to_json())
    *parents, last = path.split(".")
    inside = data
    for key in parents:
        inside = inside[key]
    inside[last] = value
    return json.dumps(data)


BIG = "a number of many digits"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("name", 3, "name: 3; expected a text"),
        ("name", "a\nb", r'name: "a\nb"; expected a text'),
        ("board", "x" * 201, "board: "),
        ("build_id", "1234", "build_id: "),
        ("build_id", "0x123456789", "build_id: "),
        ("build_id", "-0x1", "build_id: "),
        ("build_id", "0x1_0", "build_id: "),
        ("clock_mhz", "100", "clock_mhz: "),
        ("clock_mhz", True, "clock_mhz: true; expected a number from 0.001 to 10000"),
        ("clock_mhz", 0, "clock_mhz: 0; "),
        ("clock_mhz", -100, "clock_mhz: -100; "),
        ("clock_mhz", 10**400, f"clock_mhz: {BIG}; "),
        ("input.shape", [4, 4], "input.shape: [4, 4]; expected 3 integers"),
        ("input.shape", [4.5, 4, 3], "input.shape: "),
        ("input.shape", ["4", "4", "3"], "input.shape: "),
        ("input.shape", [True, 4, 3], "input.shape: "),
        ("input.shape", [-4, -4, 3], "input.shape: "),
        ("input.shape", [2**40, 4, 3], "input.shape: "),
        ("input.shape", [65536, 65536, 3], "input.shape: "),
        ("input.shape", {"0": 4}, "input.shape: "),
        ("input.frame_bytes", 47, "input.frame_bytes: 47; expected 48, by shape and dtype"),
        ("input.dtype", "float32", 'input.dtype: "float32"; expected one of uint8'),
        ("input.dtype", ["uint8"], "input.dtype: "),
        ("output.scale", [], "output.scale: []; expected 1 or 12 finite numbers"),
        ("output.scale", ["1"], "output.scale: "),
        ("output.scale", 1, "output.scale: "),
        ("output.bias", [None], "output.bias: "),
        ("output.bias", [10**400], "output.bias: "),
        ("detection", 3, "detection: 3; expected an object"),
        ("detection.anchors", [], "detection.anchors: "),
        ("detection.anchors", [[1, -1]], "detection.anchors: "),
        ("detection.anchors", [[1, 1, 1]], "detection.anchors: "),
        ("detection.anchors", [[True, 1]], "detection.anchors: "),
        ("detection.anchors", "ab", "detection.anchors: "),
        ("detection.anchors", [[1, 1]] * 1001, "detection.anchors: "),
        ("detection.stride", 0, "detection.stride: 0; expected an integer from 1"),
        ("detection.stride", 2.0, "detection.stride: "),
        ("detection.threshold", -0.1, "detection.threshold: -0.1; expected a number from 0 to 1"),
        ("detection.threshold", 1.01, "detection.threshold: "),
        ("detection.threshold", "0.3", "detection.threshold: "),
        ("detection.threshold", False, "detection.threshold: "),
        ("registers", 7, "registers: 7; expected an object"),
        ("registers.idma0", 0x4000_0000, "registers.idma0: "),
        ("registers.idma0", "0x-1", "registers.idma0: "),
    ],
)
def test_every_field_has_a_type_and_a_range(
    tmp_path: Path, path: str, value: Any, said: str
) -> None:
    file = tmp_path / "accelerator.json"
    file.write_text(change(path, value))
    with pytest.raises(AcceleratorError) as caught:
        read_description(file)
    beginning = f"{file}: not an accelerator's description ("
    assert str(caught.value).startswith(beginning + said)
    assert len(str(caught.value)) < len(beginning) + 200
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_finite_number_is_refused(tmp_path: Path, number: str) -> None:
    file = tmp_path / "accelerator.json"
    for path in ("clock_mhz", "detection.threshold", "detection.stride"):
        file.write_text(change(path, "@").replace('"@"', number))
        with pytest.raises(AcceleratorError, match="not an accelerator's description"):
            read_description(file)
    file.write_text(change("output.scale", ["@"]).replace('"@"', number))
    with pytest.raises(AcceleratorError, match="not an accelerator's description"):
        read_description(file)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "9" * 100_000])
def test_deep_and_long_texts_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "accelerator.json"
    file.write_text(text)
    with pytest.raises(AcceleratorError, match="not an accelerator's description"):
        read_description(file)


def test_what_is_no_text_or_no_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "accelerator.json"
    file.write_bytes(DESCRIPTION.to_json().replace("tiny", "größe").encode("latin-1"))
    with pytest.raises(AcceleratorError, match=r"json: no text in UTF-8 \(byte \d+\)"):
        read_description(file)
    file.write_text(DESCRIPTION.to_json().replace("tiny", "größe"), encoding="utf-8")
    assert read_description(file).name == "größe"
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(AcceleratorError, match="1,099,511,627,776 bytes; expected at most"):
        read_description(file)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(AcceleratorError, match="is no file but a pipe or a device"):
        read_description(file)


def test_descriptions_of_before_have_no_threshold() -> None:
    data = json.loads(DESCRIPTION.to_json())
    del data["detection"]["threshold"]
    description = Description.from_json(json.dumps(data))
    assert (description.threshold, description.least_score()) == (None, 0.5)


def test_the_threshold_given_counts_before_the_network_s() -> None:
    own = dataclasses.replace(DESCRIPTION, threshold=0.25)
    assert Description.from_json(own.to_json()) == own
    assert (own.least_score(), own.least_score(0.75), own.least_score(0)) == (0.25, 0.75, 0.0)
    for wrong in (float("nan"), -0.1, 1.1, float("inf"), "0.5"):
        with pytest.raises(AcceleratorError, match="expected 0 to 1"):
            own.least_score(wrong)  # type: ignore[arg-type]


def test_an_array_with_an_endless_header_is_one_line(tmp_path: Path) -> None:
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}" + b" " * 20_000
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0"
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(AcceleratorError, match=r"x\.npy: not a readable \.npy file") as caught:
        load_array(str(tmp_path / "x.npy"))
    assert "\n" not in str(caught.value)
