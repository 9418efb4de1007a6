"""Levels by multiplication and shift: the quantizer's own on every integer, and none where none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.graph.channel_map import ChannelMap, Quantizer
from flows.graph.multiply_shift import MultiplyShift, multiply_shift

LO, HI = -3000, 4000
X = np.arange(LO, HI + 1)


def every_level(function: ChannelMap, quantizer: Quantizer, channels: int, x=X):
    return quantizer(function(np.tile(x.astype(float), (channels, 1))))


@given(
    st.integers(9, 16), st.booleans(), st.integers(0, 1 << 30),
    st.sampled_from(["ROUND", "FLOOR", "CEIL", "HALF_UP", "HALF_DOWN"]),
    st.sampled_from(["none", "relu", "clip"]),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_all_integers_have_their_level(bits, signed, seed, rounding, limit):
    rng = np.random.default_rng(seed)
    channels = int(rng.integers(1, 5))
    quantizer = Quantizer.quant(rng.uniform(0.01, 0.02), 0, bits, signed, False, rounding)
    function = ChannelMap().then("mul", 2.0 ** rng.uniform(-14, 2, channels))
    function = function.then("add", rng.normal(size=channels))
    if limit == "relu":
        function = function.then("max", 0.0)
    elif limit == "clip":
        function = function.then("max", -0.3).then("min", 0.9)
    form = multiply_shift(function, quantizer, LO, HI, channels)
    assert form is not None
    found = form(np.tile(X, (channels, 1)))
    assert np.array_equal(found, every_level(function, quantizer, channels))


@pytest.mark.parametrize("slope", [1 / 4, 1 / 6, 3 / 8, 5 / 2, 7.0])
def test_halves_go_to_the_even_level(slope):
    """Round of NumPy, and of Python: 0.5 -> 0, 1.5 -> 2."""
    quantizer = Quantizer.quant(1.0, 0, 12, True, False, "ROUND")
    form = multiply_shift(ChannelMap().then("mul", slope), quantizer, LO, HI, 1)
    assert form is not None
    expected = [min(max(round(slope * x), -2048), 2047) for x in X.tolist()]
    assert form(X[None])[0].tolist() == expected


def test_wide_sums():
    """Products of more than 64 bits, against integers of Python."""
    quantizer = Quantizer.quant(1.0, 0, 16, True, False, "ROUND")
    slope = 2.0**-15 * 1.1237654
    form = multiply_shift(ChannelMap().then("mul", slope), quantizer, -(2**30), 2**30, 1)
    assert form is not None
    assert form.drop >= 16
    factor, offset = int(form.factors[0]), int(form.offsets[0, 0])
    x = np.random.default_rng(1).integers(-(2**30), 2**30, 2000)
    whole = [((factor * v >> form.drop) + offset) >> form.shift for v in x.tolist()]
    whole = np.clip(whole, form.low, form.high)
    assert np.array_equal(form(x[None])[0], whole)
    assert np.array_equal(whole, quantizer((x * slope)[None])[0])


@pytest.mark.parametrize("kind", ["leaky", "sigmoid"])
def test_what_is_no_line_has_no_form(kind):
    quantizer = Quantizer.quant(2.0**-9, 0, 10, True, False, "ROUND")
    function = ChannelMap().then("mul", 2.0**-9)
    if kind == "leaky":
        function = function.then("leaky", 0.1)
    else:
        function = function.through(lambda x: 1 / (1 + np.exp(-x)), rising=True)
    assert multiply_shift(function, quantizer, LO, HI, 1) is None


def test_a_node_and_back():
    form = MultiplyShift(np.array([3, 3]), np.array([[1, -2], [1, -2]]), 1, 4, -5, 9)
    node = form.node("conv1", (2, 1, 1), "q")
    assert [node.params[key].shape for key in ("multipliers", "offsets")] == [(1,), (1, 2)]
    back = MultiplyShift.of_node(node)
    assert np.array_equal(back(X[:9].reshape(1, -1)), form(X[:9].reshape(1, -1)))
    assert (back.low, back.high) == (-5, 9)
