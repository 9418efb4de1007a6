"""The input's integers and what they stand for: integer k is the real input k * scale.

The quantizer at the network's input says both: k is the level that it gives, less its zero point.
So does QONNX's annotation of the input tensor as a type of integers (then the scale is 1). The
configuration may say either (``input_scale``, ``input_type``), and goes before the model. Nothing
else is taken for granted: a network on [0, 1] fed with 0..255 gives other outputs.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import NodeProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.general.intquant import resolve_rounding_mode
from qonnx.custom_op.general.quant import quant

from flows.errors import FlowError
from flows.graph.channel_map import Quantizer
from flows.graph.input_type import INTEGER_INPUTS, KEY, MAX_BITS, InputType

#: The form that quantizers of ONNX have whose range is none of ``Quant``.
RANGE = "IntegerRange"
QUANTIZERS = ("Quant", "IntQuant", "BipolarQuant", RANGE)
#: Operators that hand their input on as it is.
PASSING = ("Identity", "Dropout")
#: Operators behind which numbers below zero are still below zero.
KEEP_SIGN = frozenset(
    [*PASSING, "MaxPool", "Mul", "Div", "LeakyRelu", "PRelu", "Clip", "Concat", "Gather"]
)
#: Operators that give some of their input's numbers, or all in another order.
_MOVING = (*PASSING, "Gather", "Reshape", "Transpose")
_CONFIGURED = "input_scale of the configuration"
#: What the configuration says of the inputs: of the only one, or by name.
Scales = float | Mapping[str, float] | None
Types = str | Mapping[str, str] | None


@dataclass(frozen=True)
class InputScale:
    """scale: value of one step of the input's integers. source: who says so. type: the integers.

    note: a sentence where not every level of the input's quantizer can be reached, else "".
    zero_point, rounding: how the file's quantizer makes k of a real input x:
    round(clip(x / scale + zero_point)) - zero_point.
    """

    scale: float
    source: str
    note: str = ""
    type: InputType = field(default_factory=InputType)
    zero_point: int = 0
    rounding: str = "ROUND"

    def metadata(self, suffix: str = "") -> dict[str, str]:
        """Entries of the integer graph's metadata. suffix: as ``flows.graph.inputs`` gives it."""
        entries = {
            "input_scale": repr(self.scale),
            "input_scale_source": self.source,
            "input_scale_note": self.note,
            "input_zero_point": str(self.zero_point),
            "input_rounding": self.rounding,
            KEY: self.type.to_text(),
        }
        return {f"{key}{suffix}": text for key, text in entries.items()}


def of_inputs(key: str, given: Any, names: Sequence[str]) -> dict[str, Any]:
    """The configuration's value under a key for each input, by name; given: one, or some by name.

    FlowError for one value where there are several inputs, and for names that are none.
    """
    if given is None:
        return {}
    said = ", ".join(names)
    if not isinstance(given, Mapping):
        if len(names) > 1:
            raise FlowError(
                f"{key} = {given} of the configuration: the file has {len(names)} inputs ({said}); "
                f"expected one for each by name, such as `{key}: {{{names[0]}: {given}}}`"
            )
        return {names[0]: given}
    if unknown := [name for name in given if name not in names]:
        raise FlowError(
            f"{key} of the configuration: the file has no input {unknown[0]}; expected {said}"
        )
    return dict(given)


def scale_of_input(
    model: ModelWrapper, given: float | None, kind: str | None = None, name: str = ""
) -> InputScale:
    """Scale and integers of an input of a QONNX model. name: which one; "": the first.

    given, kind: what the configuration says of scale and type, or None. Raises FlowError where
    nobody says one of them, where channels have different scales, and where the given ones reach
    less than half of the levels that the input's quantizer has.
    """
    name = name or model.graph.input[0].name
    if (rows := _rows_behind(model, name)) and given in (None, 1) and kind is None:
        return InputScale(1.0, f"rows of the table of {rows[1]}", "", InputType(0, rows[0] - 1))
    if (whole := _of_integers(model, name)) is not None:
        return _as_they_are(whole, name, given, kind)
    quantizers = list(_quantizers_at(model, name))
    quantizer = _finest(model, quantizers)
    told = None if kind is None else _named(kind)
    if quantizer is None:
        return _without_quantizer(model, name, given, told)
    place = f"quantizer {quantizer.name or quantizer.output[0]}"
    own = model.get_initializer(quantizer.input[1])
    if own is None or not np.all(np.isfinite(own)) or np.any(np.asarray(own) <= 0):
        raise FlowError(f"{place} at the input: expected a constant positive scale")
    is_one = len(np.unique(own)) == 1
    if given is None and not is_one:
        raise FlowError(f"{place} at the input: its scale differs between channels")
    levels = _levels(model, quantizer, place)
    step = float(np.max(own))
    if told is None and levels is not None and is_one and given in (None, step):
        source = place if given is None else _CONFIGURED
        own_kind, zero, rounding = levels
        wide = _widened(model, quantizers, step, own_kind, name)
        note = ""
        if len(quantizers) > 1 and len(_different(model, quantizers)) > 1:
            note = (
                f"input {name} is quantized in {len(quantizers)} places and ways; a frame's "
                f"integers ({wide}) are steps of the finest, {place}"
            )
        return InputScale(step, source, note, wide, zero, rounding)
    scale = step if given is None else given
    if told is None:
        told = InputType()
        if levels is None or levels[0].lo < 0:
            raise FlowError(_unsaid(name, place))
    note = _unreached(model, quantizer, place, step, scale, told)
    source = place if given is None else _CONFIGURED
    return InputScale(scale, source, note, told)


