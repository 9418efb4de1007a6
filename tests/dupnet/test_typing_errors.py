"""Typing errors at ``dupnet``: one clear error, the nearest right word, never a traceback."""

import contextlib
import io
from pathlib import Path

import pytest

from dupnet import cli
from outside import called

#: Typed -> status, what the line says, the right word that it names.
ERRORS = {
    # the line cannot be read, or a value cannot be meant: status 2
    "buidl": (2, "unknown command 'buidl'", "build"),
    "rtl_sim": (2, "unknown command 'rtl_sim'", "rtlsim"),
    "build --bord Pynq-Z2": (2, "unknown option --bord", "--board"),
    "rtlsim my.yaml --stals 0.1": (2, "unknown option --stals", "--stalls"),
    "build --board Pynq-Z3": (2, "--board Pynq-Z3: expected one of KV260_SOM, ", "Pynq-Z2"),
    "build --board zcu104": (2, "--board zcu104: expected one of KV260_SOM, ", "ZCU104"),
    "build --network dupnet-tiny-yolo": (
        2,
        "--network dupnet-tiny-yolo: expected",
        "dupnet-tinier",
    ),
    "cppsim my.yaml --input x.npy --build exat": (2, "unknown value 'exat'", "exact"),
    "completion fsh": (2, "unknown value 'fsh'", "fish"),
    "build --size 100": (2, "--size 100: expected a multiple of 32", ""),
    "build --fps fast": (2, "--fps fast: expected a number above 0", ""),
    "build --fps 3 --pixels-per-clock 1": (2, "--fps and --pixels-per-clock are both given", ""),
    "build --board": (2, "argument --board: expected one argument", ""),
    "detect photo.jpg --size big": (2, "argument --size: invalid int value: 'big'", ""),
    "build --checkpoint no.npz": (
        2,
        "--checkpoint no.npz: no such file; expected a checkpoint",
        "",
    ),
    "rtlsim my.yaml": (2, "the following arguments are required: --input", ""),
    # the line is right, a file is not: status 1
    "build mine.yaml": (1, "mine.yaml: no such file; expected a build configuration", "my.yaml"),
    "build folder": (
        1,
        "folder: no build (it has no build_state.json); expected a build folder",
        "",
    ),
    "build typo.yaml": (1, "unknown key bord", "board"),
    "build other.yaml": (1, "unknown board Ultra-96; known: ", "Ultra96"),
    "build my.yaml --stop to_hardwar": (1, "unknown step to_hardwar; steps: ", "to_hardware"),
    "detect no.jpg": (1, "no.jpg: no such file", ""),
    "detect folder": (1, "folder: no picture in this folder", ""),
    "emulate my.yaml --input no.npy": (1, "", ""),
}


@pytest.fixture(scope="module", autouse=True)
def _speaks_of_modules_again():
    yield
    called._front.clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("typed")
    (made / "folder").mkdir()
    (made / "my.yaml").write_text("model: my.onnx\noutput_dir: my\n")
    (made / "typo.yaml").write_text("model: my.onnx\noutput_dir: my\nbord: Pynq-Z2\n")
    (made / "other.yaml").write_text("model: my.onnx\noutput_dir: my\nboard: Ultra-96\n")
    return made


@pytest.mark.parametrize("typed", ERRORS)
def test_typing_error(folder, typed, monkeypatch):
    monkeypatch.chdir(folder)
    status, message, word = ERRORS[typed]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            found = cli.main(typed.split())
        except SystemExit as end:
            found = end.code
    said = err.getvalue()
    assert (found, out.getvalue()) == (status, "")
    assert said.startswith("error: ")
    assert message in said
    assert "Traceback" not in said
    assert "not foreseen" not in said
    lines = said.splitlines()
    assert len(lines) == 1 + lines[-1].startswith("(`dupnet ")  # the error, and where help is
    if word:
        assert f"did you mean {word}" in lines[0]
    assert {path.name for path in Path().iterdir()} >= {"my.yaml", "folder"}
    assert not Path("build").exists()
