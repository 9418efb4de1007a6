"""QONNX's operators of FINN's streamlining, by their definitions, for ``doubles``."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from onnx.reference.op_run import OpRun

from flows.importing.domains import QONNX


class Im2Col(OpRun):  # type: ignore[misc]
    """Windows of (N, H, W, C) as rows: kernel's rows, its columns, then channels."""

    op_domain = QONNX

    def _run(
        self,
        x: Any,
        kernel_size: Sequence[int] = (),
        stride: Sequence[int] = (),
        pad_amount: Sequence[int] = (0, 0, 0, 0),
        pad_value: int = 0,
        dilations: Sequence[int] = (1, 1),
        **_: Any,
    ) -> tuple[Any]:
        top, left, bottom, right = pad_amount
        padded = np.pad(
            x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=pad_value
        )
        spans = [d * (k - 1) + 1 for k, d in zip(kernel_size, dilations, strict=True)]
        windows = sliding_window_view(padded, spans, axis=(1, 2))
        windows = windows[:, :: stride[0], :: stride[1], :, :: dilations[0], :: dilations[1]]
        rows = windows.transpose(0, 1, 2, 4, 5, 3)
        return (np.ascontiguousarray(rows).reshape(*rows.shape[:3], -1),)


class MaxPoolNHWC(OpRun):  # type: ignore[misc]
    """A maximum pool of (N, H, W, C)."""

    op_domain = QONNX

    def _run(
        self,
        x: Any,
        kernel_shape: Sequence[int] = (),
        strides: Sequence[int] = (),
        pads: Sequence[int] = (),
        ceil_mode: int = 0,
    ) -> tuple[Any]:
        sides = [(pads[0], pads[2]), (pads[1], pads[3])]
        if ceil_mode:
            for axis, (size, step) in enumerate(zip(kernel_shape, strides, strict=True)):
                length = x.shape[1 + axis] + sum(sides[axis])
                sides[axis] = (sides[axis][0], sides[axis][1] + (size - length) % step)
        padded = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=-np.inf)
        windows = sliding_window_view(padded, tuple(kernel_shape), axis=(1, 2))
        return (windows[:, :: strides[0], :: strides[1]].max(axis=(-2, -1)),)


class XnorPopcountMatMul(OpRun):  # type: ignore[misc]
    """How many bits are alike of each row and each column."""

    op_domain = QONNX

    def _run(self, x: Any, bits: Any) -> tuple[Any]:
        return (((2 * x - 1) @ (2 * bits - 1) + len(bits)) / 2,)


#: Those, for ONNX's evaluator.
LOWERED_OPERATORS = [Im2Col, MaxPoolNHWC, XnorPopcountMatMul]
