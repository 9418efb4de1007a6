"""Products, maxima, minima, gates, masks, and parts of tensors: what later networks grow by too."""

import numpy as np

from tests.flows.acyclic.growing import OF_TWO_FROM, Growing, operator
from tests.flows.acyclic.joins import pair_of_one_unit


@operator(3, since=OF_TWO_FROM)
def product(net: Growing) -> str | None:
    """The product of two tensors of one shape, of any scales."""
    pair = net.pair(
        lambda a, b: a != b and net.shape(a) == net.shape(b) and net.bits[a] + net.bits[b] <= 16
    )
    return None if pair is None else _product(net, *pair)


def _product(net: Growing, a: str, b: str) -> str:
    made = net.b.add("Mul", [a, b])
    (low, high), (least, most) = net.units[a], net.units[b]
    return net.maybe_quantized(made, net.bits[a] + net.bits[b], (low * least, high * most), 0.9)


@operator(2, since=OF_TWO_FROM)
def choice(net: Growing) -> str | None:
    """The greater or the smaller one of two tensors, of scales of a small ratio."""
    pair = pair_of_one_unit(net)
    if pair is None or pair[0] == pair[1]:
        return None
    low, high = net.span(*pair)
    bits = max(net.bits[name] for name in pair) + round(np.log2(high / low)) + 1
    return net.maybe_quantized(
        net.b.add(str(net.one(["Max", "Min"])), list(pair)), bits, (low, low)
    )


@operator(2, since=OF_TWO_FROM)
def gate(net: Growing) -> str | None:
    """A tensor times what is made of its own means (squeeze and excitation), or plus that."""
    source = net.tensor(lambda name: net.plain(name) and net.bits[name] <= 8)
    if source is None:
        return None
    channels = net.b.channels(source)
    means = net.quantized(net.b.add("GlobalAveragePool", [source]), False)
    weights, kind = net.weights(channels, channels, 1, 1)
    made = net.b.conv(means, weights, kind, (1, 1), [0] * 4)
    if net.chance(0.3):  # of one scale with the tensor
        made = net.quantized(made, True, np.float32(net.units[source][0]))
        low = net.units[source][0]
        bits = max(net.bits[source], net.bits[made]) + 2
        return net.maybe_quantized(net.b.add("Add", [made, source]), bits, (low, low))
    return _product(net, net.quantized(made, False), source)


@operator(1, since=OF_TWO_FROM)
def mask(net: Growing) -> str | None:
    """A tensor times one channel that is made of it."""
    source = net.tensor(lambda name: net.bits[name] <= 8 and net.plain(name))
    if source is None:
        return None
    weights, kind = net.weights(1, net.b.channels(source), 1, 1)
    made = net.quantized(net.b.conv(source, weights, kind, (1, 1), [0] * 4), False)
    return _product(net, made, source)


@operator(3, since=OF_TWO_FROM)
def part(net: Growing) -> str | None:
    """Some channels, rows or columns, by steps perhaps."""
    source = net.tensor(lambda name: max(net.shape(name)) > 1)
    if source is None:
        return None
    axis = int(net.one([a for a, size in enumerate(net.shape(source), 1) if size > 1]))
    size = net.shape(source)[axis - 1]
    first = int(net.rng.integers(0, size - 1))
    last, step = int(net.rng.integers(first + 1, size + 1)), int(net.one([1, 1, 2, 3]))
    numbers = [net.b.integers(value) for value in (first, last - size or 2**31 - 1, axis - 4, step)]
    made = net.b.add("Slice", [source, *numbers])
    return net.known(made, net.bits[source], net.units[source])


@operator(2, since=OF_TWO_FROM)
def halves(net: Growing) -> str | None:
    """Both halves of a tensor's channels, the second through a layer, joined again."""
    source = net.tensor(
        lambda name: net.plain(name) and net.bits[name] <= 8 and net.shape(name)[0] % 2 == 0
    )
    if source is None:
        return None
    half = net.b.channels(source) // 2
    one, other = (
        net.b.add("Slice", [source, *(net.b.integers(v) for v in (at * half, (at + 1) * half, 1))])
        for at in range(2)
    )
    weights, kind = net.weights(half, half, 3, 3)
    scale = np.float32(net.units[source][0])
    other = net.quantized(net.b.conv(other, weights, kind, (1, 1), [1] * 4), True, scale)
    made = net.b.add("Concat", [one, other], axis=1)
    return net.known(made, max(net.bits[source], net.bits[other]) + 1, net.units[source])
