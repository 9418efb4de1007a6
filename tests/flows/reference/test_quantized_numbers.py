"""Biases and factors behind quantizers are numbers of float32, as QONNX computes them."""

import json

import numpy as np
import pytest

from flows.build.sequence import run_steps
from tests.flows.builder import Builder, Network
from tests.flows.reference.planted import planted, streamlined_build

#: A step that no float32 holds, so that levels times it are rounded.
STEP = np.float32(0.1)


def _network(kind: str) -> Network:
    b = Builder(np.random.default_rng(5), (3, 6, 7), 2.0**-8)
    tensor = b.quant("x", 8, False, 2.0**-8)
    integers = b.rng.integers(-4, 4, (5, 3, 3, 3))
    sums = b.conv(tensor, integers, "int3", (1, 1), [1] * 4)
    numbers = b.rng.integers(30, 120, (1, 5, 1, 1)) * STEP
    if kind == "bias":  # a third input of the convolution
        numbers = numbers.reshape(5)
    made = b.quant(b.constant(numbers), 8, True, STEP)
    if kind == "bias":
        b.nodes[-2], b.nodes[-1] = b.nodes[-1], b.nodes[-2]
        b.nodes[-1].input.append(made)
    else:
        sums = b.add(kind, [sums, made])
    return Network(0, b.finish(sums), b.shape, b.input_scale, None, (), (), ())


@pytest.mark.parametrize("kind", ["bias", "Add", "Mul"])
def test_they_are_compared_as_the_file_has_them(tmp_path, kind):
    build = streamlined_build(tmp_path, _network(kind))
    run_steps(build, start="verify_import", stop="verify_import")

    def next_float(graph):
        key = "output_scale" if kind == "Mul" else "output_bias"
        values = np.float32(json.loads(graph.metadata[key]))
        values[0] = np.nextafter(values[0], np.float32(np.inf))
        graph.metadata[key] = json.dumps([float(v) for v in values])

    assert ": tensor " in planted(build, next_float)
