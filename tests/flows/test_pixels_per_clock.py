"""More than one pixel a clock: packed networks through the flow, in simulated RTL and in C++."""

import json

import numpy as np
import pytest
from qonnx.custom_op.registry import getCustomOp

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.target import target_clocks
from flows.errors import FlowError
from flows.run.cppsim import cppsim
from flows.run.emulator import Emulator
from flows.run.rtlsim import rtlsim
from tests.flows.flow import write_config
from tests.flows.pyramid import pyramid


def packed(folder, size, pixels):
    """(configuration, three frames, the emulator's integers) of a built pyramid."""
    net = pyramid(*size)
    build = Build.load(write_config(folder, net, pixels_per_clock=pixels))
    run_steps(build)
    frames = net.frames(3)
    return build, frames, Emulator(build.model(StepName.STREAMLINE)).run(frames)


def check_rtl(build, frames, expected):
    """Exact with and without stalls; the interval is the first layer's, as the model says."""
    assert np.array_equal(rtlsim(build, frames), expected)
    report = json.loads((build.folder / "report" / "rtlsim_performance.json").read_text())
    model = build.model(StepName.GENERATE_RTL)
    slowest = max(getCustomOp(node).get_exp_cycles() for node in model.graph.node)
    assert report["clocks_per_frame"] == slowest == target_clocks(build.config, model)
    assert report["timing_model"]["clocks_per_frame"] == slowest
    bound = report["latency_bound"]
    assert bound["first_output_clocks"] <= report["first_output_clocks"]
    assert bound["latency_clocks"] <= report["latency_clocks"] <= bound["latency_clocks"] + 300
    assert np.array_equal(rtlsim(build, frames, stalls=0.4, seed=3), expected)


def test_four_pixels_a_clock(tmp_path):
    """(34 * 14) clocks for 32 x 48 pixels, 8 at a time only where the width allows."""
    build, frames, expected = packed(tmp_path, (32, 48), 4)
    check_rtl(build, frames, expected)
    assert np.array_equal(cppsim(build, frames, kinds=["fast"]), expected)
    tensors = json.loads((build.folder / "report" / "cppsim.json").read_text())
    compared = set(tensors["builds"]["fast"]["boundaries"])
    assert {"act1", "pool1", "act2", "pool2", "act3"} <= compared


@pytest.mark.slow
@pytest.mark.parametrize(("size", "pixels"), [((24, 40), 2), ((32, 64), 8), ((20, 24), 3)])
def test_other_sizes(tmp_path, size, pixels):
    check_rtl(*packed(tmp_path, size, pixels))


def test_width_is_refused_before_anything_is_written(tmp_path):
    path = write_config(tmp_path, pyramid(16, 18), pixels_per_clock=4)
    with pytest.raises(FlowError, match="the image's width 18 is no multiple of 4"):
        run_steps(Build.load(path))
    assert not list(tmp_path.glob("build/rtl/*"))
