"""Layers that networks grow by: convolutions of every kind, with a quantizer behind them."""

from typing import Any

from tests.flows.acyclic.growing import Growing, operator


def convolution(
    net: Growing, tensor: str, rows: int, size: tuple[int, int] | None = None
) -> str | None:
    """A convolution without a quantizer; size: (H, W) that comes out, None: any."""
    height, width = net.size(tensor)
    side = int(net.one([1, 1, 3, 3, 2]))
    stride = int(net.one([1, 1, 1, 2])) if min(height, width) > 3 else 1
    pad = side // 2 if side != 2 else int(net.rng.integers(0, 2))
    if size is not None:
        side, pad, stride = (side, side // 2, 1) if side != 2 else (1, 0, 1)
        stride = 1 if size == (height, width) else 2
        if size != tuple(-(-each // stride) for each in (height, width)):
            return None
    if min(height, width) + 2 * pad < side:
        return None
    weights, kind = net.weights(rows, net.b.channels(tensor), side, side)
    return net.b.conv(tensor, weights, kind, (stride, stride), [pad] * 4, net.chance(0.2))


def near_alone(net: Growing) -> str | None:
    """A tensor whose channels a layer can sum."""
    return net.tensor(net.near)


@operator(4)
def layer(net: Growing) -> str | None:
    """A convolution and a quantizer, now and then with a pool between the two."""
    source = near_alone(net)
    made = source and convolution(net, source, int(net.one([1, 2, 3, 4, 6])))
    if not made:
        return None
    if net.chance(0.15) and min(net.size(made)) >= 4:
        made = net.b.pool(made, (2, 2))
    return net.quantized(made)


def windows(net: Growing, tensor: str) -> dict[str, Any] | None:
    """Strides, dilations and pads, each axis for itself, that fit into the image; None: none."""
    kernel = tuple(int(net.one([1, 2, 3])) for _ in range(2))
    dilations = [int(net.one([1, 1, 2])) for _ in range(2)]
    strides = [int(net.one([1, 1, 2])) for _ in range(2)]
    pads = [int(net.rng.integers(0, 2 * (k > 1) + 1)) for k in (*kernel, *kernel)]
    room = [
        size + pads[i] + pads[i + 2] - (kernel[i] - 1) * dilations[i]
        for i, size in enumerate(net.size(tensor))
    ]
    if min(room) < 2 or max(room) > 12:
        return None
    return {"kernel": kernel, "dilations": dilations, "strides": strides, "pads": pads}


def of_groups(net: Growing, source: str, groups: int, multiple: int) -> str | None:
    """A convolution of groups with a quantizer."""
    found = windows(net, source)
    if found is None:
        return None
    channels = net.b.channels(source)
    weights, kind = net.weights(groups * multiple, channels // groups, *found["kernel"])
    made = net.b.conv(
        source, weights, kind, found["strides"], found["pads"], net.chance(0.2), groups,
        found["dilations"],
    )  # fmt: skip
    return net.quantized(made)


@operator(3)
def depthwise(net: Growing) -> str | None:
    """A convolution of each channel for itself; a multiplier of 1 or 2."""
    source = net.tensor(lambda name: net.b.channels(name) > 1)
    if source is None:
        return None
    return of_groups(net, source, net.b.channels(source), int(net.one([1, 1, 2])))


@operator(1)
def any_windows(net: Growing) -> str | None:
    """A convolution of any window."""
    source = near_alone(net)
    return None if source is None else of_groups(net, source, 1, int(net.one([1, 2, 3])))


@operator(2)
def grouped(net: Growing) -> str | None:
    """A convolution of two or three groups."""

    def parts(name: str) -> list[int]:
        return [each for each in (2, 3) if net.b.channels(name) % each == 0]

    source = net.tensor(lambda name: net.near(name) and parts(name) != [])
    if source is None:
        return None
    return of_groups(net, source, int(net.one(parts(source))), int(net.one([1, 2, 3])))


@operator(2)
def transposed(net: Growing) -> str | None:
    """A transposed convolution, of one group or of as many as channels."""
    source = net.tensor(lambda name: net.near(name) and max(net.size(name)) <= 6)
    if source is None:
        return None
    channels = net.b.channels(source)
    group, kernel = int(net.one([1, 1, channels])), [int(net.one([1, 2, 3])) for _ in range(2)]
    strides = [int(net.one([1, 2])) for _ in range(2)]
    pads = [int(net.rng.integers(0, k)) for k in (*kernel, *kernel)]
    more = [int(net.rng.integers(0, stride)) for stride in strides]
    if any((size - 1) * stride + k - pads[i] - pads[i + 2] < 1 for i, (size, stride, k)
           in enumerate(zip(net.size(source), strides, kernel, strict=True))):  # fmt: skip
        return None
    weights, kind = net.weights(channels, int(net.one([1, 2, 3])), *kernel)
    made = net.b.add(
        "ConvTranspose",
        [source, net.b.weights(weights, kind, per_row=False)],
        kernel_shape=kernel,
        strides=strides,
        pads=pads,
        output_padding=more,
        group=group,
    )
    return net.quantized(made)


@operator(2)
def two_convolutions(net: Growing) -> str | None:
    """The sum of two convolutions, of one tensor or of two, quantized."""
    first, rows = near_alone(net), int(net.one([1, 2, 4]))
    left = first and convolution(net, first, rows)
    if not first or not left or not net.exact:
        return None

    # weights' scales differ too: those of the sums then are in reach of each other
    second = net.tensor(lambda name: net.near(first, name, ratio=16))
    right = second and convolution(net, second, rows, net.size(left))
    return net.quantized(net.b.add("Add", [left, right])) if right else None
