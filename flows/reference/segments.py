"""The integer graph cut at its quantizers: each piece starts from the levels it is given.

So a difference at one boundary does not spread to those behind it, and all pieces run at once.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from flows.graph.integer_graph import IntGraph
from flows.run.plain_graph import plain_model


class Segments:
    """cuts: tensors whose readers take given integers instead. Any number of frames, any size."""

    def __init__(self, graph: IntGraph, cuts: set[str]) -> None:
        self.graph, self.cuts, self.wide = graph, sorted(cuts), set[str]()
        if not graph.nodes:
            return
        proto = plain_model(graph)
        inside = {name: f"{name}:given" for name in self.cuts}
        for node in proto.graph.node:
            for index, name in enumerate(node.input):
                node.input[index] = inside.get(name, name)
        kinds = {info.name: info.type.tensor_type.elem_type for info in proto.graph.output}
        self.wide = {name for name in self.cuts if kinds[name] == TensorProto.DOUBLE}
        del proto.graph.input[:]
        for name, given in (*((name, name) for name in graph.inputs), *inside.items()):
            kind = kinds.get(name, TensorProto.FLOAT)
            proto.graph.input.append(helper.make_tensor_value_info(given, kind, [None] * 4))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self.session = onnxruntime.InferenceSession(
            proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, images: Mapping[str, Any], levels: Mapping[str, Any]) -> dict[str, Any]:
        """Every tensor's integers (N, C, H, W), of those of each input and of each cut."""
        feeds = {
            f"{name}:given": levels[name].astype(np.float64 if name in self.wide else np.float32)
            for name in self.cuts
        }
        names = [node.name for node in self.graph.nodes]
        if not names:
            return dict(images)
        feeds |= {name: image.astype(np.float32) for name, image in images.items()}
        known = {i.name for i in self.session.get_inputs()}
        results = self.session.run(names, {k: v for k, v in feeds.items() if k in known})
        return {**images, **dict(zip(names, results, strict=True))}
