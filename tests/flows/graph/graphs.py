"""Small integer graphs made by hand, for the property tests of the folds."""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from flows.graph.integer_graph import IntGraph, IntNode
from flows.run.emulate import original_order
from flows.run.emulator import Emulator


class Graph:
    """An IntGraph as it grows; every method returns the new tensor's name."""

    def __init__(self, rng: np.random.Generator, shape: tuple[int, int, int]) -> None:
        self.rng = rng
        self.graph = IntGraph({"input": shape})

    def shape(self, tensor: str) -> tuple[int, int, int]:
        return self.graph.shape(tensor)

    def range(self, tensor: str) -> tuple[int, int]:
        return self.graph.range(tensor)

    def _append(self, *args: Any) -> str:
        self.graph.nodes.append(IntNode(*args))
        self.graph.output = self.graph.nodes[-1].name
        return self.graph.output

    def conv(self, tensor: str, weights: Any) -> str:
        """Unpadded, stride 1; the range is a safe one."""
        rows, _, kernel, _ = weights.shape
        _, height, width = self.shape(tensor)
        name = f"conv{1 + sum(n.op == 'Conv' for n in self.graph.nodes)}"
        bound = int(np.abs(weights).sum(axis=(1, 2, 3)).max()) * max(map(abs, self.range(tensor)))
        attrs = {
            "kernel_shape": [kernel, kernel], "strides": [1, 1], "pads": [0] * 4, "group": 1,
        }  # fmt: skip
        shape = (rows, height - kernel + 1, width - kernel + 1)
        return self._append(
            "Conv",
            name,
            [tensor],
            shape,
            -bound,
            bound,
            f"Conv_{name}",
            attrs,
            {"weights": weights.astype(np.int64)},
        )

    def binary(self, tensor: str, rows: int, kernel: int = 1) -> str:
        """A convolution of random binary weights, all input channels different."""
        channels = self.shape(tensor)[0]
        return self.conv(tensor, self.rng.choice([-1, 1], (rows, channels, kernel, kernel)))

    def act(self, tensor: str, levels: int = 3, low: int = 0, shared: bool = False) -> str:
        """Thresholds of each channel, or one row for all."""
        shape, (lo, hi) = self.shape(tensor), self.range(tensor)
        table = np.sort(self.rng.integers(lo, hi + 1, (1 if shared else shape[0], levels)), axis=1)
        return self._append(
            "MultiThreshold",
            tensor.replace("conv", "act", 1),
            [tensor],
            shape,
            low,
            low + levels,
            "Quant",
            {"out_bias": low},
            {"thresholds": table.astype(np.int64)},
        )

    def pool(self, tensor: str) -> str:
        channels, height, width = self.shape(tensor)
        attrs = {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0] * 4}
        return self._append(
            "MaxPool",
            f"pool_{tensor}",
            [tensor],
            (channels, height // 2, width // 2),
            *self.range(tensor),
            "MaxPool",
            attrs,
        )

    def join(self, op: str, tensors: list[str], name: str) -> str:
        """Concat or Add."""
        shapes, ranges = [self.shape(t) for t in tensors], [self.range(t) for t in tensors]
        if op == "Concat":
            channels = sum(s[0] for s in shapes)
            lo, hi, attrs = min(r[0] for r in ranges), max(r[1] for r in ranges), {"axis": 1}
        else:
            channels = shapes[0][0]
            lo, hi, attrs = sum(r[0] for r in ranges), sum(r[1] for r in ranges), {}
        return self._append(op, name, tensors, (channels, *shapes[0][1:]), lo, hi, name, attrs)

    def model(self) -> ModelWrapper:
        return self.graph.to_onnx()

    def frames(self, count: int = 3) -> Any:
        channels, height, width = self.graph.input_shape
        return self.rng.integers(0, 256, (count, height, width, channels)).astype(np.uint8)


def assert_same_integers(before: ModelWrapper, after: ModelWrapper, frames: Any) -> int:
    """Equal integers at every boundary that both graphs have; returns how many there are.

    A convolution of the same name may compute something else (a part of a sum, all of it), so
    only what stands behind a quantizer, pools and the output are boundaries.
    """
    old, new = Emulator(before, 1), Emulator(after, 1)
    names = {node.name for node in old.graph.nodes if node.op in ("MultiThreshold", "MaxPool")}
    names &= {node.name for node in new.graph.nodes}
    for frame in frames:
        raw, expected = new.boundaries(frame), old.boundaries(frame)
        found = original_order(new, raw)
        for name in names:
            np.testing.assert_array_equal(found[name], expected[name], name)
        np.testing.assert_array_equal(raw[new.graph.output], expected[old.graph.output])
    return len(names)
