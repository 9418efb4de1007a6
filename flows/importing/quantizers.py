"""Parameters of quantizers, brought to one form: zero point and bit width scalars, all float32."""

from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, numpy_helper

from flows.errors import FlowError
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.importing.constants import Shapes, ShapesFlowError

#: Input 1, 2 and 3 of a quantizer.
PARAMETERS = {1: "scale", 2: "zero point", 3: "bit width"}


def settle_quantizers(model: ModelProto, shapes: Shapes) -> None:
    """Replace each constant scale, zero point and bit width by a float32 constant of its own.

    Whatever its type and number of axes, one number becomes a scalar. Several numbers stay only as
    scales, and only of a shape that QONNX can broadcast to the tensor that is quantized.
    """
    constants = {i.name: i for i in model.graph.initializer}
    taken = {name for node in model.graph.node for name in (*node.input, *node.output)} | set(
        constants
    )
    for node in model.graph.node:
        if node.op_type not in ("Quant", "BipolarQuant"):
            continue
        for index in range(1, len(node.input)):
            if node.input[index] not in constants:
                raise FlowError(f"{where(node)}: {PARAMETERS[index]} has to be constant")
            shape = shapes.get(node.input[0])
            value = _settled(
                node, index, numpy_helper.to_array(constants[node.input[index]]), shape
            )
            name = fresh_name(f"{node.name}_{PARAMETERS[index].replace(' ', '_')}", taken)
            model.graph.initializer.append(numpy_helper.from_array(value, name))
            node.input[index] = name


def _settled(node: NodeProto, index: int, given: Any, shape: tuple[int, ...] | None) -> Any:
    what = PARAMETERS[index]
    with np.errstate(over="ignore"):
        value = given.astype(np.float32)
    if not value.size or not np.all(np.isfinite(value)):
        raise FlowError(f"{where(node)}: {what} holds a value that is not finite, or no value")
    try:
        fits = shape is not None and np.broadcast_shapes(value.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits and (value.size > 1 or shape is None or value.ndim > max(len(shape), 1)):
        kind = FlowError if shape is not None else ShapesFlowError
        raise kind(
            f"{where(node)}: {what} of shape {value.shape} cannot be broadcast to what is "
            f"quantized, of shape {shape}"
        )
    if np.all(value == value.reshape(-1)[0]):
        value = value.reshape(-1)[0].reshape(())
    if index > 1 and value.ndim:
        raise FlowError(f"{where(node)}: {what} differs between numbers; expected one for all")
    if index == 3:
        _check_width(node, float(value))
    return value


def _check_width(node: NodeProto, bits: float) -> None:
    if bits != int(bits) or not 1 <= bits <= 32:
        raise FlowError(f"{where(node)}: bit width {bits:g}; expected 1 to 32 whole bits")
    narrow = next((a.i for a in node.attribute if a.name == "narrow"), 0)
    if bits == 1 and narrow:
        raise FlowError(f"{where(node)}: a narrow quantizer of 1 bit has only one level")
