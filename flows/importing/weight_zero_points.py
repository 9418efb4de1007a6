"""Weights whose quantizer has a zero point, as weights of one that has none.

A level less its zero point is an integer as any other; a convolution adds no more than products of
those. The quantizer in its place has as many bits as all such integers need.
"""

from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, helper, numpy_helper
from qonnx.custom_op.general.intquant import int_quant, max_int, min_int

from flows.graph.fresh_name import fresh_name


def take_zero_points(model: ModelProto) -> None:
    """Rewrite each Quant of a constant that has whole zero points; others stay as they are."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    taken = {n for node in model.graph.node for n in (*node.input, *node.output)} | set(constants)
    for node in model.graph.node:
        if node.op_type != "Quant" or any(name not in constants for name in node.input):
            continue
        values = [numpy_helper.to_array(constants[name]) for name in node.input]
        made = _without(node, *(value.astype(np.float32) for value in values))
        for place, value in made.items():
            name = fresh_name(f"{node.name}_{place}", taken)
            model.graph.initializer.append(numpy_helper.from_array(value, name))
            node.input[place] = name


def _without(node: NodeProto, given: Any, scale: Any, zero: Any, bits: Any) -> dict[int, Any]:
    """The inputs in place of others, by their numbers; none where no zero point is taken."""
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    is_whole = zero.size and bits.size == 1 and np.all(np.isfinite(zero)) and zero.any()
    if not is_whole or np.any(zero != np.rint(zero)) or not given.size or not np.all(scale):
        return {}
    signed, narrow = bool(attrs.get("signed", 1)), bool(attrs.get("narrow", 0))
    mode = attrs.get("rounding_mode", b"ROUND").decode()
    bits = bits.reshape(())
    try:
        reals = int_quant(given, scale, zero, bits, signed, narrow, mode)
    except ValueError:  # shapes that do not fit are said where parameters are looked at
        return {}
    least = float(min_int(signed, narrow, bits)) - float(zero.max())
    most = float(max_int(signed, narrow, bits)) - float(zero.min())
    wide = 1
    while not -(2.0 ** (wide - 1)) <= least <= most < 2.0 ** (wide - 1):
        wide += 1
    for attribute in node.attribute:
        if attribute.name in ("signed", "narrow"):
            attribute.i = int(attribute.name == "signed")
    return {0: reals.astype(np.float32), 2: np.float32(0), 3: np.float32(wide)}
