"""Duplicated weights and inputs against the algebra of the paper."""

import pytest
import torch
from brevitas.nn import QuantReLU
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from model.errors import ModelError
from model.layers import BinaryConv2d, ConvBlock, HeadConv
from model.quantizers import HwgqActQuant, PactActQuant


def integers(channels: int, size: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 4, (2, channels, size, size), generator=generator).float()


def signs(conv: BinaryConv2d) -> torch.Tensor:
    return torch.where(conv.weight >= 0, 1.0, -1.0).detach()


@settings(max_examples=30, deadline=None)
@given(
    repeats=st.integers(1, 4),
    block=st.integers(1, 4),
    out=st.integers(1, 5),
    kernel=st.sampled_from([1, 3]),
    size=st.integers(3, 7),
    seed=st.integers(0, 2**31),
)
def test_duplicated_weights_convolve_the_sum_of_the_groups(
    *, repeats: int, block: int, out: int, kernel: int, size: int, seed: int
) -> None:
    torch.manual_seed(seed)
    conv = BinaryConv2d(repeats * block, out, kernel, duplicate_weights=repeats)
    x = integers(repeats * block, size, seed)
    summed = x.reshape(2, repeats, block, size, size).sum(dim=1)
    expected = functional.conv2d(summed, signs(conv), padding=kernel // 2)
    assert conv.weight.shape == (out, block, kernel, kernel)
    assert torch.equal(conv(x), expected)


@settings(max_examples=30, deadline=None)
@given(
    copies=st.integers(1, 4),
    channels=st.integers(1, 4),
    out=st.integers(1, 5),
    kernel=st.sampled_from([1, 3]),
    size=st.integers(3, 7),
    seed=st.integers(0, 2**31),
)
def test_duplicated_input_is_one_kernel_of_more_levels(
    *, copies: int, channels: int, out: int, kernel: int, size: int, seed: int
) -> None:
    torch.manual_seed(seed)
    conv = BinaryConv2d(channels, out, kernel, duplicate_input=copies)
    x = integers(channels, size, seed)
    fused = signs(conv).reshape(out, copies, channels, kernel, kernel).sum(dim=1)
    assert set(fused.unique().tolist()) <= set(range(-copies, copies + 1, 2))
    assert torch.equal(conv(x), functional.conv2d(x, fused, padding=kernel // 2))


def test_both_combine() -> None:
    conv = BinaryConv2d(6, 4, 3, duplicate_weights=3, duplicate_input=2)
    x = integers(6, 5, 1)
    first, second = signs(conv).chunk(2, dim=1)
    summed = x.reshape(2, 3, 2, 5, 5).sum(dim=1)
    assert conv.weight.shape == (4, 4, 3, 3)
    assert torch.equal(conv(x), functional.conv2d(summed, first + second, padding=1))


def test_repetitions_stand_in_blocks() -> None:
    conv = BinaryConv2d(8, 2, 1, duplicate_weights=4)
    full = conv.quant_weight().value
    assert torch.equal(full, torch.cat([signs(conv)] * 4, dim=1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"duplicate_weights": 3},
            "duplicate_weights is 3; expected a divisor of the 8 input channels",
        ),
        (
            {"duplicate_weights": 0},
            "duplicate_weights is 0; expected a divisor of the 8 input channels",
        ),
        ({"duplicate_input": 0}, "duplicate_input is 0; expected 1 or more"),
        ({"kernel": 2}, "kernel is 2; expected an odd size"),
    ],
)
def test_impossible_layers_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        BinaryConv2d(8, 4, **{"kernel": 3, **arguments})
    assert str(caught.value) == message


def test_the_biases_of_the_head_are_16_bit() -> None:
    head = HeadConv(4, 5)
    with torch.no_grad():
        head.bias.copy_(torch.tensor([0.0, 0.3, -0.3, 100.0, -100.0]))
    assert head.bias_codes().tolist() == [0, 614, -614, 32767, -32768]
    with torch.no_grad():  # as it is exported
        assert head.bias_codes().tolist() == [0, 614, -614, 32767, -32768]
        assert head.quant_bias().tolist()[1:4] == [614 / 2048, -614 / 2048, 32767 / 2048]
    head(torch.zeros(1, 4, 2, 2)).sum().backward()
    assert head.bias.grad.tolist() == [4, 4, 4, 0, 0]


@pytest.mark.parametrize("quantizer", [HwgqActQuant, PactActQuant])
def test_everything_learns_in_one_step(quantizer: type) -> None:
    torch.manual_seed(0)
    block = ConvBlock(
        BinaryConv2d(8, 4, 3, duplicate_weights=2, duplicate_input=2),
        QuantReLU(act_quant=quantizer),
        pool=True,
    ).train()
    with torch.no_grad():
        block.norm.weight.fill_(4.0)  # so that PACT's clipping is reached
    before = {name: value.detach().clone() for name, value in block.named_parameters()}
    means = block.norm.running_mean.clone()
    optimizer = torch.optim.SGD(block.parameters(), lr=0.1)
    (block(integers(8, 8, 3)) ** 2).sum().backward()
    optimizer.step()
    assert len(before) == (4 if quantizer is PactActQuant else 3)
    for name, value in block.named_parameters():
        assert not torch.equal(before[name], value), name
    assert not torch.equal(means, block.norm.running_mean)