def _rows_behind(model: ModelWrapper, name: str) -> tuple[int, str] | None:
    """(rows, whose) of the largest table that an input numbers the rows of; None: it does more."""
    found: list[tuple[int, str]] = []
    waiting = [name]
    while waiting:
        for node in model.find_consumers(waiting.pop()) or []:
            if node.op_type == "Embedding":
                rows = len(model.get_initializer(node.input[1]))
                found.append((rows, node.name or node.output[0]))
            elif node.op_type in _MOVING:
                waiting.append(node.output[0])
            else:
                return None
    return max(found, default=None)


def _of_integers(model: ModelWrapper, name: str) -> InputType | None:
    """The type of an input that is of integers in the file; None for one of float32."""
    text = model.get_metadata_prop(INTEGER_INPUTS)
    kinds = json.loads(text) if text else {}
    return InputType.of_name(kinds[name]) if name in kinds else None


def _as_they_are(own: InputType, name: str, given: float | None, kind: str | None) -> InputScale:
    """An input whose integers are the file's own, each of which stands for itself."""
    if given not in (None, 1):
        raise FlowError(
            f"input_scale = {given} of the configuration: input {name} of the file is of integers "
            f"({own.name}), each of which stands for itself; expected 1"
        )
    told = own if kind is None else _named(kind)
    if told.lo < own.lo or told.hi > own.hi:
        raise FlowError(
            f"input_type = {kind} of the configuration: input {name} of the file is of integers "
            f"({own.name}); expected no others"
        )
    return InputScale(1.0, f"integers of the file's input, {own.name}", "", told)


def _named(kind: str) -> InputType:
    found = InputType.of_name(kind)
    if found is None:
        raise FlowError(
            f"input_type = {kind} of the configuration; expected INT or UINT of 1 to {MAX_BITS} "
            "bits, such as INT8, or BIPOLAR"
        )
    return found


def _quantizers_at(model: ModelWrapper, name: str) -> Iterator[NodeProto]:
    """The quantizers that read a tensor, at once or behind nodes that change no number of it."""
    for node in model.find_consumers(name) or []:
        if node.op_type in QUANTIZERS and node.input[0] == name:
            yield node
        elif node.op_type in _MOVING and node.input[0] == name:
            yield from _quantizers_at(model, node.output[0])


def _step(model: ModelWrapper, node: NodeProto) -> float:
    """The greatest scale of a quantizer; inf where it is not constant."""
    scale = model.get_initializer(node.input[1])
    return float("inf") if scale is None else float(np.max(scale))


def _finest(model: ModelWrapper, quantizers: Sequence[NodeProto]) -> NodeProto | None:
    """Of several quantizers of an input the one of the least step; of such, of most levels."""

    def order(node: NodeProto) -> tuple[float, int]:
        found = _levels(model, node, f"quantizer {node.name or node.output[0]}")
        return _step(model, node), -(found[0].hi - found[0].lo if found is not None else 0)

    return min(quantizers, key=order) if len(quantizers) > 1 else next(iter(quantizers), None)


def _different(model: ModelWrapper, quantizers: Sequence[NodeProto]) -> set[tuple[float, str]]:
    """Steps and levels of quantizers, each once."""
    return {
        (_step(model, node), str(_levels(model, node, f"quantizer {node.name}")))
        for node in quantizers
    }


def _widened(
    model: ModelWrapper, quantizers: Sequence[NodeProto], step: float, kind: InputType, name: str
) -> InputType:
    """Integers of the finest quantizer, and those beyond that the others still tell apart."""
    low, high = kind.lo, kind.hi
    for node in quantizers:
        found = _levels(model, node, f"quantizer {node.name or node.output[0]}")
        own = _step(model, node)
        if found is not None and own < float("inf"):
            low = min(low, round(found[0].lo * own / step))
            high = max(high, round(found[0].hi * own / step))
    if (low, high) == (kind.lo, kind.hi):
        return kind
    wide = InputType(low, high)
    if wide.bits > MAX_BITS:
        raise FlowError(
            f"input {name}: its quantizers differ so much that integers {low} to {high} would be "
            f"needed; expected at most {MAX_BITS} bits; write input_scale and input_type into the "
            "configuration"
        )
    return wide


