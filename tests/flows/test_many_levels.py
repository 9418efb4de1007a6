"""Whole networks of 4 and 8 bits, searches and DSP slices chosen by the solver: exact everywhere.

``pytest -m slow -s -k "luts and not small" tests/flows/test_many_levels.py`` prints what yosys
makes of the large ones.
"""

import numpy as np
import pytest

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.emulator import Emulator
from flows.run.rtlsim import rtlsim
from flows.run.synth import synth
from hw.hls.compiler import FAST
from hw.ops.base import Role
from hw.ops.registry import operator_of, role_of
from hw.synth.cost.model import load_cost_model
from tests.flows.flow import decoded, write_config
from tests.flows.many_levels import LARGE, SMALL, four_layers

#: Bits, pixels of a side, layers, frames a second at 10 ns; some 600,000 and 2,000 clocks a frame.
SIZES = {
    "small of 8 bits": (8, 6, SMALL, 30_000),
    "small of 4 bits": (4, 6, SMALL, 30_000),
    "8 bits": (8, 32, LARGE, 100),
    "4 bits": (4, 32, LARGE, 100),
}
#: Most LUTs of the large ones. (Four layers of 8 bits took 14,038 with a comparator a threshold
#: and a tree a bit of a weight.)
MOST_LUTS = 4_000


def params(*names, fast=()):
    marks = [() if name in fast else (pytest.mark.slow,) for name in names]
    return [pytest.param(name, marks=mark) for name, mark in zip(names, marks, strict=True)]


@pytest.fixture(scope="module", params=params(*SIZES, fast=["small of 8 bits"]))
def build(request, tmp_path_factory):
    """Built, and its integers are those of an independent reference of the file."""
    bits, size, layers, fps = SIZES[request.param]
    net = four_layers(bits, size, layers)
    made = Build.load(write_config(tmp_path_factory.mktemp("levels"), net, target_fps=fps))
    run_steps(made)
    frames = net.frames(2)
    emulator = Emulator(made.model(StepName.FOLD_DUPLICATED_WEIGHTS))
    for frame, result in zip(frames, emulate(made, frames), strict=True):
        real, _ = net.reference(frame)  # all scales are powers of two: no rounding
        assert np.array_equal(decoded(emulator, result), real[0])
        assert np.ptp(result) > 0
    return made, frames


def units(made):
    model = made.model(StepName.GENERATE_RTL)
    return [operator_of(node) for node in model.graph.node if role_of(node) is Role.UNIT]


def test_the_solver_takes_searches_and_slices(build):
    made, _ = build
    found = units(made)
    assert [op.get_nodeattr("threshold_search") for op in found] == [1, 1, 1, 0]
    assert "dsp" in [op.get_nodeattr("resType") for op in found]


def test_rtl_with_stalls(build):
    assert np.ptp(rtlsim(*build, stalls=0.3)) > 0


def test_hls_cpp(build):
    assert np.ptp(cppsim(*build, kinds=[FAST])) > 0


@pytest.mark.slow
def test_luts_by_yosys(build):
    made, _ = build
    found = synth(made)
    costs = load_cost_model().by_node(made.model(StepName.GENERATE_RTL)).values()
    assert found.LUT <= MOST_LUTS
    assert found.DSP == sum(cost.dsp for cost in costs) > 0
