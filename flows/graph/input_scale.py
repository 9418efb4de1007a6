"""The scale of the input: a pixel's integer k, 0..255, stands for the real input k * scale.

The configuration says it (``input_scale``), or the quantizer at the network's input, or QONNX's
annotation of the input tensor as an unsigned integer of at most 8 bits (then the scale is 1).
Nothing else is taken for granted: a network on [0, 1] fed with 0..255 gives other outputs.
"""

from dataclasses import dataclass

import numpy as np
from onnx import NodeProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.general.quant import quant

from flows.errors import FlowError

QUANTIZERS = ("Quant", "IntQuant")
#: Operators that hand their input on as it is.
PASSING = ("Identity", "Dropout")


@dataclass(frozen=True)
class InputScale:
    """scale: value of one step of the uint8 input. source: who says so.

    note: a sentence where not every level of the input's quantizer can be reached, else "".
    """

    scale: float
    source: str
    note: str = ""


def scale_of_input(model: ModelWrapper, given: float | None) -> InputScale:
    """Scale of a QONNX model's only input; given: what the configuration says, or None.

    Raises FlowError where nobody says it, where channels have different ones, and where the given
    one reaches less than half of the levels that the input's quantizer has.
    """
    name = model.graph.input[0].name
    quantizer = _quantizer_at(model, name)
    if quantizer is None:
        return InputScale(*_without_quantizer(model, name, given))
    place = f"quantizer {quantizer.name or quantizer.output[0]}"
    own = model.get_initializer(quantizer.input[1])
    if own is None or not np.all(np.isfinite(own)) or np.any(np.asarray(own) <= 0):
        raise FlowError(f"{place} at the input: expected a constant positive scale")
    if given is None:
        if len(np.unique(own)) != 1:
            raise FlowError(f"{place} at the input: its scale differs between channels")
        return InputScale(float(own.flat[0]), place)
    note = _unreached(model, quantizer, place, float(np.max(own)), given)
    return InputScale(given, "input_scale of the configuration", note)


def _quantizer_at(model: ModelWrapper, name: str) -> NodeProto | None:
    """The quantizer that reads a tensor, at once or behind nodes that change nothing."""
    for node in model.find_consumers(name) or []:
        if node.op_type in QUANTIZERS and node.input[0] == name:
            return node
        if node.op_type in PASSING:
            found = _quantizer_at(model, node.output[0])
            if found is not None:
                return found
    return None


def _without_quantizer(model: ModelWrapper, name: str, given: float | None) -> tuple[float, str]:
    if given is not None:
        return given, "input_scale of the configuration"
    kind = model.get_tensor_datatype(name)
    if kind.is_integer() and not kind.signed() and kind.bitwidth() <= 8:
        return 1.0, f"annotation of the input as {kind.get_canonical_name()}"
    raise FlowError(
        f"input {name}: what a pixel's integers 0..255 stand for is not known, for there is no "
        "quantizer at the input and no annotation of it as an unsigned integer of 8 bits or less; "
        "write `input_scale: 1` into the configuration if the network takes 0..255, "
        f"`input_scale: {1 / 255!r}` if it takes [0, 1]"
    )


def _unreached(model: ModelWrapper, node: NodeProto, place: str, own: float, given: float) -> str:
    """The levels that the quantizer's own scale reaches and the given scale does not."""
    settings = [model.get_initializer(source) for source in node.input[2:4]]
    if any(value is None or np.size(value) != 1 for value in settings):
        return ""  # refused where the quantizer itself is read
    zero, bits = (np.float64(np.asarray(value).reshape(-1)[0]) for value in settings)
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    mode = attrs.get("rounding_mode", b"ROUND").decode()
    arguments = (zero, bits, attrs.get("signed", 1), attrs.get("narrow", 0), mode)
    pixels = np.arange(256, dtype=np.float64)
    try:
        reached, possible = (
            len(np.unique(quant(pixels * scale, np.float64(own), *arguments)))
            for scale in (given, own)
        )
    except ValueError:
        return ""  # an unknown rounding mode, refused where the quantizer itself is read
    text = (
        f"input_scale {given!r} of the configuration reaches {reached} of the {possible} levels of "
        f"{place} at the input, whose own scale is {own!r}"
    )
    if 2 * reached < possible:
        raise FlowError(f"{text}; leave input_scale out, or give the scale that pixels have")
    return text if reached < possible else ""
