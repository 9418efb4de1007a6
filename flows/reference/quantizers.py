"""The quantizers of an imported file: what each reads, its levels, and itself in float64.

QONNX's Quant, BipolarQuant and MultiThreshold are one node; ONNX's own are a QuantizeLinear, at
most a Clip, and a DequantizeLinear, which here stands for all of them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import NodeProto, helper
from qonnx.custom_op.general.intquant import int_quant
from qonnx.custom_op.general.multithreshold import multithreshold
from qonnx.custom_op.general.trunc import trunc_v1, trunc_v2
from qonnx.custom_op.registry import getCustomOp

QUANTIZERS = (
    "Quant",
    "IntQuant",
    "BipolarQuant",
    "MultiThreshold",
    "DequantizeLinear",
    "Trunc",
    "QuantAvgPool2d",
)


_OF_A_CHAIN = ("QuantizeLinear", "Clip", "Identity")


def chain(node: NodeProto, producers: Mapping[str, NodeProto]) -> list[NodeProto]:
    """The nodes that are one quantizer, in their order; the last is node."""
    nodes = [node]
    while nodes[0].op_type in ("DequantizeLinear", "Clip", "Identity") and len(nodes) < 8:
        maker = producers.get(nodes[0].input[0])
        if maker is None or maker.op_type not in _OF_A_CHAIN:
            break  # an input of integers, perhaps moved
        nodes.insert(0, maker)
    return nodes


def front(node: NodeProto, producers: Mapping[str, NodeProto]) -> str:
    """Name of the tensor that a quantizer makes levels of."""
    if node.op_type != "DequantizeLinear":
        return str(node.input[0])
    return str(chain(node, producers)[0].input[0])


def unit(tensors: Mapping[str, Any], node: NodeProto) -> tuple[Any, float]:
    """(scale, offset): the quantizer's values are scale * integer + offset, in the file's shape."""
    attrs = _attributes(node)
    if node.op_type == "MultiThreshold":
        return np.float64(attrs.get("out_scale", 1.0)), float(attrs.get("out_bias", 0.0))
    if node.op_type == "QuantAvgPool2d":
        return np.float64(1.0), 0.0
    # the second version of Trunc has a scale of its own for what it makes
    place = 4 if node.op_type == "Trunc" and len(node.input) == 6 else 1
    scale = np.asarray(tensors[node.input[place]], dtype=np.float64)
    if node.op_type == "DequantizeLinear":
        scale = _along_axis(scale, tensors[node.input[0]].ndim, attrs)
    return scale, 0.0


def levels_of(tensors: Mapping[str, Any], node: NodeProto) -> Any:
    """Integers that a quantizer's values stand for, by its own scale, float64."""
    scale, offset = unit(tensors, node)
    return np.rint((np.asarray(tensors[node.output[0]], dtype=np.float64) - offset) / scale)


def exact(tensors: Mapping[str, Any], node: NodeProto) -> Any:
    """A quantizer's values in float64: its integers, times its scale as float64 has it."""
    scale, offset = unit(tensors, node)
    return levels_of(tensors, node) * scale + offset


def in_float64(
    tensors: Mapping[str, Any],
    node: NodeProto,
    producers: Mapping[str, NodeProto],
    value: Any,
) -> Any:
    """Integers that a quantizer makes of value, all in float64."""
    if node.op_type == "DequantizeLinear":
        return _qcdq(tensors, chain(node, producers), value)
    if node.op_type == "BipolarQuant":
        return np.where(value >= 0, 1.0, -1.0)
    if node.op_type == "MultiThreshold":
        axis = _channel_axis(node, value.ndim)
        table = np.asarray(tensors[node.input[1]], np.float64)
        counts = multithreshold(np.swapaxes(value, axis, 1), table)
        return np.swapaxes(counts, axis, 1)
    if node.op_type == "QuantAvgPool2d":
        return _shifted(_attributes(node), value)
    if node.op_type == "Trunc":
        return _truncated(tensors, node, value)
    scale, *settings = (np.asarray(tensors[n], np.float64) for n in node.input[1:])
    op = getCustomOp(node)
    attrs = (op.get_nodeattr(name) for name in ("signed", "narrow", "rounding_mode"))
    return np.rint(int_quant(value, scale, *settings, *attrs) / scale)


def _truncated(tensors: Mapping[str, Any], node: NodeProto, value: Any) -> Any:
    numbers = [np.asarray(tensors[name], np.float64) for name in node.input[1:]]
    attrs = _attributes(node)
    rounding = attrs.get("rounding_mode", b"FLOOR").decode()
    if len(numbers) == 5:
        scale, zero, bits, own, last = numbers
        kind = attrs.get("narrow", 0), attrs.get("signed", 1)
        made = trunc_v2(value, scale, zero, bits, *kind, own, last, rounding)
    else:
        made = trunc_v1(value, *numbers, rounding)
    return np.rint(made / unit(tensors, node)[0])


def _shifted(attrs: Mapping[str, Any], value: Any) -> Any:
    """The sums of each window, as many of their lowest bits left out as the node says."""
    size, stride = attrs["kernel"], attrs["stride"]
    windows = np.lib.stride_tricks.sliding_window_view(value, (size, size), axis=(2, 3))
    sums = np.rint(windows[:, :, ::stride, ::stride].sum(axis=(-1, -2))).astype(np.int64)
    bits = ((2 ** attrs["ibits"] - 1) * size * size).bit_length()
    return (sums >> max(0, bits - attrs["obits"])).astype(np.float64)


def _qcdq(tensors: Mapping[str, Any], nodes: list[NodeProto], value: Any) -> Any:
    """round(value / scale), held to what the type and the Clips of the integers leave of it."""
    first = nodes[0]
    scale, _ = unit(tensors, nodes[-1])
    integers = tensors[first.output[0]]
    zero = np.zeros((), np.float64)
    if len(first.input) > 2 and first.input[2]:
        zero = _along_axis(
            np.asarray(tensors[first.input[2]], np.float64), value.ndim, _attributes(first)
        )
    if first.op_type == "DequantizeLinear":  # of an input of integers
        return value - zero
    info = np.iinfo(integers.dtype)
    low, high = float(info.min), float(info.max)
    for node in nodes[1:-1]:
        bounds = [tensors[name] if name else None for name in node.input[1:]]
        low = max(low, *(float(b) for b in bounds[:1] if b is not None), low)
        high = min(high, *(float(b) for b in bounds[1:] if b is not None), high)
    return np.clip(np.rint(value / scale) + zero, low, high) - zero


def _along_axis(values: Any, axes: int, attrs: Mapping[str, Any]) -> Any:
    if values.size == 1:
        return values.reshape(())
    shape = [1] * axes
    shape[attrs.get("axis", 1)] = -1
    return values.reshape(shape)


def _channel_axis(node: NodeProto, axes: int) -> int:
    layout = _attributes(node).get("data_layout", b"").decode()
    layout = layout or {2: "NC", 3: "NWC", 4: "NCHW"}.get(axes, "")
    return layout.index("C") if "C" in layout else 1


def _attributes(node: NodeProto) -> dict[str, Any]:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}
