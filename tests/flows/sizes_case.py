"""A network of everything that counts rows and columns, as a file of others has it."""

from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto

from tests.flows.foreign_model import node, proto_of
from tests.flows.pooled import REPEAT, quant, write


def network(height: int = 12, width: int = 16) -> ModelProto:
    """A fork whose one way is pooled and repeated, a sum, depthwise and strided layers, pools."""
    rng = np.random.default_rng(7)
    nodes = [
        quant("x", "x8", "one", "b8"),
        node("Conv", "x8 w0", "c0", "conv0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        quant("c0", "a", "s64", "b3", 1),
        node("MaxPool", "a", "m", "pool0", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Conv", "m w1", "c1", "conv1"),
        quant("c1", "b", "s64", "b3", 1),
        node("Resize", "b - twice", "u", "up", **REPEAT),
        node("Add", "a u", "s", "sum"),
        node("Relu", "s", "r", "relu"),
        quant("r", "d", "s64", "b2"),
        node("Conv", "d w2", "c2", "conv2", group=3, kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        quant("c2", "e", "s64", "b2"),
        node("MaxPool", "e", "p", "pool1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", "p w3", "c3", "conv3", kernel_shape=[2, 3], strides=[2, 1]),
        quant("c3", "y", "s64", "b3", 1),
    ]  # fmt: skip
    return proto_of(
        nodes,
        (1, 2, height, width),
        w0=rng.integers(-2, 3, (3, 2, 3, 3)).astype(float),
        w1=rng.integers(-1, 2, (3, 3, 1, 1)).astype(float),
        w2=rng.integers(-1, 2, (3, 1, 3, 3)).astype(float),
        w3=rng.integers(-1, 2, (2, 3, 2, 3)).astype(float),
        s64=64.0,
        b3=3.0,
        twice=np.array([1.0, 1, 2, 2]),
    )


def configuration(folder: Path, **keys: Any) -> Path:
    """Configuration of the network with dynamic_mode."""
    return write(folder, network(), **{"dynamic_mode": True, "target_fps": 50_000, **keys})
