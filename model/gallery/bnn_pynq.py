"""Brevitas' own bnn_pynq networks: TFC, SFC and LFC on MNIST, CNV and ResNet-18 on CIFAR-10."""

from collections.abc import Callable
from functools import partial

from torch import nn

from model.gallery.entry import Entry

_SOURCE = "Brevitas, brevitas_examples.bnn_pynq"
_WIDTHS = {
    "tfc": ("1w1a", "1w2a", "2w2a"),
    "sfc": ("1w1a", "1w2a", "2w2a"),
    "lfc": ("1w1a", "1w2a"),
    "cnv": ("1w1a", "1w2a", "2w2a"),
    "resnet18": ("4w4a",),
}


def _module(name: str) -> nn.Module:
    from brevitas_examples.bnn_pynq.models import model_with_cfg

    made: nn.Module = model_with_cfg(name, pretrained=False)[0]
    return made


def _maker(name: str) -> Callable[[], nn.Module]:
    return partial(_module, name)


ENTRIES = [
    Entry(
        f"{family}_{width}",
        _maker(f"{family}_{width}"),
        (1, 3, 32, 32) if family in ("cnv", "resnet18") else (1, 1, 28, 28),
        _SOURCE,
        scale=1 / 255,
        dynamo=family != "resnet18",  # it asserts the type of a tensor on its way
    )
    for family, widths in _WIDTHS.items()
    for width in widths
]
