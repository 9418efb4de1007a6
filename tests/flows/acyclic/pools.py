"""Operators that change an image without weights: pools of all kinds, repeats, quantizers."""

from typing import Any

import numpy as np

from tests.flows.acyclic.growing import Growing, operator


def any_windows(net: Growing, tensor: str) -> dict[str, Any] | None:
    """A pool's attributes: windows that overlap or leave pixels out, a border, rounding up."""
    kernel = [int(net.one([1, 2, 2, 3])) for _ in range(2)]
    strides = [int(net.one([1, 2, k])) for k in kernel]
    pads = [int(net.rng.integers(0, (k + 1) // 2)) for k in (*kernel, *kernel)]
    if any(size + pads[i] + pads[i + 2] < kernel[i] for i, size in enumerate(net.size(tensor))):
        return None
    return {"kernel_shape": kernel, "strides": strides, "pads": pads}


def rounded_up(net: Growing, tensor: str, windows: dict[str, Any]) -> int:
    """Whether sizes are rounded up. Not where a window begins behind the image: such a window is
    none by ONNX's text and in onnxruntime, but onnx's shape inference counts it."""
    pads, up = windows["pads"], net.chance(0.4)
    for i, size in enumerate(net.size(tensor)):
        kernel, stride = windows["kernel_shape"][i], windows["strides"][i]
        last = -(-(size + pads[i] + pads[i + 2] - kernel) // stride) * stride
        up = up and last < size + pads[i]
    return int(up)


@operator(2)
def max_pool(net: Growing) -> str | None:
    """Maxima of windows side by side: 2 x 2 or 3 x 1."""
    rows, columns = net.one([(2, 2), (2, 2), (3, 1)])
    source = net.tensor(lambda n: net.size(n)[0] >= rows + 2 and net.size(n)[1] >= columns + 2)
    if source is None:
        return None
    made = net.b.pool(source, (rows, columns))
    return net.known(made, net.bits[source], net.units[source])


@operator(2)
def any_max_pool(net: Growing) -> str | None:
    """Maxima of any windows."""
    source = net.tensor()
    windows = source and any_windows(net, source)
    if not source or not windows:
        return None
    made = net.b.add("MaxPool", [source], ceil_mode=rounded_up(net, source, windows), **windows)
    return net.known(made, net.bits[source], net.units[source])


@operator(3)
def average_pool(net: Growing) -> str | None:
    """Means of any windows, each of as many pixels; quantized, or truncated."""
    source = net.tensor()
    windows = source and any_windows(net, source)
    if not source or not windows:
        return None
    whole = any(windows["pads"])
    made = net.b.add("AveragePool", [source], count_include_pad=int(whole), **windows)
    return _of_means(net, source, made, int(np.prod(windows["kernel_shape"])))


@operator(2)
def global_pool(net: Growing) -> str | None:
    """The mean or the maximum of each channel over the image."""
    source = net.tensor(lambda name: max(net.size(name)) <= 6)
    if source is None:
        return None
    if net.chance(0.3):
        made = net.b.add("GlobalMaxPool", [source])
        return net.known(made, net.bits[source], net.units[source])
    return _of_means(
        net, source, net.b.add("GlobalAveragePool", [source]), int(np.prod(net.size(source)))
    )


def _of_means(net: Growing, source: str, means: str, count: int) -> str:
    """The means of count pixels of source, quantized; or their sums without the lowest bits."""
    if not net.plain(source) or net.bits[source] > 8 or net.chance(0.5):
        return net.quantized(means)
    sums = net.b.add("Mul", [means, net.b.constant(float(count))])
    bits = net.bits[source] + int(np.ceil(np.log2(count))) if count > 1 else net.bits[source]
    left = min(8, max(2, bits - int(net.rng.integers(0, 4))))
    numbers = (net.units[source][0], 0.0, float(max(bits, left)), float(left))
    mode = str(net.one(["FLOOR", "FLOOR", "ROUND"]))
    made = net.b.add("Trunc", [sums, *map(net.b.constant, numbers)], rounding_mode=mode)
    return net.known(made, left, net.units[source])


@operator(2)
def upsample(net: Growing) -> str | None:
    """Every pixel repeated."""
    scales = net.one([(2, 2), (2, 2), (1, 2), (3, 1), (2, 3)])
    source = net.tensor(
        lambda name: max(a * b for a, b in zip(net.size(name), scales, strict=True)) <= 12
    )
    if source is None:
        return None
    how = {"mode": "nearest", "nearest_mode": "floor"}
    made = net.b.add(
        "Resize",
        [source, "", net.b.constant([1, 1, *scales])],
        coordinate_transformation_mode="asymmetric",
        **how,
    )
    return net.known(made, net.bits[source], net.units[source])


@operator(1)
def quantizer(net: Growing) -> str | None:
    """Another quantizer of a tensor."""
    source = net.tensor()
    assert source is not None
    return net.quantized(source)
