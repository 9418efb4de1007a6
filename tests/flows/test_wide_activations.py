"""Activations of 9 to 16 bits between layers: the file's integers, in emulator, RTL and C++."""

import numpy as np
import pytest

from flows.__main__ import main
from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.graph.integer_graph import from_onnx
from tests.flows.builder import Builder, Network
from tests.flows.flow import write_config


def network(bits: int, *, relu: bool = True, rounding: str = "ROUND") -> Network:
    """Three layers, quantizers of so many bits between them, one scale no power of two."""
    b = Builder(np.random.default_rng(bits), (2, 6, 6), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    for index, (outputs, kernel) in enumerate(((4, 3), (3, 1), (2, 1))):
        shape = (outputs, b.channels(tensor), kernel, kernel)
        scale = np.float32(0.013 if index == 0 else 2.0**-4)
        weights = b.quant(b.constant(b.rng.integers(-3, 4, shape) * scale), 3, True, scale)
        tensor = b.add("Conv", [tensor, weights], pads=[kernel // 2] * 4)
        if index < 2:
            bias = b.constant(b.rng.normal(size=(1, outputs, 1, 1)).astype(np.float32) / 9)
            tensor = b.add("Add", [tensor, bias])
            if relu:
                tensor = b.add("Relu", [tensor])
            step = np.float32(0.7 * 2.0**-bits if index == 0 else 2.0**-bits)
            tensor = b.quant(tensor, bits, not relu, step, mode=rounding)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.parametrize(
    ("bits", "relu", "rounding"),
    [(9, True, "ROUND"), (12, False, "FLOOR"), (16, True, "ROUND"), (16, False, "CEIL")],
)
def test_the_integers_are_those_of_the_file(bits, relu, rounding, tmp_path):
    build = Build.load(write_config(tmp_path, network(bits, relu=relu, rounding=rounding)))
    run_steps(build, stop=StepName.VERIFY_IMPORT)  # by QONNX's own execution
    graph = from_onnx(build.model(StepName.STREAMLINE))
    assert [n.op for n in graph.nodes].count("Requant") == 2


@pytest.mark.slow
@pytest.mark.parametrize(("bits", "relu"), [(12, True), (16, False)])
@pytest.mark.parametrize("fps", [20_000, 1_500_000])
def test_rtl_and_cpp(bits, relu, fps, tmp_path):
    config = write_config(tmp_path, network(bits, relu=relu), target_fps=fps)
    frames = np.random.default_rng(1).integers(0, 256, (2, 6, 6, 2), dtype=np.uint8)
    np.save(tmp_path / "x.npy", frames)
    assert main(["build", str(config)]) == 0
    for command in ("emulate", "rtlsim", "cppsim"):
        more = ["--stalls", "0.3"] if command == "rtlsim" else []
        given = ["--input", str(tmp_path / "x.npy"), "--output", str(tmp_path / "y.npy"), *more]
        assert main([command, str(config), *given]) == 0


def sigmoid(bits: int, channels: int) -> Network:
    """A layer, a function that is no line, and a quantizer of so many bits."""
    b = Builder(np.random.default_rng(5), (2, 4, 4), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    weights = b.quant(b.constant(b.rng.integers(-3, 4, (channels, 2, 1, 1))), 3, True, 1.0)
    tensor = b.add("Sigmoid", [b.add("Conv", [tensor, weights])])
    return Network(0, b.finish(b.quant(tensor, bits, False, 2.0**-bits)), b.shape, b.input_scale,
                   None, (), (), ())  # fmt: skip


def test_what_is_no_line_is_searched_in_memories(tmp_path):
    build = Build.load(write_config(tmp_path, sigmoid(10, 3), target_fps=1000))
    run_steps(build, stop=StepName.SET_FOLDING)
    (node,) = [n for n in build.model(StepName.SET_FOLDING).graph.node if "MVAU" in n.op_type]
    assert {a.name: a.i for a in node.attribute}["threshold_search"] == 1


def test_too_many_thresholds_are_refused_with_their_bits(tmp_path, capsys):
    """By hand: 8 channels of 65,535 thresholds of 12 bits (sums to 3 x 2 x 255, with a sign)."""
    assert main(["build", str(write_config(tmp_path, sigmoid(16, 8)))]) == 1
    said = capsys.readouterr().err
    assert "node Quant_2 (Quant): 65,536 levels of 8 channels, which do not lie on one" in said
    assert f"would take {8 * 65535 * 12:,} bits of memory; expected at most 4,194,304" in said
