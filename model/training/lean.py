"""The forward pass that is trained: the network's own parameters without Brevitas' machinery.

`TrainingNetwork(network)(x)` gives what `network.train()(x)` gives, and the same gradients, but for
rounding, with less work and memory:

* activations are the integers 0 to 3 between layers, not 0 to 3 times a step (BatchNorm takes any
  scale out again), so that half-precision convolutions of them are sums of small integers;
* D input groups are added before, F weight copies before the convolution (the algebra of the
  paper), which is 42 % fewer operations for dupnet-tinier-yolo;
* quantization comes behind the pooling: a monotonic function commutes with the maximum, and there
  are four times fewer values. Gradients go to the largest of the four values, not to the first of
  those that are equal once they are quantized, which is wanted: it is the one that decides;
* binary weights may come gradually: the convolution's weights are clip(w / t, -1, 1), with t from
  four times the latent weights' mean size to 0, where only signs are left
  (`TrainingNetwork.sharpness`). A continuation of the sign function, as HashNet has it (Cao et al.,
  ICCV 2017, there with tanh);
* latent weights learn within [-1, 1] in all layers, in the head too, where Brevitas passes the
  gradient within the scale, [-1/16, 1/16], alone;
* no running statistics: those of a short training are no good for a binary network. They are
  computed for the final weights, in float32 through Brevitas (`statistics`).

What is evaluated and shipped is the network itself, in evaluation mode.
"""

from typing import Any, cast

import torch
from brevitas.function.ops_ste import round_ste
from torch import Tensor, nn
from torch.nn import functional

from model.layers import (
    BIAS_BITS,
    BIAS_FRACTION_BITS,
    HEAD_WEIGHT_SCALE,
    BinaryConv2d,
    ConvBlock,
    HeadConv,
)
from model.network import LEAKY_SLOPE, Network
from model.quantizers import ClippedUniformQuant

SOFTEST = 4.0
"""Times the mean size of the latent weights: where weights are +-1 at the start of a run."""

LEAST_REACH = 1e-9
"""The least number that latent weights are divided by."""


