"""What counts as built: steps that ran to their end, of this configuration, all files there."""

import json
import shutil
from dataclasses import replace

import pytest

from flows.build.config import load_config
from flows.build.sequence import STEPS, build, is_current, load_step, model_path, source_digest
from flows.errors import FlowError
from tests.flows.flow import small_network, write_config


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Configuration file of a finished build."""
    path = write_config(tmp_path_factory.mktemp("finished"), small_network(), target_fps=1000)
    build(load_config(path))
    return path


@pytest.fixture
def config(finished, tmp_path):
    """Configuration of a copy of it."""
    shutil.copytree(finished.parent, tmp_path / "copy")
    found = load_config(tmp_path / "copy" / finished.name)
    assert is_current(found)
    return found


def state(config):
    path = config.output_dir / "build_state.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def test_a_build_whose_last_step_is_missing_is_not_current(config):
    path, content = state(config)
    path.write_text(json.dumps(content | {"steps": content["steps"][:-1]}), encoding="utf-8")
    assert not is_current(config)
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        load_step(config, "generate_rtl")  # though its file is there
    assert load_step(config, "insert_streams") is not None


@pytest.mark.parametrize("step", ["import", "generate_rtl"])
def test_a_build_that_lost_a_model_is_not_current(config, step):
    model_path(config, step).unlink()
    assert not is_current(config)
    with pytest.raises(FlowError, match=f"step {step} has not been built"):
        load_step(config, step)


def test_a_build_whose_model_was_changed_is_not_current(config):
    path = model_path(config, "size_fifos")
    path.write_bytes(model_path(config, "to_hardware").read_bytes())
    assert not is_current(config)
    with pytest.raises(FlowError, match=r"size_fifos\.onnx: not what step size_fifos wrote; build"):
        load_step(config, "size_fifos")
    with pytest.raises(FlowError, match="not what step size_fifos wrote"):
        build(config, start="specialize")
    assert load_step(config, "specialize") is not None  # what stands is not touched


def test_what_comes_behind_a_step_that_ran_again_is_not_built(config):
    build(config, start="streamline", stop="streamline")
    assert state(config)[1]["steps"] == ["import", "streamline"]
    assert model_path(config, "to_hardware").is_file()
    with pytest.raises(FlowError, match="step to_hardware has not been built"):
        load_step(config, "to_hardware")
    build(config, start="verify_import", stop="fold_duplicated_weights")
    assert state(config)[1]["steps"] == list(STEPS)[:5]
    build(config, start="import", stop="import")
    assert state(config)[1]["steps"] == ["import"]


def test_a_folder_of_another_configuration_is_not_taken(config):
    other = replace(config, target_fps=2000)
    assert not is_current(other)
    with pytest.raises(FlowError, match="built from another configuration"):
        load_step(other, "generate_rtl")
    with pytest.raises(FlowError, match="built from another configuration"):
        build(other, start="set_folding")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A tree of sources whose digest is taken."""
    for name in ("flows/a.py", "flows/b.py", "hw/rtl/c.sv", "outside/d.py", "model/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(
        "flows.build.sequence.__file__", str(tmp_path / "flows" / "build" / "sequence.py")
    )
    return tmp_path


@pytest.mark.parametrize("name", ["flows/a.py", "hw/rtl/c.sv", "outside/d.py"])
def test_every_source_counts_with_its_name(sources, name):
    first = source_digest()
    path = sources / name
    path.write_text("changed")
    assert source_digest() != first
    path.write_text(name)
    assert source_digest() == first
    path.rename(path.with_name("z.py"))
    assert source_digest() != first


def test_what_python_compiles_and_what_is_trained_do_not_count(sources):
    first = source_digest()
    (sources / "flows" / "__pycache__").mkdir()
    (sources / "flows" / "__pycache__" / "a.pyc").write_text("")
    (sources / "model" / "e.py").write_text("changed")
    assert source_digest() == first
