"""Networks of the field as their authors define them, with seeded weights, by Brevitas' export."""

import configparser
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from brevitas.core.quant import QuantType
from brevitas.export import export_onnx_qcdq, export_qonnx
from brevitas.nn import QuantConv1d, QuantIdentity, QuantLinear, QuantReLU
from brevitas_examples import bnn_pynq
from brevitas_examples.bnn_pynq.models.CNV import cnv
from brevitas_examples.bnn_pynq.models.FC import fc
from torch import nn

Network = tuple[Callable[[], nn.Module], tuple[int, ...], float | None]
#: Pixels as [0, 1].
PIXELS = 1 / 255


def _of_bnn_pynq(name: str) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        config = configparser.ConfigParser()
        config.read(Path(bnn_pynq.__file__).parent / "cfg" / f"{name}.ini")
        network: nn.Module = (cnv if name.startswith("cnv") else fc)(config)
        return network

    return make


def _mlp(sizes: list[int], weights: int, activations: int, first: nn.Module) -> nn.Module:
    """Linear layers with normalization and activation between them."""
    layers: list[nn.Module] = [first]
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        layers.append(QuantLinear(inputs, outputs, bias=True, weight_bit_width=weights))
        if index < len(sizes) - 2:
            layers += [nn.BatchNorm1d(outputs), nn.Dropout(0.5)]
            layers.append(QuantReLU(bit_width=activations))
    return nn.Sequential(*layers)


def _bits() -> nn.Module:
    """UNSW-NB15: 593 bits as -1 and +1."""
    return QuantIdentity(
        quant_type=QuantType.BINARY, scaling_impl_type="const", bit_width=1, min_val=-1.0,
        max_val=1.0,
    )  # fmt: skip


def _radio() -> nn.Module:
    """VGG10 for RadioML 2018: seven convolutions of one dimension, three linear layers."""
    layers: list[nn.Module] = [QuantIdentity(bit_width=8)]
    channels = 2
    for _ in range(7):
        layers += [
            QuantConv1d(channels, 64, 3, padding=1, bias=False, weight_bit_width=4),
            nn.BatchNorm1d(64),
            QuantReLU(bit_width=4),
            nn.MaxPool1d(2),
        ]
        channels = 64
    layers.append(nn.Flatten())
    for inputs in (512, 128):
        layers += [
            QuantLinear(inputs, 128, bias=False, weight_bit_width=4),
            nn.BatchNorm1d(128),
            QuantReLU(bit_width=4),
        ]
    return nn.Sequential(*layers, QuantLinear(128, 24, bias=True, weight_bit_width=4))


#: Of each: how it is made, the shape of its input, what a step of the input stands for.
NETWORKS: dict[str, Network] = {
    **{
        f"{kind}_{width}": (_of_bnn_pynq(f"{kind}_{width}"), (1, 1, 28, 28), PIXELS)
        for kind in ("tfc", "sfc", "lfc")
        for width in ("1w1a", "1w2a", "2w2a")
        if (kind, width) != ("lfc", "2w2a")
    },
    **{
        f"cnv_{width}": (_of_bnn_pynq(f"cnv_{width}"), (1, 3, 32, 32), PIXELS)
        for width in ("1w1a", "1w2a", "2w2a")
    },
    "unsw_mlp": (lambda: _mlp([593, 64, 64, 64, 1], 2, 2, _bits()), (1, 593), None),
    "jets_mlp": (
        lambda: _mlp([16, 64, 32, 32, 5], 6, 6, QuantIdentity(bit_width=8)), (1, 16), None,
    ),
    "kws_mlp": (
        lambda: _mlp([490, 256, 256, 256, 12], 3, 3, QuantIdentity(bit_width=8)), (1, 490), None,
    ),
    "radio_vgg10": (_radio, (1, 2, 1024), None),
}  # fmt: skip


def export(name: str, path: Any, qcdq: bool = False) -> float | None:
    """Write the network's file; returns its input_scale where the file does not say it."""
    make, shape, scale = NETWORKS[name]
    torch.manual_seed(0)
    network = make()
    network.train()  # ranges and means of something
    with torch.no_grad():
        for _ in range(4):
            network(torch.rand(8, *shape[1:]))
    network.eval()
    write = export_onnx_qcdq if qcdq else export_qonnx
    with torch.no_grad():
        write(network, args=torch.rand(shape), export_path=str(path), opset_version=18)
    return scale
