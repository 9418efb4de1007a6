"""Fuse duplicated input feature maps: F binary kernels over one input become one of F+1 levels.

sum_f conv(X, W_f) = conv(X, W_1 + ... + W_F) (DupNet, duplicated input feature maps). The F copies
show in the integer graph as a ``Concat`` of one tensor with itself in front of a ``Conv``, or as an
``Add`` of ``Conv``s of one tensor.
"""

from typing import Any

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation

from flows.transformations.channel_map import IntArray
from flows.transformations.integer_graph import IntGraph, IntNode, from_onnx
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
        for node in graph.nodes:
            if node.op == "Concat" and self._fuse_concat(graph, node):
                return graph.to_onnx(), True
            if node.op == "Add" and self._fuse_add(graph, node):
                return graph.to_onnx(), True
        return model, False

    def _fuse_concat(self, graph: IntGraph, concat: IntNode) -> bool:
        """Concat(x, ..., x) -> Conv."""
        if len(set(concat.inputs)) != 1 or graph.output == concat.name:
            return False
        users = [node for node in graph.nodes if concat.name in node.inputs]
        if any(node.op != "Conv" for node in users):
            return False
        factor = len(concat.inputs)
        for conv in users:
            weights = conv.params["weights"]
            rows, channels, *kernel = weights.shape
            copies = weights.reshape(rows, factor, channels // factor, *kernel)
            conv.params["weights"] = copies.sum(axis=1)
            conv.inputs = [concat.inputs[0]]
            self._record(conv, factor, weights.size, weights)
        graph.nodes.remove(concat)
        return True

    def _fuse_add(self, graph: IntGraph, add: IntNode) -> bool:
        """Add(Conv(x, W1), Conv(x, W2)), the convolutions used nowhere else."""
        convs = [graph.node(name) for name in add.inputs if name != "input"]
        if len(convs) != 2 or any(node.op != "Conv" for node in convs):
            return False
        first, second = convs
        users = [node for node in graph.nodes if {first.name, second.name} & set(node.inputs)]
        outputs = {graph.output} & {first.name, second.name}
        same = first.inputs == second.inputs and first.attrs == second.attrs
        if not same or len(users) != 1 or outputs:
            return False
        size = first.params["weights"].size
        before = first.params["weights"]
        total = before + second.params["weights"]
        if first is not second:
            graph.nodes.remove(second)
        merged = {entry["layer"]: entry for entry in self.savings}
        factor = sum(merged[c.name]["factor"] if c.name in merged else 1 for c in convs)
        self.savings = [e for e in self.savings if e["layer"] not in (first.name, second.name)]
        first.params["weights"] = total
        first.lo, first.hi = add.lo, add.hi
        self._record(first, factor, size * factor, before)
        graph.nodes.remove(add)
        for node in graph.nodes:
            node.inputs = [first.name if name == add.name else name for name in node.inputs]
        graph.output = first.name if graph.output == add.name else graph.output
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
