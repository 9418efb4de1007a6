"""Levels, thresholds and gradients of the quantizers."""

import numpy as np
import pytest
import torch
from brevitas.nn import QuantIdentity, QuantReLU
from hypothesis import given, settings
from hypothesis import strategies as st

from model import zoo
from model.layers import BinaryConv2d
from model.quantizers import (
    HWGQ_STEP,
    ClippedUniformQuant,
    HwgqActQuant,
    PactActQuant,
    PixelQuant,
)

REAL = st.floats(-20, 20, width=32)


def test_hwgq_step_rounds_to_the_published_one() -> None:
    assert round(HWGQ_STEP, 3) == 0.538
    assert HWGQ_STEP * 1024 == 551


def test_pact_starts_from_hwgq_s_levels() -> None:
    """The head's scale is the last layer's step: with another, training starts elsewhere."""
    assert zoo.find("dupnet-l-pact").pact_alpha == 3 * HWGQ_STEP


@settings(max_examples=50, deadline=None)
@given(st.lists(REAL, min_size=1, max_size=20))
def test_hwgq_gives_the_nearest_of_its_levels(values: list[float]) -> None:
    act = QuantReLU(act_quant=HwgqActQuant)
    x = torch.tensor(values)
    levels = np.arange(4) * HWGQ_STEP
    nearest = levels[np.abs(np.array(values)[:, None] - levels).argmin(axis=1)]
    difference = np.abs(act(x).detach().numpy() - nearest)
    on_threshold = np.isclose(np.mod(np.array(values) / HWGQ_STEP, 1.0), 0.5, atol=1e-6)
    assert (difference[~on_threshold] == 0).all()


def test_hwgq_thresholds_lie_between_the_levels() -> None:
    act = QuantReLU(act_quant=HwgqActQuant)
    for index in range(3):
        threshold = (index + 0.5) * HWGQ_STEP
        below, above = act(torch.tensor([threshold - 1e-4, threshold + 1e-4])).tolist()
        assert (below, above) == (index * HWGQ_STEP, (index + 1) * HWGQ_STEP)


def test_hwgq_gradient_is_the_clipped_relu_s() -> None:
    act = QuantReLU(act_quant=HwgqActQuant)
    x = torch.tensor([-1.0, -0.01, 0.01, 1.0, 1.61, 1.62, 5.0], requires_grad=True)
    act(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 0, 1, 1, 1, 0, 0]
    ends = torch.tensor([-1.0, 0.0, 0.01, 3 * HWGQ_STEP], requires_grad=True)
    ClippedUniformQuant(3 * HWGQ_STEP, 2, learned=False)(ends)[0].sum().backward()
    assert ends.grad is not None
    assert ends.grad.tolist() == [0, 0, 1, 0]  # neither end is inside


def test_a_learned_step_is_never_zero() -> None:
    act = QuantReLU(act_quant=PactActQuant, alpha=1e-5)
    assert act(torch.tensor([5.0])).tolist() == [3 / 1024]
    assert float(act.act_quant.scale()) == 1 / 1024


def test_pixels_are_exact() -> None:
    pixels = torch.arange(256) / 256
    assert torch.equal(QuantIdentity(act_quant=PixelQuant)(pixels), pixels)


def test_pact_levels_follow_alpha() -> None:
    act = QuantReLU(act_quant=PactActQuant, alpha=3.0)
    x = torch.tensor([-1.0, 0.4, 0.6, 1.4, 1.6, 2.4, 2.6, 9.0])
    assert act(x).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert float(QuantReLU(act_quant=PactActQuant).act_quant.scale()) == 2.0  # alpha 6


@pytest.mark.parametrize("alpha", [0.7, 1.0, 2.345678])
def test_pact_step_is_snapped_to_a_short_mantissa(alpha: float) -> None:
    step = float(QuantReLU(act_quant=PactActQuant, alpha=alpha).act_quant.scale())
    assert step * 1024 == round(step * 1024)
    assert abs(step - alpha / 3) <= 2**-11


def test_pact_gradients_are_the_published_ones() -> None:
    act = QuantReLU(act_quant=PactActQuant, alpha=3.0)
    x = torch.tensor([-1.0, 0.1, 2.9, 3.0, 4.0, 7.0], requires_grad=True)
    weight = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    (act(x) * weight).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0, 2, 4, 0, 0, 0]
    (alpha,) = act.parameters()
    assert float(alpha.grad) == 8 + 16 + 32


def test_binary_weights_are_signs_and_zero_is_positive() -> None:
    conv = BinaryConv2d(1, 5, 1)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([-3.0, -0.0, 0.0, 1e-20, 2.0]).reshape(5, 1, 1, 1))
    assert conv.quant_weight().value.flatten().tolist() == [-1, 1, 1, 1, 1]


def test_binary_weights_learn_straight_through_within_one() -> None:
    conv = BinaryConv2d(1, 3, 1)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([-0.5, 0.5, 1.5]).reshape(3, 1, 1, 1))
    conv(torch.ones(1, 1, 2, 2)).sum().backward()
    assert conv.weight.grad.flatten().tolist() == [4, 4, 0]
