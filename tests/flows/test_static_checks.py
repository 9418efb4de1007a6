"""A changed weight or threshold is caught even where the frames at hand do not show it."""

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.names import StepName
from flows.errors import FlowError
from flows.run.emulate import emulate
from flows.run.rtlsim import memory_faults
from tests.flows.flow import built, vouch_for, write_config
from tests.flows.test_bad_input import NET


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Configuration of a finished build, and its model of RTL operators."""
    return built(write_config(tmp_path_factory.mktemp("static"), NET, target_fps=1000))


def test_memories_as_generated_pass(finished):
    build, model = finished
    assert memory_faults(model, build.folder / "rtl") == []


@pytest.mark.parametrize("name", ["conv1_mvau_weights", "conv1_mvau_thresholds"])
def test_one_bit_of_a_memory(finished, name):
    build, model = finished
    path = build.folder / "rtl" / f"{name}.mem"
    text = path.read_text()
    lines = text.split()
    lines[-1] = f"{int(lines[-1], 16) ^ 1:0{len(lines[-1])}x}"
    try:
        for changed, row in ((lines, len(lines) - 1), (lines[:-1], len(lines) - 1), (["?"], 0)):
            path.write_text("\n".join(changed))
            (fault,) = memory_faults(model, path.parent)
            assert fault.startswith(f"{path}: row {row} is not the model's; ")
    finally:
        path.write_text(text)


def test_threshold_of_the_folded_graph_that_no_frame_shows(finished):
    build, _ = finished
    path = build.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    content = path.read_bytes()
    model = ModelWrapper(build.model(StepName.FOLD_DUPLICATED_WEIGHTS).model)
    table = np.array(model.get_initializer("act1_thresholds"))
    table[-1, -1] += 1
    model.set_initializer("act1_thresholds", table)
    try:
        model.save(str(path))
        vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
        with pytest.raises(FlowError, match="the thresholds of act1 are not what "):
            emulate(build, np.zeros((1, 6, 6, 2), np.uint8))
    finally:
        path.write_bytes(content)
        vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
