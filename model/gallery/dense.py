"""Networks of dense layers, and one of one dimension: intrusion, jets, keywords, radio."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from brevitas.nn import QuantConv1d, QuantIdentity, QuantLinear, QuantReLU
from torch import nn

from model.gallery.entry import Entry


def _mlp(sizes: Sequence[int], bits: int, quantizer: QuantIdentity) -> nn.Module:
    """Dense layers of so many features, weights and activations of so many bits."""
    layers: list[nn.Module] = [quantizer]
    for inputs, outputs in pairwise(sizes[:-1]):
        layers += [
            QuantLinear(inputs, outputs, bias=True, weight_bit_width=bits),
            nn.BatchNorm1d(outputs),
            nn.Dropout(0.5),
            QuantReLU(bit_width=bits),
        ]
    layers.append(QuantLinear(sizes[-2], sizes[-1], bias=True, weight_bit_width=bits))
    return nn.Sequential(*layers)


def _input(bits: int, signed: bool, largest: float) -> QuantIdentity:
    """An input of integers times a power of two; largest: the greatest real value."""
    low = -largest if signed else 0.0
    return QuantIdentity(
        bit_width=bits, signed=signed, scaling_impl_type="const", min_val=low, max_val=largest
    )


def unsw() -> nn.Module:
    """593 features of -1 or 1, 2-bit weights and activations, one output.

    The input's quantizer is a binary one: Brevitas exports an integer one of a single bit as
    BipolarQuant too, which its module does not compute.
    """
    from brevitas_examples.bnn_pynq.models.common import CommonActQuant

    return _mlp((593, 64, 64, 64, 1), 2, QuantIdentity(act_quant=CommonActQuant, bit_width=1))


def jets() -> nn.Module:
    """16 features of 8 bits, 6-bit weights and activations, five classes."""
    return _mlp((16, 64, 32, 32, 5), 6, _input(8, True, 128 / 16))


def keywords() -> nn.Module:
    """10 x 49 coefficients of 8 bits, 3-bit weights and activations, twelve classes."""
    return _mlp((490, 256, 256, 256, 12), 3, _input(8, True, 128 / 128))


class _Radio(nn.Module):
    """Seven convolutions of 64 channels over 2 x 1,024 samples, each pooled by 2; dense layers."""

    def __init__(self, bits: int = 4, classes: int = 24) -> None:
        super().__init__()
        layers: list[nn.Module] = [_input(8, True, 2.0)]
        channels = 2
        for _ in range(7):
            layers += [
                QuantConv1d(channels, 64, 3, padding=1, bias=False, weight_bit_width=bits),
                nn.BatchNorm1d(64),
                QuantReLU(bit_width=bits),
                nn.MaxPool1d(2),
            ]
            channels = 64
        layers.append(nn.Flatten())
        for inputs in (64 * 8, 128):
            layers += [
                QuantLinear(inputs, 128, bias=False, weight_bit_width=bits),
                nn.BatchNorm1d(128),
                QuantReLU(bit_width=bits),
            ]
        layers.append(QuantLinear(128, classes, bias=True, weight_bit_width=bits))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.layers(x)
        return made


ENTRIES = [
    Entry("unsw_mlp_2w2a", unsw, (1, 593),
          "after FINN's cybersecurity example (UNSW-NB15)", 1.0, -1, 1, 2),
    Entry("jets_mlp_6w6a", jets, (1, 16),
          "after hls4ml's jet tagging (Duarte et al. 2018), 6 bits", 1 / 16, -128, 127),
    Entry("kws_mlp_3w3a", keywords, (1, 490),
          "after FINN's keyword spotting example", 1 / 128, -128, 127),
    Entry("vgg10_radioml_4w4a", _Radio, (1, 2, 1024),
          "after FINN's RadioML 2018 example (VGG10)", 1 / 64, -128, 127),
]  # fmt: skip
