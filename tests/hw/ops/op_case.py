"""Helpers for tests of single operators: making one, and images of integers for it."""

from typing import Any

import numpy as np
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

import hw.ops  # noqa: F401 (registers the operators)
from hw.ops.base import Operator
from hw.ops.registry import DOMAIN, RTL_DOMAIN


def make_op(op_type: str, name: str = "node", rtl: bool = True, **attrs: Any) -> Any:
    """Return the operator's instance, of its RTL variant unless told otherwise."""
    return getCustomOp(
        helper.make_node(
            op_type + ("_rtl" if rtl else ""),
            ["x"],
            ["y"],
            name=name,
            domain=RTL_DOMAIN if rtl else DOMAIN,
            backend="fpgadataflow",
            **attrs,
        )
    )


def make_stream_op(op_type: str, shape: tuple[int, ...], datatype: str = "INT4", **attrs: Any):
    """Return a StreamOp; the output's data type defaults to the input's."""
    attrs.setdefault("outputDataType", datatype)
    return make_op(op_type, inputShape=list(shape), inputDataType=datatype, **attrs)


def image(op: Operator, seed: int = 0) -> np.ndarray:
    """Return a random input (N, H, W, C) of the operator over its data type's full range."""
    datatype = op.get_input_datatype()
    rng = np.random.default_rng(seed)
    return rng.integers(
        int(datatype.min()), int(datatype.max()), tuple(op.input_shape()), endpoint=True
    )


def assert_shapes_agree(op: Operator) -> None:
    """Assert that reference, beats and FINN's shape methods all say the same."""
    x = image(op)
    y = op.reference(x)
    assert y.shape == tuple(op.get_normal_output_shape()) == op.output_shape()
    for values, beats, folded in (
        (x, op.input_beats(x), op.get_folded_input_shape()),
        (y, op.output_beats(y), op.get_folded_output_shape()),
    ):
        assert np.prod(folded) == values.size == beats.size
        assert beats.shape[-1] == folded[-1]
        assert sorted(beats.reshape(-1)) == sorted(values.reshape(-1))
    bits = op.get_input_datatype().bitwidth()
    assert op.get_instream_width() == op.lanes_in() * bits
    context = {"x": x.astype(np.float32), "y": None}
    op.execute_node(context, None)
    assert context["y"].dtype == np.float32
    assert (context["y"] == y).all()
