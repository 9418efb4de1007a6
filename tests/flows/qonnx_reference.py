"""An independent reference: walks a QONNX graph in plain numpy, float64, as its definition reads.

Nothing of ``flows``, ``hw``, FINN or qonnx takes part: a mistake there cannot repeat itself here.
"""

from typing import Any

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import ModelProto, NodeProto, numpy_helper

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


def _window_view(x: Any, kernel: Any, strides: Any, pads: Any, fill: float) -> Any:
    top, left, bottom, right = pads
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    views = sliding_window_view(padded, kernel, axis=(2, 3))
    return views[:, :, :: strides[0], :: strides[1]]


def conv(x: Any, weights: Any, attrs: dict[str, Any]) -> Any:
    """Convolution of (1, C, H, W) with (O, C, KH, KW), zero padding."""
    views = _window_view(
        x, weights.shape[2:], attrs.get("strides", [1, 1]), attrs.get("pads", [0] * 4), 0.0
    )
    return np.einsum("nchwij,ocij->nohw", views, weights)


def max_pool(x: Any, attrs: dict[str, Any]) -> Any:
    """Maximum of each window, padding of minus infinity, incomplete windows dropped."""
    views = _window_view(
        x, attrs["kernel_shape"], attrs.get("strides", [1, 1]), attrs.get("pads", [0] * 4), -np.inf
    )
    return views.max(axis=(4, 5))


def batch_norm(x: Any, params: list[Any], epsilon: float) -> Any:
    """BatchNormalization in inference."""
    gamma, beta, mean, variance = (p.reshape(1, -1, 1, 1) for p in params)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def evaluate(node: NodeProto, inputs: list[Any]) -> tuple[Any, Any]:
    """(real output, its integers if the node is a quantizer, else None) of one node."""
    attrs = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    match node.op_type:
        case "Quant":
            integers = quant_integers(*inputs, attrs)
            return integers * inputs[1], integers
        case "BipolarQuant":
            integers = np.where(inputs[0] >= 0, 1.0, -1.0)
            return integers * inputs[1], integers
        case "Conv":
            result = conv(inputs[0], inputs[1], attrs)
            if len(inputs) > 2:
                result = result + inputs[2].reshape(1, -1, 1, 1)
            return result, None
        case "BatchNormalization":
            return batch_norm(inputs[0], inputs[1:], attrs.get("epsilon", 1e-5)), None
        case "Add":
            return inputs[0] + inputs[1], None
        case "Sub":
            return inputs[0] - inputs[1], None
        case "Mul":
            return inputs[0] * inputs[1], None
        case "Relu":
            return np.maximum(inputs[0], 0), None
        case "LeakyRelu":
            return np.where(inputs[0] < 0, attrs["alpha"] * inputs[0], inputs[0]), None
        case "MaxPool":
            return max_pool(inputs[0], attrs), None
        case "Concat":
            return np.concatenate(inputs, axis=attrs["axis"]), None
    raise NotImplementedError(node.op_type)


def run(proto: ModelProto, image: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Walk the graph on a real-valued image (1, C, H, W).

    Returns (real tensors by name, integers of each activation quantizer by node name).
    """
    graph = proto.graph
    reals = {i.name: numpy_helper.to_array(i).astype(np.float64) for i in graph.initializer}
    constants = set(reals)
    reals[graph.input[0].name] = np.asarray(image, dtype=np.float64)
    integers = {}
    for node in graph.node:
        values = [reals[name] for name in node.input]
        reals[node.output[0]], levels = evaluate(node, values)
        if set(node.input) <= constants:
            constants.add(node.output[0])
        elif levels is not None:
            integers[node.name] = levels
    return reals, integers
