"""The build configuration: defaults, relative paths, fingerprint, and every refusal."""

import dataclasses
import json
import re

import pytest
import yaml

from flows.build.config import BuildConfig, load_config, read_folding
from flows.errors import FlowError
from hw.errors import HardwareError


def _write(folder, **keys):
    path = folder / "c.yaml"
    path.write_text(yaml.safe_dump({"model": "m.onnx", "output_dir": "out", **keys}))
    return path


def test_defaults_and_paths_relative_to_the_file(tmp_path, monkeypatch):
    path = _write(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = load_config(path)
    assert config.model == tmp_path / "m.onnx"
    assert config.output_dir == tmp_path / "out"
    assert config.board == "Pynq-Z2"
    assert config.clock_ns == config.device.synth_clk_period_ns
    assert config.clocks_per_frame == int(1e9 / config.clock_ns / 10)
    assert config.top == "m"


def test_values_that_are_given(tmp_path):
    config = load_config(
        _write(tmp_path, board="ZCU104", synth_clk_period_ns=4, target_fps=100, name="my net-1",
               input_scale=0.5, folding_config_file="f.json")
    )  # fmt: skip
    assert config.device.name == "ZCU104"
    assert config.clock_ns == 4.0
    assert config.clocks_per_frame == 2_500_000
    assert config.top == "my_net_1"
    assert config.input_scale == 0.5
    assert config.folding_config_file == tmp_path / "f.json"


@pytest.mark.parametrize("name", ["1net", "module", "input", "réseau", "-", "a--b", "_a"])
def test_name_of_the_top_is_an_identifier_whatever_the_file_is_called(tmp_path, name):
    top = load_config(_write(tmp_path, name=name)).top
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", top)
    assert "__" not in top  # which C++ keeps for itself
    assert top not in ("module", "input")


def test_fingerprint_follows_files_and_settings_but_not_the_folder(tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"one")
    (tmp_path / "f.json").write_text("{}")
    config = load_config(_write(tmp_path, folding_config_file="f.json"))
    first = config.fingerprint()
    assert json.loads(json.dumps(first)) == first
    assert dataclasses.replace(config, output_dir=tmp_path / "x").fingerprint() == first
    for changed in (
        dataclasses.replace(config, board="ZCU104"),
        dataclasses.replace(config, target_fps=5.0),
        dataclasses.replace(config, input_scale=1.0),
    ):
        assert changed.fingerprint() != first
    (tmp_path / "m.onnx").write_bytes(b"two")
    second = config.fingerprint()
    assert second != first
    (tmp_path / "f.json").write_text("{ }")
    assert config.fingerprint() != second


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"target_fbs": 1}, "unknown key target_fbs; did you mean target_fps?"),
        ({"xyz": 1}, "unknown key xyz; known: "
                     + ", ".join(f.name for f in dataclasses.fields(BuildConfig))),
        ({"model": None}, "key model is missing"),
        ({"output_dir": ""}, "key output_dir is missing"),
        ({"model": 3}, "model = 3; expected a path"),
        ({"board": 5}, "board = 5; expected text"),
        ({"target_fps": 0}, "target_fps = 0; expected a number above 0"),
        ({"target_fps": True}, "target_fps = True; expected a number above 0"),
        ({"target_fps": "10"}, "target_fps = '10'; expected a number above 0"),
        ({"synth_clk_period_ns": -1}, "synth_clk_period_ns = -1; expected a number above 0"),
        ({"input_scale": [1]}, "input_scale = [1]; expected a number above 0"
                                  ", or such numbers by the inputs' names"),
        ({"target_fps": float("nan")}, "target_fps = nan; expected a number above 0"),
        ({"target_fps": float("inf")}, "target_fps = inf; expected a number above 0"),
        ({"synth_clk_period_ns": float("inf")}, "synth_clk_period_ns = inf; expected a number "
                                                "above 0"),
        ({"pixels_per_clock": 9}, "pixels_per_clock = 9; expected 1/16 to 8"),
        ({"pixels_per_clock": "1/17"}, "pixels_per_clock = '1/17'; expected 1/16 to 8"),
        ({"pixels_per_clock": "1/0"}, "pixels_per_clock = '1/0'; expected 1/16 to 8"),
        ({"pixels_per_clock": True}, "pixels_per_clock = True; expected 1/16 to 8"),
        ({"pixels_per_clock": float("inf")}, "pixels_per_clock = inf; expected 1/16 to 8"),
        ({"pixels_per_clock": 1, "target_fps": 9}, "target_fps and pixels_per_clock are both "
                                                   "given; expected one"),
        ({"auto_fifo_depths": 1}, "auto_fifo_depths = 1; expected true or false"),
        ({"input_scale": float("nan")}, "input_scale = nan; expected a number above 0"
                                  ", or such numbers by the inputs' names"),
    ],
)  # fmt: skip
def test_unusable_values(tmp_path, keys, message):
    path = _write(tmp_path, **keys)
    with pytest.raises(FlowError) as caught:
        load_config(path)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize("given", ["1/16", 0.0625, "0.0625"])
def test_pixels_per_clock_are_a_number_or_a_fraction(tmp_path, given):
    assert load_config(_write(tmp_path, pixels_per_clock=given)).pixels_per_clock == 1 / 16


def test_target_so_small_that_the_clocks_overflow(tmp_path):
    try:
        clocks = load_config(_write(tmp_path, target_fps=1e-320)).clocks_per_frame
    except FlowError:
        return
    assert clocks > 0


def test_board_left_empty_is_the_default(tmp_path):
    assert load_config(_write(tmp_path, board=None)).board == "Pynq-Z2"


def test_unknown_board(tmp_path):
    with pytest.raises(HardwareError, match=r"^unknown board Zynq; known: KV260_SOM, Pynq-Z1, "):
        load_config(_write(tmp_path, board="Zynq"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "expected keys and values"), ("- a\n", "expected keys and values"),
     ("a: [", "not readable as YAML: while parsing"), ("\x00", "not readable as YAML: ")],
)  # fmt: skip
def test_not_a_configuration(tmp_path, text, message):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(FlowError, match=f"^{re.escape(str(path))}: {message}"):
        load_config(path)


def test_folding_file(tmp_path):
    path = tmp_path / "f.json"
    path.write_text('{"Defaults": {"PE": 3}, "a": {"PE": 2}}')
    assert {"a": {"PE": 2}}.items() <= read_folding(path).items()
    for text, message in (
        ("{", "not readable as JSON: "), ("[1]", 'expected {"node": '), ('{"a": 1}', "expected "),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(FlowError, match=f"^{re.escape(str(path))}: {message}"):
            read_folding(path)
    with pytest.raises(FlowError, match="No such file or directory; expected a folding"):
        read_folding(tmp_path / "none.json")


def test_a_path_that_cannot_be_printed_is_refused(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text('{model: m.onnx, output_dir: "a\\nb"}')
    with pytest.raises(FlowError, match=r"output_dir = '.*a\\nb': a path that cannot be printed"):
        load_config(path)
