"""The build: resumed step by step it gives what it gives in one go; what it leaves behind."""

import hashlib
import json

import numpy as np
import pytest
import yaml
from qonnx.core.modelwrapper import ModelWrapper

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import STEPS, run_steps
from flows.build.step import Step
from flows.run.emulator import Emulator
from tests.flows.flow import assert_equals_reference, write_config
from tests.flows.networks import random_network


def rtl_files(folder):
    """Hash of every generated file, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "rtl").iterdir())
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(network, configuration file) of a build in one go."""
    net = random_network(1001)
    path = write_config(tmp_path_factory.mktemp("whole"), net, target_fps=20_000)
    assert main(["build", str(path)]) == 0
    return net, path


def test_each_step_alone_gives_the_same_design(whole, tmp_path):
    net, path = whole
    single = write_config(tmp_path, net, target_fps=20_000)
    for step in STEPS:
        assert main(["build", str(single), "--start", step, "--stop", step]) == 0
        assert Build.load(single).model(step) is not None
    assert rtl_files(single.parent / "build") == rtl_files(path.parent / "build")


def test_resumed_in_the_middle(whole, tmp_path):
    net, path = whole
    part = write_config(tmp_path, net, target_fps=20_000)
    assert main(["build", str(part), "--stop", "to_hardware"]) == 0
    assert not (tmp_path / "build" / "rtl").exists()
    assert main(["build", str(part), "--start", "set_folding"]) == 0
    assert rtl_files(tmp_path / "build") == rtl_files(path.parent / "build")
    state = json.loads((tmp_path / "build" / "build_state.json").read_text())
    assert state["steps"] == list(STEPS)
    assert list(state["time_per_step"]) == list(STEPS)


def test_layout_of_the_build_folder(whole):
    _, path = whole
    folder = path.parent / "build"
    for step in STEPS:
        model = ModelWrapper(str(folder / "intermediate_models" / f"{step}.onnx"))
        assert model.graph.node
    for name in (
        "estimate_layer_cycles", "estimate_layer_resources", "op_and_param_counts",
        "estimate_network_performance", "memories", "fuse_duplicated_inputs",
        "fold_duplicated_weights",
    ):  # fmt: skip
        assert json.loads((folder / "report" / f"{name}.json").read_text()) is not None
    for name in ("final_hw_config.json", "time_per_step.json", "build_state.json"):
        assert (folder / name).is_file()
    assert not list(folder.rglob("*.part"))


def test_weights_stand_once_in_the_memories(whole):
    _, path = whole
    folder = path.parent / "build"
    memories = json.loads((folder / "report" / "memories.json").read_text())
    files = {}
    for row in memories["memories"]:
        words = (folder / row["file"]).read_text().split()
        assert len(words) == row["rows"]
        assert len(words) * row["width"] == row["bits"] == row["stored_bits"] + row["padding_bits"]
        files[row["file"]] = row
    assert len(files) == len(memories["memories"])
    assert set(files) == {f"rtl/{p.name}" for p in (folder / "rtl").glob("*.mem")}


def test_a_second_build_in_the_same_folder_leaves_nothing_of_the_first(tmp_path):
    """Memories of another network must not stand beside those of this one."""
    path = write_config(tmp_path, random_network(1002, layers=3), target_fps=20_000)
    assert main(["build", str(path)]) == 0
    other = random_network(1003, layers=1)
    path = write_config(tmp_path, other, target_fps=20_000)
    assert main(["build", str(path)]) == 0
    fresh = write_config(tmp_path / "fresh", other, target_fps=20_000)
    assert main(["build", str(fresh)]) == 0
    assert rtl_files(tmp_path / "build").keys() == rtl_files(tmp_path / "fresh" / "build").keys()


def test_built_model_is_the_reference_network(whole):
    net, path = whole
    model = Build.load(path).model(StepName.FOLD_DUPLICATED_WEIGHTS)
    assert_equals_reference(net, Emulator(model, 1), net.frames(2))


def test_interrupted_step_is_not_taken_for_a_finished_one(tmp_path, monkeypatch, capsys):
    path = write_config(tmp_path, random_network(1000), target_fps=10_000)

    def failing(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(STEPS, StepName.SET_FOLDING, Step(StepName.SET_FOLDING, failing))
    assert main(["build", str(path)]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted"
    monkeypatch.undo()
    assert main(["build", str(path), "--start", "size_fifos"]) == 1
    assert "step set_folding has not been built; run" in capsys.readouterr().err
    assert main(["build", str(path), "--start", "set_folding"]) == 0


@pytest.mark.parametrize("seed", range(30, 42))
def test_emulate_agrees_on_random_networks(seed, tmp_path, capsys):
    """The emulator's own comparison must not cry wolf: D, F, sums of convolutions, all of them."""
    net = random_network(seed)
    path = write_config(tmp_path, net)
    run_steps(Build.load(path), stop="fold_duplicated_weights")
    np.save(tmp_path / "x.npy", net.frames(2))
    assert main(["emulate", str(path), "--input", str(tmp_path / "x.npy")]) == 0, (
        capsys.readouterr().err
    )
    assert yaml.safe_load(path.read_text())["model"] == f"net{seed}.onnx"


def test_an_unchanged_build_and_what_ran_on_it_are_kept_if_asked_for(whole, tmp_path, capsys):
    net, _ = whole
    path = write_config(tmp_path, net, target_fps=20_000)
    build = Build.load(path)
    assert main(["build", str(path), "--if-changed"]) == 0
    result = build.folder / "report" / "cppsim.json"
    result.write_text("{}")
    capsys.readouterr()
    assert main(["build", str(path), "--if-changed"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert result.exists()
    write_config(tmp_path, net, target_fps=10_000)
    assert main(["build", str(path), "--if-changed"]) == 0
    assert "up to date" not in capsys.readouterr().out
    assert not result.exists()


def test_a_build_by_other_sources_is_not_current(whole, tmp_path, monkeypatch):
    net, _ = whole
    path = write_config(tmp_path, net, target_fps=20_000)
    build = Build.load(path)
    assert main(["build", str(path), "--stop", "generate_rtl"]) == 0
    assert build.is_current()
    monkeypatch.setattr("flows.build.build.source_digest", lambda: "changed")
    assert not build.is_current()
    # the last step alone leaves the others as the former sources made them
    assert main(["build", str(path), "--start", "generate_rtl"]) == 0
    assert not build.is_current()
    assert main(["build", str(path)]) == 0
    assert build.is_current()
