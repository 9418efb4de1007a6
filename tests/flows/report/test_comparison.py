"""Two builds side by side: what differs of configuration, figures, integers and nodes."""

import json
import shutil
from pathlib import Path

import pytest

from flows import __main__ as flows_main
from flows.build.build import Build
from flows.build.found import find_build
from flows.build.names import StepName
from flows.build.sequence import run_steps, save_model
from flows.errors import FlowError
from flows.report.comparison import compare, write_comparison
from tests.flows.report.report_case import Page, put, simulation


@pytest.fixture(scope="module")
def pair(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of the same build but for its clock, of which the second has been simulated."""
    folders = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(built, folder, dirs_exist_ok=True)
        folders.append(folder)
    config = folders[1] / "c.yaml"
    config.write_text(config.read_text() + "synth_clk_period_ns: 5\n")
    state = folders[1] / "out" / "build_state.json"
    kept = json.loads(state.read_text())
    kept["config"] = Build.load(config).config.fingerprint()
    state.write_text(json.dumps(kept))
    second = Build.load(config)
    put(second, "rtlsim_performance", simulation(second))
    return folders[0] / "c.yaml", config


def test_the_configuration_that_differs_and_the_figures(pair: tuple[Path, Path]) -> None:
    made = compare([Build.load(path) for path in pair])
    assert [(s.key, s.first, s.second) for s in made.settings] == [
        ("synth_clk_period_ns", "0.0", "5.0")
    ]
    figures = {figure.name: figure for figure in made.figures}
    assert (figures["clocks a frame"].first, figures["clocks a frame"].second) == (None, 3210)
    assert figures["clocks a frame"].change is None
    assert figures["frames/s"].second == 1e9 / 5 / 3210
    assert figures["LUT"].first == figures["LUT"].second
    assert figures["LUT"].change == 0
    assert {node.where for node in made.nodes} == {"both"}


def test_integers_of_common_tensors_are_compared(pair: tuple[Path, Path]) -> None:
    made = compare([Build.load(path) for path in pair])
    assert made.values.sentence.startswith("On the same frame, all integers of all ")
    assert {tensor.name for tensor in made.values.tensors} >= {"act1", "conv2"}
    assert sum(tensor.differing for tensor in made.values.tensors) == 0


def test_weights_that_differ_are_found(pair: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(pair[0].parent, tmp_path / "b")
    build = Build.load(tmp_path / "b" / "c.yaml")
    model = build.model(StepName.STREAMLINE)
    weights = model.get_initializer("conv2_weights").copy()
    weights[0] = -weights[0]  # row 0 of conv2 alone
    model.set_initializer("conv2_weights", weights)
    for step in ("streamline", "verify_import"):
        save_model(model, build.folder / "intermediate_models" / f"{step}.onnx")
    run_steps(build, start="fuse_duplicated_inputs")
    values = compare([Build.load(pair[0]), build]).values
    differing = {tensor.name: tensor.differing for tensor in values.tensors}
    assert differing["act1"] == 0
    assert 0 < differing["conv2"] <= 36  # one of three channels of 6 x 6
    assert values.sentence.startswith("On the same frame, 1 of ")


def test_the_page_and_the_command(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folders = [str(pair[0].parent / "out"), str(pair[1])]  # a build folder, and a configuration
    assert flows_main.main(["report", "--compare", *folders]) == 0
    out = capsys.readouterr().out
    path = pair[1].parent / "out" / "report" / "beside-out.html"
    assert out.endswith(f"report: {path}\n")
    assert "synth_clk_period_ns: 0.0 | 5.0" in out
    text = Page(path.read_text()).text
    assert "synth_clk_period_ns" in text
    assert "3,210" in text
    assert str(tmp_path.parent) not in path.read_text()
    own = tmp_path / "x.html"
    assert flows_main.main(["report", "--compare", *folders, "--out", str(own), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["report"] == str(own)
    assert facts["settings"] == {"synth_clk_period_ns": ["0.0", "5.0"]}
    assert facts["figures"]["clocks a frame"] == [None, 3210]


def test_a_build_on_which_nothing_differs(pair: tuple[Path, Path]) -> None:
    path, made = write_comparison(pair[0], pair[0].parent / "out", None)
    assert made.settings == []
    assert "Every key has the same value" in Page(path.read_text()).text


def test_folders_that_are_no_builds(pair: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"nowhere: no such file or folder; expected a build"):
        find_build(tmp_path / "nowhere")
    with pytest.raises(FlowError, match=r"no build \(it has no build_state.json\); expected"):
        find_build(tmp_path)
    shutil.copytree(pair[0].parent / "out", tmp_path / "out")
    with pytest.raises(FlowError, match="no configuration beside it builds into this folder"):
        find_build(tmp_path / "out")
    shutil.copy(pair[0], tmp_path / "c.yaml")
    shutil.copy(pair[0].parent / "net.onnx", tmp_path / "net.onnx")
    assert find_build(tmp_path / "out")[1] == tmp_path / "c.yaml"
    (tmp_path / "out" / "intermediate_models" / "generate_rtl.onnx").unlink()
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        find_build(tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(FlowError, match="nothing has been built there"):
        find_build(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "CONFIG.yaml is missing; expected a build configuration, or --compare A B"),
        (["c.yaml", "--compare", "a", "b"], "c.yaml and --compare: expected CONFIG.yaml alone"),
        (["--compare", "a", "b", "--image", "x"], "--image and --compare: the page on two builds"),
    ],
)
def test_command_lines_that_cannot_be_meant(
    words: list[str],
    said: str,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(pair[0].parent)
    assert flows_main.main(["report", *words]) in (1, 2)
    assert said in capsys.readouterr().err


def test_one_build_is_none_to_compare(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        flows_main.main(["report", "--compare", "a"])
    assert "argument --compare: expected 2 arguments" in capsys.readouterr().err
