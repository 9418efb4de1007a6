"""A small network with everything side by side takes a frame in every clock, in simulated RTL."""

import json

import numpy as np
import pytest

from flows.__main__ import main
from tests.flows.builder import Builder, Network
from tests.flows.flow import write_config

FRAMES = 20


def _network() -> Network:
    """Three fully connected layers: 12 features of 8 bits, 4-bit weights, 3-bit activations."""
    b = Builder(np.random.default_rng(2), (12, 1, 1), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    for outputs in (10, 6, 4):
        integers = b.rng.integers(-7, 8, (outputs, b.channels(tensor), 1, 1))
        tensor = b.conv(tensor, integers, "int4", (1, 1), [0] * 4)
        tensor = b.quant(tensor, 3, False) if outputs > 4 else tensor
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.slow
def test_a_frame_in_every_clock(tmp_path):
    config = write_config(
        tmp_path, _network(), target_fps=100_000_000, synth_clk_period_ns=10.0, board="ZCU104"
    )
    frames = np.random.default_rng(1).integers(0, 256, (FRAMES, 1, 1, 12), dtype=np.uint8)
    np.save(tmp_path / "x.npy", frames)
    assert main(["build", str(config)]) == 0
    given = ["--input", str(tmp_path / "x.npy"), "--output", str(tmp_path / "y.npy")]
    assert main(["rtlsim", str(config), *given]) == 0  # every boundary as the emulator's
    report = tmp_path / "build" / "report" / "rtlsim_performance.json"
    found = json.loads(report.read_text("utf-8"))
    assert found["mismatches"] == 0
    assert found["clocks_per_frame"] == 1
    assert len(np.unique(np.load(tmp_path / "y.npy"), axis=0)) > 1
