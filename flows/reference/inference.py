"""Operators that ONNX's own evaluator would run as in training."""

from typing import Any

import numpy as np
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
