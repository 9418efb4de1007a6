"""Operators of ONNX in plain numpy, float64, as their definitions read: part of the reference.

Nothing of ``flows``, ``hw``, FINN, qonnx or onnxruntime takes part. Images are (1, C, H, W).
"""

from collections.abc import Callable
from math import ceil, erf
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Attributes = dict[str, Any]


def windows(
    x: Any, kernel: Any, strides: Any, pads: Any, dilations: Any = (1, 1), fill: float = 0.0
) -> Any:
    """(1, C, rows, columns, kernel rows, kernel columns): every window of the padded image."""
    top, left, bottom, right = pads
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    span = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    views = sliding_window_view(padded, span, axis=(2, 3))
    return views[:, :, :: strides[0], :: strides[1], :: dilations[0], :: dilations[1]]


def conv(x: Any, weights: Any, attrs: Attributes, bias: Any = 0.0) -> Any:
    """Convolution with (O, C / group, KH, KW), zero padding; bias: (O,)."""
    group = attrs.get("group", 1)
    views = windows(
        x,
        weights.shape[2:],
        attrs.get("strides", [1, 1]),
        attrs.get("pads", [0] * 4),
        attrs.get("dilations", [1, 1]),
    )
    made = [
        np.einsum("nchwij,ocij->nohw", part, rows)
        for part, rows in zip(
            np.split(views, group, axis=1), np.split(weights, group, axis=0), strict=True
        )
    ]
    return np.concatenate(made, axis=1) + np.reshape(bias, (1, -1, 1, 1))


