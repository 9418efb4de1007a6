"""The networks with one thing changed at a time: what F, each D and the quantizer do.

From Tiny-YOLO in full precision by its layers to Tinier-YOLO, by binary weights and 2-bit
activations to IFQ-Tinier-YOLO, by D and F to DupNet-Tinier-YOLO.

A variant is called `<network of the zoo>/<change>`; it is no network of the zoo, so that its
checkpoint cannot be taken for one.
"""

from dataclasses import replace

from model import zoo

BASE, PLAIN, FULL = "dupnet-tinier-yolo", "ifq-tinier-yolo", "tiny-yolo"


def _named(spec: zoo.NetworkSpec, change: str) -> zoo.NetworkSpec:
    return replace(spec, name=f"{spec.name}/{change}", note=change, paper=zoo.PaperFigures())


def with_input(spec: zoo.NetworkSpec, copies: int) -> zoo.NetworkSpec:
    """The network with F copies of conv1's input."""
    first, *rest = spec.layers
    layers = (replace(first, duplicate_input=copies), *rest)
    return _named(replace(spec, layers=layers), f"F={copies}")


def without_duplicates(spec: zoo.NetworkSpec, layer: str) -> zoo.NetworkSpec:
    """The network with D = 1 in one layer."""
    layers = tuple(
        replace(one, duplicate_weights=1) if one.name == layer else one for one in spec.layers
    )
    return _named(replace(spec, layers=layers), f"{layer}-D=1")


def with_pact(spec: zoo.NetworkSpec) -> zoo.NetworkSpec:
    """The network with PACT instead of HWGQ activations."""
    return _named(replace(spec, quantizer="pact"), "pact")


def with_layers(spec: zoo.NetworkSpec, other: zoo.NetworkSpec) -> zoo.NetworkSpec:
    """The network with the layers of another one."""
    return _named(replace(spec, layers=other.layers), "tinier")


def variants() -> tuple[zoo.NetworkSpec, ...]:
    """The three networks themselves, and their variants, those that tell most first."""
    base, plain, full = zoo.find(BASE), zoo.find(PLAIN), zoo.find(FULL)
    duplicated = [layer.name for layer in base.layers if layer.duplicate_weights > 1]
    return (
        base,
        plain,
        full,
        with_layers(full, plain),
        with_input(base, 1),
        with_input(plain, 2),
        with_pact(base),
        with_pact(plain),
        *(without_duplicates(base, layer) for layer in reversed(duplicated)),
    )
