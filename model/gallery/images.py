"""Networks of images: MobileNet, ESPCN, LPYOLO, a small U-Net."""

from functools import partial

import torch
from brevitas.nn import QuantConv2d, QuantIdentity, QuantReLU
from torch import nn

from model.gallery.entry import Entry


def _mobilenet(width: float, pool: int) -> nn.Module:
    """Brevitas' MobileNet-v1 of 4 bits. pool: kernel of the last pool, input size / 32."""
    from brevitas_examples.imagenet_classification.models.mobilenetv1 import MobileNet

    stages = [[32], [64], [128] * 2, [256] * 2, [512] * 6, [1024] * 2]
    made: nn.Module = MobileNet(
        channels=[[int(c * width) for c in stage] for stage in stages],
        first_stage_stride=False,
        act_bit_width=4,
        weight_bit_width=4,
        round_average_pool=False,
        last_layer_bit_width=4,
        avg_pool_kernel_size=pool,
    )
    return made


def _espcn() -> nn.Module:
    from brevitas_examples.super_resolution.models import model_impl

    made: nn.Module = model_impl["quant_espcn_x2_w4a4_base"]()
    return made


def _pixels() -> QuantIdentity:
    """8-bit pixels k / 256."""
    return QuantIdentity(
        bit_width=8, signed=False, scaling_impl_type="const", min_val=0.0, max_val=255 / 256
    )


def _sums(inputs: int, outputs: int, kernel: int, bits: int) -> nn.Sequential:
    """A convolution and its normalization."""
    return nn.Sequential(
        QuantConv2d(
            inputs, outputs, kernel, padding=kernel // 2, bias=False, weight_bit_width=bits
        ),
        nn.BatchNorm2d(outputs),
    )


def _layer(inputs: int, outputs: int, kernel: int, bits: int) -> nn.Sequential:
    return nn.Sequential(*_sums(inputs, outputs, kernel, bits), QuantReLU(bit_width=bits))


def _lpyolo(bits: int = 4) -> nn.Module:
    """Nine convolutions, five pools: 18 outputs at each of 13 x 13 places of 416 x 416 pixels."""
    layers: list[nn.Module] = [_pixels()]
    channels = 3
    for outputs, kernel, pooled in (
        *((8, 3, True), (16, 3, True), (32, 3, True), (56, 3, True), (104, 3, True)),
        *((208, 3, False), (56, 1, False), (104, 3, False)),
    ):
        layers.append(_layer(channels, outputs, kernel, bits))
        if pooled:
            layers.append(nn.MaxPool2d(2))
        channels = outputs
    layers.append(QuantConv2d(channels, 18, 1, bias=True, weight_bit_width=8))
    return nn.Sequential(*layers)


class _UNet(nn.Module):
    """Two levels down and up again: nearest upsampling, concatenation with what went down.

    What is concatenated goes through one activation: Brevitas' own ``torch.cat`` of quantized
    tensors asks for one scale, for sums over channels of other scales are no integers.
    """

    def __init__(self, bits: int = 4, channels: int = 8) -> None:
        super().__init__()
        self.pixels = _pixels()
        self.down1 = _sums(3, channels, 3, bits)
        self.down2 = _sums(channels, 2 * channels, 3, bits)
        self.bottom = _sums(2 * channels, 4 * channels, 3, bits)
        self.up2 = _sums(6 * channels, 2 * channels, 3, bits)
        self.up1 = _layer(3 * channels, channels, 3, bits)
        self.act1, self.act2 = QuantReLU(bit_width=bits), QuantReLU(bit_width=bits)
        self.last = QuantConv2d(channels, 2, 1, bias=True, weight_bit_width=bits)
        self.pool = nn.MaxPool2d(2)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.act1(self.down1(self.pixels(x)))
        second = self.act2(self.down2(self.pool(first)))
        x = self.act2(self.bottom(self.pool(second)))
        x = self.act1(self.up2(torch.cat([self.upsample(x), second], dim=1)))
        x = self.up1(torch.cat([self.upsample(x), first], dim=1))
        made: torch.Tensor = self.last(x)
        return made


ENTRIES = [
    Entry(
        "mobilenet_v1_4w4a",
        partial(_mobilenet, 1.0, 7),
        (1, 3, 224, 224),
        "Brevitas, brevitas_examples.imagenet_classification",
        1 / 255,
    ),
    Entry(
        "mobilenet_v1_quarter_4w4a",
        partial(_mobilenet, 0.25, 2),
        (1, 3, 64, 64),
        "the same, a quarter of the channels, 64 x 64 pixels",
        1 / 255,
    ),
    Entry(
        "espcn_x2_4w4a",
        _espcn,
        (1, 3, 64, 64),
        "Brevitas, brevitas_examples.super_resolution",
        1 / 255,
    ),
    Entry(
        "lpyolo_4w4a",
        _lpyolo,
        (1, 3, 416, 416),
        "after LPYOLO (Günay, Okcu, Bilge 2022)",
        1 / 256,
    ),
    Entry("unet_4w4a", _UNet, (1, 3, 32, 32), "two levels, our own", 1 / 256),
]
