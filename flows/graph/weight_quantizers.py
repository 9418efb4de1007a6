"""Quantizers of weights, checked and brought to the form that ``fold_weight_quantizers`` expects.

That pass takes a scale for one number an output channel, wants one reader a quantizer, and divides
by the scale. Here each is looked at first: what it could not fold rightly is refused with the
node's name.
"""

from typing import Any

import numpy as np
from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from flows.errors import FlowError
from flows.graph.broadcasting import BroadcastError, along
from flows.graph.fresh_name import fresh_name
from flows.graph.integer_builder import where
from flows.obstacles import Obstacles

AXES = ("output channels", "input channels", "rows", "columns")
QUANTIZERS = ("Quant", "BipolarQuant")
#: Operators with weights, and the axis of their output channels (of ConvTranspose, of a group).
CONVOLUTIONS = {"Conv": 0, "ConvTranspose": 1}
#: Most bits of a weight.
MAX_BITS = 16


def settle_weight_quantizers(model: ModelWrapper, obstacles: Obstacles) -> None:
    """One quantizer for each convolution, its scale of shape () or (O, 1, 1, 1), never zero; for a
    transposed one (1, O, 1, 1).

    An output channel of scale 0 is one whose weights are all 0. What cannot be folded is noted, and
    weights of 1 stand in for it.
    """
    _separate(model)
    for node in list(model.graph.node):
        if node.op_type not in QUANTIZERS:
            continue
        if not _readers(model, node.output[0]):
            continue  # constants that are no weights are folded already; these are activations
        before = len(obstacles.texts)
        with obstacles.noting():
            _settle(model, node)
        if len(obstacles.texts) > before:
            shape = [max(1, size) for size in model.get_tensor_shape(node.output[0]) or (1,) * 4]
            model.graph.node.remove(node)
            model.set_initializer(node.output[0], np.ones(shape, np.float32))


def _readers(model: ModelWrapper, name: str) -> list[NodeProto]:
    """Convolutions whose weights are tensor name."""
    nodes = model.graph.node
    return [
        n for n in nodes if n.op_type in CONVOLUTIONS and len(n.input) > 1 and n.input[1] == name
    ]


def _separate(model: ModelWrapper) -> None:
    """Copy a weight quantizer with its parameters for every further convolution that reads it."""
    nodes = list(model.graph.node)
    for node in nodes:
        if node.op_type not in QUANTIZERS or model.get_initializer(node.input[0]) is None:
            continue
        readers = _readers(model, node.output[0])
        others = [n for n in nodes if node.output[0] in n.input and n not in readers]
        outputs = [o.name for o in model.graph.output]
        first = 0 if others or node.output[0] in outputs else 1
        for index, reader in enumerate(readers[first:], 1):
            copy = NodeProto()
            copy.CopyFrom(node)
            copy.name = f"{node.name}_{index}"
            for place, name in enumerate(node.input):
                copy.input[place] = _fresh(model, f"{name}_{index}")
                model.set_initializer(copy.input[place], model.get_initializer(name))
            copy.output[0] = _fresh(model, f"{node.output[0]}_{index}")
            model.set_tensor_shape(copy.output[0], model.get_tensor_shape(node.output[0]))
            reader.input[1] = copy.output[0]
            model.graph.node.insert(list(model.graph.node).index(node), copy)


def _fresh(model: ModelWrapper, name: str) -> str:
    return fresh_name(name, set(model.get_all_tensor_names()))


def _settle(model: ModelWrapper, node: NodeProto) -> None:
    values = _checked(model, node)
    weights, scale = values[:2]
    axis = CONVOLUTIONS[_readers(model, node.output[0])[0].op_type]
    names = AXES if axis == 0 else (AXES[1], AXES[0], *AXES[2:])
    try:
        scale = along(scale, weights.shape, axis, names)
    except BroadcastError as error:
        raise FlowError(f"{where(node)}: its scale: {error}") from error
    if node.op_type == "BipolarQuant" and np.any(scale < 0):
        raise FlowError(f"{where(node)}: scale {scale.min():g}; expected positive scales")
    pruned = np.broadcast_to(scale == 0, weights.shape[axis])
    channels = [1, 1, 1, 1]
    channels[axis] = -1
    if pruned.all():
        raise FlowError(f"{where(node)}: its scale is 0")
    if pruned.any():
        if node.op_type == "BipolarQuant" or values[3].item() == 1:
            raise FlowError(
                f"{where(node)}: scale 0 of output channel {np.flatnonzero(pruned)[0]}: weights "
                "of one bit are never 0"
            )
        model.set_initializer(
            node.input[0], np.where(pruned.reshape(channels), np.float32(0), weights)
        )
        scale = np.where(pruned, np.float32(1), scale)
    shape = [] if scale.size == 1 else channels
    model.set_initializer(node.input[1], scale.astype(np.float32).reshape(shape))


def _checked(model: ModelWrapper, node: NodeProto) -> list[Any]:
    """The constants of a weight quantizer."""
    values: list[Any] = [model.get_initializer(name) for name in node.input]
    for index, value in enumerate(values):
        if value is None:
            what = "weights are" if index == 0 else f"input {index} is"
            raise FlowError(f"{where(node)}: {what} not constant")
        if not np.all(np.isfinite(value)):
            raise FlowError(f"{where(node)}: input {index} holds a value that is not finite")
    weights = values[0]
    if weights.ndim != 4:
        raise FlowError(f"{where(node)}: weights of shape {weights.shape}; expected four axes")
    if weights.size == 0:
        raise FlowError(f"{where(node)}: weights of shape {weights.shape} hold nothing")
    if node.op_type == "Quant":
        if np.any(values[2] != 0):
            raise FlowError(
                f"{where(node)}: weights with a zero point that is not whole are not supported"
            )
        if not 1 <= values[3].item() <= MAX_BITS:
            raise FlowError(
                f"{where(node)}: weights of {values[3].item():g} bits; expected 1 to {MAX_BITS}"
            )
    return values
