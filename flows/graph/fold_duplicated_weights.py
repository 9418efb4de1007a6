"""Fold duplicated weights: sum the input channels that share their weights, keep one copy.

conv(X, W) = conv(X_1 + ... + X_D, W_b) where the weights of D channels are equal (DupNet, weights
with duplicated channels). The equal channels are found in the weights themselves, wherever they
lie: in blocks, interleaved, or permuted. The producing convolution's rows are permuted so that the
D channels of a sum are neighbours in the stream; the sum (a grouped 1x1 convolution of ones, an
adder tree over neighbouring lanes in hardware) stands in front of the line buffer.
"""

import json
from math import gcd
from typing import Any

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation

from flows.graph.channel_map import IntArray
from flows.graph.integer_graph import LEVEL_GIVING, IntGraph, IntNode, from_onnx
from flows.metadata import read
from hw.datatypes import integer_datatype
from hw.ops.weight_coding import code_weights


def equal_channels(weights: IntArray) -> tuple[int, IntArray]:
    """Largest D such that the input channels of weights (O, C, KH, KW) fall into equal groups of D.

    Returns (D, order): order, shape (C,), lists the channels group by group; within a group, and
    among groups by their first member, in ascending order.
    """
    groups: dict[bytes, list[int]] = {}
    for channel in range(weights.shape[1]):
        groups.setdefault(weights[:, channel].tobytes(), []).append(channel)
    factor = gcd(*(len(members) for members in groups.values()))
    order = []
    for members in groups.values():
        # D members that lie D-blocks apart stay together: (0, C/D, 2C/D, ...), then (1, ...)
        stride = len(members) // factor
        order += [members[i::stride] for i in range(stride)]
    order.sort(key=lambda group: group[0])
    return factor, np.array([c for group in order for c in group], dtype=np.int64)


class FoldDuplicatedWeights(Transformation):  # type: ignore[misc]
    """apply(integer graph) -> (the same integers from one copy of the weights, whether changed).

    ``savings`` lists each folded convolution (layer, D, weights, line-buffer bits and MACs before
    and after); ``kept`` each one that repeats but could not be folded, with the reason.
    """

    def __init__(self) -> None:
        super().__init__()
        self.savings: list[dict[str, Any]] = []
        self.kept: dict[str, str] = {}

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        graph = from_onnx(model)
        for node in graph.nodes:
            if node.op != "Conv" or node.attrs.get("group", 1) != 1 or node.name in self.kept:
                continue
            factor, order = equal_channels(node.params["weights"])
            if factor == 1:
                continue
            (source,) = node.inputs
            if source not in graph.inputs and graph.node(source).op == "Spread":
                self.kept[node.name] = f"{source} puts zeros between the pixels in front of it"
                continue
            reason = _permute_producer(graph, source, order)
            if reason:
                self.kept[node.name] = reason
                continue
            self._fold(graph, node, factor, order)
            return graph.to_onnx(), True
        return model, False

    def _fold(self, graph: IntGraph, conv: IntNode, factor: int, order: IntArray) -> None:
        weights = conv.params["weights"]
        source = conv.inputs[0]
        lo, hi = graph.range(source)
        _, height, width = graph.shape(source)
        channels = weights.shape[1] // factor
        total = IntNode(
            "ChannelSum",
            _sum_name(graph, conv.name),
            [source],
            (channels, height, width),
            lo * factor,
            hi * factor,
            conv.origin,
            {"kernel_shape": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0], "group": channels},
            {"ones": np.ones((channels, factor, 1, 1), dtype=np.int64)},
        )
        graph.nodes.insert(graph.nodes.index(conv), total)
        conv.inputs = [total.name]
        conv.params["weights"] = np.ascontiguousarray(weights[:, order[::factor]])
        _, out_height, out_width = conv.shape
        kernel_height = conv.attrs["kernel_shape"][0]
        rows = (kernel_height - 1) * (width + conv.attrs["pads"][1] + conv.attrs["pads"][3])
        bits = integer_datatype(lo, hi).bitwidth()
        sum_bits = integer_datatype(lo * factor, hi * factor).bitwidth()
        size = conv.params["weights"].size
        self.savings.append(
            {
                "layer": conv.name,
                "origin": conv.origin,
                "factor": factor,
                "permuted": bool(np.any(order != np.arange(len(order)))),
                "weights_before": weights.size,
                "weights_after": size,
                "weight_bits_before": weights.size * code_weights(weights).bits,
                "weight_bits_after": size * code_weights(conv.params["weights"]).bits,
                "line_buffer_bits_before": rows * channels * factor * bits,
                "line_buffer_bits_after": rows * channels * sum_bits,
                "macs_before": weights.size * out_height * out_width,
                "macs_after": size * out_height * out_width,
            }
        )


def _sum_name(graph: IntGraph, conv: str) -> str:
    """Name of the group sum in front of a convolution: sumN before layer N."""
    name = "sum" + conv.lstrip("abcdefghijklmnopqrstuvwxyz")
    taken = {node.name for node in graph.nodes}
    while name in taken:
        name += "_"
    return name


def _permute_producer(graph: IntGraph, tensor: str, order: IntArray) -> str:
    """Permute the channels of tensor (new channel i = old order[i]) at the convolution it is of.

    Returns "" when done, else the reason why it cannot be done (and nothing is changed).
    """
    if np.array_equal(order, np.arange(len(order))):
        return ""
    path = []
    name = tensor
    while True:
        if name in graph.inputs:
            return "its channels come from the image and cannot be permuted"
        if name in graph.outputs or sum(name in node.inputs for node in graph.nodes) != 1:
            return f"{name} is used elsewhere, so its channels cannot be permuted"
        node = graph.node(name)
        path.append(node)
        if node.op == "Conv" and node.attrs.get("group", 1) == 1:
            break
        if node.op not in (*LEVEL_GIVING, "MaxPool", "SumPool", "Upsample", "Places"):
            return f"the channels of {name} ({node.op}) cannot be permuted"
        name = node.inputs[0]
    orders = channel_orders(graph)
    for node in path:
        for key, value in node.params.items():
            if key != "scales" and (key == "weights" or value.shape[0] == len(order)):
                node.params[key] = np.ascontiguousarray(value[order])
        before = orders.get(node.name, list(range(len(order))))
        orders[node.name] = [before[channel] for channel in order]
    graph.metadata["channel_orders"] = json.dumps(orders)
    return ""


def channel_orders(graph: IntGraph) -> dict[str, list[int]]:
    """For each tensor whose channels were permuted: channel i now is channel order[i] before."""
    orders = read(graph.metadata, "channel_orders", dict[str, list[int]], "{}")
    return orders
