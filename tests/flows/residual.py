"""Small residual networks, as Brevitas' and FINN's ResNets have their blocks."""

from typing import Any

import numpy as np

from tests.flows.builder import Builder, Network

#: Scales: powers of two, so that sums fall exactly between two levels.
ACT, SUM = 0.25, 0.5


def residual(side: int = 8, channels: int = 4, blocks: int = 1) -> Network:
    """A first layer, then blocks: two 3 x 3 convolutions beside a shortcut, added, quantized again.

    The first block's shortcut is the tensor itself, that of every other one a 1 x 1 convolution of
    stride 2, as where a ResNet halves its image. Both operands of a sum have one scale.
    """
    b = Builder(np.random.default_rng(7), (2, side, side), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, np.float32(b.input_scale))
    tensor = _layer(b, tensor, channels, 3, 1, signed=False)
    for block in range(blocks):
        stride = 1 + block % 2
        shortcut = tensor
        if stride > 1:
            shortcut = _layer(b, tensor, channels, 1, stride, signed=True)
        branch = _layer(b, tensor, channels, 3, stride, signed=False)
        branch = _layer(b, branch, channels, 3, 1, signed=True)
        tensor = b.add("Relu", [b.add("Add", [branch, shortcut])])
        tensor = b.quant(tensor, 2, False, np.float32(SUM))
    tensor = b.conv(tensor, _ternary(b, 3, b.channels(tensor), 1), "ternary", (1, 1), [0] * 4)
    return Network(7, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def _ternary(b: Builder, rows: int, channels: int, kernel: int) -> Any:
    return b.rng.integers(-1, 2, (rows, channels, kernel, kernel))


def _layer(b: Builder, tensor: str, rows: int, kernel: int, stride: int, *, signed: bool) -> str:
    """A convolution and a quantizer of 3 bits, of the scale that all operands of sums have."""
    weights = _ternary(b, rows, b.channels(tensor), kernel)
    tensor = b.conv(tensor, weights, "ternary", (stride, stride), [kernel // 2] * 4)
    if not signed:
        tensor = b.add("Relu", [tensor])
    return b.quant(tensor, 3, signed, np.float32(ACT))
