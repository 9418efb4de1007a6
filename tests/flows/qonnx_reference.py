"""An independent reference: walks a QONNX graph in plain numpy, float64, as its definition reads.

Nothing of ``flows``, ``hw``, FINN or qonnx takes part: a mistake there cannot repeat itself here.
"""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, numpy_helper

from tests.flows.reference_operators import OPERATORS

ROUNDING = {"ROUND": np.rint, "FLOOR": np.floor, "CEIL": np.ceil}


def quant_integers(x: Any, scale: Any, zero: Any, bits: Any, attrs: dict[str, Any]) -> Any:
    """Integers of QONNX's Quant, zero point subtracted: real = scale * integer."""
    bits = int(np.asarray(bits).item())
    signed, narrow = attrs.get("signed", 1), attrs.get("narrow", 0)
    if signed and bits == 1:  # bipolar, as QONNX executes it
        return np.where(x / scale + zero >= 0, 1, -1) - zero
    if signed:
        low, high = -(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1
    else:
        low, high = 0, 2**bits - 1 - narrow
    mode = attrs.get("rounding_mode", b"ROUND").decode()
    return ROUNDING[mode](np.clip(x / scale + zero, low, high)) - zero


def trunc(x: Any, scale: Any, zero: Any, bits: Any, left: Any, attrs: dict[str, Any]) -> Any:
    """QONNX's Trunc, its first version: the integers without their lowest bits."""
    shifted = np.rint(x / scale + zero) / 2.0 ** (bits - left)
    return (ROUNDING[attrs.get("rounding_mode", b"FLOOR").decode()](shifted) - zero) * scale


def evaluate(node: NodeProto, inputs: list[Any]) -> tuple[Any, Any]:
    """(real output, its integers if the node is a quantizer, else None) of one node."""
    attrs = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "Quant":
        integers = quant_integers(*inputs, attrs)
        return integers * inputs[1], integers
    if node.op_type == "BipolarQuant":
        integers = np.where(inputs[0] >= 0, 1.0, -1.0)
        return integers * inputs[1], integers
    if node.op_type == "Trunc":
        return trunc(*inputs, attrs), None
    operator = OPERATORS.get(node.op_type)
    if operator is None:
        raise NotImplementedError(node.op_type)
    return operator(inputs[0], attrs, inputs[1:]), None


def run(proto: ModelProto, image: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Walk the graph on a real-valued image (1, C, H, W), or on a dict of one for each input.

    Returns (real tensors by name, integers of each activation quantizer by node name).
    """
    graph = proto.graph
    reals = {i.name: numpy_helper.to_array(i).astype(np.float64) for i in graph.initializer}
    constants = set(reals)
    images = image if isinstance(image, dict) else {graph.input[0].name: image}
    reals |= {name: np.asarray(each, dtype=np.float64) for name, each in images.items()}
    integers = {}
    for node in graph.node:
        values = [reals[name] for name in node.input if name]
        reals[node.output[0]], levels = evaluate(node, values)
        if set(node.input) <= constants | {""}:
            constants.add(node.output[0])
        elif levels is not None:
            integers[node.name] = levels
    return reals, integers