class _Sign(torch.autograd.Function):
    """Latent weights as -1 or +1, sign(0) = +1, or on the way there.

    With a sharpness a: clip(w / t, -1, 1) with t = 4 * (1 - a) * mean|w|, and the signs for a = 1.
    The gradient is passed on as it is, without 1/t, which Adam's steps would not heed: everywhere
    for a = 0, and weighted with a where |w| <= 1 only, as BinaryConnect has it for the signs.
    """

    @staticmethod
    def forward(ctx: Any, weight: Tensor, sharpness: Tensor, dtype: torch.dtype) -> Tensor:
        ctx.save_for_backward(weight, sharpness)
        sign = torch.where(weight >= 0, 1.0, -1.0)
        reach = SOFTEST * (1 - sharpness) * weight.abs().mean()
        soft = torch.clamp(weight / reach.clamp(min=LEAST_REACH), -1, 1)
        return torch.where(sharpness < 1, soft, sign).to(dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        weight, sharpness = ctx.saved_tensors
        (grad,) = grads
        passed = (weight.abs() <= 1) * sharpness + (1 - sharpness)
        return grad.to(weight.dtype) * passed, None, None


class _Levels(torch.autograd.Function):
    """The integers clamp(round(x / step), 0, levels), with gradients as `_ClippedUniform` has.

    A gradient g of the integers is the gradient g / step of the quantized values.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, alpha: Tensor, step: Tensor, levels: int) -> Tensor:
        ctx.save_for_backward(x, step)
        ctx.levels = levels
        exact = x if x.dtype == torch.float64 else x.float()
        return torch.clamp(torch.round(exact / step), 0, levels).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        x, step = ctx.saved_tensors
        exact = x if x.dtype == torch.float64 else x.float()
        grad = grads[0].to(exact.dtype) / step
        top = step * ctx.levels
        grad_alpha = None
        if ctx.needs_input_grad[1]:
            grad_alpha = (grad * (exact >= top)).sum().to(step.dtype).reshape(())
        return (grad * ((exact > 0) & (exact < top))).to(x.dtype), grad_alpha, None, None


def binary_conv(conv: BinaryConv2d, x: Tensor, sharpness: Tensor) -> Tensor:
    """Convolution by the signs of the weights, without their scale; D and F as sums.

    sharpness: a scalar, 1 for the signs; below the weights are soft (`_Sign`).
    """
    weight = _Sign.apply(conv.weight, sharpness, x.dtype)
    out, channels, height, width = weight.shape
    copies, repeats = conv.duplicate_input, conv.duplicate_weights
    if copies > 1:
        weight = weight.reshape(out, copies, channels // copies, height, width).sum(1)
    if repeats > 1:
        groups = x.unflatten(1, (repeats, x.shape[1] // repeats))
        x = groups.sum(1).contiguous(memory_format=_layout(x))
    return functional.conv2d(x, weight, padding=conv.padding)


def _layout(x: Tensor) -> torch.memory_format:
    """The memory layout of the pictures: channels_last on a GPU, where it is the faster one."""
    return torch.channels_last if x.is_cuda else torch.contiguous_format


def _quantizer(block: ConvBlock) -> ClippedUniformQuant:
    for module in block.act.modules():
        if isinstance(module, ClippedUniformQuant):
            return module
    raise AssertionError("a quantized block without quantizer")


class TrainingNetwork(nn.Module):
    """A network whose forward pass is made for training; the parameters are the network's own.

    Args:
        network: the network to train.
        dtype: of activations and convolutions: float32, bfloat16, float16, float64. Parameters,
            BatchNorm's sums and the head are float32 (float64 with float64).
        fixed: normalize by the network's running statistics, as in evaluation mode, instead of
            the batch's.

    `sharpness` of binary weights is 1, their signs, unless training sets it.
    """

    sharpness: Tensor

    def __init__(
        self, network: Network, dtype: torch.dtype = torch.float32, fixed: bool = False
    ) -> None:
        super().__init__()
        self.network = network
        self.dtype = dtype
        self.fixed = fixed
        head_bias = cast(Tensor, network.head.bias)
        self.register_buffer("sharpness", torch.ones((), device=head_bias.device), persistent=False)
        # of each block's input, in the network's own values; where it is needed, no step moves
        blocks = [cast(ConvBlock, block) for block in network.blocks.values()]
        quantized = fixed and network.spec.quantized
        self.units = [1.0, *(block.step() if quantized else 1.0 for block in blocks[:-1])]

    def forward(self, x: Tensor) -> Tensor:
        """Raw head output of pixels/256 (N, 3, H, W)."""
        x = x.to(self.dtype, memory_format=_layout(x))
        for block, unit in zip(self.network.blocks.values(), self.units, strict=True):
            x = self._block(cast(ConvBlock, block), x, unit)
        return self._head(x)

    def _block(self, block: ConvBlock, x: Tensor, unit: float) -> Tensor:
        quantized = isinstance(block.conv, BinaryConv2d)
        if quantized:
            x = binary_conv(block.conv, x, self.sharpness)
        else:
            weight = block.conv.weight.to(self.dtype)
            x = functional.conv2d(x, weight, padding=block.conv.padding)
        x = self._normalize(block.norm, x, unit)
        if block.pool is not None:
            x = functional.max_pool2d(x, 2)
        if not quantized:
            return functional.leaky_relu(x, LEAKY_SLOPE)
        levels = _quantizer(block)
        return cast(Tensor, _Levels.apply(x, levels.alpha, levels.step(), levels.levels))

    def _normalize(self, norm: nn.BatchNorm2d, x: Tensor, unit: float) -> Tensor:
        if not self.fixed:
            return functional.batch_norm(
                x, None, None, norm.weight, norm.bias, training=True, eps=norm.eps
            )
        assert norm.running_mean is not None and norm.running_var is not None
        mean, var = norm.running_mean / unit, norm.running_var / unit**2
        return functional.batch_norm(
            x, mean, var, norm.weight, norm.bias, training=False, eps=norm.eps / unit**2
        )

    def _head(self, x: Tensor) -> Tensor:
        """In full precision: it is small, and its output is what the loss sees."""
        head = self.network.head
        exact = torch.float64 if self.dtype == torch.float64 else torch.float32
        if not isinstance(head, HeadConv):
            return functional.conv2d(x.to(exact), head.weight, head.bias)
        *_, last = self.network.blocks.values()
        acc = binary_conv(head.conv, x.to(exact), self.sharpness)
        top = 2 ** (BIAS_BITS - 1)
        codes = torch.clamp(round_ste(head.bias * 2**BIAS_FRACTION_BITS), -top, top - 1)
        bias = (codes * 2.0**-BIAS_FRACTION_BITS).reshape(1, -1, 1, 1)
        return acc * (_quantizer(last).step() * HEAD_WEIGHT_SCALE) + bias
