"""Constants that differ by place, added and multiplied: what the latest networks grow by too."""

from typing import Any

import numpy as np

from tests.flows.acyclic.growing import PLACES_FROM, Growing, operator


def _source(net: Growing) -> str | None:
    """A tensor of one scale, few bits and more than one place."""
    return net.tensor(
        lambda name: net.plain(name) and net.bits[name] <= 8 and max(net.size(name)) > 1
    )


def _shape(net: Growing, tensor: str) -> tuple[int, ...]:
    """Of a constant over a tensor (1, C, H, W): of all its numbers, or equal along some axes."""
    channels, height, width = net.shape(tensor)
    kinds = [(channels, height, width), (1, height, width)]
    kinds += [(channels, height, 1), (1, height, 1)] if height > 1 else []
    kinds += [(channels, 1, width), (width,)] if width > 1 else []
    shape: tuple[int, ...] = net.one(kinds)
    return shape


def _reals(net: Growing, shape: tuple[int, ...], size: float) -> Any:
    """Numbers of about that size; eighths of a power of two in an exact network."""
    if net.exact:
        step = 2.0 ** np.round(np.log2(size)) / 8
        return np.float32(step * net.rng.integers(-12, 13, shape))
    return net.rng.normal(0, size, shape).astype(np.float32)


@operator(8, since=PLACES_FROM)
def place_sum(net: Growing) -> str | None:
    """A tensor plus, or less, a constant (a position embedding, a mean image)."""
    source = _source(net)
    if source is None:
        return None
    unit, bits = net.units[source][0], net.bits[source]
    kind, turned = str(net.one(["Add", "Add", "Sub"])), net.chance(0.3)
    if net.exact and net.chance(0.3):  # whole numbers of its unit: what reads it may be a layer
        values = np.float32(unit * net.rng.integers(-4, 5, _shape(net, source)))
        pair = [source, net.b.constant(values)]
        made = net.b.add(kind, pair[::-1] if turned and kind == "Add" else pair)
        return net.maybe_quantized(made, max(bits, 4) + 1, (unit, unit), 0.5)
    values = _reals(net, _shape(net, source), max(net.b.spread(source), unit))
    pair = [source, net.b.constant(values)]
    return net.quantized(net.b.add(kind, pair[::-1] if turned and kind == "Add" else pair))


@operator(6, since=PLACES_FROM)
def place_product(net: Growing) -> str | None:
    """A tensor times a constant (a mask, a window), and perhaps plus another."""
    source = _source(net)
    if source is None:
        return None
    shape = _shape(net, source)
    if net.chance(0.3):  # a mask
        values = np.float32(net.rng.integers(0, 2, shape))
    else:
        values = _reals(net, shape, 1.0)
    made = net.b.add("Mul", [source, net.b.constant(values)])
    if net.chance(0.4):
        size = max(net.b.spread(made), net.units[source][0])
        made = net.b.add("Add", [made, net.b.constant(_reals(net, _shape(net, source), size))])
    return net.quantized(made)