def _levels(model: ModelWrapper, node: NodeProto, place: str) -> tuple[InputType, int, str] | None:
    """(integers, zero point, rounding) of a quantizer; None where its parameters are none.

    Those are refused where the quantizer itself is read.
    """
    if node.op_type == "BipolarQuant":
        return InputType(-1, 1, 2), 0, "ROUND"
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == RANGE:
        return _of_at_most(InputType(attrs["lowest"], attrs["highest"]), place), 0, "ROUND"
    settings = [model.get_initializer(source) for source in node.input[2:4]]
    if any(value is None or np.size(value) != 1 for value in settings):
        return None
    zero, bits = (float(np.asarray(value).reshape(-1)[0]) for value in settings)
    rounding = attrs.get("rounding_mode", b"ROUND").decode()
    try:
        resolve_rounding_mode(rounding)
    except ValueError:
        return None
    if zero != int(zero) or bits != int(bits):
        return None
    if not 1 <= bits <= MAX_BITS:
        raise FlowError(f"{place} at the input: {bits:g} bits; expected 1 to {MAX_BITS}")
    signed, narrow = bool(attrs.get("signed", 1)), bool(attrs.get("narrow", 0))
    if bits == 1 and narrow:
        return None
    found = Quantizer.quant(1.0, int(zero), int(bits), signed, narrow, rounding)
    kind = InputType(found.lowest, found.highest, found.step)
    return _of_at_most(kind, place), int(zero), rounding.upper()


def _of_at_most(kind: InputType, place: str) -> InputType:
    if kind.bits > MAX_BITS:
        raise FlowError(
            f"{place} at the input: its levels less its zero point are {kind.lo} to {kind.hi}; "
            f"expected integers of at most {MAX_BITS} bits"
        )
    return kind


def _without_quantizer(
    model: ModelWrapper, name: str, given: float | None, told: InputType | None
) -> InputScale:
    kind = model.get_tensor_datatype(name).name
    annotated = InputType.of_name(kind)
    if given is None and annotated is None:
        raise FlowError(
            f"input {name}: what its integers stand for is not known, for there is no quantizer at "
            f"the input and no annotation of it as integers of at most {MAX_BITS} bits; write "
            "`input_scale: 1` into the configuration if the network takes pixels of 0..255, "
            f"`input_scale: {1 / 255!r}` if it takes them as [0, 1], and `input_type: INT8` or "
            "another if they are no pixels"
        )
    if given is None or annotated is not None:
        text = f"annotation of the input as {kind}"
        found = told or annotated
        return InputScale(given or 1.0, _CONFIGURED if given else text, "", found or InputType())
    if told is None and (signed := _signed_behind(model, name)):
        raise FlowError(_unsaid(name, f"quantizer {signed}"))
    return InputScale(given, _CONFIGURED, "", told or InputType())


def _unsaid(name: str, place: str) -> str:
    return (
        f"input {name}: {place} keeps numbers below zero, and nothing says whether the input has "
        "such; write `input_type: UINT8` into the configuration if it has not (pixels), "
        "`input_type: INT8` or another signed type if it has"
    )


def _signed_behind(model: ModelWrapper, name: str) -> str:
    """Name of a quantizer that keeps numbers below zero of the input; "" for none."""
    for node in model.find_consumers(name) or []:
        if node.op_type in QUANTIZERS and node.input[0] == name:
            levels = _levels(model, node, f"quantizer {node.name or node.output[0]}")
            if levels is not None and levels[0].lo < 0:
                return str(node.name or node.output[0])
        elif node.op_type in KEEP_SIGN and not _moves(model, node, name):
            found = _signed_behind(model, node.output[0])
            if found:
                return found
    return ""


def _moves(model: ModelWrapper, node: NodeProto, name: str) -> bool:
    """Whether a node moves numbers that are not below zero below it, as a mean's subtraction does.

    Then a signed quantizer behind it says nothing of the input.
    """
    others = [model.get_initializer(other) for other in node.input if other and other != name]
    if node.op_type in ("Mul", "Div"):
        return any(value is None or bool(np.any(np.asarray(value) <= 0)) for value in others)
    if node.op_type == "Clip":
        low = next((a.f for a in node.attribute if a.name == "min"), -np.inf)
        if len(node.input) > 1 and others and others[0] is not None:
            low = np.asarray(others[0]).reshape(-1)[0]
        return bool(low >= 0)
    return False


def _unreached(
    model: ModelWrapper,
    node: NodeProto,
    place: str,
    own: float,
    given: float,
    kind: InputType,
) -> str:
    """The levels that the quantizer's own scale reaches and the given scale does not."""
    settings = [model.get_initializer(source) for source in node.input[2:4]]
    if any(value is None or np.size(value) != 1 for value in settings) or len(settings) < 2:
        return ""  # refused where the quantizer itself is read; of two levels both are reached
    zero, bits = (np.float64(np.asarray(value).reshape(-1)[0]) for value in settings)
    attrs = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    mode = attrs.get("rounding_mode", b"ROUND").decode()
    arguments = (zero, bits, attrs.get("signed", 1), attrs.get("narrow", 0), mode)
    integers = np.arange(kind.lo, kind.hi + 1, kind.step, dtype=np.float64)
    try:
        reached, possible = (
            len(np.unique(quant(integers * scale, np.float64(own), *arguments)))
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
