"""Operators that runs are made of: each one line of JSON, from which its model is made again.

Weights and thresholds are drawn by the line's seed, so that nothing else has to be kept.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from hw.ops.base import IntArray
from hw.ops.multi_level_mvau import MultiLevelMVAU
from hw.ops.single import one_node_model
from hw.ops.weight_coding import code_weights

#: Attributes that make an operator, by its type; the rest follows or does not matter here.
ATTRIBUTES = {
    "MultiLevelMVAU": (
        "MW", "MH", "SIMD", "PE", "inputDataType", "outputDataType", "weightDataType",
        "noActivation", "ActVal", "ram_style", "window_taps", "window_simd",
    ),
    "StreamPad": ("Padding", "SIMD", "inputDataType", "outputDataType"),
    "SlidingWindow": (
        "KernelSize", "Stride", "SIMD", "parallel_window", "ram_style", "inputDataType",
        "outputDataType",
    ),
    "StreamMaxPool": ("KernelSize", "PE", "inputDataType", "outputDataType"),
    "GroupSum": ("Group", "SIMD", "inputDataType", "outputDataType"),
    "StreamThresholding": ("PE", "ActVal", "ram_style", "inputDataType", "outputDataType"),
    "StreamWidthConverter": ("inShape", "outShape", "inWidth", "outWidth", "dataType"),
    "StreamFIFO": ("depth", "folded_shape", "normal_shape", "dataType", "ram_style"),
}  # fmt: skip


@dataclass(frozen=True)
class Operator:
    """What a run synthesizes.

    kind: operator type without ``_rtl``. shape: of its input. levels: weights are minimum + step*k,
    k = 0..top, each k as likely as it is with fair coins for its bits added up (MVAU alone).
    steps: thresholds a channel, 0: none. origin: "random" or "network".
    """

    kind: str
    shape: tuple[int, ...]
    attrs: dict[str, Any]
    levels: tuple[int, int, int] = (0, 0, 0)
    steps: int = 0
    seed: int = 0
    origin: str = "random"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "shape": list(self.shape),
            "attrs": self.attrs,
            "levels": list(self.levels),
            "steps": self.steps,
            "seed": self.seed,
            "origin": self.origin,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Operator":
        """Of as_dict's result."""
        return cls(
            data["kind"],
            tuple(data["shape"]),
            data["attrs"],
            tuple(data["levels"]),
            data["steps"],
            data["seed"],
            data["origin"],
        )

    @property
    def ident(self) -> str:
        """Hash of all of it but the origin."""
        data = self.as_dict()
        del data["origin"]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]

    def model(self) -> ModelWrapper:
        """The operator in RTL, alone, with its weights and thresholds."""
        rng = np.random.default_rng(self.seed)
        if self.kind == "MultiLevelMVAU":
            return self._mvau(rng)
        initializers: list[tuple[IntArray, str]] = []
        if self.kind == "StreamThresholding":
            kind = DataType[self.attrs["inputDataType"]]
            drawn = rng.integers(kind.min(), kind.max(), (self.shape[-1], self.steps), np.int64)
            initializers = [(np.sort(drawn, axis=1), kind.name)]
        return one_node_model(self.kind, self.shape, self.attrs, initializers)

    def _mvau(self, rng: np.random.Generator) -> ModelWrapper:
        minimum, step, top = self.levels
        size = (self.attrs["MW"], self.attrs["MH"])
        weights = minimum + step * rng.binomial(top, 0.5, size).astype(np.int64)
        initializers = [(weights, self.attrs["weightDataType"])]
        if self.steps:
            low, high = _reach(weights, DataType[self.attrs["inputDataType"]])
            drawn = rng.integers(low // 2, high // 2 + 1, (size[1], self.steps))
            initializers.append((np.sort(drawn.astype(np.int64), axis=1), "INT32"))
        return one_node_model(self.kind, self.shape, self.attrs, initializers)


def _reach(weights: IntArray, datatype: Any) -> tuple[int, int]:
    """Least and greatest product of a row."""
    ends = [
        np.maximum(weights * int(datatype.min()), weights * int(datatype.max())).sum(axis=0).max(),
        np.minimum(weights * int(datatype.min()), weights * int(datatype.max())).sum(axis=0).min(),
    ]
    return int(ends[1]), int(ends[0])


def harvest(model: ModelWrapper) -> dict[str, Operator]:
    """The operators of a hardware graph by node, weights and thresholds replaced by drawn ones."""
    found = {}
    for number, node in enumerate(model.graph.node):
        op = getCustomOp(node)
        kind = node.op_type.rpartition("_")[0] or node.op_type
        attrs = {name: _plain(op.get_nodeattr(name)) for name in ATTRIBUTES[kind]}
        levels, steps = (0, 0, 0), 0
        if isinstance(op, MultiLevelMVAU):
            coding = code_weights(op.weights(model))
            levels = (coding.minimum, coding.step, int(coding.codes.max()))
        if kind in ("MultiLevelMVAU", "StreamThresholding"):
            thresholds = op.thresholds(model)
            steps = 0 if thresholds is None else int(thresholds.shape[1])
        shape = tuple(int(size) for size in op.get_normal_input_shape())
        found[str(node.name)] = Operator(kind, shape, attrs, levels, steps, number, "network")
    return found


def _plain(value: Any) -> Any:
    """An attribute as JSON has it."""
    if isinstance(value, (int, float, str)):
        return value
    return [int(item) for item in value]
