"""Weights of 9 to 16 bits: the file's integers, in the emulator, the RTL and the HLS C++."""

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.run.cppsim import cppsim
from flows.run.emulate import emulate
from flows.run.host_tail import HostTail
from flows.run.rtlsim import rtlsim
from hw.hls.compiler import FAST
from hw.ops.registry import operator_of
from tests.flows.builder import Builder, Network
from tests.flows.flow import write_config


def _network(bits: int, pixels: int = 8, levels: int = 4) -> Network:
    """Two convolutions whose weights reach both ends of their bits; levels 0: only the first."""
    b = Builder(np.random.default_rng(bits), (2, 6, 6), 2.0**-pixels)
    tensor = b.quant("x", pixels, pixels > 8, 2.0**-pixels)
    for outputs, kernel in ((6, 3), (3, 1)):
        largest = 2 ** (bits - 1) - 1
        shape = (outputs, b.channels(tensor), kernel, kernel)
        integers = b.rng.integers(-largest - 1, largest + 1, shape)
        integers.flat[:2] = -largest - 1, largest
        scale = np.float32(1.3 * 2.0**-bits)
        weights = b.quant(b.constant(integers * scale), bits, True, scale)
        tensor = b.add("Conv", [tensor, weights], pads=[kernel // 2] * 4)
        if not levels:
            break
        if outputs == 6:
            tensor = b.quant(tensor, levels, False)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.parametrize("bits", [9, 12, 16])
def test_the_integers_are_those_of_the_file(bits, tmp_path):
    build = Build.load(write_config(tmp_path, _network(bits)))
    run_steps(build, stop=StepName.VERIFY_IMPORT)  # by QONNX's own execution
    graph = build.model(StepName.STREAMLINE)
    widths = [
        float(np.abs(graph.get_initializer(node.input[1])).max())
        for node in graph.graph.node
        if node.op_type == "Conv"
    ]
    assert widths == [2.0 ** (bits - 1)] * 2


@pytest.mark.slow
@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("fps", [100_000, 1_500_000])
def test_rtl_and_cpp(bits, fps, tmp_path):
    config = write_config(tmp_path, _network(bits), target_fps=fps)
    frames = np.random.default_rng(1).integers(0, 256, (2, 6, 6, 2), dtype=np.uint8)
    np.save(tmp_path / "x.npy", frames)
    assert main(["build", str(config)]) == 0
    for command in ("emulate", "rtlsim", "cppsim"):
        given = ["--input", str(tmp_path / "x.npy"), "--output", str(tmp_path / "y.npy")]
        assert main([command, str(config), *given]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("levels", [4, 0])
def test_sums_above_32_bits(levels, tmp_path):
    """By hand: 18 products of numbers to 2^15 reach some 2^34, with a sign 35 bits.

    Once with a quantizer behind, once as the network's output.
    """
    build = Build.load(write_config(tmp_path, _network(16, 16, levels), target_fps=100_000))
    run_steps(build)
    frames = np.random.default_rng(1).choice([-32768, 32767], (2, 6, 6, 2)).astype(np.int16)
    expected = emulate(build, frames)
    unit = operator_of(build.model(StepName.TO_HARDWARE).graph.node[-2 if levels else -1])
    if not levels:
        assert np.abs(expected).max() > 1 << 32
        assert unit.get_output_datatype().bitwidth() == 35
        real = next(iter(HostTail.load(build.paths.host_tail).run(expected).values()))
        step = 2.0**-16 * float(np.float32(1.3 * 2.0**-16))  # of the input, of the weights
        np.testing.assert_allclose(real, expected.transpose(0, 3, 1, 2) * step, rtol=1e-6)
    assert np.array_equal(rtlsim(build, frames, stalls=0.3), expected)
    assert np.array_equal(cppsim(build, frames, kinds=[FAST]), expected)
