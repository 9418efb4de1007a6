"""The emulator: executes the integer graph exactly, and returns every layer boundary.

The graph runs in onnxruntime as ``plain_graph`` writes it down.
"""

from functools import cached_property
from typing import Any

import numpy as np
import onnxruntime
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.input_type import InputType
from flows.graph.integer_graph import from_onnx
from flows.run.inputs import by_input
from flows.run.outputs import only
from flows.run.plain_graph import plain_model
from flows.run.quick_graph import only_outputs, pools_first

IntArray = np.ndarray[Any, np.dtype[np.int64]]


class Emulator:
    """Executes an integer graph (``IntGraph.to_onnx``).

    Raises FlowError where a layer's sums could leave what the emulator computes exactly.
    """

    def __init__(self, model: ModelWrapper, threads: int = 0) -> None:
        self.graph = from_onnx(model)
        self._plain = plain_model(self.graph)
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
        return self._session(self._plain, fused=False)

    @cached_property
    def _quick(self) -> Any:
        """The session that returns the outputs alone, fused."""
        model = plain_model(pools_first(self.graph))
        names = [name for name in self.graph.outputs if name not in self.graph.inputs]
        return self._session(only_outputs(model, names), fused=True)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of a frame of the only input."""
        channels, height, width = self.graph.input_shape
        return height, width, channels

    @property
    def input_shapes(self) -> dict[str, tuple[int, int, int]]:
        """(H, W, C) of a frame of each input."""
        return {name: (h, w, c) for name, (c, h, w) in self.graph.inputs.items()}

    @property
    def input_type(self) -> InputType:
        """The integers of a frame of the only input."""
        return self.graph.input_type

    def boundaries(self, frame: Any) -> dict[str, IntArray]:
        """One frame (H, W, C) of ``input_type`` -> every tensor of the integer graph, by name.

        Of several inputs a dict of frames, by name. Tensors are NHWC int64, the inputs among them;
        the network's results are ``self.graph.outputs``.
        """
        given = self._given(frame)
        names = [node.name for node in self.graph.nodes]
        results = self.session.run(names, given) if names else []
        arrays = {**given, **dict(zip(names, results, strict=True))}
        return {name: _nhwc(array) for name, array in arrays.items()}

    def run(self, frames: Any) -> Any:
        """(N, H, W, C) of ``input_type`` -> the network's integers (N, H', W', C').

        Frames of several inputs: ``flows.run.inputs``. Of a network with several outputs a dict of
        them, by name. Some ten times as fast as ``boundaries``; the integers are the same.
        """
        found: dict[str, list[IntArray]] = {name: [] for name in self.graph.outputs}
        for frame in frames:
            made = self._given(frame)
            if self.graph.nodes:
                session = self._quick
                read = {each.name for each in session.get_inputs()}
                given = {name: image for name, image in made.items() if name in read}
                names = [each.name for each in session.get_outputs()]
                results = session.run(names, given) if names else []
                made |= dict(zip(names, results, strict=True))
            for name, arrays in found.items():
                arrays.append(_nhwc(made[name]))
        return only({name: np.concatenate(arrays) for name, arrays in found.items()})

    def _given(self, frame: Any) -> dict[str, Any]:
        """(1, C, H, W) float32 of each input; FlowError for one of another shape or type."""
        result = {}
        for name, image in by_input(self.graph, frame).items():
            shape, kind = self.input_shapes[name], self.graph.type_of(name)
            what = "a frame" if len(self.graph.inputs) == 1 else f"a frame of {name}"
            if image.shape != shape or image.dtype != kind.dtype:
                raise FlowError(
                    f"{what} has shape {image.shape} and type {image.dtype}; the network takes "
                    f"{shape} {kind.dtype}"
                )
            kind.check(image, what)
            nchw = np.ascontiguousarray(image.transpose(2, 0, 1)[None])
            result[name] = nchw.astype(np.float32)
        return result


def _nhwc(array: Any) -> IntArray:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).astype(np.int64)
