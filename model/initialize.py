"""Seeded weights of an untrained network, such that every activation level is in use.

Latent weights are uniform in [-1, 1]. BatchNorm gets the statistics of a few synthetic pictures,
as if it had been trained, gains of both signs (a quarter of the channels is inverted, as happens in
trained networks) and shifts. The statistics are computed from exact integers, and rounded to
multiples of 2^-10: the same seed gives the same network on every machine.
"""

import torch
from torch import Tensor, nn

from model.errors import ModelError
from model.layers import ConvBlock, HeadConv
from model.network import Network
from model.quantizers import HWGQ_STEP, INPUT_STEP

_PICTURES, _SIDE = 4, 128
_GRID = 2.0**10
_FLOAT_UNIT = 2.0**-16
_OUTPUTS_PER_ANCHOR, _OBJECTNESS = 6, 4


def synthetic_pictures(generator: torch.Generator, count: int, side: int) -> Tensor:
    """Pictures of coloured blocks of several sizes with noise: (count, 3, side, side), pixel/256.

    All in integers, thus alike on every machine.
    """
    total = torch.zeros(count, 3, side, side, dtype=torch.int64)
    for block, weight in ((side // 4, 4), (side // 16, 2), (2, 1), (1, 1)):
        cells = -(-side // block)
        noise = torch.randint(0, 256, (count, 3, cells, cells), generator=generator)
        large = noise.repeat_interleave(block, dim=2).repeat_interleave(block, dim=3)
        total += weight * large[:, :, :side, :side]
    return (total // 8).to(torch.float32) * INPUT_STEP


def _uniform(shape: torch.Size, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low


def _statistics(y: Tensor, unit: float) -> tuple[Tensor, Tensor]:
    """Mean and variance (C,) of the channels of y (N, C, H, W), a tensor of multiples of unit."""
    integers = torch.round(y.to(torch.float64) / unit)
    count = y.numel() // y.shape[1]
    total = integers.sum(dim=(0, 2, 3))  # sums of integers: exact in any order
    squares = (integers * integers).sum(dim=(0, 2, 3))
    mean = total / count
    return mean * unit, (squares / count - mean * mean) * unit * unit


def _normalize(block: ConvBlock, y: Tensor, unit: float, generator: torch.Generator) -> None:
    """Set BatchNorm so that the activations of y, the convolution's output, use all levels."""
    mean, var = _statistics(y, unit)
    norm = block.norm
    norm.running_mean.copy_(torch.round(mean * _GRID) / _GRID)
    norm.running_var.copy_(torch.clamp(torch.round(var * _GRID), min=1) / _GRID)
    shape = norm.weight.shape
    # to PACT's levels as to HWGQ's, which are those of the normal distribution
    gain = block.step() / HWGQ_STEP if hasattr(block.act, "act_quant") else 1.0
    sign = torch.where(torch.rand(shape, generator=generator) < 0.25, -1.0, 1.0)
    norm.weight.copy_(sign * _uniform(shape, 0.75, 1.25, generator) * gain)
    norm.bias.copy_(_uniform(shape, -0.25, 0.5, generator) * gain)


def initialize(network: Network, seed: int) -> None:
    """Give every parameter and statistic of the network its seeded value."""
    if not 0 <= seed < 2**63:
        raise ModelError(f"seed is {seed}; expected 0 to 2^63 - 1")
    generator = torch.Generator().manual_seed(seed)
    network.eval()
    with torch.no_grad():
        x = synthetic_pictures(generator, _PICTURES, _SIDE)
        binary, step = network.spec.quantized, INPUT_STEP
        for block in network.blocks.values():
            _weights(block.conv, binary, generator)
            _normalize(block, block.conv(x), step if binary else _FLOAT_UNIT, generator)
            x = block(x)
            step = block.step() if binary else step
        head = network.head
        _weights(head.conv if isinstance(head, HeadConv) else head, binary, generator)
        head.bias.copy_(_uniform(head.bias.shape, -1, 1, generator))
        head.bias[_OBJECTNESS::_OUTPUTS_PER_ANCHOR] -= 2.0  # most cells hold no face


def _weights(conv: nn.Conv2d, binary: bool, generator: torch.Generator) -> None:
    """Latent weights in [-1, 1], or He et al.'s for a full-precision layer."""
    fan_in = conv.weight[0].numel()
    bound = 1.0 if binary else (6.0 / fan_in) ** 0.5
    conv.weight.copy_(_uniform(conv.weight.shape, -bound, bound, generator))
