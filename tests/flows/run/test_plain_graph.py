"""Sums beyond float32's integers: computed in parts up to 2^53, and refused from there on.

The right integers are Python's own.
"""

import numpy as np
import pytest

from flows.errors import FlowError
from flows.graph.input_type import KEY, InputType
from flows.graph.multiply_shift import MultiplyShift
from flows.run.emulator import Emulator
from tests.flows.graph.graphs import Graph


def network(kind, weights, thresholds=None):
    """A 1 x 1 layer of these weights (one output) on an input of this type."""
    g = Graph(np.random.default_rng(0), (len(weights), 2, 2))
    g.graph.metadata[KEY] = kind.to_text()
    name = g.conv("input", np.array(weights, np.int64).reshape(1, -1, 1, 1))
    if thresholds is not None:
        g.act(name, len(thresholds))
        g.graph.node("act1").params["thresholds"] = np.array([thresholds], np.int64)
    return g


def by_python(frame, weights):
    """(H, W) sums as lists of Python's integers."""
    return [[sum(int(x) * w for x, w in zip(p, weights, strict=True)) for p in r] for r in frame]


TYPES = [
    InputType(), InputType(-128, 127), InputType(-32768, 32767), InputType(0, 65535),
    InputType(-1, 1, 2), InputType(0, 1),
]  # fmt: skip
WEIGHTS = [[1 << 15, -(1 << 15)], [65535, 65533], [-(1 << 22), 3], [127] * 520, [7, -8]]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_sums_are_those_of_python(kind):
    rng = np.random.default_rng(3)
    for weights in WEIGHTS:
        emulator = Emulator(network(kind, weights).model(), 1)
        shape = emulator.input_shape
        ends = [np.full(shape, end, kind.dtype) for end in (kind.lo, kind.hi)]
        for frame in [*ends, kind.random(rng, shape), kind.random(rng, shape)]:
            found = emulator.boundaries(frame)["conv1"][0, :, :, 0]
            assert found.tolist() == by_python(frame, weights)


def test_thresholds_of_large_sums():
    """The sum 2^24 + 1 is no number of float32: a threshold there is told from the one below."""
    weights, kind = [1 << 12, 1], InputType(0, 65535)
    emulator = Emulator(network(kind, weights, [2**24 - 1, 2**24, 2**24 + 1, 2**27]).model(), 1)
    frame = np.array([[[4095, 4095], [4096, 0]], [[4096, 1], [32768, 65535]]], np.uint16)
    sums = [[2**24 - 1, 2**24], [2**24 + 1, 2**27 + 65535]]
    assert by_python(frame, weights) == sums
    assert emulator.boundaries(frame)["act1"][0, :, :, 0].tolist() == [[1, 2], [3, 4]]


def test_pools_and_sums_of_large_sums():
    g = network(InputType(0, 65535), [65535, 1])
    other = g.conv("input", np.array([3, -65535], np.int64).reshape(1, 2, 1, 1))
    g.pool(g.join("Add", ["conv1", other], "both"))
    emulator = Emulator(g.model(), 1)
    frame = np.array([[[65535, 0], [65535, 65535]], [[1, 2], [0, 65535]]], np.uint16)
    found = emulator.boundaries(frame)
    right = np.array(by_python(frame, [65538, -65534]), np.int64)
    assert found["both"][0, :, :, 0].tolist() == right.tolist()
    assert found["pool_both"].reshape(-1).tolist() == [right.max()]


@pytest.mark.parametrize("sign", [1, -1])
def test_weights_beyond_the_range_are_refused(sign):
    """A part has one bit at least, so that the weights' sum may be below 2^23."""
    Emulator(network(InputType(), [sign * ((1 << 23) - 1)]).model(), 1)
    with pytest.raises(FlowError, match="node conv1: its weights sum up to 8388608, beyond"):
        Emulator(network(InputType(), [sign << 23]).model(), 1)
    with pytest.raises(FlowError, match="node conv1: its weights sum up to 8388608, beyond"):
        Emulator(network(InputType(), [sign << 22, -1 << 22]).model(), 1)


def test_sums_beyond_float64_are_refused():
    """2^15 times 2^22, and again: 2^37, then 2^59."""
    g = network(InputType(-32768, 32767), [1 << 22])
    g.conv("conv1", np.array([1 << 22]).reshape(1, 1, 1, 1))
    with pytest.raises(FlowError, match=r"node conv2: sums may reach \d+, beyond the emulator's"):
        Emulator(g.model(), 1)


def test_a_frame_of_other_integers_is_refused():
    emulator = Emulator(network(InputType(-1, 1, 2), [1]).model(), 1)
    assert emulator.boundaries(np.ones((2, 2, 1), np.int8))["conv1"].tolist()
    with pytest.raises(FlowError, match="a frame: holds 0; the network takes -1 or 1"):
        emulator.boundaries(np.zeros((2, 2, 1), np.int8))
    emulator = Emulator(network(InputType(-8, 7), [1]).model(), 1)
    with pytest.raises(FlowError, match="a frame: holds 8; the network takes INT4, -8 to 7"):
        emulator.boundaries(np.full((2, 2, 1), 8, np.int8))
    with pytest.raises(FlowError, match="and type uint8; the network takes"):
        emulator.boundaries(np.zeros((2, 2, 1), np.uint8))


@pytest.mark.parametrize("kind", [InputType(-300, 300), InputType(0, 65535)])
def test_many_thresholds_are_searched(kind):
    """Against a count of all of them, also where sums are beyond float32's integers."""
    rng = np.random.default_rng(5)
    weights = [1 << 12, -1] if kind.hi == 65535 else [3, -2]
    bound = 4097 * kind.hi
    steps = sorted(rng.integers(-bound // 9, bound // 2, 700).tolist())
    emulator = Emulator(network(kind, weights, steps).model(), 1)
    frame = kind.random(rng, emulator.input_shape)
    sums = by_python(frame, weights)
    counts = [[sum(t <= s for t in steps) for s in row] for row in sums]
    assert emulator.boundaries(frame)["act1"][0, :, :, 0].tolist() == counts
    assert emulator.run(frame[None])[0, :, :, 0].tolist() == counts


@pytest.mark.parametrize("drop", [3, 20])
def test_multiplication_and_shift(drop):
    """Of a product of 64 bits and more, too, whose lowest bits are left out."""
    kind, rng = InputType(-32768, 32767), np.random.default_rng(6)
    weights = [1 << 15, -(1 << 14)]
    g = network(kind, weights)
    factor, offset, shift = ((1 << 44) - 5 if drop == 20 else 1001), -7, 40 - drop
    form = MultiplyShift(np.array([factor]), np.array([[offset, 4]]), drop, shift, -(2**17), 2**17)
    made = form.node("conv1", (1, 2, 2), "q")
    made.name = "act1"
    g.graph.nodes.append(made)
    g.graph.output = "act1"
    emulator = Emulator(g.model(), 1)
    frame = kind.random(rng, emulator.input_shape)
    found = emulator.boundaries(frame)["act1"][0, :, :, 0].tolist()
    for row, sums in zip(found, by_python(frame, weights), strict=True):
        for level, total in zip(row, sums, strict=True):
            parts = [((factor * total >> drop) + part) >> shift for part in (offset, 4)]
            assert level == min(max(sum(parts), -(2**17)), 2**17)
