"""The integer graph cut at its quantizers: each piece starts from the levels it is given.

So a difference at one boundary does not spread to those behind it, and all pieces run at once.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from flows.graph.integer_graph import IntGraph
from flows.run.emulator import check_exact, plain_model


class Segments:
    """cuts: tensors whose readers take given integers instead. Any number of frames, any size."""

    def __init__(self, graph: IntGraph, cuts: set[str]) -> None:
        check_exact(graph)
        self.graph, self.cuts = graph, sorted(cuts)
        if not graph.nodes:
            return
        proto = plain_model(graph)
        inside = {name: f"{name}:given" for name in self.cuts}
        for node in proto.graph.node:
            for index, name in enumerate(node.input):
                node.input[index] = inside.get(name, name)
        del proto.graph.input[:]
        for name in ("input", *inside.values()):
            info = helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 4)
            proto.graph.input.append(info)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self.session = onnxruntime.InferenceSession(
            proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, image: Any, levels: Mapping[str, Any]) -> dict[str, Any]:
        """Every tensor's integers (N, C, H, W), of an image of integers and those of each cut."""
        feeds = {f"{name}:given": levels[name].astype(np.float32) for name in self.cuts}
        names = [node.name for node in self.graph.nodes]
        if not names:
            return {"input": image}
        feeds["input"] = image.astype(np.float32)
        known = {i.name for i in self.session.get_inputs()}
        results = self.session.run(names, {k: v for k, v in feeds.items() if k in known})
        return {"input": image, **dict(zip(names, results, strict=True))}
