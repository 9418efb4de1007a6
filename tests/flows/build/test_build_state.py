"""The state of a build: steps that ran to their end, of this configuration, all files there."""

import json
import shutil

import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import STEPS, run_steps
from flows.build.state import source_digest
from flows.errors import FlowError
from tests.flows.flow import small_network, write_config


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Configuration file of a finished build."""
    path = write_config(tmp_path_factory.mktemp("finished"), small_network(), target_fps=1000)
    run_steps(Build.load(path))
    return path


@pytest.fixture
def build(finished, tmp_path):
    """A copy of it."""
    shutil.copytree(finished.parent, tmp_path / "copy")
    found = Build.load(tmp_path / "copy" / finished.name)
    assert found.is_current()
    return found


def state(build):
    path = build.folder / "build_state.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def test_a_build_whose_last_step_is_missing_is_not_current(build):
    path, content = state(build)
    path.write_text(json.dumps(content | {"steps": content["steps"][:-1]}), encoding="utf-8")
    assert not build.is_current()
    with pytest.raises(FlowError, match="step generate_rtl has not been built"):
        build.model(StepName.GENERATE_RTL)  # though its file is there
    assert build.model(StepName.INSERT_STREAMS) is not None


@pytest.mark.parametrize("step", [StepName.IMPORT, StepName.GENERATE_RTL])
def test_a_build_that_lost_a_model_is_not_current(build, step):
    build.paths.model(step).unlink()
    assert not build.is_current()
    with pytest.raises(FlowError, match=f"step {step} has not been built"):
        build.model(step)


def test_a_build_whose_model_was_changed_is_not_current(build):
    path = build.paths.model(StepName.SIZE_FIFOS)
    path.write_bytes(build.paths.model(StepName.TO_HARDWARE).read_bytes())
    assert not build.is_current()
    with pytest.raises(FlowError, match=r"size_fifos\.onnx: not what step size_fifos wrote; build"):
        build.model(StepName.SIZE_FIFOS)
    with pytest.raises(FlowError, match="not what step size_fifos wrote"):
        run_steps(build, start="specialize")
    assert build.model(StepName.SPECIALIZE) is not None  # what stands is not touched


def test_what_comes_behind_a_step_that_ran_again_is_not_built(build):
    run_steps(build, start="streamline", stop="streamline")
    assert state(build)[1]["steps"] == ["import", "streamline"]
    assert build.paths.model(StepName.TO_HARDWARE).is_file()
    with pytest.raises(FlowError, match="step to_hardware has not been built"):
        build.model(StepName.TO_HARDWARE)
    run_steps(build, start="verify_import", stop="fold_duplicated_weights")
    assert state(build)[1]["steps"] == list(STEPS)[:5]
    run_steps(build, start="import", stop="import")
    assert state(build)[1]["steps"] == ["import"]


def test_a_folder_of_another_configuration_is_not_taken(build):
    other = build.of(target_fps=2000)
    assert not other.is_current()
    with pytest.raises(FlowError, match="built from another configuration"):
        other.model(StepName.GENERATE_RTL)
    with pytest.raises(FlowError, match="built from another configuration"):
        run_steps(other, start="set_folding")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A tree of sources whose digest is taken."""
    for name in ("flows/a.py", "flows/b.py", "hw/rtl/c.sv", "outside/d.py", "model/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(
        "flows.build.state.__file__", str(tmp_path / "flows" / "build" / "state.py")
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
