"""A network of the zoo as a module: pixels in, raw head output out.

Layouts are NCHW. The input is pixel/256 in [0, 1), N x 3 x H x W with H and W multiples of 32; the
output is N x 30 x H/32 x W/32, of which channel 6*a+i is output i (x, y, w, h, objectness, face) of
anchor a.
"""

from dataclasses import dataclass
from typing import cast

import torch
from brevitas.nn import QuantIdentity, QuantReLU
from torch import Tensor, nn

from model.errors import ModelError
from model.layers import (
    BIAS_BITS,
    BIAS_FRACTION_BITS,
    BinaryConv2d,
    ConvBlock,
    HeadConv,
)
from model.quantizers import INPUT_STEP, HwgqActQuant, PactActQuant, PixelQuant
from model.zoo import STRIDE, LayerSpec, NetworkSpec

LEAKY_SLOPE = 0.1
"""Slope of Tiny-YOLOv2's leaky ReLU below zero."""


@dataclass(frozen=True)
class HeadDecoding:
    """Real output of channel c = scale * accumulator + bias_codes[c] * 2^-bias_fraction_bits."""

    scale: float
    bias_codes: tuple[int, ...]
    bias_bits: int = BIAS_BITS
    bias_fraction_bits: int = BIAS_FRACTION_BITS

    @property
    def bias(self) -> tuple[float, ...]:
        """The biases as real numbers."""
        return tuple(code * 2.0**-self.bias_fraction_bits for code in self.bias_codes)


class Network(nn.Module):
    """Input quantizer, the blocks conv1 to conv8, and the head conv9.

    Submodules: `input_quant` (None in full precision), `blocks` (by layer name), `head`.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.spec = spec
        self.input_quant = QuantIdentity(act_quant=PixelQuant) if spec.quantized else None
        *body, last = spec.layers
        self.blocks = nn.ModuleDict({layer.name: self._block(layer) for layer in body})
        self.head: nn.Module = (
            HeadConv(last.in_channels, last.out_channels, last.duplicate_input)
            if spec.quantized
            else nn.Conv2d(last.in_channels, last.out_channels, last.kernel)
        )

    def _block(self, layer: LayerSpec) -> ConvBlock:
        conv: nn.Conv2d
        if not self.spec.quantized:
            padding = layer.kernel // 2
            conv = nn.Conv2d(
                layer.in_channels, layer.out_channels, layer.kernel, padding=padding, bias=False
            )
            return ConvBlock(conv, nn.LeakyReLU(LEAKY_SLOPE), layer.pool)
        conv = BinaryConv2d(
            layer.in_channels,
            layer.out_channels,
            layer.kernel,
            duplicate_weights=layer.duplicate_weights,
            duplicate_input=layer.duplicate_input,
        )
        act = (
            QuantReLU(act_quant=PactActQuant, alpha=self.spec.pact_alpha)
            if self.spec.quantizer == "pact"
            else QuantReLU(act_quant=HwgqActQuant)
        )
        return ConvBlock(conv, act, layer.pool)

    def _check(self, x: Tensor) -> None:
        if x.ndim != 4 or x.shape[1] != 3 or x.shape[2] % STRIDE or x.shape[3] % STRIDE:
            raise ModelError(
                f"input of shape {tuple(x.shape)}; expected (N, 3, H, W), H and W multiples of "
                f"{STRIDE}"
            )

    def features(self, x: Tensor) -> Tensor:
        """The head's input, (N, C, H/32, W/32)."""
        self._check(x)
        if self.input_quant is not None:
            x = self.input_quant(x)
        for block in self.blocks.values():
            x = block(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        """Raw head output, (N, 30, H/32, W/32)."""
        return cast(Tensor, self.head(self.features(x)))

    def boundaries(self, x: Tensor) -> dict[str, Tensor]:
        """Integers at every layer boundary, NCHW int64, in the order of the network.

        "input": pixels; "conv1" to "conv8": activations 0 to 3 in front of the pooling; "pool1" to
        "pool5": after it; "conv9": the head's accumulator, without scale and bias.
        """
        self._check(x)
        if self.input_quant is None:
            raise ModelError(f"{self.spec.name} is full precision; it has no integers")
        with torch.no_grad():
            found = self._scaled_boundaries(x)
        return {name: torch.round(value).to(torch.int64) for name, value in found.items()}

    def _scaled_boundaries(self, x: Tensor) -> dict[str, Tensor]:
        """The boundaries as float tensors, each divided by its scale."""
        assert self.input_quant is not None
        x = self.input_quant(x)
        step = INPUT_STEP
        found = {"input": x / step}
        for name, block in self.blocks.items():
            x = block.activate(x)
            step = block.step()
            found[name] = x / step
            if block.pool is not None:
                x = block.pool(x)
                found["pool" + name.removeprefix("conv")] = x / step
        found[self.spec.layers[-1].name] = self.head.conv(x) / self.head_decoding().scale
        return found

    def head_decoding(self) -> HeadDecoding:
        """How the head's accumulator becomes its real output."""
        if not isinstance(self.head, HeadConv):
            raise ModelError(f"{self.spec.name} is full precision; its head has no accumulator")
        *_, last = self.blocks.values()
        with torch.no_grad():
            codes = self.head.bias_codes()
        return HeadDecoding(
            scale=last.step() * self.head.conv.weight_step(),
            bias_codes=tuple(int(code) for code in codes),
        )
