"""Bad input at the command line: status 1, one line that begins with "error: ", no traceback."""

import json
import re

import numpy as np
import pytest
import yaml

from flows.__main__ import main
from flows.build.sequence import STEPS
from hw.tools import compiler, verilator
from tests.flows.flow import small_network, write_config

STEP_NAMES = ", ".join(STEPS)


NET = small_network()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Configuration file of a finished build."""
    path = write_config(tmp_path_factory.mktemp("built"), NET, target_fps=1000)
    assert main(["build", str(path)]) == 0
    return path


def error_of(capsys, *arguments, **places):
    """The line that a failing command says; a place's path is replaced by its name.

    What can be done about it may stand below, set in.
    """
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, captured.err
    below = captured.err.rstrip().partition(lines[0])[2].splitlines()
    assert all(line.startswith("  ") for line in below if line), captured.err
    assert "Traceback" not in captured.err
    text = lines[0].removeprefix("error: ")
    assert status == (2 if text.startswith("--") else 1)  # of an option: docs/errors.md
    for name, place in places.items():
        text = text.replace(str(place), f"<{name}>")
    return text


# --- configuration and model ---------------------------------------------------------------------


def test_missing_configuration(tmp_path, capsys):
    path = tmp_path / "none.yaml"
    assert error_of(capsys, "build", path, path=path) == (
        "<path>: no such file; expected a build configuration (YAML)"
    )


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"target_fbs": 3}, "<path>: unknown key target_fbs; did you mean target_fps?"),
        ({"board": "Zedboard"}, "unknown board Zedboard; known: KV260_SOM, Pynq-Z1, Pynq-Z2, "
                                "RFSoC2x2, RFSoC4x2, Tang-Nano-20K, ULX3S-85F, Ultra96, "
                                "Ultra96-V2, ZCU102, ZCU104, ZCU111, Zybo-Z7-10"),
        ({"model": "none.onnx"}, "<dir>/none.onnx: no such file; expected a QONNX model (.onnx)"),
        ({"target_fps": "fast"}, "<path>: target_fps = 'fast'; expected a number above 0"),
        ({"folding_config_file": "f.json"}, "<dir>/f.json: no such file; expected a folding "
                                            "configuration"),
    ],
)  # fmt: skip
def test_unusable_configuration(tmp_path, capsys, keys, message):
    path = write_config(tmp_path, NET, **keys)
    # files are hashed before they are read: the first line about them has to say what is expected
    assert error_of(capsys, "build", path, path=path, dir=tmp_path) == message


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_truncated_model(tmp_path, capsys, part):
    path = write_config(tmp_path, NET)
    model = tmp_path / "net0.onnx"
    data = model.read_bytes()
    model.write_bytes(data[: int(len(data) * part) or 1])
    assert re.fullmatch(
        r"<model>: not an ONNX model, or a truncated one \(.*\)",
        error_of(capsys, "build", path, model=model),
    )


def test_empty_model(tmp_path, capsys):
    path = write_config(tmp_path, NET)
    model = tmp_path / "net0.onnx"
    model.write_bytes(b"")
    assert error_of(capsys, "build", path, model=model) == (
        "<model>: not an ONNX model, or an empty one"
    )


@pytest.mark.parametrize("name", ["m.json", "m.txtpb", "m.onnxtxt", "m.yaml"])
def test_model_that_is_some_other_file(tmp_path, capsys, name):
    path = write_config(tmp_path, NET, model=name)
    (tmp_path / name).write_text("hello: { world }")
    assert error_of(capsys, "build", path, model=tmp_path / name).startswith(
        "<model>: not an ONNX model, or a truncated one ("
    )


def test_build_folder_that_is_a_file(tmp_path, capsys):
    path = write_config(tmp_path, NET, output_dir="file")
    (tmp_path / "file").write_text("")
    assert error_of(capsys, "build", path, dir=tmp_path).startswith("<dir>/file")


# --- folding -------------------------------------------------------------------------------------

MVAU = "conv1_mvau"


@pytest.mark.parametrize(
    ("folding", "message"),
    [
        ({MVAU: {"PE": 3}}, f"node {MVAU}: PE = 3 does not divide MH = 4"),
        ({MVAU: {"PE": 0}}, f"node {MVAU}: PE = 0 does not divide MH = 4"),
        ({MVAU: {"SIMD": 5}}, f"node {MVAU}: SIMD = 5 does not divide MW = 18"),
        ({"conv1_window": {"SIMD": 3}}, "node conv1_window: input lanes = 3 does not divide 2"),
        ({"pool1": {"PE": 3}}, "node pool1: input lanes = 3 does not divide 4"),
        ({"conv9": {"PE": 1}}, "folding: no node conv9; nodes: conv1_pad, conv1_window, "
                               "conv1_mvau, pool1, conv2_mvau"),
        ({MVAU: {"MW": 1}}, f"folding: node {MVAU} has no folding attribute MW"),
        ([1], '<file>: expected {"node": {"PE": ..., "SIMD": ...}, ...}'),
    ],
)  # fmt: skip
def test_unusable_folding(tmp_path, capsys, folding, message):
    path = write_config(tmp_path, NET, folding_config_file="f.json")
    (tmp_path / "f.json").write_text(json.dumps(folding))
    assert error_of(capsys, "build", path, file=tmp_path / "f.json") == message


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("PE", "4"), ("PE", 1.5), ("PE", None), ("PE", [1]), ("SIMD", "a"), ("PE", True),
        ("ram_style", "magic"), ("ram_style", 3), ("inFIFODepths", 3), ("inFIFODepths", "a"),
        ("inFIFODepths", []), ("inFIFODepths", [-4]),
        ("outFIFODepths", [2.5]),
    ],
)  # fmt: skip
def test_folding_values_of_a_wrong_kind(tmp_path, capsys, attribute, value):
    path = write_config(tmp_path, NET, folding_config_file="f.json")
    (tmp_path / "f.json").write_text(json.dumps({MVAU: {attribute: value}}))
    message = error_of(capsys, "build", path)
    assert MVAU in message
    assert attribute in message


def test_target_that_cannot_be_met(tmp_path, capsys):
    path = write_config(tmp_path, NET, target_fps=10_000_000)
    assert re.fullmatch(
        r"folding: node conv1_mvau takes at least \d+ clocks a frame, the target is 10 \(at 10\.0 "
        r"ns a clock\); lower target_fps",
        error_of(capsys, "build", path),
    )


# --- steps and folders ---------------------------------------------------------------------------


def test_unknown_step(built, capsys):
    assert error_of(capsys, "build", built, "--start", "synthesize") == (
        f"unknown step synthesize; steps: {STEP_NAMES}"
    )
    assert error_of(capsys, "build", built, "--stop", "x") == f"unknown step x; steps: {STEP_NAMES}"


def test_steps_in_the_wrong_order(built, capsys):
    assert error_of(capsys, "build", built, "--start", "specialize", "--stop", "import") == (
        "step import comes before step specialize"
    )


@pytest.mark.parametrize(
    "command",
    [["emulate"], ["rtlsim"], ["cppsim"], ["frames"], ["build", "--start", "set_folding"]],
)
def test_step_that_was_not_built(tmp_path, capsys, command):
    path = write_config(tmp_path, NET)
    np.save(tmp_path / "x.npy", NET.frames(1))
    arguments = {"frames": ["--out", tmp_path / "y.npy"], "build": []}.get(
        command[0], ["--input", tmp_path / "x.npy"]
    )
    step = "to_hardware" if command[0] == "build" else "streamline"
    assert error_of(capsys, command[0], path, *command[1:], *arguments, dir=tmp_path) == (
        f"<dir>/build: step {step} has not been built; run `python -m flows build`"
    )


def test_build_folder_of_another_configuration(built, tmp_path, capsys):
    other = tmp_path / "other.yaml"
    keys = yaml.safe_load(built.read_text())
    for key in ("model", "output_dir"):
        keys[key] = str(built.parent / keys[key])
    other.write_text(yaml.safe_dump({**keys, "target_fps": 2000}))
    np.save(tmp_path / "x.npy", NET.frames(1))
    for command in (["emulate", other, "--input", tmp_path / "x.npy"],
                    ["build", other, "--start", "set_folding"]):  # fmt: skip
        assert error_of(capsys, *command, dir=built.parent) == (
            "<dir>/build: built from another configuration (target_fps was 1000.0, is 2000.0); "
            "build again from the first step, or choose another output_dir"
        )


def test_broken_state_of_a_build(tmp_path, capsys):
    path = write_config(tmp_path, NET)
    (tmp_path / "build").mkdir()
    state = tmp_path / "build" / "build_state.json"
    for text in ("{", "[]"):
        state.write_text(text)
        message = error_of(capsys, "build", path, "--start", "streamline", state=state)
        assert message.startswith("<state>: ")
        assert message.endswith("; delete it and build again")


# --- frames --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros((1, 6, 6, 3), np.uint8), "shape (1, 6, 6, 3) and type uint8"),
        (np.zeros((1, 2, 6, 6), np.uint8), "shape (1, 2, 6, 6) and type uint8"),
        (np.zeros((1, 6, 6, 2), np.float32), "shape (1, 6, 6, 2) and type float32"),
        (np.zeros((0, 6, 6, 2), np.uint8), "shape (0, 6, 6, 2) and type uint8"),
        (np.zeros((6, 6), np.uint8), "shape (6, 6) and type uint8"),
    ],
)
@pytest.mark.parametrize("command", ["emulate", "rtlsim", "cppsim"])
def test_frames_of_a_wrong_shape_or_type(built, tmp_path, capsys, command, array, found):
    file = tmp_path / "x.npy"
    np.save(file, array)
    assert error_of(capsys, command, built, "--input", file, file=file) == (
        f"<file>: has {found}; the network takes (N, 6, 6, 2) uint8"
    )


def test_input_that_is_no_npy(built, tmp_path, capsys):
    file = tmp_path / "x.npy"
    for content in (b"", b"hello", b"\x93NUMPY\x01\x00"):
        file.write_bytes(content)
        message = error_of(capsys, "emulate", built, "--input", file, file=file)
        assert message.startswith("<file>: not a readable .npy file (")
    np.savez(tmp_path / "x.npz", a=np.zeros(3))
    assert error_of(capsys, "emulate", built, "--input", tmp_path / "x.npz", dir=tmp_path) == (
        "<dir>/x.npz: has shape (3,) and type float64; the network takes (N, 6, 6, 2) uint8"
    )
    (tmp_path / "x.npz").rename(file)
    assert error_of(capsys, "emulate", built, "--input", file, file=file) == (
        "<file>: not a readable .npy file (an archive; expected one array)"
    )
    assert "No such file" in error_of(capsys, "emulate", built, "--input", tmp_path / "none.npy")
    np.save(file, np.array([{}], dtype=object), allow_pickle=True)
    assert error_of(capsys, "emulate", built, "--input", file, file=file).startswith(
        "<file>: not a readable .npy file ("
    )


def test_stalls_out_of_range(built, tmp_path, capsys):
    np.save(tmp_path / "x.npy", NET.frames(1))
    for stalls in ("1", "1.5", "-0.1", "nan"):
        message = error_of(
            capsys, "rtlsim", built, "--input", tmp_path / "x.npy", f"--stalls={stalls}"
        )
        assert message == f"--stalls {float(stalls)}: expected 0 <= P < 1"


def test_output_that_cannot_be_written(built, tmp_path, capsys):
    np.save(tmp_path / "x.npy", NET.frames(1))
    (tmp_path / "file").write_text("")
    message = error_of(
        capsys, "emulate", built, "--input", tmp_path / "x.npy",
        "--output", tmp_path / "file" / "y.npy", dir=tmp_path,
    )  # fmt: skip
    assert message == "<dir>/file/y.npy: cannot be written: Not a directory"


# --- tools ---------------------------------------------------------------------------------------


@pytest.fixture
def _forgetful_tools():
    compiler.find_compiler.cache_clear()
    verilator.find_verilator.cache_clear()
    yield
    compiler.find_compiler.cache_clear()
    verilator.find_verilator.cache_clear()


@pytest.mark.usefixtures("_forgetful_tools")
def test_missing_compiler(built, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(compiler, "COMPILERS", ("no-such-compiler",))
    np.save(tmp_path / "x.npy", NET.frames(1))
    assert error_of(capsys, "rtlsim", built, "--input", tmp_path / "x.npy") == (
        "RTL simulation needs a C++ compiler; none of no-such-compiler runs: install g++ "
        "(everything but RTL simulation works without it)"
    )
    assert main(["emulate", str(built), "--input", str(tmp_path / "x.npy")]) == 0


@pytest.mark.usefixtures("_forgetful_tools")
def test_missing_verilator(built, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(verilator.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(verilator.shutil, "which", lambda *_, **__: None)
    np.save(tmp_path / "x.npy", NET.frames(1))
    assert error_of(capsys, "rtlsim", built, "--input", tmp_path / "x.npy") == (
        "RTL simulation needs Verilator, which is missing: pip install verilator (everything but "
        "RTL simulation works without it)"
    )
