"""Operators that ONNX's own evaluator gets wrong, for ``doubles``."""

from typing import Any

import numpy as np
import onnxruntime
from onnx import NodeProto, helper
from onnx.reference.op_run import OpRun

#: Of an operator that does not say it.
_EPSILON = 1e-5


class BatchNormalization(OpRun):  # type: ignore[misc]
    """Of inference, in the type of its input.

    Up to version 13 of ONNX's operators the evaluator normalizes by the mean of what it is given,
    though a node with one output is one of inference.
    """

    op_domain = ""

    def _run(
        self,
        x: Any,
        scale: Any,
        bias: Any,
        mean: Any,
        variance: Any,
        epsilon: float | None = None,
        **_: Any,
    ) -> tuple[Any]:
        shape = (-1, *(1,) * (x.ndim - 2))
        scale, bias, mean, variance = (v.reshape(shape) for v in (scale, bias, mean, variance))
        deviation = np.sqrt(variance + (_EPSILON if epsilon is None else epsilon))
        return ((scale * (x - mean) / deviation + bias).astype(x.dtype),)


class MaxPool(OpRun):  # type: ignore[misc]
    """By onnxruntime, which takes float64.

    The evaluator refuses windows that are larger than what is in front of their border.
    """

    op_domain = ""

    def _run(self, x: Any, **_: Any) -> tuple[Any]:
        node = NodeProto()
        node.CopyFrom(self.onnx_node)
        node.input[:], node.output[:] = ["x"], ["y"]
        kind = helper.np_dtype_to_tensor_dtype(x.dtype)
        infos = [helper.make_tensor_value_info(name, kind, None) for name in ("x", "y")]
        graph = helper.make_graph([node], "pool", infos[:1], infos[1:])
        opsets = [helper.make_opsetid("", self.run_params["opsets"][""])]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return (session.run(None, {"x": x})[0],)


#: Those, for ONNX's evaluator.
OPERATORS = [BatchNormalization, MaxPool]
