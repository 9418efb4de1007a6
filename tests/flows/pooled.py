"""Small networks of pools, averages and repeated pixels, as files of others have them."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from onnx import ModelProto

from tests.flows.foreign_model import node, proto_of

#: A Resize that repeats pixels, as PyTorch writes it.
REPEAT = {
    "mode": "nearest",
    "coordinate_transformation_mode": "asymmetric",
    "nearest_mode": "floor",
}


def quant(source: str, result: str, scale: str, bits: str, signed: int = 0) -> Any:
    """A quantizer of that scale."""
    return node("Quant", f"{source} {scale} zero {bits}", result, f"{result}_q", signed=signed)


def front() -> list[Any]:
    """A convolution of an image of two channels, and signed levels of it, "a"."""
    return [
        quant("x", "x8", "one", "b8"),
        node("Conv", "x8 w0", "c0", "conv0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        quant("c0", "a", "s64", "b3", 1),
    ]


def constants() -> dict[str, Any]:
    """Constants that the nodes read."""
    rng = np.random.default_rng(5)
    return {
        "w0": rng.integers(-2, 3, (3, 2, 3, 3)).astype(float),
        "w1": rng.integers(-1, 2, (2, 3, 1, 1)).astype(float),
        "s64": 64.0, "s32": 32.0, "s16": 16.0, "b3": 3.0, "b5": 5.0, "four": 4.0,
        "twice": np.array([1.0, 1, 2, 3]),
    }  # fmt: skip


def maxima_and_means() -> ModelProto:
    """Windows that overlap, with a border and rounded up; repeated pixels; a mean, thresholds."""
    nodes = [
        *front(),
        node("MaxPool", "a", "m", "pool0", kernel_shape=[3, 3], strides=[2, 2],
             pads=[1, 1, 1, 1]),
        node("Conv", "m w1", "c1", "conv1"),
        node("Resize", "c1 - twice", "u", "up", **REPEAT),
        node("Relu", "u", "r", "relu"),
        quant("r", "b", "s64", "b2"),
        node("AveragePool", "b", "v", "mean", kernel_shape=[3, 2], pads=[1, 0, 1, 0],
             count_include_pad=1),
        quant("v", "d", "s32", "b2"),
        node("MaxPool", "d", "y", "pool1", kernel_shape=[2, 3], strides=[3, 2], ceil_mode=1),
    ]  # fmt: skip
    return proto_of(nodes, [1, 2, 7, 8], **constants())


def truncated() -> ModelProto:
    """Means whose lowest bits are left out, of windows without their border, of a whole image."""
    nodes = [
        *front(),
        node("AveragePool", "a", "v", "mean", kernel_shape=[2, 2], strides=[2, 2]),
        node("Mul", "v four", "t", "sum"),
        node("Trunc", "t s64 zero b5 b3", "d", "trunc", rounding_mode="FLOOR"),
        node("AveragePool", "d", "k", "without_border", kernel_shape=[3, 2], pads=[1, 1, 1, 0]),
        quant("k", "f", "s32", "b3", 1),
        node("GlobalAveragePool", "f", "g", "whole"),
        quant("g", "e", "s16", "b3", 1),
        node("Conv", "e w1", "y", "conv1"),
    ]
    return proto_of(nodes, [1, 2, 6, 8], **constants())


def write(folder: Path, proto: ModelProto, **keys: Any) -> Path:
    """The file and its configuration; returns the latter's path."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(proto, str(folder / "net.onnx"))
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({"model": "net.onnx", "output_dir": "build", **keys}))
    return path


def frames(proto: ModelProto, count: int, seed: int = 0) -> Any:
    """(N, H, W, C) uint8."""
    dims = [d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]
    shape = (count, dims[2], dims[3], dims[1])
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
