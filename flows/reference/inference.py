"""Operators that ONNX's own evaluator gets wrong, or takes long for, for ``doubles``."""

from typing import Any

import numpy as np
import onnxruntime
from onnx import NodeProto, helper
from onnx.reference.op_run import OpRun
from onnx.reference.ops.op_resize import Resize as _Resize

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


class GlobalMaxPool(OpRun):  # type: ignore[misc]
    """Of any number of axes: the evaluator takes those of two dimensions alone."""

    op_domain = ""

    def _run(self, x: Any, **_: Any) -> tuple[Any]:
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


class MaxPool(OpRun):  # type: ignore[misc]
    """By onnxruntime, which takes float64.

    The evaluator refuses windows that are larger than what is in front of their border.
    """

    op_domain = ""

    def _run(self, x: Any, **_: Any) -> tuple[Any]:
        return (_by_onnxruntime(self, [x]),)


class Pad(OpRun):  # type: ignore[misc]
    """By onnxruntime: the evaluator takes no numbers below zero, which take rows away."""

    op_domain = ""

    def _run(self, x: Any, *others: Any, **_: Any) -> tuple[Any]:
        return (_by_onnxruntime(self, [x, *others]),)


class Resize(_Resize):  # type: ignore[misc]
    """Nearest pixels by their places, which onnxruntime finds.

    The evaluator takes a second for some ten thousand of them, one by one.
    """

    op_domain = ""

    def _run(self, x: Any, *others: Any, mode: str | None = None, **attrs: Any) -> tuple[Any]:
        if mode not in (None, "nearest") or x.size > np.iinfo(np.int32).max:
            made: tuple[Any] = super()._run(x, *others, mode=mode, **attrs)
            return made
        if others and others[0] is None:  # a region of interest: once it was no input to leave out
            others = (np.zeros(0, np.float32), *others[1:])
        # scales are float32 by the operator's definition
        others = tuple(v.astype(np.float32) if _is_real(v) else v for v in others)
        places = np.arange(x.size, dtype=np.int32).reshape(x.shape)
        return (x.reshape(-1)[_by_onnxruntime(self, [places, *others])],)


def _is_real(value: Any) -> bool:
    return value is not None and value.dtype.kind == "f"


def _by_onnxruntime(op: OpRun, inputs: list[Any]) -> Any:
    """The only output of an operator's node, in the type of its first input."""
    given = {f"x{index}": value for index, value in enumerate(inputs) if value is not None}
    node = NodeProto()
    node.CopyFrom(op.onnx_node)
    node.input[:] = ["" if value is None else f"x{at}" for at, value in enumerate(inputs)]
    node.output[:] = ["y"]
    infos = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), None)
        for name, value in given.items()
    ]
    kind = helper.np_dtype_to_tensor_dtype(inputs[0].dtype)
    out = helper.make_tensor_value_info("y", kind, None)
    opsets = [helper.make_opsetid("", op.run_params["opsets"][""])]
    graph = helper.make_graph([node], "alone", infos, [out])
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, given)[0]


#: Those, for ONNX's evaluator.
OPERATORS = [BatchNormalization, GlobalMaxPool, MaxPool, Pad, Resize]