def conv_transpose(x: Any, weights: Any, attrs: Attributes) -> Any:
    """Each pixel lays the kernel (C, O / group, KH, KW), times itself, into the output."""
    group = attrs.get("group", 1)
    strides, pads = attrs.get("strides", [1, 1]), attrs.get("pads", [0] * 4)
    dilations, more = attrs.get("dilations", [1, 1]), attrs.get("output_padding", [0, 0])
    channels, rows = weights.shape[:2]
    kernel = weights.shape[2:]
    size = [
        (x.shape[2 + i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + more[i]
        for i in range(2)
    ]
    out = np.zeros((1, rows * group, *size))
    for channel in range(channels):
        first = channel // (channels // group) * rows
        for i in range(kernel[0]):
            for j in range(kernel[1]):
                top, left = i * dilations[0], j * dilations[1]
                bottom = top + (x.shape[2] - 1) * strides[0] + 1
                right = left + (x.shape[3] - 1) * strides[1] + 1
                part = out[0, first : first + rows, top : bottom : strides[0],
                           left : right : strides[1]]  # fmt: skip
                part += weights[channel, :, i, j][:, None, None] * x[0, channel]
    return out[:, :, pads[0] : size[0] - pads[2], pads[1] : size[1] - pads[3]]


def _ends(x: Any, attrs: Attributes) -> list[int]:
    """Pads, at the far ends as many as the windows of a ``ceil_mode`` reach."""
    kernel, strides = attrs["kernel_shape"], attrs.get("strides", [1, 1])
    pads, dilations = list(attrs.get("pads", [0] * 4)), attrs.get("dilations", [1, 1])
    if attrs.get("ceil_mode", 0):
        for i in range(2):
            size, span = x.shape[2 + i], (kernel[i] - 1) * dilations[i] + 1
            count = ceil((size + pads[i] + pads[i + 2] - span) / strides[i]) + 1
            if (count - 1) * strides[i] >= size + pads[i]:
                count -= 1  # none begins behind the image
            pads[i + 2] = max(pads[i + 2], (count - 1) * strides[i] + span - size - pads[i])
    return pads


def _pooled(x: Any, attrs: Attributes, fill: float) -> Any:
    return windows(
        x,
        attrs["kernel_shape"],
        attrs.get("strides", [1, 1]),
        _ends(x, attrs),
        attrs.get("dilations", [1, 1]),
        fill,
    )


def max_pool(x: Any, attrs: Attributes) -> Any:
    """Maximum of each window; the border is less than any number."""
    return _pooled(x, attrs, -np.inf).max(axis=(4, 5))


def average_pool(x: Any, attrs: Attributes) -> Any:
    """Sum of each window by its pixels: of the image, or of its given border too."""
    counted = np.ones((1, 1, *x.shape[2:]))
    counting = dict(attrs)
    if attrs.get("count_include_pad", 0):
        top, left, bottom, right = attrs.get("pads", [0] * 4)
        counted = np.pad(counted, ((0, 0), (0, 0), (top, bottom), (left, right)),
                         constant_values=1.0)  # fmt: skip
        grown = _ends(x, attrs)
        counting["ceil_mode"], counting["pads"] = 0, [0, 0, grown[2] - bottom, grown[3] - right]
    numbers = _pooled(counted, counting, 0.0).sum(axis=(4, 5))
    return _pooled(x, attrs, 0.0).sum(axis=(4, 5)) / numbers


def resize(x: Any, output: Any) -> Any:
    """Nearest, asymmetric, floor: the pixel at floor(place / scale)."""
    rows = np.arange(round(x.shape[2] * output[2])) // round(output[2])
    columns = np.arange(round(x.shape[3] * output[3])) // round(output[3])
    return x[:, :, rows][:, :, :, columns]


def space_to_depth(x: Any, side: int) -> Any:
    """Blocks of pixels as channels: (row in the block, column in it, channel)."""
    places = [x[:, :, row::side, column::side] for row in range(side) for column in range(side)]
    return np.concatenate(places, axis=1)


def depth_to_space(x: Any, attrs: Attributes) -> Any:
    """Channels as blocks of pixels: of (row, column, channel), or of (channel, row, column)."""
    side, (_, channels, height, width) = attrs["blocksize"], x.shape
    left = channels // side**2
    out = np.zeros((1, left, height * side, width * side))
    for row in range(side):
        for column in range(side):
            place = row * side + column
            if attrs.get("mode", b"DCR") in (b"DCR", "DCR"):
                taken = x[:, place * left : (place + 1) * left]
            else:
                taken = x[:, place :: side**2]
            out[:, :, row::side, column::side] = taken
    return out


def part(x: Any, start: int, end: int, axis: int, step: int = 1) -> Any:
    """Slice of one axis."""
    index = [slice(None)] * x.ndim
    index[axis] = slice(start, end, step)
    return x[tuple(index)]


def gemm(x: Any, weights: Any, attrs: Attributes) -> Any:
    """x times the weights, which may lie transposed."""
    return x @ (weights.T if attrs.get("transB", 0) else weights)


def batch_norm(x: Any, params: list[Any], epsilon: float) -> Any:
    """BatchNormalization in inference."""
    gamma, beta, mean, variance = (p.reshape(1, -1, 1, 1) for p in params)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def _hard_swish(x: Any) -> Any:
    return x * np.clip(x / 6 + 0.5, 0, 1)


#: By ONNX's name: (first input, attributes, further inputs) -> output.
OPERATORS: dict[str, Callable[[Any, Attributes, list[Any]], Any]] = {
    "Conv": lambda x, attrs, more: conv(x, more[0], attrs, *more[1:]),
    "ConvTranspose": lambda x, attrs, more: conv_transpose(x, more[0], attrs),
    "Gemm": lambda x, attrs, more: gemm(x, more[0], attrs),
    "MatMul": lambda x, attrs, more: gemm(x, more[0], attrs),
    "Flatten": lambda x, attrs, more: x.reshape(1, -1),
    "MaxPool": lambda x, attrs, more: max_pool(x, attrs),
    "AveragePool": lambda x, attrs, more: average_pool(x, attrs),
    "GlobalAveragePool": lambda x, attrs, more: x.mean(axis=(2, 3), keepdims=True),
    "GlobalMaxPool": lambda x, attrs, more: x.max(axis=(2, 3), keepdims=True),
    "Resize": lambda x, attrs, more: resize(x, more[-1]),
    "Concat": lambda x, attrs, more: np.concatenate([x, *more], axis=attrs["axis"]),
    "BatchNormalization": lambda x, attrs, more: batch_norm(x, more, attrs.get("epsilon", 1e-5)),
    "Add": lambda x, attrs, more: x + more[0],
    "Sub": lambda x, attrs, more: x - more[0],
    "Mul": lambda x, attrs, more: x * more[0],
    "Max": lambda x, attrs, more: np.maximum(x, more[0]),
    "Min": lambda x, attrs, more: np.minimum(x, more[0]),
    "Gather": lambda x, attrs, more: np.take(x, more[0].astype(np.int64), axis=attrs["axis"]),
    "Slice": lambda x, attrs, more: part(x, *(int(v[0]) for v in more)),
    "Transpose": lambda x, attrs, more: np.transpose(x, attrs["perm"]),
    "Reshape": lambda x, attrs, more: x.reshape(more[0].astype(np.int64)),
    "SpaceToDepth": lambda x, attrs, more: space_to_depth(x, attrs["blocksize"]),
    "DepthToSpace": lambda x, attrs, more: depth_to_space(x, attrs),
    "Relu": lambda x, attrs, more: np.maximum(x, 0),
    "LeakyRelu": lambda x, attrs, more: np.where(x < 0, attrs["alpha"] * x, x),
    "PRelu": lambda x, attrs, more: np.where(x < 0, more[0] * x, x),
    "Clip": lambda x, attrs, more: np.minimum(np.maximum(x, more[0]), more[1]),
    "Abs": lambda x, attrs, more: np.abs(x),
    "Neg": lambda x, attrs, more: -x,
    "Sigmoid": lambda x, attrs, more: (1 + np.tanh(x / 2)) / 2,
    "Tanh": lambda x, attrs, more: np.tanh(x),
    "HardSigmoid": lambda x, attrs, more: np.clip(attrs["alpha"] * x + attrs["beta"], 0, 1),
    "HardSwish": lambda x, attrs, more: _hard_swish(x),
    "Softsign": lambda x, attrs, more: x / (1 + np.abs(x)),
    "Erf": lambda x, attrs, more: np.vectorize(erf)(x),
    "Elu": lambda x, attrs, more: np.where(x < 0, attrs["alpha"] * np.expm1(np.minimum(x, 0)), x),
}
