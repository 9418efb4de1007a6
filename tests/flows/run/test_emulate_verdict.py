"""Files of ``emulate`` where integers differ: its report, and no verdict of success."""

import json

import numpy as np
import pytest
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.errors import FlowError
from flows.run.emulate import emulate
from tests.flows.flow import small_network, vouch_for, write_config


def test_a_difference_in_the_second_frame(tmp_path):
    """Of black pixels every sum of the first layer is 0; the weight counts in the second frame."""
    net = small_network()
    build = Build.load(write_config(tmp_path, net))
    run_steps(build, stop="fold_duplicated_weights")
    frames = np.stack([np.zeros((6, 6, 2), np.uint8), net.frames(1)[0]])
    emulate(build, frames, tmp_path / "boundaries")
    assert (build.folder / "verification_output" / "verify_emulation_0_SUCCESS.npy").is_file()

    path = build.paths.model(StepName.FOLD_DUPLICATED_WEIGHTS)
    model = ModelWrapper(str(path))
    last = model.find_producer(model.find_producer("global_out").input[0])
    before = last.input[0]
    weights = model.get_initializer(last.input[1]).copy()
    assert weights.shape == (3, 4, 1, 1)
    weights[1, 2] += 1
    model.set_initializer(last.input[1], weights)
    model.save(str(path))
    vouch_for(build, StepName.FOLD_DUPLICATED_WEIGHTS)
    # channel 1 of the output is more by what channel 2 of the layer's input is
    inputs = [np.load(tmp_path / "boundaries" / f"{i}" / f"{before}.npy") for i in range(2)]
    counts = [int(np.count_nonzero(array[..., 2])) for array in inputs]
    assert counts[0] == 0 < counts[1]
    with pytest.raises(FlowError, match=r"emulator differs at conv2: frame 1, pixel .*channel 1"):
        emulate(build, frames)
    report = json.loads((build.folder / "report" / "emulation.json").read_text())
    assert (report["frames"], report["mismatches"]) == (2, counts[1])
    assert report["boundaries"] == ["conv2"]
    assert report["against"] == ["emulator"]
    assert len(report["differences"]) == 1
    assert not (build.folder / "verification_output" / "verify_emulation_0_SUCCESS.npy").exists()
