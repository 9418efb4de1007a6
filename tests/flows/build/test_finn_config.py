"""FINN's build configurations: read, listed, or refused by the name of key, step or board."""

import ast
import dataclasses
import json
from pathlib import Path

import finn
import pytest

from flows.__main__ import main
from flows.build import finn_config
from flows.build.config import BuildConfig, load_config, read_settings
from flows.errors import FlowError
from tests.flows.flow import small_network, write_config

#: As FINN's users write it, for this page's own network.
GIVEN = {
    "output_dir": "output_tiny",
    "synth_clk_period_ns": 10.0,
    "board": "Pynq-Z1",
    "target_fps": 20000,
    "mvau_wwidth_max": 80,
    "auto_fifo_strategy": "largefifo_rtlsim",
    "shell_flow_type": "vivado_zynq",
    "verify_steps": ["streamlined_python", "stitched_ip_rtlsim"],
    "generate_outputs": ["estimate_reports", "bitfile"],
    "fpga_part": None,
}


def written(folder, name="dataflow_build_config.json", **changes):
    (folder / "model.onnx").touch()
    path = folder / name
    path.write_text(json.dumps({**GIVEN, **changes}))
    return path


def test_a_configuration_as_it_is(tmp_path):
    path = written(tmp_path)
    config = load_config(path)
    assert (config.board, config.clock_ns, config.target_fps) == ("Pynq-Z1", 10.0, 20000)
    assert config.model == tmp_path / "model.onnx"
    assert config.output_dir == tmp_path / "output_tiny"
    _, notes = read_settings(path)
    assert notes == [
        "without meaning here: mvau_wwidth_max, auto_fifo_strategy",
        "model: model.onnx beside the configuration",
        "generate_outputs: estimate_reports by build, bitfile by bitstream",
        "verify_steps: streamlined_python by verify_import, a step of build, "
        "stitched_ip_rtlsim by rtlsim",
    ]


def test_one_of_this_flow_is_left_alone(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("model: my.onnx\noutput_dir: b\n")
    assert read_settings(path) == ({"model": "my.onnx", "output_dir": "b"}, [])


@pytest.fixture(scope="module")
def theirs():
    """FINN's own module, read: importing it needs solvers that nothing here uses."""
    place = Path(finn.__file__ or next(iter(finn.__path__)))
    folder = place.parent if place.suffix else place
    text = (folder / "builder" / "build_dataflow_config.py").read_text(encoding="utf-8")
    return ast.parse(text).body


def test_every_key_of_finn_is_known(theirs):
    (config,) = [node for node in theirs if getattr(node, "name", "") == "DataflowBuildConfig"]
    names = {node.target.id for node in config.body if isinstance(node, ast.AnnAssign)}
    assert len(names) > 40
    mine = {one.name for one in dataclasses.fields(BuildConfig)}
    assert names - {"config_path"} <= mine | finn_config.keys()
    assert not mine & finn_config.keys()


def test_every_step_of_finn_is_known(theirs):
    names = {
        node.value
        for each in theirs
        if isinstance(each, ast.Assign) and each.targets[0].id.endswith("dataflow_steps")
        for node in ast.walk(each.value)
        if isinstance(node, ast.Constant)
    }
    assert len(names) > 15
    assert names <= {*finn_config.STEPS, *finn_config.ELSEWHERE}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": ["step_streamlin"]}, "step_streamlin is none of FINN's own steps; did you mean "
                                        "step_streamline?"),
        ({"steps": ["step_tidy_up", 3]}, r"steps = \['step_tidy_up', 3\]; expected a list of"),
        ({"generate_outputs": ["bitfiles"]}, "generate_outputs: bitfiles is not made here; known"),
        ({"verify_steps": ["cppsim"]}, "verify_steps: cppsim is not made here; known: "),
        ({"shell_flow_type": "vitis_alveo"}, "shell_flow_type = 'vitis_alveo'; expected vivado"),
        ({"board": "U250"}, "unknown board U250; known: "),
        ({"board": None, "fpga_part": "xc7z020clg400-1"},
         "fpga_part = 'xc7z020clg400-1': boards of this part: Pynq-Z1, Pynq-Z2; expected the key"),
        ({"fpga_part": "xczu9eg-ffvb1156-2-e"}, "fpga_part = .*; the board Pynq-Z1 has xc7z020"),
        ({"mlo": True}, "mlo asks for layers that share hardware in a loop, which this flow does"),
        ({"target_fbs": 3}, "unknown key target_fbs; did you mean target_fps?"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, changes, message):
    path = written(tmp_path, **changes)
    with pytest.raises(ValueError, match=message):
        load_config(path)


def test_a_board_by_its_part(tmp_path):
    path = written(tmp_path, board=None, fpga_part="xczu9eg-ffvb1156-2-e")
    assert load_config(path).board == "ZCU102"


def test_the_network_is_asked_for(tmp_path):
    path = written(tmp_path)
    (tmp_path / "model.onnx").unlink()
    with pytest.raises(FlowError, match="key model is missing, as in all of FINN's configurations"):
        load_config(path)


def test_a_build_of_it_ends_at_its_last_step(tmp_path, capsys):
    write_config(tmp_path, small_network())
    (net,) = tmp_path.glob("*.onnx")
    steps = ["step_qonnx_to_finn", "step_tidy_up", "step_streamline", "step_convert_to_hw"]
    path = written(tmp_path, steps=steps, model=net.name, input_scale=2.0**-8)
    assert main(["build", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"{path}: steps: up to to_hardware, with all before it\n" in out
    built = tmp_path / "output_tiny" / "intermediate_models"
    assert (built / "to_hardware.onnx").is_file()
    assert not (built / "set_folding.onnx").exists()
    assert main(["build", str(path), "--stop", "step_specialize_layers"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: step step_specialize_layers: behind the folding here; no step of")
    assert main(["build", str(path), "--stop", "step_streamline"]) == 0
    assert (
        not (built / "to_hardware.onnx").exists()
        or "to_hardware"
        not in (tmp_path / "output_tiny" / "build_state.json")
        .read_text()
        .partition('"steps"')[2]
        .partition("]")[0]
    )
