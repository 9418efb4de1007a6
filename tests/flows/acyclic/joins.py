"""Joins that networks grow by: sums, differences, concatenations."""

import numpy as np

from tests.flows.acyclic.growing import Growing, operator


def pair_of_one_unit(net: Growing) -> tuple[str, str] | None:
    """Two tensors of one shape, of one scale each, near enough to be added."""

    def fits(a: str, b: str) -> bool:
        return net.plain(a) and net.plain(b) and net.shape(a) == net.shape(b) and net.near(a, b)

    return net.pair(fits)


def _summed(net: Growing, op: str, pair: tuple[str, str]) -> str:
    """A sum or difference; its integers count the smaller one's scale."""
    low, high = net.span(*pair)
    bits = max(net.bits[name] for name in pair) + round(np.log2(high / low)) + 2
    return net.maybe_quantized(net.b.add(op, list(pair)), bits, (low, low))


@operator(4)
def add(net: Growing) -> str | None:
    """The sum of two tensors of one shape, mostly quantized."""
    pair = pair_of_one_unit(net)
    return None if pair is None else _summed(net, "Add", pair)


@operator(1)
def subtract(net: Growing) -> str | None:
    """Their difference."""
    pair = pair_of_one_unit(net)
    return None if pair is None or pair[0] == pair[1] else _summed(net, "Sub", pair)


@operator(3)
def shortcut(net: Growing) -> str | None:
    """A residual block: a layer beside nothing; both operands have one scale."""
    source = net.tensor(lambda name: net.plain(name) and net.bits[name] <= 8)
    if source is None:
        return None
    channels, scale = net.b.channels(source), np.float32(net.units[source][0])
    weights, kind = net.weights(channels, channels, 3, 3)
    branch = net.b.conv(source, weights, kind, (1, 1), [1] * 4, net.chance(0.2))
    branch = net.quantized(branch, net.chance(0.7), scale)
    return _summed(net, "Add", (source, branch))


@operator(2)
def shared_quantizer(net: Growing) -> str | None:
    """Two tensors of one shape, each quantized with the same scale, added."""
    pair = net.pair(lambda a, b: a != b and net.shape(a) == net.shape(b))
    if pair is None:
        return None
    signed = net.chance(0.5)
    scale = net.b.scale(max(map(net.b.spread, pair)) / 2)
    one, other = (net.quantized(name, signed, scale) for name in pair)
    return _summed(net, "Add", (one, other))


@operator(3)
def concat(net: Growing) -> str | None:
    """Two or three tensors of one size side by side, quantized or not."""
    pair = net.pair(lambda a, b: net.size(a) == net.size(b))
    if pair is None:
        return None
    parts = list(pair)
    if net.chance(0.3):
        more = net.tensor(lambda name: net.size(name) == net.size(parts[0]))
        assert more is not None
        parts.append(more)
    if sum(map(net.b.channels, parts)) > 16:
        return None
    made = net.b.add("Concat", parts, axis=1)
    bits = max(net.bits[name] for name in parts) + 1
    return net.maybe_quantized(made, bits, net.span(*parts), 0.4)
