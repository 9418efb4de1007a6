"""Each variant differs from its network in one thing."""

import dataclasses

import pytest
import torch

from model import zoo
from model.comparison.ablation import variants
from model.complexity import measure
from model.errors import ModelError
from model.network import Network


def test_one_thing_is_changed() -> None:
    base, plain, full, tinier, *changed = variants()
    names = ("dupnet-tinier-yolo", "ifq-tinier-yolo", "tiny-yolo")
    assert (base, plain, full) == tuple(map(zoo.find, names))
    assert dataclasses.replace(tinier, name="", note="", layers=()) == dataclasses.replace(
        full, name="", note="", layers=(), paper=zoo.PaperFigures()
    )
    assert tinier.layers == plain.layers
    assert len({spec.name for spec in changed}) == len(changed) == 9
    for spec in changed:
        of = zoo.find(spec.name.partition("/")[0])
        layers = sum(one != two for one, two in zip(spec.layers, of.layers, strict=True))
        assert layers + (spec.quantizer != of.quantizer) == 1
        assert spec.paper == zoo.PaperFigures()
        with pytest.raises(ModelError, match="unknown network"):
            zoo.find(spec.name)


def test_variants_are_networks_of_other_sizes() -> None:
    by_name = {spec.name: spec for spec in variants()}
    sizes = {name: measure(Network(spec), 64).weight_bits for name, spec in by_name.items()}
    base = sizes["dupnet-tinier-yolo"]
    assert sizes["dupnet-tinier-yolo/F=1"] == base - 432
    assert sizes["dupnet-tinier-yolo/conv8-D=1"] == base + 131_072 * 63 // 64
    assert sizes["dupnet-tinier-yolo/pact"] == base
    assert sizes["ifq-tinier-yolo/F=2"] == sizes["ifq-tinier-yolo"] + 432
    binary, full = (
        sum(p.numel() for p in Network(by_name[name]).parameters() if p.ndim == 4)
        for name in ("ifq-tinier-yolo", "tiny-yolo/tinier")
    )
    assert full == binary
    with torch.no_grad():
        out = Network(by_name["dupnet-tinier-yolo/F=1"]).eval()(torch.zeros(1, 3, 64, 64))
    assert out.shape == (1, 30, 2, 2)
