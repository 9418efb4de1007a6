"""Convolutions of every kind from the file to RTL: exact at every boundary, with stalls as well."""

import numpy as np
import pytest

from flows.build.names import StepName
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from hw.ops.registry import operator_of
from tests.flows.convolution_networks import Layers, every_kind, mobile


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    layers = every_kind()
    return layers, layers.built(tmp_path_factory.mktemp("conv"), target_fps=100_000)


def test_rtl(case):
    layers, build = case
    emulate(build, layers.frames(2))
    assert np.ptp(rtlsim(build, layers.frames(2), stalls=0.3)) > 0


def test_hls_cpp(case):
    layers, build = case
    assert np.ptp(cppsim(build, layers.frames(2), kinds=[FAST])) > 0


def units(build):
    model = build.model(StepName.SET_FOLDING)
    return [operator_of(node) for node in model.graph.node if "mvau" in node.name]


def test_depthwise_layers_are_folded_by_channels_and_taps(tmp_path):
    """A pixel a clock: all channels and taps at once; a slow network: one at a time."""
    layers = Layers((4, 12, 12)).add(4, (3, 3), group=4, pads=[1] * 4, act=0)
    (quick,) = units(layers.built(tmp_path / "quick", pixels_per_clock=1))
    assert quick.get_exp_cycles() == 12 * 12
    (slow,) = units(layers.built(tmp_path / "slow", target_fps=15_000))
    assert 12 * 12 < slow.get_exp_cycles() <= 100e6 / 15_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_rates_and_kinds(seed, tmp_path):
    """Folded for rates from slow to a pixel a clock, both builds of the C++."""
    layers = every_kind(seed) if seed % 2 else mobile(9, 2 + seed // 2, 2 + seed)
    for number, fps in enumerate((20_000, 300_000)):
        build = layers.built(tmp_path / f"{number}", target_fps=fps)
        emulate(build, layers.frames(2))
        for stalls in (0.0, 0.4):
            rtlsim(build, layers.frames(2), stalls=stalls)
        cppsim(build, layers.frames(2))
