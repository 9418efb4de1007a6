"""Brevitas quantizers: binary weights, 8-bit pixels, HWGQ and PACT activations.

Every scale is a number with a short mantissa: k * 2^-10 with an integer k, or 2^-8 for pixels. A
convolution's sum is then an integer times 2^-10, exact in float32 while sum(|w|*a)*k stays below
2^24. For HWGQ (k = 551) that is up to 10,149 inputs of a convolution; the exported networks have at
most 2,304. So the Brevitas model in float32, the Brevitas model in float64 and the network of
integers have the same convolution results bit for bit. For PACT it holds in the zoo up to alpha =
7.1, beyond that in float64 only. BatchNorm behind it rounds, as ever: only where a result lies
within rounding of a threshold can float32 and float64 differ.

All of them export as QONNX `Quant` (activations) or `BipolarQuant` (weights) nodes.

Sources: binary weights: Courbariaux et al., BinaryConnect, NIPS 2015. HWGQ: Cai et al., Deep
learning with low precision by half-wave Gaussian quantization, CVPR 2017. PACT: Choi et al.,
PACT: parameterized clipping activation for quantized neural networks, arXiv 1805.06085.
"""

from typing import Any, cast

import torch
from brevitas.core.function_wrapper import TensorClamp
from brevitas.inject import ExtendedInjector
from brevitas.inject.enum import FloatToIntImplType
from brevitas.proxy import ActQuantProxyFromInjector
from brevitas.quant.base import SignedBinaryClampedConst
from brevitas.quant.solver.weight import WeightQuantSolver
from torch import Tensor, nn

HWGQ_STEP = 551 / 1024
"""Step between the 2-bit HWGQ levels: 0.5380859375, which rounds to the published 0.538.

The short mantissa (551 * 2^-10) makes float32 sums of such numbers exact; see above."""

PACT_ALPHA = 6.0
"""Initial clipping level of PACT where none is given."""

STEP_FRACTION_BITS = 10
"""Learned steps are multiples of 2^-10, so that they have a short mantissa too."""

INPUT_STEP = 1 / 256
"""The input is pixel/256, so that it is exact in binary floating point."""


class _ClippedUniform(torch.autograd.Function):
    """round(clip(x, 0, top) / step) * step, with the gradient of the clipped ReLU.

    Backward, for HWGQ (section 4.2, "clipped ReLU") and PACT (equation 3) alike: dy/dx = 1 for
    0 < x < top, else 0; dy/dtop = 1 for x >= top, else 0. Ties round to even, as in QONNX.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, alpha: Tensor, step: Tensor, levels: int) -> Tensor:
        ctx.save_for_backward(x, step * levels)
        ctx.alpha_shape = alpha.shape
        return torch.clamp(torch.round(x / step), 0, levels) * step

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        x, top = ctx.saved_tensors
        (grad,) = grads
        inside = (x > 0) & (x < top)
        grad_alpha = (grad * (x >= top)).sum().reshape(ctx.alpha_shape)
        return grad * inside, grad_alpha, None, None


class ClippedUniformQuant(nn.Module):
    """Unsigned uniform quantizer with levels 0, step, ..., (2^bits - 1) * step.

    Args:
        alpha: highest level, (2^bits - 1) * step; its initial value if learned.
        bit_width: bits of the integer.
        learned: alpha is a parameter (PACT); otherwise a constant.

    Returns of forward: the quantized tensor (as floats), step, zero point, bit width, as Brevitas'
    own tensor quantizers do.
    """

    def __init__(self, alpha: float, bit_width: int, learned: bool) -> None:
        super().__init__()
        self.levels = 2**bit_width - 1
        if learned:
            self.alpha = nn.Parameter(torch.tensor(alpha))
        else:
            self.register_buffer("alpha", torch.tensor(alpha), persistent=False)
        self.learned = learned
        self.register_buffer("zero", torch.tensor(0.0), persistent=False)
        self.register_buffer("bits", torch.tensor(float(bit_width)), persistent=False)

    def step(self) -> Tensor:
        """Distance of the levels, a scalar; the learned one is snapped to a multiple of 2^-10."""
        step = self.alpha.detach() / self.levels
        if not self.learned:
            return step
        unit = 2**STEP_FRACTION_BITS
        return torch.clamp(torch.round(step * unit), min=1) / unit

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        step = self.step()
        y = cast(Tensor, _ClippedUniform.apply(x, self.alpha, step, self.levels))
        return y, step, self.zero, self.bits


class _UnsignedAct(ExtendedInjector):
    """The properties by which Brevitas runs and exports an unsigned activation quantizer."""

    proxy_class = ActQuantProxyFromInjector
    tensor_quant = ClippedUniformQuant
    float_to_int_impl_type = FloatToIntImplType.ROUND
    signed = False
    narrow_range = False
    learned = False


class PixelQuant(_UnsignedAct):
    """8-bit unsigned network input, scale 1/256: levels 0, 1/256, ..., 255/256."""

    bit_width = 8
    alpha = 255 * INPUT_STEP


class HwgqActQuant(_UnsignedAct):
    """2-bit HWGQ activations: levels 0, s, 2s, 3s with s = 551/1024.

    The published levels (Cai et al., 0.538 for 2 bits) with the published backward pass, the ReLU
    clipped at the highest level; constant, the scale of each channel is learned by the BatchNorm in
    front. One thing differs: a value goes to the nearest level, thresholds s/2, 3s/2, 5s/2, as
    QONNX's Quant does; the publication has its first threshold at 0 (the others are the same),
    which Quant cannot say. The learned shift and scale of BatchNorm make up for it in part.
    """

    bit_width = 2
    alpha = 3 * HWGQ_STEP


class PactActQuant(_UnsignedAct):
    """2-bit PACT activations: clipped to [0, alpha], levels 0, s, 2s, 3s with s = alpha/3.

    alpha is learned, one for a layer, with the published gradient (1 where x >= alpha). In every
    forward pass, of training too, s is alpha/3 rounded to a multiple of 2^-10; thus what is trained
    is what is exported, and float32 sums stay exact. `alpha` may be given to QuantReLU.
    """

    bit_width = 2
    learned = True
    alpha = PACT_ALPHA


class BinaryWeightQuant(SignedBinaryClampedConst, WeightQuantSolver):
    """Binary weights: the sign of a latent weight, -1 or +1; sign(0) = +1.

    The scale is constant 1, so that the export is exact; the scale of each channel is BatchNorm's.
    Gradient: straight through to latent weights in [-1, 1], zero outside (BinaryConnect's).
    """

    tensor_clamp_impl = TensorClamp
    scaling_const = 1.0
