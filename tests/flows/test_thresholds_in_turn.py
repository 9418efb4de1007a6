"""A network whose layers compare with their thresholds in turn, out of block RAM: whole, in RTL."""

import json

import numpy as np
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.emulator import Emulator
from flows.run.rtlsim import rtlsim
from tests.flows.flow import write_config
from tests.flows.many_levels import four_layers


def test_exact_with_stalls_and_as_quick_as_the_timing_model(tmp_path):
    """The solver finds foldings of two beats a vector or more around what the file asks for."""
    net = four_layers(2, 5, ((8, 3, False), (8, 3, False), (3, 1, False)), True)
    asked = {"threshold_in_turn": 1, "ram_style_thresholds": "block"}
    (tmp_path / "f.json").write_text(json.dumps({"conv1_mvau": asked, "conv2_mvau": asked}))
    path = write_config(tmp_path, net, verify_import=False, folding_config_file="f.json")
    build = Build.load(path)
    run_steps(build)
    model = build.model(StepName.GENERATE_RTL)
    units = [
        getCustomOp(node) for node in model.graph.node if node.name in ("conv1_mvau", "conv2_mvau")
    ]
    assert [op.get_nodeattr("threshold_in_turn") for op in units] == [1, 1]
    frames = net.frames(2)
    expected = Emulator(build.model(StepName.STREAMLINE)).run(frames)
    assert np.array_equal(rtlsim(build, frames), expected)
    report = json.loads((build.folder / "report" / "rtlsim_performance.json").read_text())
    assert report["timing_model"]["clocks_per_frame"] == report["clocks_per_frame"]
    assert np.array_equal(rtlsim(build, frames, stalls=0.4, seed=3), expected)
