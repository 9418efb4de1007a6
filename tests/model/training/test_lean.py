"""The lean forward pass against the network's own, in float64."""

import dataclasses

import pytest
import torch
from torch.nn import functional

from model import zoo
from model.initialize import initialize, synthetic_pictures
from model.layers import BIAS_FRACTION_BITS, HEAD_WEIGHT_SCALE, BinaryConv2d
from model.network import Network
from model.training.lean import TrainingNetwork, _Sign


def network(name: str, pooled: bool) -> Network:
    spec = zoo.find(name)
    if not pooled:
        spec = dataclasses.replace(
            spec, layers=tuple(dataclasses.replace(layer, pool=False) for layer in spec.layers)
        )
    made = Network(spec)
    initialize(made, 3)
    return made.double().train()


def pictures(side: int, count: int = 2) -> torch.Tensor:
    return synthetic_pictures(torch.Generator().manual_seed(5), count, side).double()


@pytest.mark.parametrize("name", zoo.names())
def test_outputs_are_the_network_s(name: str) -> None:
    made, x = network(name, True), pictures(64)
    expected = made(x)
    assert torch.allclose(TrainingNetwork(made, torch.float64)(x), expected, rtol=1e-6, atol=1e-6)


#: The other networks have all that this one has.
SUBSET = "ifq-tinier-yolo"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name == SUBSET else [])
        for name in zoo.names()
    ],
)
def test_gradients_are_the_network_s(name: str) -> None:
    """Without pooling, of which the gradient goes to another of equal values."""
    quantized = zoo.find(name).quantized
    made, x = network(name, not quantized), pictures(32, 1 if quantized else 8)
    if quantized:  # Brevitas passes the gradient of the head's latent weights within its scale
        made.head.conv.weight.data *= HEAD_WEIGHT_SCALE
    weight = torch.randn(made(x).shape, generator=torch.Generator().manual_seed(1)).double()
    found = []
    for model in (made, TrainingNetwork(made, torch.float64)):
        made.zero_grad()
        (model(x) * weight).sum().backward()
        found.append({key: value.grad.clone() for key, value in made.named_parameters()})
    for key, expected in found[0].items():
        difference = (found[1][key] - expected).abs().max() / expected.abs().max()
        assert difference < 1e-5, (key, float(difference))


def test_running_statistics_stay() -> None:
    made = network("dupnet-tinier-yolo", True)
    before = {key: value.clone() for key, value in made.named_buffers()}
    TrainingNetwork(made, torch.float64)(pictures(64)).sum().backward()
    assert all(torch.equal(before[key], value) for key, value in made.named_buffers())


def test_half_precision_is_close() -> None:
    made = network("dupnet-tinier-yolo", True).float()
    x = pictures(64).float()
    exact = TrainingNetwork(made)(x)
    half = TrainingNetwork(made, torch.bfloat16)(x)
    assert half.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(exact.flatten(), half.flatten(), 0) > 0.9
    half.sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in made.parameters())


@pytest.mark.parametrize("name", zoo.names())
def test_fixed_statistics_are_those_of_evaluation(name: str) -> None:
    made, x = network(name, True), pictures(64)
    made.eval()
    expected = made(x)
    assert torch.allclose(
        TrainingNetwork(made, torch.float64, fixed=True)(x), expected, rtol=1e-6, atol=1e-6
    )
    assert not torch.allclose(TrainingNetwork(made, torch.float64)(x), expected, rtol=1e-3)


def test_soft_weights() -> None:
    """clip(w / (4 * (1 - a) * mean|w|), -1, 1), in every layer; D and F tiled."""
    made, x = network("dupnet-tinier-yolo", True), pictures(64)
    model = TrainingNetwork(made, torch.float64)
    signs = model(x)
    latent = {
        name: module.weight.detach().clone()
        for name, module in made.named_modules()
        if isinstance(module, BinaryConv2d)
    }
    model.sharpness.fill_(0.25)
    found = model(x)
    expected = x
    for name, block in made.blocks.items():
        weight = latent[f"blocks.{name}.conv"]
        soft = (weight / (3 * weight.abs().mean())).clamp(-1, 1)
        copies = torch.cat([expected] * block.conv.duplicate_input, 1)
        y = functional.conv2d(copies, block.conv.tile(soft), padding=block.conv.padding)
        y = functional.batch_norm(
            y, None, None, block.norm.weight, block.norm.bias, training=True, eps=block.norm.eps
        )
        if block.pool is not None:
            y = functional.max_pool2d(y, 2)
        step = block.step()
        expected = torch.clamp(torch.round(y / step), 0, 3)
    weight = latent["head.conv"]
    soft = (weight / (3 * weight.abs().mean())).clamp(-1, 1)
    acc = functional.conv2d(expected, soft)
    bias = made.head.bias_codes().reshape(1, -1, 1, 1) * 2.0**-BIAS_FRACTION_BITS
    assert torch.allclose(found, acc * step * HEAD_WEIGHT_SCALE + bias, rtol=1e-6, atol=1e-6)
    assert not torch.allclose(found, signs, atol=1e-3)


def test_gradient_of_soft_weights() -> None:
    """Of latent weights beyond 1 the share that is not of the signs."""
    weight = torch.tensor([0.5, -2.0], dtype=torch.float64, requires_grad=True)
    for sharpness, expected in ((1.0, [1.0, 0.0]), (0.25, [1.0, 0.75]), (0.0, [1.0, 1.0])):
        (found,) = torch.autograd.grad(
            _Sign.apply(weight, torch.tensor(sharpness), torch.float64).sum(), weight
        )
        assert found.tolist() == expected


def test_soft_weights_become_their_signs() -> None:
    weight = torch.tensor([0.5, -0.25, 0.0, -1e-12])
    found = [_Sign.apply(weight, torch.tensor(a), torch.float32).tolist() for a in (0.0, 0.999, 1)]
    assert found[0] == pytest.approx([2 / 3, -1 / 3, 0, -4 / 3 * 1e-12])  # 4 * mean is 0.75
    assert found[1] == pytest.approx([1, -1, 0, 0], abs=1e-6)
    assert found[2] == [1, -1, 1, -1]


def test_soft_zero_weights_are_finite() -> None:
    weight = torch.zeros(3)
    assert _Sign.apply(weight, torch.tensor(0.5), torch.float32).tolist() == [0.0] * 3
