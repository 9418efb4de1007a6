"""Moves, blocks of pixels, averages whose border does not count, and tensors of 9 to 16 bits."""

import numpy as np

from tests.flows.acyclic.growing import MOVES_FROM, Growing, operator
from tests.flows.acyclic.layers import convolution
from tests.flows.acyclic.pools import any_windows, rounded_up

#: Axes of (1, C, H, W) in another order.
ORDERS = ((0, 1, 3, 2), (0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1), (0, 3, 2, 1))
#: Channels of what moves make.
MOST_CHANNELS = 12


@operator(4, since=MOVES_FROM)
def reordered(net: Growing) -> str | None:
    """The axes in another order: rows as columns, channels as rows, ..."""
    order = net.one(ORDERS)
    source = net.tensor(lambda name: net.plain(name) and max(net.shape(name)) <= MOST_CHANNELS)
    if source is None:
        return None
    made = net.b.add("Transpose", [source], perm=list(order))
    return net.known(made, net.bits[source], net.units[source])


@operator(4, since=MOVES_FROM)
def shuffled(net: Growing) -> str | None:
    """Channels of groups one by one (ShuffleNet)."""
    source = net.tensor(lambda name: _divisors(net, name) != [])
    if source is None:
        return None
    channels, height, width = net.shape(source)
    groups = int(net.one(_divisors(net, source)))
    apart = net.b.integers(1, groups, channels // groups, height, width)
    made = net.b.add("Reshape", [source, apart])
    made = net.b.add("Transpose", [made], perm=[0, 2, 1, 3, 4])
    made = net.b.add("Reshape", [made, net.b.integers(1, channels, height, width)])
    return net.known(made, net.bits[source], net.units[source])


def _divisors(net: Growing, name: str) -> list[int]:
    """Numbers of groups that divide the channels."""
    channels = net.b.channels(name)
    return [each for each in range(2, channels) if channels % each == 0]


@operator(6, since=MOVES_FROM)
def blocks(net: Growing) -> str | None:
    """Blocks of pixels as channels, or channels as blocks of pixels."""
    if net.chance(0.5):
        source = net.tensor(
            lambda name: (
                not any(side % 2 for side in net.size(name))
                and 4 * net.b.channels(name) <= MOST_CHANNELS
            )
        )
        made = source and net.b.add("SpaceToDepth", [source], blocksize=2)
    else:
        source = net.tensor(
            lambda name: (
                net.plain(name) and net.b.channels(name) % 4 == 0 and max(net.size(name)) <= 6
            )
        )
        mode = str(net.one(["DCR", "CRD"]))
        made = source and net.b.add("DepthToSpace", [source], blocksize=2, mode=mode)
    if not source or not made:
        return None
    return net.known(made, net.bits[source], net.units[source])


@operator(5, since=MOVES_FROM)
def wide(net: Growing) -> str | None:
    """A layer with a quantizer of 9 to 16 bits behind it."""
    source = net.tensor(lambda name: net.near(name) and net.bits[name] <= 8)
    made = source and convolution(net, source, int(net.one([1, 2, 3])))
    if not made:
        return None
    bits, signed = int(net.rng.integers(9, 17)), net.chance(0.6)
    if not signed:
        made = net.b.add("Relu", [made])
    mode = str(np.where(net.chance(0.9), "ROUND", "FLOOR"))
    return net.of_quantizer(net.b.quant(made, bits, signed, mode=mode), bits)


@operator(3, since=MOVES_FROM)
def uncounted_average(net: Growing) -> str | None:
    """Means of what windows have of the image: their border does not count."""
    source = net.tensor(lambda name: net.near(name) and net.bits[name] <= 8)
    windows = source and any_windows(net, source)
    if not source or not windows:
        return None
    up = rounded_up(net, source, windows)
    return net.quantized(net.b.add("AveragePool", [source], ceil_mode=up, **windows))
