"""Fuse duplicated input feature maps: F binary kernels over one input become one of F+1 levels.

sum_f conv(X, W_f) = conv(X, W_1 + ... + W_F) (DupNet, duplicated input feature maps). The F copies
show in the integer graph as a ``Concat`` of one tensor with itself in front of a ``Conv``, or as an
``Add`` of ``Conv``s of one tensor.
"""

from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation

from flows.graph.channel_map import IntArray
from flows.graph.integer_graph import IntGraph, IntNode, from_onnx
from flows.graph.weight_grids import sum_grids
from hw.ops.weight_coding import code_weights


class FuseDuplicatedInputs(Transformation):  # type: ignore[misc]
    """apply(integer graph) -> (the same integers with fewer kernels, whether it changed).

    ``savings`` lists for each fused convolution: layer, F, and weights before and after.
    """

    def __init__(self) -> None:
        super().__init__()
        self.savings: list[dict[str, Any]] = []

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        graph = from_onnx(model)
        for node in reversed(graph.nodes):  # a tree of sums from its root
            if node.op == "Concat" and self._fuse_concat(graph, node):
                return graph.to_onnx(), True
            if node.op == "Add" and self._fuse_add(graph, node):
                return graph.to_onnx(), True
        return model, False

    def _fuse_concat(self, graph: IntGraph, concat: IntNode) -> bool:
        """Concat(x, ..., x) -> Conv."""
        if len(set(concat.inputs)) != 1 or concat.name in graph.outputs:
            return False
        users = [node for node in graph.nodes if concat.name in node.inputs]
        if any(node.op != "Conv" or node.attrs.get("group", 1) != 1 for node in users):
            return False
        factor = len(concat.inputs)
        for conv in users:
            weights = conv.params["weights"]
            rows, channels, *kernel = weights.shape
            copies = weights.reshape(rows, factor, channels // factor, *kernel)
            conv.params["weights"] = copies.sum(axis=1)
            conv.inputs = [concat.inputs[0]]
            sum_grids(graph.metadata, [conv.origin] * factor, conv.origin)
            self._record(conv, factor, weights.size, weights)
        graph.nodes.remove(concat)
        return True

    def _fuse_add(self, graph: IntGraph, add: IntNode) -> bool:
        """A tree of Adds over Conv(x, W_f), all of one x, read by the tree alone."""
        leaves, inner = _tree(graph, add)
        convs = [graph.node(name) for name in dict.fromkeys(leaves) if name not in graph.inputs]
        if not convs or len(convs) != len(set(leaves)) or any(n.op != "Conv" for n in convs):
            return False
        first = convs[0]
        gone = {conv.name for conv in convs} | inner
        others = [n for n in graph.nodes if n is not add and n.name not in inner]
        read = {*graph.outputs, *(source for node in others for source in node.inputs)}
        if gone & read or any((c.inputs, c.attrs) != (first.inputs, first.attrs) for c in convs):
            return False
        before, size = first.params["weights"], first.params["weights"].size
        # the sum becomes the convolution, under its own name and at its own place
        add.op, add.inputs, add.attrs = "Conv", list(first.inputs), dict(first.attrs)
        kernels = [graph.node(name).params["weights"] for name in leaves]
        add.params = {"weights": np.sum(kernels, axis=0)}
        add.origin = " + ".join(conv.origin for conv in convs)
        sum_grids(graph.metadata, [graph.node(name).origin for name in leaves], add.origin)
        graph.nodes = [node for node in graph.nodes if node.name not in gone]
        self._record(add, len(leaves), size * len(leaves), before)
        return True

    def _record(self, conv: IntNode, factor: int, size_before: int, before: IntArray) -> None:
        """Note a saving; before: the weights of one kernel (or of all, stacked) before fusing."""
        _, height, width = conv.shape
        size = conv.params["weights"].size
        self.savings.append(
            {
                "layer": conv.name,
                "origin": conv.origin,
                "factor": factor,
                "weights_before": size_before,
                "weights_after": size,
                "weight_bits_before": size_before * _bits(before),
                "weight_bits_after": size * _bits(conv.params["weights"]),
                "macs_before": size_before * height * width,
                "macs_after": size * height * width,
            }
        )


def _bits(weights: IntArray) -> int:
    """Bits that the hardware stores for one of these weights."""
    return code_weights(weights).bits


def _tree(graph: IntGraph, add: IntNode) -> tuple[list[str], set[str]]:
    """(leaves with their multiplicity, inner Adds) of the tree of Adds that ends in add."""
    leaves: list[str] = []
    inner: set[str] = set()
    for name in add.inputs:
        node = graph.maker(name)
        if node is not None and node.op == "Add":
            below, within = _tree(graph, node)
            leaves += below
            inner |= {name} | within
        else:
            leaves.append(name)
    return leaves, inner
