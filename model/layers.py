"""Brevitas layers: binary convolution, with duplicated weights (D) and duplicated input (F).

Tensors are NCHW float32. The two ideas of the paper (docs/network.md, "The two ideas, as algebra"):

* D, duplicated weight channels: the weights of a convolution are D copies, along the input-channel
  axis, of one base tensor. Only the base is a parameter.
* F, duplicated input: the input is concatenated F times and every copy has binary weights of its
  own, so that the sum of the copies' weights has F+1 levels.

Both may be combined: each of the F copies then has a base of its own that is repeated D times.
"""

from typing import Any, cast

import torch
from brevitas.function.ops_ste import round_ste
from brevitas.nn import QuantConv2d, QuantReLU
from brevitas.quant_tensor import QuantTensor
from torch import Tensor, nn

from model.errors import ModelError
from model.quantizers import BinaryWeightQuant

BIAS_BITS = 16
BIAS_FRACTION_BITS = 11
"""Biases of the head are 16-bit two's complement in units of 2^-11: -16 to 15.9995."""

HEAD_WEIGHT_SCALE = 1 / 16
"""Constant scale of the head's binary weights (1/sqrt(256 inputs)): a power of two, so exact."""

BATCH_NORM_EPS = 2.0**-16
"""A power of two: it means the same in float32 (the export) and in float64."""


class BinaryConv2d(QuantConv2d):
    """Convolution without bias by binary weights, stride 1, padding that keeps the size.

    Args:
        in_channels: channels C of the input, before it is duplicated.
        out_channels: channels O of the output.
        kernel: side of the kernel, odd.
        duplicate_weights: D; divides C.
        duplicate_input: F; the input is concatenated F times.
        weight_scale: constant scale of the weights.

    The only parameter, `weight`, has shape (O, F*C/D, kernel, kernel): latent weights, of which the
    forward pass takes the sign. The convolution's weights are, for each copy f of the input, D
    repetitions of the block weight[:, f*C/D:(f+1)*C/D] (layout [Wb, Wb, ..., Wb]). Exported, it is
    a plain convolution by F*C channels of binary weights.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        *,
        duplicate_weights: int = 1,
        duplicate_input: int = 1,
        weight_scale: float = 1.0,
    ) -> None:
        if duplicate_weights < 1 or in_channels % duplicate_weights:
            raise ModelError(
                f"duplicate_weights is {duplicate_weights}; expected a divisor of the "
                f"{in_channels} input channels"
            )
        if duplicate_input < 1:
            raise ModelError(f"duplicate_input is {duplicate_input}; expected 1 or more")
        if kernel % 2 == 0:
            raise ModelError(f"kernel is {kernel}; expected an odd size")
        super().__init__(
            in_channels * duplicate_input // duplicate_weights,
            out_channels,
            kernel,
            padding=kernel // 2,
            bias=False,
            weight_quant=BinaryWeightQuant,
            weight_scaling_const=weight_scale,
        )
        self.duplicate_weights = duplicate_weights
        self.duplicate_input = duplicate_input

    def tile(self, base: Tensor) -> Tensor:
        """The full (O, F*C, k, k) of a base (O, F*C/D, k, k)."""
        if self.duplicate_weights == 1:
            return base
        out, channels, height, width = base.shape
        copies, repeats = self.duplicate_input, self.duplicate_weights
        block = channels // copies
        split = base.reshape(out, copies, 1, block, height, width)
        return split.expand(-1, -1, repeats, -1, -1, -1).reshape(out, -1, height, width)

    def quant_weight(
        self, quant_input: QuantTensor | None = None, subtensor_slice_list: Any = None
    ) -> QuantTensor:
        """The binary weights (O, F*C, k, k), duplicates included, in front of the quantizer.

        That order (duplicate, then quantize) exports as one quantized constant.
        """
        if subtensor_slice_list is not None:
            raise NotImplementedError("slices of duplicated weights")
        return self.weight_quant(self.tile(self.weight))

    def inner_forward_impl(
        self, x: Tensor, quant_weight: Tensor, quant_bias: Tensor | None
    ) -> Tensor:
        """Convolve x (N, C, H, W), duplicated F times, by the binary weights."""
        if self.duplicate_input > 1:
            x = torch.cat([x] * self.duplicate_input, dim=1)
        return cast(Tensor, self._conv_forward(x, quant_weight, quant_bias))

    def weight_step(self) -> float:
        """Scale of the binary weights: the weights are this times -1 or +1."""
        return float(self.weight_quant.scale())


class ConvBlock(nn.Module):
    """Convolution without bias, BatchNorm, activation, and a 2x2/2 max-pool where `pool` is set.

    The parts are `conv`, `norm`, `act` and `pool` (None where there is none).
    """

    def __init__(self, conv: nn.Conv2d, act: nn.Module, pool: bool) -> None:
        super().__init__()
        self.conv = conv
        self.norm = nn.BatchNorm2d(conv.out_channels, eps=BATCH_NORM_EPS)
        self.act = act
        self.pool = nn.MaxPool2d(2) if pool else None

    def activate(self, x: Tensor) -> Tensor:
        """The activation in front of the pooling: (N, C, H, W) to (N, O, H, W)."""
        return cast(Tensor, self.act(self.norm(self.conv(x))))

    def forward(self, x: Tensor) -> Tensor:
        y = self.activate(x)
        return y if self.pool is None else cast(Tensor, self.pool(y))

    def step(self) -> float:
        """Scale of the activation's integers."""
        if not isinstance(self.act, QuantReLU):
            raise ModelError("a full-precision layer has no activation scale")
        return float(self.act.act_quant.scale())


class HeadConv(nn.Module):
    """The network's last layer: 1x1 convolution by binary weights, and 16-bit biases.

    output = conv(x, weights) + bias, where conv(x, weights) = scale * acc with an integer
    accumulator acc = sum of (2-bit activation x -1 or +1), scale = (step of the activations) *
    HEAD_WEIGHT_SCALE, and bias = (16-bit integer) * 2^-11. All of it is exact in float32. The
    hardware gives acc; scale and bias belong to decoding (`model.detection.decode`).
    duplicate_input: F, as of BinaryConv2d.
    """

    def __init__(self, in_channels: int, out_channels: int, duplicate_input: int = 1) -> None:
        super().__init__()
        self.conv = BinaryConv2d(
            in_channels,
            out_channels,
            1,
            duplicate_input=duplicate_input,
            weight_scale=HEAD_WEIGHT_SCALE,
        )
        self.bias = nn.Parameter(torch.zeros(out_channels))

    def bias_codes(self) -> Tensor:
        """The biases as integers (out_channels,), in units of 2^-11, rounded straight through."""
        codes = self.bias * 2**BIAS_FRACTION_BITS
        # autograd sees the identity; the exporter cannot trace Brevitas' function for it
        codes = round_ste(codes) if torch.is_grad_enabled() else torch.round(codes)
        return torch.clamp(codes, -(2 ** (BIAS_BITS - 1)), 2 ** (BIAS_BITS - 1) - 1)

    def quant_bias(self) -> Tensor:
        """The biases (out_channels,) as the network adds them."""
        return self.bias_codes() * 2.0**-BIAS_FRACTION_BITS

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv(x) + self.quant_bias().reshape(1, -1, 1, 1))
