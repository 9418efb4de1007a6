"""The emulator: executes the integer graph exactly, and returns every layer boundary.

onnxruntime convolves in float32, which is exact for integers as long as no partial sum passes
2^24; the bound is checked for every layer from its weights and input range. ``MultiThreshold`` is
written out in comparisons.
"""

from functools import cached_property
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.integer_graph import OPSET, IntGraph, IntNode, from_onnx
from flows.run.quick_graph import only_output, pools_first

EXACT_LIMIT = 1 << 24

IntArray = np.ndarray[Any, np.dtype[np.int64]]


class Emulator:
    """Executes an integer graph (``IntGraph.to_onnx``).

    Raises FlowError where a layer's sums could leave float32's exact range.
    """

    def __init__(self, model: ModelWrapper, threads: int = 0) -> None:
        self.graph = from_onnx(model)
        check_exact(self.graph)
        self._threads = threads

    def _session(self, model: Any, fused: bool) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        levels = onnxruntime.GraphOptimizationLevel
        options.graph_optimization_level = (
            levels.ORT_ENABLE_ALL if fused else levels.ORT_ENABLE_BASIC
        )
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def session(self) -> Any:
        """onnxruntime's session that returns every tensor."""
        return self._session(plain_model(self.graph), fused=False)

    @cached_property
    def _quick(self) -> Any:
        """The session that returns the output alone, fused."""
        model = plain_model(pools_first(self.graph))
        return self._session(only_output(model, self.graph.output), fused=True)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of a frame."""
        channels, height, width = self.graph.input_shape
        return height, width, channels

    def boundaries(self, frame: Any) -> dict[str, IntArray]:
        """One frame (H, W, C) uint8 -> every tensor of the integer graph, NHWC int64, by name.

        "input" is the frame; the network's result is ``[self.graph.output]``.
        """
        nchw = self._nchw(frame)
        names = [node.name for node in self.graph.nodes]
        results = self.session.run(names, {"input": nchw}) if names else []
        arrays = {"input": nchw, **dict(zip(names, results, strict=True))}
        return {name: _nhwc(array) for name, array in arrays.items()}

    def run(self, frames: Any) -> IntArray:
        """(N, H, W, C) uint8 -> the network's integers (N, H', W', C').

        Some ten times as fast as ``boundaries``; the integers are the same.
        """
        if not self.graph.nodes:
            return np.concatenate([_nhwc(self._nchw(frame)) for frame in frames])
        found = [self._quick.run(None, {"input": self._nchw(frame)})[0] for frame in frames]
        return np.concatenate([_nhwc(array) for array in found])

    def _nchw(self, frame: Any) -> Any:
        """(1, C, H, W) float32 of a frame; FlowError for one of another shape or type."""
        if frame.shape != self.input_shape or frame.dtype != np.uint8:
            raise FlowError(
                f"a frame has shape {frame.shape} and type {frame.dtype}; the network takes "
                f"{self.input_shape} uint8"
            )
        return np.ascontiguousarray(frame.transpose(2, 0, 1)[None]).astype(np.float32)


def _nhwc(array: Any) -> IntArray:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).astype(np.int64)


def check_exact(graph: IntGraph) -> None:
    """FlowError where a node's sums may leave the integers that float32 holds, each of them."""
    largest = {"input": 255}
    for node in graph.nodes:
        given = [largest[name] for name in node.inputs]
        largest[node.name] = max(abs(node.lo), abs(node.hi))
        if node.op == "Add":
            bound = sum(given)
        elif node.op == "Mul":
            bound = abs(int(node.params["factors"].item())) * given[0]
        elif node.op in ("Conv", "ChannelSum"):
            (weights,) = node.params.values()
            flat = np.abs(weights).reshape(weights.shape[0], -1)
            bound = int(flat.sum(axis=1).max()) * given[0]
        else:
            continue
        if bound >= EXACT_LIMIT:
            raise FlowError(
                f"node {node.name}: sums may reach {bound}, beyond the emulator's exact range of "
                f"{EXACT_LIMIT}"
            )
        largest[node.name] = min(bound, largest[node.name])


def plain_model(graph: IntGraph) -> Any:
    """The integer graph in standard operators, every tensor an output."""
    initializers, nodes, outputs = [], [], []

    def constant(name: str, value: Any) -> str:
        initializers.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
        return name

    def thresholds(node: IntNode) -> None:
        table = node.params["thresholds"]
        terms = []
        for level in range(table.shape[1]):
            value = constant(f"{node.name}_t{level}", table[:, level].reshape(1, -1, 1, 1))
            reached, term = f"{node.name}_ge{level}", f"{node.name}_c{level}"
            nodes.append(helper.make_node("GreaterOrEqual", [node.inputs[0], value], [reached]))
            nodes.append(helper.make_node("Cast", [reached], [term], to=TensorProto.FLOAT))
            terms.append(term)
        terms.append(constant(f"{node.name}_bias", [[[[node.attrs["out_bias"]]]]]))
        for index, term in enumerate(terms[1:]):
            last = index == len(terms) - 2
            total = node.name if last else f"{node.name}_s{index}"
            nodes.append(helper.make_node("Add", [terms[0], term], [total]))
            terms[0] = total

    for node in graph.nodes:
        if node.op == "MultiThreshold":
            thresholds(node)
        else:
            inputs = list(node.inputs)
            for name, value in node.params.items():
                inputs.append(constant(f"{node.name}_{name}", value))
            nodes.append(helper.make_node(node.onnx_op, inputs, [node.name], **node.attrs))
        outputs.append(helper.make_tensor_value_info(node.name, TensorProto.FLOAT, None))
    info = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *graph.input_shape])
    made = helper.make_graph(nodes, "plain", [info], outputs, initializers)
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(made, opset_imports=opset, ir_version=10)
