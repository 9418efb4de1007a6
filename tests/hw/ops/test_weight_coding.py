"""Codes reproduce the weights, in the fewest bits that a step and a minimum allow."""

import numpy as np
import pytest

from hw.ops.weight_coding import code_weights


@pytest.mark.parametrize(
    ("levels", "step", "minimum", "bits"),
    [
        ((-1, 1), 2, -1, 1),
        ((-2, 0, 2), 2, -2, 2),
        ((-3, -1, 1, 3), 2, -3, 2),
        ((-1, 0, 1), 1, -1, 2),
        ((0, 1), 1, 0, 1),
        ((0, 5), 5, 0, 1),
        ((-4, -3, -2, -1, 0), 1, -4, 3),
        ((3, 8, 13), 5, 3, 2),
        (tuple(range(-8, 8)), 1, -8, 4),
    ],
)
def test_levels(levels: tuple[int, ...], step: int, minimum: int, bits: int) -> None:
    weights = np.random.default_rng(0).choice(levels, (24, 5))
    weights[: len(levels), 0] = levels
    coding = code_weights(weights)
    assert (coding.step, coding.minimum, coding.bits) == (step, minimum, bits)
    assert np.array_equal(coding.step * coding.codes + coding.minimum, weights)
    assert coding.codes.min() == 0 and coding.codes.max() < 2**bits


@pytest.mark.parametrize("value", [-7, 0, 1, 2])
def test_constant_weights_take_one_bit(value: int) -> None:
    coding = code_weights(np.full((4, 3), value))
    assert (coding.step, coding.minimum, coding.bits) == (1, value, 1)
    assert not coding.codes.any()


def test_no_weights() -> None:
    with pytest.raises(ValueError, match="no weights"):
        code_weights(np.zeros((0, 3), dtype=np.int64))
