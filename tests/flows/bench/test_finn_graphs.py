"""FINN's own passes map forks, sums, depthwise layers and upsampling, by FINN's own operators."""

import numpy as np

from flows.bench.finn_mapping import Choice, finn_mapping, slowest
from hw.ops.finns_own import finns_own
from tests.flows.builder import Builder, Network
from tests.flows.flow import streamlined

PART = "xc7z020clg400-1"


def _residual() -> Network:
    """x + f(x), a depthwise layer behind the sum; scales are powers of two."""
    b = Builder(np.random.default_rng(4), (2, 8, 8), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    weights = b.rng.choice([-1, 1], (4, 2, 3, 3))
    first = b.quant(b.conv(tensor, weights, "binary", (1, 1), [1] * 4), 2, False, 0.5)
    weights = b.rng.choice([-1, 1], (4, 4, 3, 3))
    second = b.quant(b.conv(first, weights, "binary", (1, 1), [1] * 4), 2, False, 0.5)
    tensor = b.quant(b.add("Add", [first, second]), 3, False, 0.5)
    taps = b.weights(b.rng.integers(-1, 2, (4, 1, 3, 3)), "ternary")
    tensor = b.quant(b.add("Conv", [tensor, taps], pads=[1] * 4, group=4), 2, False)
    weights = b.rng.choice([-1, 1], (3, 4, 1, 1))
    tensor = b.conv(tensor, weights, "binary", (1, 1), [0] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def test_a_residual_network_with_a_depthwise_layer():
    graph = streamlined(_residual())
    with finns_own():
        mapped = finn_mapping(graph, PART, 2000, Choice())
        kinds = {node.op_type for node in mapped.graph.node}
        assert {"DuplicateStreams_hls", "ElementwiseAdd_hls", "VVAU_hls", "MVAU_rtl"} <= kinds
        # by hand: 8 x 8 pixels, 4 x 4 x 9 products of the second layer
        assert 64 * 144 // 2000 < slowest(mapped)[1] <= 2000
